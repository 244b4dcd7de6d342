package dev.hivedeck.engine;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.time.SkewedTimers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An engine in a process of its own, to be killed. Prints how many tasks are merged, again and
 * again, and ends when all are; when nothing more is merged for a long while it says how things
 * stand and gives up.
 */
final class CrashEngine {
  /** Exit code when it got stuck. */
  static final int STUCK = 3;

  private static final long PATIENCE = Duration.ofMinutes(3).toNanos();

  private CrashEngine() {}

  /**
   * @param arguments repository, home, and where wanted: tasks, tasks that only wait, speed
   */
  public static void main(String[] arguments) throws InterruptedException {
    int tasks = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 20;
    int waiting = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 0;
    Engine engine =
        Engine.open(
            new EngineOptions(
                Path.of(arguments[0]),
                Path.of(arguments[1]),
                arguments.length > 4 ? Double.parseDouble(arguments[4]) : 10,
                false,
                0,
                0,
                new SkewedTimers(Path.of(arguments[1]).resolveSibling("clock")),
                () -> UUID.randomUUID().toString(),
                new Random(1)));
    dieAt(engine, System.getenv("HIVEDECK_STORM_EVENT"));
    TestRepository.trust(engine);
    if (TestRepository.tasks(engine).size() < tasks + waiting) {
      engine.execute(new Command.ImportPlan("plan.yaml", EngineTest.plan(tasks)), null);
      if (waiting > 0) {
        engine.execute(new Command.ImportPlan("waiting.yaml", waiting(waiting)), null);
        engine.execute(new Command.PauseTask("W-1"), null);
      }
    }
    engine.execute(new Command.StartHive(4), null);
    work(engine, tasks);
  }

  private static void work(Engine engine, int tasks) throws InterruptedException {
    long before = -1;
    long since = System.nanoTime();
    while (true) {
      settle(engine);
      long merged = merged(engine, before);
      System.out.println(merged);
      if (merged == tasks) {
        engine.close();
        System.exit(0);
      }
      if (merged != before) {
        before = merged;
        since = System.nanoTime();
      } else if (System.nanoTime() - since > PATIENCE) {
        tell(engine);
        Runtime.getRuntime().halt(STUCK);
      }
      Thread.sleep(20);
    }
  }

  /** Somebody moved main: now it is kept, now put back. */
  private static void settle(Engine engine) {
    try {
      for (var drift : engine.snapshot(Set.of(Topic.DRIFT)).things().get(Topic.DRIFT)) {
        if (((DriftViews.Drift) drift).kind().equals("main-moved")) {
          boolean keep = ProcessHandle.current().pid() % 2 == 0;
          engine.execute(new Command.Repair(drift.id(), keep ? "keep" : "put-back"), null);
        }
      }
    } catch (HiveException e) {
      System.err.println("it cannot be settled just now: " + e.getMessage());
    }
  }

  private static long merged(Engine engine, long before) {
    try {
      return TestRepository.changes(engine).stream()
          .filter(c -> c.state() == ChangeViews.ChangeState.MERGED)
          .count();
    } catch (HiveException e) {
      System.err.println("it cannot be asked just now: " + e.getMessage());
      return before;
    }
  }

  /** Ends like by a kill, at the moment when an event is durable and nothing has followed yet. */
  private static void dieAt(Engine engine, String event) {
    if (event == null) {
      return;
    }
    var left = new AtomicInteger(1 + (int) (ProcessHandle.current().pid() % 3));
    var ignored =
        engine.subscribe(
            engine.stats().seq(),
            events -> {
              if (events.stream().anyMatch(e -> e.type().word().equals(event))
                  && left.decrementAndGet() == 0) {
                Runtime.getRuntime().halt(128 + 9);
              }
            });
  }

  private static void tell(Engine engine) {
    System.err.println("stuck; held: " + engine.stats().held());
    TestRepository.tasks(engine).stream()
        .filter(t -> !t.merged() && !t.id().startsWith("W-"))
        .forEach(
            t -> System.err.println(t.id() + " " + t.state() + " " + t.agent() + " " + t.reason()));
    TestRepository.changes(engine).stream()
        .filter(c -> c.state() != ChangeViews.ChangeState.MERGED)
        .forEach(c -> System.err.println(c.id() + " " + c.state() + " " + c.reason()));
  }

  /** Tasks that wait for one that is paused: they are there, and never run. */
  private static String waiting(int count) {
    var plan = new StringBuilder("plan: Twenty things\ntasks:\n");
    for (int i = 1; i <= count; i++) {
      plan.append("  - { id: W-")
          .append(i)
          .append(", title: Waits, agent: worker-1, needs: [")
          .append(i == 1 ? "" : "W-1")
          .append("], prompt: wait }\n");
    }
    return plan.toString();
  }
}
