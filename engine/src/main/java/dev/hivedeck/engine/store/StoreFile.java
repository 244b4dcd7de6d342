package dev.hivedeck.engine.store;

import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/**
 * The file of a database: looked at before it is opened, connected to, brought to its present form.
 */
final class StoreFile {
  private static final Logger LOG = LoggerFactory.getLogger(StoreFile.class);

  /** How long the log may be before it is worked in: pages written often are worked in once. */
  private static final int LOG_PAGES = 4_000;

  private final Path file;
  private final Clock clock;

  StoreFile(Path file, Clock clock) {
    this.file = file;
    this.clock = clock;
  }

  Path path() {
    return file;
  }

  /**
   * Makes the file where there is none, and sees that it can be opened without harm.
   *
   * @throws HiveException {@code store-lost} or {@code store-foreign}
   */
  void prepare() throws IOException, SQLException {
    OwnerFiles.folder(file.toAbsolutePath().getParent());
    SqliteNativeFolder.use(file.toAbsolutePath().getParent());
    var backups = new Backups(file, clock);
    backups.finish();
    mustNotBeLost(backups);
    OwnerFiles.file(file); // SQLite gives its log the rights of the database
    mustBeOurs();
  }

  /** Size of the file with its write-ahead log. */
  long bytes() {
    return size(file) + size(file.resolveSibling(file.getFileName() + "-wal"));
  }

  private static long size(Path path) {
    try {
      return Files.size(path);
    } catch (IOException e) {
      return 0;
    }
  }

  /** A new one beside copies of the former would know nothing of what was done. */
  private void mustNotBeLost(Backups backups) throws IOException {
    boolean gone = !Files.exists(file);
    Path log = file.resolveSibling(file.getFileName() + "-wal");
    boolean empty = !gone && Files.size(file) == 0 && !(Files.exists(log) && Files.size(log) > 0);
    var copies = gone || empty ? backups.list() : List.<Backups.Backup>of();
    if (!copies.isEmpty()) {
      throw new HiveException(
          ErrorCode.STORE_LOST,
          "The database " + file + (gone ? " is gone" : " is empty") + ", and there are copies.",
          "hivedeck recover puts the newest sound one in its place. To begin anew, move "
              + copies.getFirst().file().getParent()
              + " away.");
    }
  }

  /** Looks before anything is written: a trigger of somebody else's would run with it. */
  private void mustBeOurs() throws IOException, SQLException {
    if (Files.size(file) > 0) {
      try (var sql = ReadOnlyLedger.connect(file)) {
        var foreign = Schema.foreign(sql);
        if (!foreign.isEmpty()) {
          throw StoreErrors.foreign(file, foreign.getFirst());
        }
      }
    }
  }

  Sql connect(boolean readOnly) throws SQLException {
    var config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    config.setBusyTimeout(5_000);
    config.setReadOnly(readOnly);
    config.setGetGeneratedKeys(false); // or the driver asks for the last after each insert
    config.setTransactionMode(
        readOnly ? SQLiteConfig.TransactionMode.DEFERRED : SQLiteConfig.TransactionMode.IMMEDIATE);
    var sql = new Sql(config.createConnection("jdbc:sqlite:" + file));
    sql.run("PRAGMA trusted_schema = OFF");
    // Each write can be taken back alone; the pages for that went to a file, statement by
    // statement.
    sql.run("PRAGMA temp_store = MEMORY");
    if (!readOnly) {
      sql.run("PRAGMA wal_autocheckpoint = " + LOG_PAGES);
    }
    return sql;
  }

  /** Brings what an older Hivedeck wrote to the present form, with a backup first. */
  void migrate(Sql writer) throws SQLException {
    String health =
        writer.one("PRAGMA quick_check(1)", row -> row.text("quick_check")).orElse("no answer");
    if (!health.equals("ok")) {
      throw StoreErrors.damaged(file, health);
    }
    long version = Schema.version(writer);
    if (version > Schema.VERSION) {
      throw StoreErrors.newer(file, version);
    }
    if (version > 0 && version < Schema.VERSION) {
      new Backups(file, clock).before(Schema.VERSION);
    }
    makeShrinkable(writer);
    Schema.migrate(writer);
  }

  /** Asks once of a file that it can give back pages one by one; that writes it anew. */
  private void makeShrinkable(Sql writer) throws SQLException {
    if (writer.number("PRAGMA auto_vacuum") != 0) {
      return;
    }
    try {
      writer.run("PRAGMA auto_vacuum = INCREMENTAL");
      writer.run("VACUUM");
    } catch (SQLException e) {
      LOG.warn("the database cannot shrink, it could not be written anew: {}", e.toString());
    }
  }
}
