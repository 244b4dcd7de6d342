package dev.hivedeck.engine.store;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

/**
 * Durable no-op tasks a second: each is submitted, claimed and completed, each step waited for
 * until it is on the disk with its event ({@code synchronous=FULL}). Beside it, in the same minute
 * on the same disk, the least that any program could do with SQLite: one thread, prepared
 * statements, one commit for all that wait; once for the least of rows (raw), once for the very
 * rows that the ledger writes (rows). Disks differ tenfold, so only the ratio says something.
 */
@Tag("bench")
class StoreBench {
  private static final int ROUNDS = 3;
  @TempDir Path folder;

  @Test
  void durableTasksBesideTheRawLimit() throws Exception {
    System.out.println(
        "producers  raw/s  store/s  of raw  rows/s  ledger/s  of raw  of rows"
            + "  (tasks: submit, claim, complete)");
    for (int producers : new int[] {1, 8, 64, 512}) {
      var rates = new double[4][ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        Path fresh = Files.createTempDirectory(folder, "raw").resolve("raw.db");
        try (var peer = new Raw(fresh, StoreBench::bare)) {
          rates[0][round] = NoOps.rate(producers, NoOps.MILLIS, peer::task);
        }
        try (var store = NoOps.open(folder)) {
          rates[1][round] = NoOps.rate(producers, NoOps.MILLIS, id -> plain(store, id));
        }
        Path made = Files.createTempDirectory(folder, "rows").resolve("hive.db");
        Store.open(made, Clock.systemUTC()).close();
        try (var peer = new Raw(made, StoreBench::same)) {
          rates[3][round] = NoOps.rate(producers, NoOps.MILLIS, peer::task);
        }
        try (var store = NoOps.open(folder)) {
          rates[2][round] = NoOps.rate(producers, NoOps.MILLIS, id -> NoOps.ledger(store, id));
        }
      }
      double raw = median(rates[0]);
      double plain = median(rates[1]);
      double ledger = median(rates[2]);
      double rows = median(rates[3]);
      System.out.printf(
          "%9d  %5.0f  %7.0f  %6.2f  %6.0f  %8.0f  %6.2f  %7.2f%n",
          producers, raw, plain, plain / raw, rows, ledger, ledger / raw, ledger / rows);
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
          tx.emit(EventType.of("task." + STATES.get(step), Topic.TASK), id, null, null);
          return null;
        });
  }

  /** What is done for a step of a task, where SQLite is called and nothing else happens. */
  private interface Rows {
    void write(String id, int step, long now) throws SQLException;
  }

  /** Makes the statements of a connection. */
  private interface Prepare {
    Rows on(Connection connection) throws SQLException;
  }

  /** The least that a task could be: who it is, its state, that something happened. */
  private static Rows bare(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE task (id TEXT PRIMARY KEY, state TEXT, at INTEGER) STRICT");
      statement.execute(
          "CREATE TABLE event (seq INTEGER PRIMARY KEY, at INTEGER, text TEXT) STRICT");
    }
    var insert = connection.prepareStatement("INSERT INTO task VALUES (?, ?, ?)");
    var update = connection.prepareStatement("UPDATE task SET state = ?, at = ? WHERE id = ?");
    var event = connection.prepareStatement("INSERT INTO event(at, text) VALUES (?, ?)");
    return (id, step, now) -> {
      if (step == 0) {
        bind(insert, id, "ready", now).executeUpdate();
      } else {
        bind(update, STATES.get(step), now, id).executeUpdate();
      }
      bind(event, now, id).executeUpdate();
    };
  }

  /**
   * The very rows of the ledger, in its tables with their indexes and triggers; but known
   * beforehand, where the ledger looks and decides.
   */
  private static Rows same(Connection connection) throws SQLException {
    var insert =
        connection.prepareStatement(
            "INSERT INTO task(id, place, title, prompt, priority, capabilities, produces, state,"
                + " updated_at) VALUES (?, 1, 't', 'p', 5, '[]', '[]', 'blocked', ?)");
    var ready =
        connection.prepareStatement(
            "UPDATE task SET state = 'ready', reason = NULL, updated_at = ?1, stage = 0,"
                + " ready_at = ?1 WHERE id = ?2");
    var update =
        connection.prepareStatement(
            "UPDATE task SET state = ?, reason = NULL, updated_at = ?, stage = 0 WHERE id = ?");
    var event =
        connection.prepareStatement(
            "INSERT INTO event(at, correlation, type, topic, id, text, data)"
                + " VALUES (?, 'bench', ?, 'task', ?, ?, ?)");
    var states = List.of("ready", "running", "cancelled");
    var types = List.of("task.ready", "task.started", "task.cancelled");
    return (id, step, now) -> {
      if (step == 0) {
        bind(insert, id, now).executeUpdate();
        bind(ready, now, id).executeUpdate();
      } else {
        bind(update, states.get(step), now, id).executeUpdate();
      }
      String data =
          "{\"id\":\""
              + id
              + "\",\"title\":\"t\",\"state\":\""
              + states.get(step)
              + "\",\"stage\":0,\"priority\":5,\"capabilities\":[],\"needs\":[],"
              + "\"requirements\":[],\"attempts\":0,\"merged\":false,"
              + "\"updatedAt\":\"2026-01-01T00:00:00.000Z\",\"order\":1}";
      bind(event, now, types.get(step), id, id, data).executeUpdate();
    };
  }

  private static PreparedStatement bind(PreparedStatement statement, Object... values)
      throws SQLException {
    for (int i = 0; i < values.length; i++) {
      if (values[i] instanceof Long number) {
        statement.setLong(i + 1, number);
      } else {
        statement.setString(i + 1, (String) values[i]);
      }
    }
    return statement;
  }

  /** One thread, prepared statements, one commit for all that wait. */
  private static final class Raw implements AutoCloseable {
    private record Job(String id, int step, CompletableFuture<Void> done) {}

    private final ArrayBlockingQueue<Job> queue = new ArrayBlockingQueue<>(20_000);
    private final Connection connection;
    private final Rows rows;
    private final Thread thread;
    private volatile boolean open = true;

    Raw(Path file, Prepare prepare) throws SQLException {
      var config = new SQLiteConfig();
      config.setJournalMode(SQLiteConfig.JournalMode.WAL);
      config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
      config.setGetGeneratedKeys(false);
      connection = config.createConnection("jdbc:sqlite:" + file);
      rows = prepare.on(connection);
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
      try {
        while (open) {
          batch.clear();
          var first = queue.poll(50, TimeUnit.MILLISECONDS);
          if (first == null) {
            continue;
          }
          batch.add(first);
          queue.drainTo(batch, 999);
          for (Job job : batch) {
            rows.write(job.id(), job.step(), System.currentTimeMillis());
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
