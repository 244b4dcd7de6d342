package dev.hivedeck.app;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.AttemptViews.AttemptState;
import dev.hivedeck.engine.security.EndpointFile;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.Rendering;
import dev.hivedeck.ui.feed.FeedClient;
import dev.hivedeck.ui.shell.ScreenId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javafx.application.Platform;
import javafx.collections.ListChangeListener;
import javafx.stage.Stage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fifty agents that say a hundred things a second each, as codex does, to an engine in a process of
 * its own; the desktop looks at one of them. What the engine takes of the processor, how long a
 * line takes from when it is kept until the desktop has it, and how long a click waits.
 */
@Tag("bench")
class StreamBench {
  private static final int AGENTS = Integer.getInteger("hivedeck.agents.number", 50);
  private static final int SECONDS = 45;

  /** Until both processes have compiled what they do again and again. */
  private static final int WARM = 25;

  private static final int MEASURED = 15;
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** Five lines each twentieth of a second: one process for each agent is load enough. */
  private static final String AGENT =
      """
      #!/usr/bin/perl
      use Time::HiRes qw(time sleep);
      $| = 1;
      print qq({"type":"thread.started","thread_id":"t-$ENV{HIVEDECK_TASK}"}\\n);
      sleep 0.1 until -e $ENV{STREAM_BEGIN};
      my ($began, $n) = (time, 0);
      while (time - $began < $ENV{STREAM_SECONDS}) {
        my $out = '';
        for (1 .. 5) {
          $n++;
          $out .= $n % 4
            ? qq({"type":"item.completed","item":{"id":"i$n","type":"agent_message","text":"Looking at part $n of the module, and at what calls it."}}\\n)
            : qq({"type":"item.completed","item":{"id":"i$n","type":"command_execution","command":"grep -rn part$n src","aggregated_output":"src/a.c:$n: part$n\\\\n","exit_code":0,"status":"completed"}}\\n);
        }
        print $out;
        my $wait = $began + $n / 100 - time;
        sleep $wait if $wait > 0;
      }
      open my $work, '>', "$ENV{HIVEDECK_TASK}.txt"; print $work "done\\n"; close $work;
      print qq({"type":"turn.completed","usage":{"input_tokens":3000,"cached_input_tokens":300,"output_tokens":150}}\\n);
      """;

  @TempDir Path folder;

  @Test
  void fiftyAgentsAtAHundredLinesASecond() throws Exception {
    var repository = repository();
    var home = folder.resolve("home");
    var engine = engine(repository, home);
    try {
      var at = new HivedeckHome(home).workspaceFolder(repository.toRealPath());
      until("an engine", () -> EndpointFile.read(at).isPresent());
      var endpoint = EndpointFile.read(at).orElseThrow();
      try (var client =
          FeedClient.connect(() -> EngineAccess.address(endpoint), "bench", Clock.systemUTC())) {
        measure(client, engine);
      }
    } finally {
      engine.destroy();
      engine.waitFor(60, TimeUnit.SECONDS);
      engine.destroyForcibly().waitFor();
    }
  }

