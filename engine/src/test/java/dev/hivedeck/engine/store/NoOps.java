package dev.hivedeck.engine.store;

import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.TaskStateMachine;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Tasks that do nothing, for measuring what it costs to do them durably. */
final class NoOps {
  /** How long is measured, after a second of warming up. */
  static final long MILLIS = Long.getLong("hivedeck.millis", 3_000);

  private static final long WARM = 1_000;
  private static final long LIMIT = 30_000;

  private NoOps() {}

  /** What a producer does for one task. */
  interface Task {
    void run(String id) throws Exception;
  }

  static Store open(Path folder) throws Exception {
    return Store.open(
        Files.createTempDirectory(folder, "store").resolve("hive.db"), Clock.systemUTC());
  }

  /** Tasks a second, where a task is done when its producer is done with it. */
  static double rate(int producers, long millis, Task task) throws Exception {
    var done = new AtomicLong();
    return rate(
        Thread.ofVirtual(),
        producers,
        millis,
        done,
        id -> {
          task.run(id);
          done.incrementAndGet();
        });
  }

  /**
   * Tasks a second by {@code done}, which others count; measured from a second after the first.
   *
   * @param task what each producer does again and again until the measurement is over
   */
  static double rate(Thread.Builder kind, int producers, long millis, AtomicLong done, Task task)
      throws Exception {
    var ids = new AtomicLong();
    var over = new AtomicBoolean();
    var failed = new CompletableFuture<Throwable>();
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < producers; i++) {
      threads.add(
          kind.start(
              () -> {
                try {
                  while (!over.get()) {
                    task.run("T-" + ids.incrementAndGet());
                  }
                } catch (Exception e) {
                  failed.complete(e);
                }
              }));
    }
    long limit = System.nanoTime() + LIMIT * 1_000_000;
    while (done.get() == 0 && !failed.isDone() && System.nanoTime() < limit) {
      Thread.sleep(1);
    }
    Thread.sleep(WARM);
    long before = done.get();
    long began = System.nanoTime();
    Thread.sleep(millis);
    double rate = (done.get() - before) * 1e9 / (System.nanoTime() - began);
    over.set(true);
    for (var thread : threads) {
      thread.join();
    }
    if (failed.isDone()) {
      throw new AssertionError(failed.get());
    }
    return rate;
  }

  /** The three steps as the engine takes them: state machine, view, event with the whole thing. */
  static void ledger(Store store, String id) {
    for (int step = 0; step < 3; step++) {
      ledger(store, id, step);
    }
  }

  private static void ledger(Store store, String id, int step) {
    store.write(
        "bench",
        tx -> {
          switch (step) {
            case 0 -> {
              tx.sql()
                  .update(
                      "INSERT INTO task(id, place, title, prompt, priority, capabilities, produces,"
                          + " state, updated_at) VALUES (?, 1, 't', 'p', 5, '[]', '[]', 'blocked',"
                          + " ?)",
                      id,
                      tx.now());
              TaskLedger.step(tx, id, TaskStateMachine.Step.UNBLOCK, null, TaskEvent.READY, id);
            }
            case 1 ->
                TaskLedger.step(tx, id, TaskStateMachine.Step.CLAIM, null, TaskEvent.STARTED, id);
            default ->
                TaskLedger.step(
                    tx, id, TaskStateMachine.Step.CANCEL, null, TaskEvent.CANCELLED, id);
          }
          return null;
        });
  }
}
