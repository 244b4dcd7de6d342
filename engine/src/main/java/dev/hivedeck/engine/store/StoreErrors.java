package dev.hivedeck.engine.store;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What keeps a database from being opened, read or written, with what to do about it. */
final class StoreErrors {
  /** A write that takes longer is told of: the disk hangs, or another program holds the file. */
  static final Duration LONGEST_WRITE = Duration.ofSeconds(10);

  private StoreErrors() {}

  /** Why it cannot be opened. */
  static HiveException opening(Path file, Exception e) {
    if (isDamage(e)) {
      return damaged(file, e.getMessage());
    }
    return full(file, e, "it cannot be opened").orElseGet(() -> unwritable(file, e));
  }

  /** Why it cannot be read. */
  static HiveException reading(Path file, Exception e) {
    if (isDamage(e)) {
      return damaged(file, e.getMessage());
    }
    return full(file, e, "the database cannot be read")
        .orElseGet(
            () ->
                new HiveException(
                    ErrorCode.STORE_UNREADABLE,
                    "The database " + file + " cannot be read: " + e.getMessage(),
                    "Check that it is yours; hivedeck check looks at it closely.",
                    e));
  }

  private static boolean isDamage(Exception e) {
    return e instanceof SQLiteException s
        && (s.getResultCode() == SQLiteErrorCode.SQLITE_CORRUPT
            || s.getResultCode() == SQLiteErrorCode.SQLITE_NOTADB);
  }

  /**
   * Where the disk is full, that is why: SQLite tells of the file that it could not lock or map by
   * then, and of no space.
   */
  private static Optional<HiveException> full(Path file, Exception e, String what) {
    var folder = file.toAbsolutePath().getParent();
    boolean disk =
        e instanceof SQLiteException s
            && (s.getResultCode().name().startsWith("SQLITE_IOERR")
                || s.getResultCode().name().startsWith("SQLITE_CANTOPEN"));
    return disk && Disk.of(List.of(folder)).stream().anyMatch(Disk::full)
        ? Optional.of(Disk.fullException(what + ": " + e.getMessage(), List.of(folder)))
        : Optional.empty();
  }

  static HiveException damaged(Path file, String what) {
    return new HiveException(
        ErrorCode.STORE_DAMAGED,
        "The database " + file + " is damaged: " + what,
        "Nothing was changed. hivedeck recover puts the newest sound backup in its place; finished"
            + " work is safe on main and under refs/hivedeck/kept.");
  }

  static HiveException newer(Path file, long version) {
    return new HiveException(
        ErrorCode.STORE_NEWER,
        "The database " + file + " was written by a newer Hivedeck (format " + version + ").",
        "Open it with that version or a newer one; nothing was changed.");
  }

  static HiveException foreign(Path file, String what) {
    return new HiveException(
        ErrorCode.STORE_FOREIGN,
        "The database " + file + " is not as Hivedeck makes it: " + what + ".",
        "Somebody else changed it, so nothing of it was run. hivedeck recover puts the newest sound"
            + " backup in its place.");
  }

  static HiveException unwritable(Path file, Exception e) {
    return new HiveException(
        ErrorCode.STORE_UNWRITABLE,
        "The database " + file + " cannot be opened for writing: " + e.getMessage(),
        "Check that the folder exists, is yours and has space, or point HIVEDECK_HOME elsewhere.",
        e);
  }

  /**
   * @throws HiveException {@code store-failed} for a write that goes on for too long
   */
  static void refuseHanging(Duration write, Path file) {
    if (write.compareTo(LONGEST_WRITE) > 0) {
      throw new HiveException(
          ErrorCode.STORE_FAILED,
          "A write to the database has been going on for " + write.toSeconds() + " s.",
          "Look whether its disk answers, and whether another program holds " + file + ".");
    }
  }

  static HiveException stopping() {
    return new HiveException(
        ErrorCode.STOPPING, "The engine is stopping.", "Start it again and repeat.");
  }

  /** What a write threw, as its caller gets it. */
  static RuntimeException failed(Path file, Throwable e) {
    return switch (e) {
      case RuntimeException r -> r;
      case SQLException s -> failed(file, s);
      default ->
          new HiveException(
              ErrorCode.ENGINE,
              "Hivedeck itself failed: " + e,
              "Nothing was written; the engine goes on. Its log has more.",
              e);
    };
  }

  static HiveException failed(Path file, SQLException e) {
    if (e instanceof SQLiteException s && s.getResultCode() == SQLiteErrorCode.SQLITE_FULL) {
      // It writes there, and sorts what is large in the folder for temporary files.
      return Disk.fullException(
          "the write was rolled back: " + e.getMessage(),
          List.of(file.toAbsolutePath().getParent(), Disk.temporary()));
    }
    var full = full(file, e, "the write was rolled back");
    if (full.isPresent()) {
      return full.get();
    }
    if (e instanceof SQLiteException s && s.getResultCode().name().startsWith("SQLITE_IOERR")) {
      return new HiveException(
          ErrorCode.DISK_FAILED,
          "The disk failed to read or write, the write was rolled back: " + e.getMessage(),
          "Check the disk and its free space; nothing that was confirmed is lost.",
          e);
    }
    return new HiveException(
        ErrorCode.STORE_FAILED,
        "The database refused: " + e.getMessage(),
        "Nothing was changed. Run hivedeck doctor to check the database.",
        e);
  }
}
