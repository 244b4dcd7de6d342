package dev.hivedeck.engine.plan;

import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a step of a task takes of the writer's processor time, without the disk, by how many tasks
 * belong to the task's requirement. Time of the processor, for neighbours cannot make it look much
 * longer; the least of many rounds, for they make it a little longer.
 */
@Tag("bench")
class StepBench {
  private static final int STEPS = 1_000;
  private static final int ROUNDS = 30;
  @TempDir Path folder;

  /** Something done to one task. */
  private interface Step {
    void on(Tx tx, String task) throws SQLException;
  }

  @Test
  void theWritersOwnTimeForAStep() throws Exception {
    System.out.println("tasks of its requirement   submit µs   claim µs   end µs");
    for (int tasks : new int[] {0, 1_000, 100_000}) {
      Path file = Files.createTempDirectory(folder, "step").resolve("hive.db");
      try (var store = Store.open(file, Clock.systemUTC())) {
        fill(store, tasks);
        var least = new double[] {Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE};
        for (int round = 0; round < ROUNDS; round++) {
          least[0] = Math.min(least[0], cost(store, round, (tx, id) -> submit(tx, id, tasks > 0)));
          least[1] = Math.min(least[1], cost(store, round, step(TaskStateMachine.Step.CLAIM)));
          least[2] = Math.min(least[2], cost(store, round, step(TaskStateMachine.Step.CANCEL)));
        }
        System.out.printf("%24d %11.1f %10.1f %8.1f%n", tasks, least[0], least[1], least[2]);
      }
    }
  }

  private static Step step(TaskStateMachine.Step step) {
    return (tx, id) -> TaskLedger.step(tx, id, step, null, TaskEvent.CHANGED, id);
  }

  private static double cost(Store store, int round, Step deed) {
    return store.write(
        "bench",
        tx -> {
          var threads = ManagementFactory.getThreadMXBean();
          long began = threads.getCurrentThreadCpuTime();
          for (int i = 0; i < STEPS; i++) {
            deed.on(tx, "T-" + round + "-" + i);
          }
          return (threads.getCurrentThreadCpuTime() - began) / 1e3 / STEPS;
        });
  }

  private static void submit(Tx tx, String id, boolean linked) throws SQLException {
    insert(tx, id, linked);
    TaskLedger.step(tx, id, TaskStateMachine.Step.UNBLOCK, null, TaskEvent.READY, id);
  }

  private static void insert(Tx tx, String id, boolean linked) throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO task(id, place, title, prompt, priority, capabilities, produces, state,"
                + " updated_at) VALUES (?, 1, 't', 'p', 5, '[]', '[]', 'blocked', ?)",
            id,
            tx.now());
    if (linked) {
      tx.sql().update("INSERT INTO link(task, requirement) VALUES (?, 'R-1')", id);
    }
  }

  private static void fill(Store store, int tasks) {
    store.write(
        "bench",
        tx -> {
          tx.sql().update("INSERT INTO requirement VALUES ('R-1', 1, 'r', 'high', '[]', 0, 0, 0)");
          for (int i = 0; i < tasks; i++) {
            insert(tx, "F-" + i, true);
          }
          return null;
        });
  }
}
