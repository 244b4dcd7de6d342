package dev.hivedeck.engine.store;

import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;

/**
 * A database that is only read: while no engine runs, while another process works on it, or on a
 * disk that cannot be written. Where there is none it is empty; one of an earlier version is
 * brought up to date in memory. Nothing is written anywhere.
 */
public final class ReadOnlyLedger implements Ledger, AutoCloseable {
  /** A file that changes with each look is being worked on; then its log is there, and is read. */
  private static final int MOST_TRIES = 20;

  private final Path file;
  private Sql sql;
  private Print print;

  /** By which a file that nobody is to have changed is known again. */
  private record Print(Path file, Object key, long size, FileTime changed) {}

  private ReadOnlyLedger(Path file) {
    this.file = file;
  }

  /**
   * @throws HiveException {@code store-damaged}, {@code store-newer}, {@code store-foreign} or
   *     {@code store-unreadable}
   */
  public static ReadOnlyLedger open(Path file) {
    var ledger = new ReadOnlyLedger(file);
    try {
      ledger.read(Schema::version);
      return ledger;
    } catch (HiveException e) {
      ledger.close();
      throw e;
    }
  }

  @Override
  public synchronized <T> T read(Ledger.Look<T> look) {
    for (int tries = 1; ; tries++) {
      try {
        if (sql == null) {
          connect();
        }
        sql.begin();
        T found;
        try {
          found = look.run(sql);
        } finally {
          sql.commit();
        }
        if (print == null || print.equals(print())) {
          return found;
        }
      } catch (IOException e) {
        throw StoreErrors.reading(file, e);
      } catch (SQLException e) {
        if (tries >= MOST_TRIES || same()) {
          throw StoreErrors.reading(file, e);
        }
      }
      close(); // it was written meanwhile: what was read may be of two states
      if (tries >= MOST_TRIES) {
        throw StoreErrors.reading(file, new IOException("it is written again and again"));
      }
    }
  }

  private boolean same() {
    try {
      return print == null || print.equals(print());
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public long seq() {
    return read(s -> s.number("SELECT max(seq) FROM event"));
  }

  /** A restore that was cut off counts: the next engine finishes it. */
  private Path current() {
    Path next = file.resolveSibling(file.getFileName() + Backups.NEXT);
    return Files.exists(next) ? next : file;
  }

  private void connect() throws SQLException, IOException {
    Path now = current();
    if (!Files.exists(now)) {
      print = null;
      sql = Schema.memory();
      Schema.migrate(sql);
      return;
    }
    print = whole(now) ? print() : null;
    sql = connect(now);
    long version = Schema.version(sql);
    if (version > Schema.VERSION) {
      throw StoreErrors.newer(now, version);
    }
    var foreign = Schema.foreign(sql);
    if (!foreign.isEmpty()) {
      throw StoreErrors.foreign(now, foreign.getFirst());
    }
    if (version < Schema.VERSION) {
      inMemory();
    }
  }

  /** Without a log all is in the file, and nobody has it open. */
  private static boolean whole(Path file) {
    return !Files.exists(file.resolveSibling(file.getFileName() + "-wal"))
        && !Files.exists(file.resolveSibling(file.getFileName() + "-shm"));
  }

  /** Reads a file without leaving anything beside it, as SQLite would to lock a whole one by. */
  static Sql connect(Path file) throws SQLException {
    var config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(5_000);
    String uri = "file:" + file.toAbsolutePath().toUri().getRawPath();
    return new Sql(
        config.createConnection(
            "jdbc:sqlite:" + uri + (whole(file) ? "?immutable=1" : "?mode=ro")));
  }

  /** Goes on with a copy in memory, of the present version. */
  private void inMemory() throws SQLException {
    byte[] bytes = sql.connection().unwrap(SQLiteConnection.class).serialize("main");
    // That its changes go to a log is in its head; in memory there is none.
    bytes[18] = 1;
    bytes[19] = 1;
    var copy = Schema.memory();
    copy.connection().unwrap(SQLiteConnection.class).deserialize("main", bytes);
    Schema.migrate(copy);
    sql.close();
    sql = copy;
  }

  private Print print() throws IOException {
    Path now = current();
    var attributes = Files.readAttributes(now, BasicFileAttributes.class);
    return new Print(
        whole(now) ? now : null,
        attributes.fileKey(),
        attributes.size(),
        attributes.lastModifiedTime());
  }

  @Override
  public synchronized void close() {
    if (sql != null) {
      try {
        sql.close();
      } catch (SQLException e) {
        throw StoreErrors.reading(file, e);
      } finally {
        sql = null;
      }
    }
  }
}
