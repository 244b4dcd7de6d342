package dev.hivedeck.engine.plan;

import dev.hivedeck.engine.store.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What it costs to decide who does what next, by the number of ready tasks: half belong to agents,
 * half go to whoever can; and for an agent that can do none of them.
 */
@Tag("bench")
class ClaimBench {
  private static final int LOOKS = 2_000;
  @TempDir Path folder;

  /** A way to look for a task. */
  private interface Look {
    Object take() throws Exception;
  }

  @Test
  void oneDecisionByNumberOfTasks() throws Exception {
    System.out.println(
        "tasks      own p50/p99 µs   anybody's p50/p99 µs   none fits p50/p99 µs   open ms");
    for (int tasks : new int[] {100, 10_000, 100_000, 1_000_000}) {
      Path file = Files.createTempDirectory(folder, "claim").resolve("hive.db");
      try (var store = Store.open(file, Clock.systemUTC())) {
        fill(store, tasks);
      }
      long began = System.nanoTime();
      try (var store = Store.open(file, Clock.systemUTC())) {
        double open = (System.nanoTime() - began) / 1e6;
        store.write(
            "bench",
            tx -> {
              System.out.printf(
                  "%8d   %-16s %-22s %-22s %.0f%n",
                  tasks,
                  cost(() -> TaskLedger.next(tx.sql(), "agent-7", any -> true)),
                  cost(() -> TaskLedger.next(tx.sql(), null, List.of("java", "sql")::containsAll)),
                  cost(() -> TaskLedger.next(tx.sql(), null, List.of("cobol")::containsAll)),
                  open);
              return null;
            });
      }
    }
  }

  private static void fill(Store store, int tasks) {
    for (int from = 0; from < tasks; from += 10_000) {
      int first = from;
      store.write(
          "bench",
          tx -> {
            for (int i = first; i < Math.min(tasks, first + 10_000); i++) {
              tx.sql()
                  .update(
                      "INSERT INTO task(id, place, title, prompt, priority, agent, assigned,"
                          + " capabilities, produces, state, updated_at, ready_at)"
                          + " VALUES (?, ?, 't', 'p', ?, ?, ?, ?, '[]', 'ready', 1, ?)",
                      "T-" + i,
                      i,
                      1 + i % 9,
                      i % 2 == 0 ? "agent-" + i % 40 : null,
                      i % 2 == 0 ? "agent-" + i % 40 : null,
                      i % 3 == 0
                          ? "[\"java\"]"
                          : i % 3 == 1 ? "[\"python\"]" : "[\"java\",\"sql\"]",
                      i);
            }
            return null;
          });
    }
  }

  private static String cost(Look look) {
    var nanos = new long[LOOKS];
    try {
      for (int i = -LOOKS; i < LOOKS; i++) {
        long began = System.nanoTime();
        look.take();
        if (i >= 0) {
          nanos[i] = System.nanoTime() - began;
        }
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    Arrays.sort(nanos);
    return "%.0f / %.0f".formatted(nanos[LOOKS / 2] / 1e3, nanos[LOOKS * 99 / 100] / 1e3);
  }
}
