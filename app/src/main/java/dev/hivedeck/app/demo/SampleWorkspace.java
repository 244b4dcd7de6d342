package dev.hivedeck.app.demo;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A small shop's repository with history, agents and a plan, from what ships with Hivedeck. */
public record SampleWorkspace(Path repository, String plan) {
  private static final String FROM = "/hivedeck/demo/";
  private static final List<String> AGENTS =
      List.of(
          "core-api", "data", "docs", "frontend", "perf", "reliability", "security", "test-writer");

  /** The parts of the repository in the order in which they came to be. */
  private static final List<List<String>> HISTORY =
      List.of(
          List.of("README.md"),
          List.of("packages/", "config/"),
          List.of("services/", "tests/"),
          List.of("web/", "docs/", "bench/"));

  private static final List<String> MESSAGES =
      List.of("Begin the shop", "Add the shared packages", "Take orders", "Show the shop");

  /**
   * @param folder a folder that is empty or not there yet
   * @throws HiveException {@code not-empty}
   */
  public static SampleWorkspace make(Path folder) {
    return make(folder, "");
  }

  /**
   * @param more what {@code hive.yaml} says besides
   */
  static SampleWorkspace make(Path folder, String more) {
    Path repository = folder.resolve("storefront");
    try {
      if (Files.exists(repository)) {
        throw new HiveException(
            ErrorCode.NOT_EMPTY,
            repository + " is there already.",
            "Name another folder with --keep.");
      }
      Files.createDirectories(repository);
      var git = new Git(repository);
      git.must("init", "--quiet", "--initial-branch=main");
      git.must("config", "user.name", "Storefront");
      git.must("config", "user.email", "storefront@example.org");
      var files = text("repository.txt").lines().filter(l -> !l.isBlank()).toList();
      for (int i = 0; i < HISTORY.size(); i++) {
        var part = HISTORY.get(i);
        for (String file : files) {
          if (part.stream().anyMatch(file::startsWith)) {
            write(repository.resolve(file), text("repository/" + file));
          }
        }
        commit(git, MESSAGES.get(i));
      }
      write(repository.resolve(HiveConfig.FILE), text("hive.yaml") + more);
      for (String agent : AGENTS) {
        write(
            repository.resolve(".hivedeck/recipes/" + agent + ".yaml"),
            text("recipes/" + agent + ".yaml"));
      }
      commit(git, "Let a hive work here");
      return new SampleWorkspace(repository, text("plan.yaml"));
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.NO_SPACE,
          "The sample workspace cannot be made in " + folder + ": " + e.getMessage(),
          "Name another folder with --keep.",
          e);
    }
  }

  private static void commit(Git git, String message) {
    git.must("add", "--all");
    git.must("commit", "--quiet", "-m", message);
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static String text(String name) {
    try (var in = SampleWorkspace.class.getResourceAsStream(FROM + name)) {
      if (in == null) {
        throw new IllegalStateException(FROM + name + " does not ship");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes a folder of the demo's own making. */
  public static void remove(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
