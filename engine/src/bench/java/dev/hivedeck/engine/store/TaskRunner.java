package dev.hivedeck.engine.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** Another durable task runner inside this process, made to run tasks that do nothing. */
interface TaskRunner extends AutoCloseable {
  /** Returns once the task is on the disk. */
  void submit(String id);

  @Override
  void close();

  /**
   * Who is told what becomes of tasks.
   *
   * @param began the body of a task runs
   * @param done that it has run is on the disk
   */
  record Listener(Consumer<String> began, Consumer<String> done, Consumer<Throwable> failed) {}

  /** Opens a peer with an empty database. */
  interface Opener {
    TaskRunner open(Listener listener) throws Exception;
  }

  /** SQLite as durable as Hivedeck's, by one connection: several only wait for one another. */
  static HikariDataSource sqlite(Path file) {
    var config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(5_000);
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    var source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return pool(source, 1);
  }

  static HikariDataSource pool(DataSource source, int connections) {
    var config = new HikariConfig();
    config.setDataSource(source);
    config.setMaximumPoolSize(connections);
    return new HikariDataSource(config);
  }
}
