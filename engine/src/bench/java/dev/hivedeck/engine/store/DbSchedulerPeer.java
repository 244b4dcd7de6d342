package dev.hivedeck.engine.store;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.event.AbstractSchedulerListener;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** db-scheduler, hinted at once of what is due. */
final class DbSchedulerPeer implements Peer {
  private static final String SQLITE =
      """
      CREATE TABLE scheduled_tasks (
        task_name VARCHAR(100), task_instance VARCHAR(100), task_data BLOB,
        execution_time TIMESTAMP, picked BIT, picked_by VARCHAR(50), last_success TIMESTAMP,
        last_failure TIMESTAMP, consecutive_failures INT, last_heartbeat TIMESTAMP,
        version BIGINT, priority SMALLINT, PRIMARY KEY (task_name, task_instance));
      """;
  private static final String POSTGRES =
      """
      DROP TABLE IF EXISTS scheduled_tasks;
      CREATE TABLE scheduled_tasks (
        task_name TEXT NOT NULL, task_instance TEXT NOT NULL, task_data BYTEA,
        execution_time TIMESTAMPTZ NOT NULL, picked BOOLEAN NOT NULL, picked_by TEXT,
        last_success TIMESTAMPTZ, last_failure TIMESTAMPTZ, consecutive_failures INT,
        last_heartbeat TIMESTAMPTZ, version BIGINT NOT NULL, priority SMALLINT,
        PRIMARY KEY (task_name, task_instance));
      """;
  private static final String INDEXES =
      """
      CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time);
      CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat);
      """;

  private final HikariDataSource source;
  private final OneTimeTask<Void> task;
  private final Scheduler scheduler;

  private DbSchedulerPeer(
      HikariDataSource source, String tables, Ear ear, UnaryOperator<SchedulerBuilder> polling)
      throws SQLException {
    this.source = source;
    try (var connection = source.getConnection();
        var statement = connection.createStatement()) {
      for (String one : (tables + INDEXES).split(";\n")) {
        statement.execute(one);
      }
    }
    this.task =
        Tasks.oneTime("no-op").execute((instance, context) -> ear.began().accept(instance.getId()));
    this.scheduler =
        polling
            .apply(Scheduler.create(source, task))
            .enableImmediateExecution()
            .pollingInterval(Duration.ofSeconds(1))
            .addSchedulerListener(listener(ear))
            .build();
    scheduler.start();
  }

  private static AbstractSchedulerListener listener(Ear ear) {
    return new AbstractSchedulerListener() {
      @Override
      public void onExecutionComplete(ExecutionComplete complete) {
        complete.getCause().ifPresent(ear.failed());
        ear.done().accept(complete.getExecution().taskInstance.getId());
      }

      @Override
      public void onSchedulerEvent(SchedulerEventType type) {
        if (type.name().endsWith("ERROR")) {
          ear.failed().accept(new IllegalStateException("db-scheduler: " + type));
        }
      }
    };
  }

  /** The documentation knows the strategy "fetch" only for SQLite. */
  static Peer onSqlite(Path file, Ear ear) throws SQLException {
    return new DbSchedulerPeer(
        Peer.sqlite(file),
        SQLITE,
        ear,
        builder -> builder.threads(10).alwaysPersistTimestampInUTC().pollUsingFetch(0.5, 3.0));
  }

  /** With the limits that the documentation gives for a high throughput. */
  static Peer onPostgres(DataSource source, Ear ear) throws SQLException {
    return new DbSchedulerPeer(
        Peer.pool(source, 20),
        POSTGRES,
        ear,
        builder -> builder.threads(20).pollUsingLockAndFetch(1.0, 4.0));
  }

  @Override
  public void submit(String id) {
    scheduler.scheduleIfNotExists(task.instance(id), Instant.now());
  }

  @Override
  public void close() {
    scheduler.stop();
    source.close();
  }
}
