package dev.hivedeck.engine.store;

import dev.hivedeck.engine.protocol.Topic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

/**
 * Durable no-op tasks a second: each is submitted, claimed and completed, each step waited for
 * until it is on the disk with its event ({@code synchronous=FULL}). Beside it, in the same minute
 * on the same disk, the least that any program could do with SQLite: one thread, prepared
 * statements, one commit for all that wait. Disks differ tenfold, so only the ratio says something.
 */
@Tag("bench")
class StoreBench {
  private static final int ROUNDS = 3;
  @TempDir Path folder;

  @Test
  void durableTasksBesideTheRawLimit() throws Exception {
    System.out.println(
        "producers  raw/s  store/s  ratio  ledger/s  ratio  (tasks: submit, claim, complete)");
    for (int producers : new int[] {1, 8, 64, 512}) {
      var rates = new double[3][ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        try (var peer = new Raw(Files.createTempDirectory(folder, "raw").resolve("raw.db"))) {
          rates[0][round] = NoOps.rate(producers, NoOps.MILLIS, peer::task);
        }
        try (var store = NoOps.open(folder)) {
          rates[1][round] = NoOps.rate(producers, NoOps.MILLIS, id -> plain(store, id));
        }
        try (var store = NoOps.open(folder)) {
          rates[2][round] = NoOps.rate(producers, NoOps.MILLIS, id -> NoOps.ledger(store, id));
        }
      }
      double raw = median(rates[0]);
      double plain = median(rates[1]);
      double ledger = median(rates[2]);
      System.out.printf(
          "%9d  %5.0f  %7.0f  %5.2f  %8.0f  %5.2f%n",
          producers, raw, plain, plain / raw, ledger, ledger / raw);
    }
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private static final List<String> STATES = List.of("ready", "running", "done");

  private static void plain(Store store, String id) {
    for (int step = 0; step < 3; step++) {
      plain(store, id, step);
    }
  }

  private static void plain(Store store, String id, int step) {
    store.write(
        "bench",
        tx -> {
          if (step == 0) {
            tx.sql()
                .update(
                    "INSERT INTO task(id, place, title, prompt, priority, capabilities, produces,"
                        + " state, updated_at) VALUES (?, 1, 't', 'p', 5, '[]', '[]', 'ready', ?)",
                    id,
                    tx.now());
          } else {
            tx.sql()
                .update(
                    "UPDATE task SET state = ?, updated_at = ? WHERE id = ?",
                    STATES.get(step),
                    tx.now(),
                    id);
          }
          tx.emit("task." + STATES.get(step), Topic.TASK, id, null, null);
          return null;
        });
  }

  /** The least that could be done. */
  private static final class Raw implements AutoCloseable {
    private record Job(String id, int step, CompletableFuture<Void> done) {}

    private final ArrayBlockingQueue<Job> queue = new ArrayBlockingQueue<>(20_000);
    private final Connection connection;
    private final Thread thread;
    private volatile boolean open = true;

    Raw(Path file) throws Exception {
      var config = new SQLiteConfig();
      config.setJournalMode(SQLiteConfig.JournalMode.WAL);
      config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
      config.setGetGeneratedKeys(false);
      connection = config.createConnection("jdbc:sqlite:" + file);
      try (var statement = connection.createStatement()) {
        statement.execute("CREATE TABLE task (id TEXT PRIMARY KEY, state TEXT, at INTEGER) STRICT");
        statement.execute(
            "CREATE TABLE event (seq INTEGER PRIMARY KEY, at INTEGER, text TEXT) STRICT");
      }
      connection.setAutoCommit(false);
      thread = Thread.ofPlatform().start(this::loop);
    }

    void task(String id) throws Exception {
      for (int step = 0; step < 3; step++) {
        var job = new Job(id, step, new CompletableFuture<>());
        queue.put(job);
        job.done().get();
      }
    }

    private void loop() {
      var batch = new ArrayList<Job>();
      try (PreparedStatement insert =
              connection.prepareStatement("INSERT INTO task VALUES (?, ?, ?)");
          PreparedStatement update =
              connection.prepareStatement("UPDATE task SET state = ?, at = ? WHERE id = ?");
          PreparedStatement event =
              connection.prepareStatement("INSERT INTO event(at, text) VALUES (?, ?)")) {
        while (open) {
          batch.clear();
          var first = queue.poll(50, java.util.concurrent.TimeUnit.MILLISECONDS);
          if (first == null) {
            continue;
          }
          batch.add(first);
          queue.drainTo(batch, 999);
          for (Job job : batch) {
            long now = System.currentTimeMillis();
            if (job.step() == 0) {
              insert.setString(1, job.id());
              insert.setString(2, "ready");
              insert.setLong(3, now);
              insert.executeUpdate();
            } else {
              update.setString(1, STATES.get(job.step()));
              update.setLong(2, now);
              update.setString(3, job.id());
              update.executeUpdate();
            }
            event.setLong(1, now);
            event.setString(2, job.id());
            event.executeUpdate();
          }
          connection.commit();
          batch.forEach(job -> job.done().complete(null));
        }
      } catch (Exception e) {
        batch.forEach(job -> job.done().completeExceptionally(e));
      }
    }

    @Override
    public void close() throws SQLException {
      open = false;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      connection.close();
    }
  }
}
