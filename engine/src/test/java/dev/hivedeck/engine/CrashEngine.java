package dev.hivedeck.engine;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.time.SystemTimers;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;

/** An engine in a process of its own, to be killed. Prints how many tasks are merged. */
final class CrashEngine {
  private CrashEngine() {}

  public static void main(String[] arguments) throws InterruptedException {
    Hive hive =
        Hive.open(
            new HiveOptions(
                Path.of(arguments[0]),
                Path.of(arguments[1]),
                10,
                false,
                0,
                0,
                new SystemTimers(),
                () -> UUID.randomUUID().toString(),
                new Random(1)));
    int tasks = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 20;
    int waiting = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 0;
    hive.execute(new Command.Trust(), null);
    if (Sandbox.tasks(hive).size() < tasks + waiting) {
      hive.execute(new Command.ImportPlan("plan.yaml", HiveTest.plan(tasks)), null);
      if (waiting > 0) {
        hive.execute(new Command.ImportPlan("waiting.yaml", waiting(waiting)), null);
        hive.execute(new Command.PauseTask("W-1"), null);
      }
    }
    hive.execute(new Command.Work(4), null);
    while (true) {
      long merged =
          Sandbox.changes(hive).stream().filter(c -> c.state() == Views.ChangeState.MERGED).count();
      System.out.println(merged);
      if (merged == tasks) {
        hive.close();
        System.exit(0);
      }
      Thread.sleep(20);
    }
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
