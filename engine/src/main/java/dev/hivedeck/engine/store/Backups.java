package dev.hivedeck.engine.store;

import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/**
 * Copies of a database: made while it is used, kept for some days, and put back when it is damaged.
 * Nothing is ever overwritten: what gives way is kept beside.
 */
public final class Backups {
  private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final Pattern NAME = Pattern.compile("hive-(\\d{8}T\\d{6}\\.\\d{3}Z)\\.db");

  /** The end of the name under which a copy waits to take the database's place. */
  static final String NEXT = ".next";

  private final Path database;
  private final Path folder;
  private final Clock clock;
  private final Runnable cut;

  /**
   * @param database the file; its backups are in the folder {@code backups} beside it
   */
  public Backups(Path database, Clock clock) {
    this(database, clock, () -> {});
  }

  /**
   * @param cut runs wherever a restore may be cut off
   */
  Backups(Path database, Clock clock, Runnable cut) {
    this.database = database;
    this.folder = database.resolveSibling("backups");
    this.clock = clock;
    this.cut = cut;
  }

  /**
   * One copy.
   *
   * @param bytes its size
   */
  public record Backup(Path file, Instant at, long bytes) {}

  /** All there are, the newest first. */
  public List<Backup> list() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      var all = new ArrayList<Backup>();
      for (Path file : files.toList()) {
        var name = NAME.matcher(file.getFileName().toString());
        if (name.matches()) {
          all.add(new Backup(file, Instant.from(STAMP.parse(name.group(1))), Files.size(file)));
        }
      }
      all.sort(Comparator.comparing(Backup::at).reversed());
      return all;
    } catch (IOException e) {
      throw failed("The backups in " + folder + " cannot be listed", e);
    }
  }

  /**
   * Makes one, then removes those beyond {@code keep}, the oldest first. The engine may be at work:
   * the copy is of one moment.
   *
   * @throws HiveException {@code backup-failed}; the others are then as they were
   */
  public Backup make(int keep) {
    Instant now = clock.instant();
    Path file = folder.resolve("hive-" + STAMP.format(now) + ".db");
    copy(file);
    for (Backup old : list().stream().skip(Math.max(1, keep)).toList()) {
      try {
        Files.deleteIfExists(old.file());
      } catch (IOException e) {
        LOG.warn("an old backup stays: {}", e.getMessage());
      }
    }
    return list().stream().filter(b -> b.file().equals(file)).findFirst().orElseThrow();
  }

  /** Makes one if the newest is older than {@code every}. */
  public Optional<Backup> makeIfDue(Duration every, int keep) {
    var newest = list().stream().findFirst();
    Instant now = clock.instant();
    boolean due =
        newest.isEmpty()
            || newest.get().at().plus(every).isBefore(now.plusMillis(1))
            || newest.get().at().isAfter(now); // the clock was set back since
    return due ? Optional.of(make(keep)) : Optional.empty();
  }

  /**
   * Copies the database to a file that is not there yet, whole and checked, or not at all.
   *
   * @throws HiveException {@code backup-failed}
   */
  public void copy(Path target) {
    if (Files.exists(target)) {
      throw new HiveException(
          ErrorCode.BACKUP_FAILED,
          target + " is there already.",
          "Name a file that is not there yet.");
    }
    copy(target, Backups::check);
  }

  /**
   * Keeps the database as it is before a newer version takes it over. One that was cut off left its
   * copy: it counts if it is whole and of this state, else it stays and another is made beside it.
   *
   * @throws HiveException {@code backup-failed}
   */
  void before(long version) {
    String name = database.getFileName() + ".before-" + version;
    Path target = database.resolveSibling(name);
    for (int n = 2; Files.exists(target); n++) {
      if (torn(target).isEmpty() && state(target).equals(state(database))) {
        return;
      }
      target = database.resolveSibling(name + "-" + n);
    }
    // Only its pages are checked: what was wrong with its rows before is no reason to refuse it.
    copy(target, Backups::torn);
  }

  /** How far a database has come: each write of weight tells an event. */
  private static String state(Path file) {
    try (var sql = open(file)) {
      return sql.number("PRAGMA user_version") + ":" + sql.number("SELECT max(seq) FROM event");
    } catch (SQLException e) {
      return file + " cannot be read";
    }
  }

  private void copy(Path target, Function<Path, List<String>> wrongWith) {
    Path part = beside(target, ".part");
    try {
      if (Files.exists(beside(database, NEXT))) {
        throw new IOException("a restore was cut off; the next start finishes it");
      }
      OwnerFiles.folder(target.toAbsolutePath().getParent());
      Files.deleteIfExists(part);
      OwnerFiles.file(part); // SQLite writes into an empty file as into none
      try (var sql = open(database)) {
        sql.update("VACUUM INTO ?", part.toString());
      }
      var wrong = wrongWith.apply(part);
      if (!wrong.isEmpty()) {
        throw new IOException("the copy is not sound: " + wrong.getFirst());
      }
      owned(part);
      force(part);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | SQLException e) {
      try {
        Files.deleteIfExists(part);
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw failed("No backup of " + database + " could be made", e);
    }
  }

  /**
   * What is wrong with a database: its schema, its pages, its references, its outbox, its rows.
   *
   * @return empty when it is sound
   */
  public static List<String> check(Path file) {
    return check(file, Backups::open);
  }

  /** As {@link #check}, leaving nothing behind; for a file that nobody writes meanwhile. */
  public static List<String> inspect(Path file) {
    return check(file, ReadOnlyLedger::connect);
  }

  private interface Opening {
    Sql open(Path file) throws SQLException;
  }

  private static List<String> check(Path file, Opening opening) {
    if (!Files.isRegularFile(file)) {
      return List.of(file + " is not there");
    }
    if (Files.exists(beside(file, NEXT))) {
      return List.of("a restore was cut off; the next start, or hivedeck recover, finishes it");
    }
    try (var sql = opening.open(file)) {
      if (sql.number("SELECT count(*) FROM sqlite_schema WHERE name = 'event'") == 0) {
        return List.of("it is no database of Hivedeck");
      }
      // First of all: a view or an index of somebody else's runs when it is looked at.
      var foreign = Schema.foreign(sql);
      if (!foreign.isEmpty()) {
        return foreign;
      }
      var wrong = new ArrayList<>(pages(sql));
      for (String line :
          sql.list(
              "PRAGMA foreign_key_check",
              r -> "a row of " + r.text("table") + " refers to nothing in " + r.text("parent"))) {
        wrong.add(line);
      }
      long gap = sql.number("SELECT coalesce(max(seq) - min(seq) + 1 - count(*), 0) FROM event");
      if (gap != 0) {
        wrong.add("the outbox lacks " + gap + " events between its first and its last");
      }
      if (wrong.isEmpty()) { // Else its rows are not worth reading.
        wrong.addAll(ContentCheck.wrong(sql));
      }
      return wrong;
    } catch (SQLException e) {
      return List.of("it cannot be read: " + e.getMessage());
    }
  }

  /** What is wrong with the pages of a file. */
  private static List<String> torn(Path file) {
    try (var sql = open(file)) {
      return pages(sql);
    } catch (SQLException e) {
      return List.of("it cannot be read: " + e.getMessage());
    }
  }

  private static List<String> pages(Sql sql) throws SQLException {
    return sql.list("PRAGMA integrity_check(20)", r -> r.text("integrity_check")).stream()
        .filter(line -> !line.equals("ok"))
        .toList();
  }

  /**
   * Puts a copy in the place of the database. The caller holds the workspace's lock. Cut off at any
   * moment, the next start finds the former one or the new one, whole.
   *
   * @return where the former one is kept; empty when there was none
   * @throws HiveException {@code backup-damaged}, {@code backup-failed}; then nothing has changed
   */
  public Optional<Path> restore(Path backup) {
    return restore(backup, (part, aside) -> List.of());
  }

  /** Adds to a copy before it takes the database's place, and returns what it wrote beside. */
  private interface Addition {
    List<Path> to(Path part, Path aside) throws IOException;
  }

  /**
   * What a recovery came to.
   *
   * @param former where the damaged database is kept
   * @param list where all that the report tells of is written down
   */
  public record Recovery(Optional<Path> former, DatabaseRecovery.Report salvage, Path list) {}

  /**
   * Puts a copy in the place of a damaged database, with the record of what came after it, as far
   * as it can be read. The caller holds the workspace's lock.
   *
   * @throws HiveException as {@link #restore(Path)}
   */
  public Recovery recover(Path backup) {
    var report = new AtomicReference<DatabaseRecovery.Report>();
    var list = new AtomicReference<Path>();
    Addition salvage =
        (part, aside) -> {
          if (report.get() == null) {
            report.set(DatabaseRecovery.merge(database, part, clock.instant()));
          }
          list.set(aside.resolveSibling(aside.getFileName().toString().replace(".db", ".json")));
          Files.writeString(list.get(), Json.write(report.get()));
          owned(list.get());
          return List.of(list.get());
        };
    Optional<Path> former;
    try {
      former = restore(backup, salvage);
    } catch (HiveException e) {
      if (!e.is(ErrorCode.BACKUP_FAILED) || report.get() == null) {
        throw e;
      }
      // The copy alone is worth more than a copy that what was added to it has spoilt.
      report.set(DatabaseRecovery.nothing("what could be read was no use: " + e.getMessage()));
      former = restore(backup, salvage);
    }
    return new Recovery(former, report.get(), list.get());
  }

  private Optional<Path> restore(Path backup, Addition addition) {
    finish();
    var wrong = check(backup);
    if (!wrong.isEmpty()) {
      throw new HiveException(
          ErrorCode.BACKUP_DAMAGED,
          backup + " is no sound backup: " + wrong.getFirst(),
          "Choose another; hivedeck backups lists them.");
    }
    Path aside = database.resolveSibling("hive-replaced-" + STAMP.format(clock.instant()) + ".db");
    Path part = beside(database, ".part");
    var made = new ArrayList<Path>();
    boolean there = Files.exists(database);
    try {
      for (String end : List.of("", "-wal", "-shm", "-journal")) {
        Files.deleteIfExists(beside(part, end));
        made.add(beside(part, end));
      }
      try (var sql = open(backup)) {
        sql.update("VACUUM INTO ?", part.toString()); // With what its own log holds.
      }
      rest(part);
      made.addAll(addition.to(part, aside));
      var torn = check(part);
      if (!torn.isEmpty()) {
        throw new IOException("the copy is not sound: " + torn.getFirst());
      }
      owned(part);
      force(part);
      cut.run();
      for (String end : List.of("", "-wal", "-shm")) {
        if (Files.exists(beside(database, end))) {
          if (Files.exists(beside(aside, end))) {
            throw new IOException(beside(aside, end) + " is there already");
          }
          made.add(beside(aside, end));
          duplicate(beside(database, end), beside(aside, end));
          cut.run();
        }
      }
      forceNames();
      Files.move(part, beside(database, NEXT), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | SQLException e) {
      for (Path file : made) {
        try {
          Files.deleteIfExists(file);
        } catch (IOException again) {
          e.addSuppressed(again);
        }
      }
      throw failed("The backup " + backup + " could not be put back", e);
    }
    finish();
    return there ? Optional.of(aside) : Optional.empty();
  }

  /**
   * Carries a restore to its end once its copy is ready under this name. Two moves cannot be one,
   * and a log must not outlive its database; so whoever opens the database comes by here first.
   *
   * @return whether there was one to finish
   * @throws HiveException {@code backup-failed}
   */
  public boolean finish() {
    Path next = beside(database, NEXT);
    if (!Files.exists(next)) {
      return false;
    }
    try {
      forceNames();
      cut.run();
      for (String end : List.of("-wal", "-shm")) {
        Files.deleteIfExists(beside(database, end));
        cut.run();
      }
      Files.move(next, database, StandardCopyOption.ATOMIC_MOVE);
      cut.run();
      forceNames();
      return true;
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.BACKUP_FAILED,
          "The copy " + next + " could not take the place of " + database + ": " + e.getMessage(),
          "Close what has the database open and start again; the copy is whole.",
          e);
    }
  }

  private static Path beside(Path file, String end) {
    return file.resolveSibling(file.getFileName() + end);
  }

  private static void duplicate(Path from, Path to) throws IOException {
    OwnerFiles.file(to);
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    owned(to);
    force(to);
    if (Files.mismatch(from, to) >= 0) {
      throw new IOException("the copy " + to + " is not like " + from);
    }
  }

  private static void force(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Names are durable with their folder. Windows forces none, and orders what it does itself. */
  private void forceNames() {
    try (var channel =
        FileChannel.open(database.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      LOG.debug("a folder is not forced: {}", e.getMessage());
    }
  }

  /** An earlier state does not know what was merged since: a person looks before work goes on. */
  private static void rest(Path file) throws SQLException {
    try (var sql = writable(file)) {
      sql.update("UPDATE meta SET value = 'no' WHERE key = 'working'");
    }
  }

  static Sql writable(Path file) throws SQLException {
    return new Sql(new SQLiteConfig().createConnection("jdbc:sqlite:" + file));
  }

  /** The newest copy that is sound. */
  public Optional<Backup> newestSound() {
    return list().stream().filter(b -> check(b.file()).isEmpty()).findFirst();
  }

  static Sql open(Path file) throws SQLException {
    var config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(5_000);
    return new Sql(config.createConnection("jdbc:sqlite:" + file));
  }

  private static void owned(Path file) throws IOException {
    if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  private static HiveException failed(String what, Exception cause) {
    return new HiveException(
        ErrorCode.BACKUP_FAILED,
        what + ": " + cause.getMessage(),
        "Check the rights and the free space of that folder; nothing was lost.",
        cause);
  }
}
