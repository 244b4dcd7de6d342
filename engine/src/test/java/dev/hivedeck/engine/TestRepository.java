package dev.hivedeck.engine;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.time.SystemTimers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A user's repository in a temporary folder, with what tests ask of it. */
public final class TestRepository {
  public final Path repository;
  public final Path home;

  public TestRepository(Path folder) {
    this.repository = folder.resolve("their repo");
    this.home = folder.resolve("home");
    copy(Begun.REPOSITORY, repository);
    git("update-index", "-q", "--refresh"); // its files are others than those that were added
  }

  /** A repository with its first commit: made once for all tests of this process, then copied. */
  private static final class Begun {
    static final Path REPOSITORY = make();

    private static Path make() {
      try {
        Path folder = Files.createTempDirectory("hivedeck-begun");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
        Path repository = Files.createDirectory(folder.resolve("repository"));
        run(repository, "git", "init", "-q", "-b", "main");
        run(repository, "git", "config", "user.name", "A User");
        run(repository, "git", "config", "user.email", "user@example.org");
        run(repository, "git", "config", "maintenance.auto", "false"); // saves a process a commit
        Files.writeString(repository.resolve("README.md"), "# A repository\n");
        run(repository, "git", "add", "-A");
        run(repository, "git", "commit", "-q", "-m", "Begin");
        try (var hooks = Files.list(repository.resolve(".git/hooks"))) {
          hooks.forEach(hook -> hook.toFile().delete()); // samples
        }
        return repository;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void delete(Path folder) {
      try (var files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      } catch (IOException e) {
        // It is in the folder for what is temporary.
      }
    }
  }

  private static void copy(Path from, Path to) {
    try (var files = Files.walk(from)) {
      Files.createDirectories(to.getParent());
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)), COPY_ATTRIBUTES);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String git(String... args) {
    return run(
        repository, Stream.concat(Stream.of("git"), Arrays.stream(args)).toArray(String[]::new));
  }

  public static String run(Path folder, String... command) {
    try {
      var process =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      assertThat(exit).as("%s: %s", String.join(" ", command), out).isZero();
      return out.strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  public void write(String path, String text) {
    try {
      Path file = repository.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void commit(String message) {
    git("add", "-A");
    git("commit", "-q", "-m", message);
  }

  public Engine open() {
    return open(10, false);
  }

  public Engine open(double speed, boolean serve) {
    return Engine.open(options(speed, serve));
  }

  /** Writes down what it is told, and begins nothing. */
  public Engine record() {
    return Engine.record(options(10, false));
  }

  private EngineOptions options(double speed, boolean serve) {
    return new EngineOptions(
        repository,
        home,
        speed,
        serve,
        0,
        0,
        new SystemTimers(),
        () -> UUID.randomUUID().toString(),
        new Random(1));
  }

  /** Trusts, takes in a plan and works at it. */
  public static void begin(EngineApi engine, String plan, int parallel) {
    trust(engine);
    engine.execute(new Command.ImportPlan("plan.yaml", plan), null);
    engine.execute(new Command.StartHive(parallel), null);
  }

  /** Consents to what {@code hive.yaml} says now, as a person does who looked at it. */
  public static void trust(EngineApi engine) {
    engine.execute(new Command.Trust(workspace(engine).consent().digest()), null);
  }

  public static WorkspaceViews.Workspace workspace(EngineApi engine) {
    return (WorkspaceViews.Workspace)
        engine.snapshot(Set.of(Topic.WORKSPACE)).things().get(Topic.WORKSPACE).getFirst();
  }

  /** Every file of the user's checkout with its content, the index and what HEAD and stash are. */
  public TreeMap<String, String> checkout() {
    var all = new TreeMap<String, String>();
    var git = repository.resolve(".git"); // what goes on in it is no part of a checkout
    var files = new ArrayList<Path>();
    try {
      Files.walkFileTree(
          repository,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              return folder.equals(git) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              files.add(file);
              return FileVisitResult.CONTINUE;
            }
          });
      for (String own : List.of("index", "HEAD", "refs/stash", "logs/refs/stash")) {
        files.add(git.resolve(own));
      }
      for (Path file : files) {
        if (Files.isRegularFile(file)) {
          String name = repository.relativize(file).toString();
          all.put(name, Arrays.hashCode(Files.readAllBytes(file)) + ":" + Files.size(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  public static List<TaskViews.Task> tasks(EngineApi engine) {
    return engine.snapshot(Set.of(Topic.TASK)).things().get(Topic.TASK).stream()
        .map(TaskViews.Task.class::cast)
        .toList();
  }

  public static TaskViews.Task task(EngineApi engine, String id) {
    return tasks(engine).stream().filter(t -> t.id().equals(id)).findFirst().orElseThrow();
  }

  public static List<ChangeViews.Change> changes(EngineApi engine) {
    return engine.snapshot(Set.of(Topic.CHANGE)).things().get(Topic.CHANGE).stream()
        .map(ChangeViews.Change.class::cast)
        .toList();
  }

  public static List<DecisionViews.Decision> decisions(EngineApi engine) {
    return engine.snapshot(Set.of(Topic.DECISION)).things().get(Topic.DECISION).stream()
        .map(DecisionViews.Decision.class::cast)
        .toList();
  }

  /** Waits until something is so; fails with what is instead when it never is. */
  public static void await(String what, EngineApi engine, BooleanSupplier condition) {
    Instant limit = Instant.now().plus(Duration.ofSeconds(120));
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(limit)) {
        var text = new StringBuilder("never: " + what);
        tasks(engine)
            .forEach(
                t ->
                    text.append("\n")
                        .append(t.id())
                        .append(' ')
                        .append(t.state())
                        .append(" merged=")
                        .append(t.merged())
                        .append(' ')
                        .append(t.reason()));
        changes(engine)
            .forEach(
                c ->
                    text.append("\n")
                        .append(c.id())
                        .append(' ')
                        .append(c.state())
                        .append(' ')
                        .append(c.reason()));
        throw new AssertionError(text.toString());
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