  private void measure(FeedClient client, Process engine) throws Exception {
    client.execute(new Command.Trust(EngineAccess.workspace(client).consent().digest()), null);
    client.execute(new Command.ImportPlan("plan.yaml", plan()), null);
    var news = new ConcurrentHashMap<String, Event>();
    var desktop = desktop(overhearing(client, news));
    client.execute(new Command.StartHive(AGENTS), null);
    until("all at work", () -> onFx(() -> working(desktop)) == AGENTS);
    onFx(
        () -> {
          desktop.frame().to(ScreenId.AGENTS, "agent-1");
          return null;
        });
    Files.createFile(folder.resolve("begin"));
    Thread.sleep(WARM * 1_000L);

    var lines = new AtomicLong();
    var late = Collections.synchronizedList(new ArrayList<Double>());
    var busy = Collections.synchronizedList(new ArrayList<Double>());
    var idle = Collections.synchronizedList(new ArrayList<Double>());
    var following =
        client.follow(
            page -> {
              lines.addAndGet(page.lines().size());
              Platform.runLater(
                  () -> {
                    long now = System.currentTimeMillis();
                    page.lines().forEach(l -> late.add((double) now - l.at().toEpochMilli()));
                  });
            });
    var applied = Collections.synchronizedList(new ArrayList<Double>());
    ListChangeListener<AttemptViews.Attempt> watching =
        change -> {
          long now = System.currentTimeMillis();
          while (change.next()) {
            for (var attempt : change.getAddedSubList()) {
              var event = news.remove(attempt.id());
              if (event != null) {
                applied.add((double) now - event.at().toEpochMilli());
              }
            }
          }
        };
    onFx(
        () -> {
          desktop.frame().desk().live().attempts().all().addListener(watching);
          return null;
        });
    var cpu = cpu(engine);
    long began = System.nanoTime();
    try (var peer = Executors.newSingleThreadExecutor()) {
      while (System.nanoTime() - began < TimeUnit.SECONDS.toNanos(MEASURED)) {
        long asked = System.nanoTime();
        Platform.runLater(() -> busy.add((System.nanoTime() - asked) / 1e6));
        // A thread that does nothing else tells what the machine itself adds.
        peer.execute(() -> idle.add((System.nanoTime() - asked) / 1e6));
        Thread.sleep(3);
      }
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    double cores = cpu(engine).minus(cpu).toNanos() / 1e9 / seconds;
    following.close();
    System.out.printf(
        "%d agents, %.0f lines a second told to the desktop; the engine takes %.2f cores%n",
        AGENTS, lines.get() / seconds, cores);
    print("an attempt from its commit to the live model", applied);
    print("a line from when it is kept to the thread of the screen", late);
    print("waiting for the thread of the screen", busy);
    print("waiting for a thread that is idle", idle);
    until("all done", () -> onFx(() -> working(desktop)) == 0);
    System.out.printf("lines kept: %d%n", onFx(() -> kept(desktop)));
    Platform.runLater(desktop.stage()::close);
  }

  /** The same door; the latest event of each attempt is noted before the desktop has it. */
  private static EngineApi overhearing(FeedClient client, Map<String, Event> news) {
    return (EngineApi)
        Proxy.newProxyInstance(
            EngineApi.class.getClassLoader(),
            new Class<?>[] {EngineApi.class},
            (_, method, given) -> {
              var arguments = given;
              if (method.getName().equals("subscribe")) {
                @SuppressWarnings("unchecked") // its second argument is just that
                var desktop = (Consumer<List<Event>>) given[1];
                Consumer<List<Event>> both =
                    events -> {
                      events.stream()
                          .filter(e -> e.topic() == Topic.ATTEMPT)
                          .forEach(e -> news.put(e.id(), e));
                      desktop.accept(events);
                    };
                arguments = new Object[] {given[0], both};
              }
              try {
                return method.invoke(client, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static long working(Desktop desktop) {
    return desktop.frame() == null
        ? -1
        : desktop.frame().desk().live().attempts().all().stream()
            .filter(a -> a.state() == AttemptState.WORKING)
            .count();
  }

  private static long kept(Desktop desktop) {
    return desktop.frame().desk().live().attempts().all().stream()
        .mapToLong(AttemptViews.Attempt::lines)
        .sum();
  }

  private static Duration cpu(Process process) {
    return process.info().totalCpuDuration().orElseThrow();
  }

  private static void print(String what, List<Double> samples) {
    var millis = new ArrayList<>(samples);
    Collections.sort(millis);
    System.out.printf(
        "%s: %d samples, p50 %.1f ms, p99 %.1f ms, max %.1f ms%n",
        what,
        millis.size(),
        millis.get(millis.size() / 2),
        millis.get((int) (millis.size() * 0.99)),
        millis.getLast());
  }

  // ── where it happens ────────────────────────────────────────────────────────────────────────

  private Path repository() throws Exception {
    var repository = Files.createDirectories(folder.resolve("shop"));
    var git = new Git(repository);
    git.must("init", "--quiet", "--initial-branch=main");
    git.must("config", "user.name", "A User");
    git.must("config", "user.email", "user@example.org");
    var agent = Files.writeString(folder.resolve("agent.pl"), AGENT);
    if (!agent.toFile().setExecutable(true)) {
      throw new IllegalStateException(agent + " cannot be made executable");
    }
    var config = new StringBuilder("version: 1\nqueue: { load: 1000, memory: 1 MiB }\nagents:\n");
    for (int i = 1; i <= AGENTS; i++) {
      config.append(
          "  agent-%d: { driver: codex, program: \"%s\", env: { STREAM_BEGIN: \"%s\", STREAM_SECONDS: \"%d\" } }%n"
              .formatted(i, agent, folder.resolve("begin"), SECONDS));
    }
    config.append("decisions: { default: { human: none } }\n");
    Files.createDirectories(repository.resolve(".hivedeck"));
    Files.writeString(repository.resolve(".hivedeck/hive.yaml"), config);
    git.must("add", "--all");
    git.must("commit", "--quiet", "-m", "Begin");
    return repository;
  }

  private static String plan() {
    var plan = new StringBuilder("plan: Stream\ntasks:\n");
    for (int i = 1; i <= AGENTS; i++) {
      plan.append("- { id: T-%d, title: Look at part %d, agent: agent-%d }%n".formatted(i, i, i));
    }
    return plan.toString();
  }

  private Process engine(Path repository, Path home) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "--enable-native-access=ALL-UNNAMED",
            "-Dhivedeck.home=" + home,
            "-cp",
            System.getProperty("java.class.path"),
            Launcher.class.getName(),
            "serve",
            "--workspace",
            repository.toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("engine.txt").toFile())
        .start();
  }

  private static Desktop desktop(EngineApi client) throws Exception {
    var up = new CountDownLatch(1);
    Rendering.prepare();
    Platform.startup(up::countDown);
    up.await(20, TimeUnit.SECONDS);
    Platform.setImplicitExit(false);
    return onFx(
        () -> {
          var options = new Desktop.Options(null, Clock.systemUTC(), ZoneId.systemDefault(), null);
          var desktop = Desktop.open(new Stage(), _ -> client, options);
          desktop.stage().setWidth(1440);
          desktop.stage().setHeight(900);
          desktop.show(client);
          return desktop;
        });
  }

  private static <T> T onFx(Callable<T> work) {
    var task = new FutureTask<>(work);
    Platform.runLater(task);
    try {
      return task.get(60, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private static void until(String what, BooleanSupplier so) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!so.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("never: " + what);
      }
      Thread.sleep(200);
    }
  }
}
