package dev.hivedeck.engine;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.time.SystemTimers;
import java.nio.file.Path;
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
                () -> UUID.randomUUID().toString()));
    hive.execute(new Command.Trust(), null);
    hive.execute(new Command.ImportPlan("plan.yaml", HiveTest.plan(20)), null);
    hive.execute(new Command.Work(4), null);
    while (true) {
      long merged = Sandbox.tasks(hive).stream().filter(Views.Task::merged).count();
      System.out.println(merged);
      if (merged == 20) {
        hive.close();
        System.exit(0);
      }
      Thread.sleep(20);
    }
  }
}
