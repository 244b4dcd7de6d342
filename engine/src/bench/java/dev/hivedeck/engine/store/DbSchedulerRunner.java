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
final class DbSchedulerRunner implements TaskRunner {
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

  private DbSchedulerRunner(
      HikariDataSource source,
      String tables,
      Listener listener,
      UnaryOperator<SchedulerBuilder> polling)
      throws SQLException {
    this.source = source;
    try (var connection = source.getConnection();
        var statement = connection.createStatement()) {
      for (String one : (tables + INDEXES).split(";\n")) {
        statement.execute(one);
      }
    }
    this.task =
        Tasks.oneTime("no-op")
            .execute((instance, context) -> listener.began().accept(instance.getId()));
    this.scheduler =
        polling
            .apply(Scheduler.create(source, task))
            .enableImmediateExecution()
            .pollingInterval(Duration.ofSeconds(1))
            .addSchedulerListener(listener(listener))
            .build();
    scheduler.start();
  }

  private static AbstractSchedulerListener listener(Listener listener) {
    return new AbstractSchedulerListener() {
      @Override
      public void onExecutionComplete(ExecutionComplete complete) {
        complete.getCause().ifPresent(listener.failed());
        listener.done().accept(complete.getExecution().taskInstance.getId());
      }

      @Override
      public void onSchedulerEvent(SchedulerEventType type) {
        if (type.name().endsWith("ERROR")) {
          listener.failed().accept(new IllegalStateException("db-scheduler: " + type));
        }
      }
    };
  }

  /** The documentation knows the strategy "fetch" only for SQLite. */
  static TaskRunner onSqlite(Path file, Listener listener) throws SQLException {
    return new DbSchedulerRunner(
        TaskRunner.sqlite(file),
        SQLITE,
        listener,
        builder -> builder.threads(10).alwaysPersistTimestampInUTC().pollUsingFetch(0.5, 3.0));
  }

  /** With the limits that the documentation gives for a high throughput. */
  static TaskRunner onPostgres(DataSource source, Listener listener) throws SQLException {
    return new DbSchedulerRunner(
        TaskRunner.pool(source, 20),
        POSTGRES,
        listener,
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
