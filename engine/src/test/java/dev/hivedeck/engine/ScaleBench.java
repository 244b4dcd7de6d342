package dev.hivedeck.engine;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.time.SystemTimers;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An engine with 100,000 tasks, all of one requirement, in a process of its own with half a
 * gigabyte of heap: it takes them in, is opened anew, shows all of them and works on some.
 */
@Tag("bench")
class ScaleBench {
  private static final int TASKS = Integer.getInteger("hivedeck.tasks", 100_000);
  private static final int WORKED = 20;
  @TempDir Path folder;

  @Test
  void aHundredThousandTasksInHalfAGigabyte() throws Exception {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        queue: { limit: 10000000 }
        agents:
          worker: { driver: command, run: sh tools/agent.sh }
        decisions:
          default: { human: none }
        """);
    sandbox.write("tools/agent.sh", "echo done > \"$HIVEDECK_TASK.txt\"\n");
    sandbox.commit("Set up");
    for (String what : List.of("import", "work")) {
      var process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx512m",
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  MeasuredEngine.class.getName(),
                  what,
                  sandbox.repository.toString(),
                  sandbox.home.toString(),
                  Integer.toString(TASKS))
              .redirectErrorStream(true)
              .start();
      process.inputReader().lines().forEach(System.out::println);
      if (process.waitFor() != 0) {
        throw new AssertionError(what + " failed");
      }
    }
  }

  /** The engine that is measured. */
  static final class MeasuredEngine {
    private static final ConcurrentHashMap<String, Long> STARTED = new ConcurrentHashMap<>();
    private static final Semaphore MERGED = new Semaphore(0);

    private MeasuredEngine() {}

    public static void main(String[] arguments) throws Exception {
      long start = ManagementFactory.getRuntimeMXBean().getStartTime();
      var options =
          new EngineOptions(
              Path.of(arguments[1]),
              Path.of(arguments[2]),
              1,
              false,
              0,
              0,
              new SystemTimers(),
              () -> UUID.randomUUID().toString(),
              new SplittableRandom(1));
      try (Engine engine = Engine.open(options)) {
        System.out.printf("open: %d ms after the process began%n", now() - start);
        if (arguments[0].equals("import")) {
          long before = now();
          engine.execute(
              new Command.ImportPlan("plan.yaml", plan(Integer.parseInt(arguments[3]))), null);
          System.out.printf("import of %s tasks: %d ms%n", arguments[3], now() - before);
        } else {
          work(engine, Integer.parseInt(arguments[3]));
        }
        System.out.printf("heap in use after a collection: %d MB of %d%n", heap(), most());
      }
      System.exit(0);
    }

    private static void work(Engine engine, int tasks) throws InterruptedException {
      long before = now();
      int shown = engine.snapshot(Topic.all()).things().get(Topic.TASK).size();
      System.out.printf("a snapshot with %d tasks: %d ms%n", shown, now() - before);
      engine.subscribe(engine.stats().seq(), events -> events.forEach(MeasuredEngine::note));
      TestRepository.trust(engine);
      before = now();
      engine.execute(new Command.StartHive(1), null);
      if (!MERGED.tryAcquire(WORKED, 120, TimeUnit.SECONDS)) {
        throw new AssertionError("tasks were not done");
      }
      System.out.printf("%d tasks one by one: %d ms each%n", WORKED, (now() - before) / WORKED);
      engine.execute(new Command.PauseHive(), null);
      String id = "T-" + (tasks + 1);
      before = now();
      engine.execute(
          new Command.AddTask(
              id, "One more", "Do it.", null, List.of(), List.of(), List.of("R-1"), null, null),
          null);
      System.out.printf("one more task added: %d ms%n", now() - before);
    }

    private static void note(Event event) {
      if (event.type() == TaskEvent.MERGED && STARTED.put(event.id(), 0L) == null) {
        MERGED.release();
      }
    }

    private static String plan(int tasks) {
      var text =
          new StringBuilder(
              "plan: Large\nrequirements:\n  - { id: R-1, title: All, priority: high }\ntasks:\n");
      for (int i = 1; i <= tasks; i++) {
        text.append("  - { id: T-")
            .append(i)
            .append(", title: Do the thing with the number ")
            .append(i)
            .append(", requirements: [R-1], prompt: Do it well and tell what you did. }\n");
      }
      return text.toString();
    }

    private static long now() {
      return System.currentTimeMillis();
    }

    private static long heap() {
      System.gc();
      var runtime = Runtime.getRuntime();
      return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
    }

    private static long most() {
      return Runtime.getRuntime().maxMemory() >> 20;
    }
  }
}
