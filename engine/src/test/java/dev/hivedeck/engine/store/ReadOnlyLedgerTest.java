package dev.hivedeck.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database is read without a trace, whatever state it is in. */
class ReadOnlyLedgerTest {
  @TempDir Path folder;

  private Path file() {
    return folder.resolve("a #1 %20 folder").resolve("hive.db");
  }

  private Store open() {
    return Store.open(file(), Clock.systemUTC());
  }

  private static void put(Store store, String key) {
    store.write(
        "c",
        tx -> {
          tx.sql().update("INSERT INTO meta(key, value) VALUES (?, 'v')", key);
          tx.emit(new EventType.Unknown("meta.put", Topic.WORKSPACE), key, key, null);
          return null;
        });
  }

  private static long keys(Ledger ledger) {
    return ledger.read(sql -> sql.number("SELECT count(*) FROM meta WHERE value = 'v'"));
  }

  private Map<String, String> traces() throws Exception {
    var all = new TreeMap<String, String>();
    try (var files = Files.walk(folder)) {
      for (Path path : files.toList()) {
        boolean shared = path.toString().endsWith("-shm"); // locks, not content
        all.put(
            path.toString(),
            Files.isDirectory(path) || shared
                ? ""
                : Files.getLastModifiedTime(path)
                    + " "
                    + Arrays.hashCode(Files.readAllBytes(path)));
      }
    }
    return all;
  }

  @Test
  void whereThereIsNoneItIsEmptyAndNoneIsMade() throws Exception {
    var before = traces();
    try (var ledger = ReadOnlyLedger.open(file())) {
      assertThat(keys(ledger)).isZero();
      assertThat(ledger.seq()).isZero();
      assertThat(ledger.events(0, 10)).isEmpty();
    }
    assertThat(traces()).isEqualTo(before);
  }

  @Test
  void oneThatWasClosedIsReadAndLeftAsItIs() throws Exception {
    try (var store = open()) {
      put(store, "a");
    }
    var before = traces();
    try (var ledger = ReadOnlyLedger.open(file())) {
      assertThat(keys(ledger)).isEqualTo(1);
      assertThat(ledger.events(0, 10)).extracting(Event::id).containsExactly("a");
    }
    assertThat(Backups.inspect(file())).isEmpty();
    assertThat(traces()).isEqualTo(before);
  }

  @Test
  void whatIsWrittenMeanwhileIsSeen() {
    try (var store = open()) {
      put(store, "a");
      try (var ledger = ReadOnlyLedger.open(file())) {
        assertThat(keys(ledger)).isEqualTo(1);
        put(store, "b");
        assertThat(keys(ledger)).isEqualTo(2);
      }
    }
    try (var ledger = ReadOnlyLedger.open(file())) {
      assertThat(keys(ledger)).isEqualTo(2);
      try (var store = open()) {
        put(store, "c");
        assertThat(keys(ledger)).as("an engine began after it").isEqualTo(3);
      }
      assertThat(keys(ledger)).as("and ended").isEqualTo(3);
    }
  }

  @Test
  void whatAKilledEngineLeftInItsLogIsRead() throws Exception {
    Path killed = Files.createDirectories(folder.resolve("killed"));
    try (var store = open()) {
      put(store, "a");
      for (String end : new String[] {"", "-wal", "-shm"}) {
        Path part = file().resolveSibling("hive.db" + end);
        Files.copy(part, killed.resolve("hive.db" + end));
      }
    }
    var before = traces();
    try (var ledger = ReadOnlyLedger.open(killed.resolve("hive.db"))) {
      assertThat(keys(ledger)).isEqualTo(1);
    }
    assertThat(traces()).isEqualTo(before);
  }

  @Test
  void oneOfAnEarlierVersionIsReadAsThePresentOneAndStaysAsItIs() throws Exception {
    Files.createDirectories(file().getParent());
    try (var sql = new Sql(DriverManager.getConnection("jdbc:sqlite:" + file()))) {
      sql.run("PRAGMA journal_mode = WAL");
      Schema.migrate(sql, 10);
      sql.run("INSERT INTO permission(tool, what, allow, at) VALUES ('bash', 'ls *', 1, 0)");
    }
    var before = traces();
    try (var ledger = ReadOnlyLedger.open(file())) {
      assertThat(ledger.<Long>read(sql -> sql.number("SELECT literal FROM permission"))).isZero();
    }
    assertThat(traces()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TRIGGER evil AFTER UPDATE ON meta BEGIN UPDATE meta SET value = 'yes'; END",
        "CREATE VIEW evil AS SELECT * FROM meta",
        "CREATE TABLE evil (a TEXT)",
        "CREATE INDEX evil ON meta(value)",
        "DROP TRIGGER task_moved",
        "DROP INDEX task_by_place",
        "ALTER TABLE meta ADD COLUMN evil TEXT DEFAULT 'yes'",
        "ALTER TABLE comment RENAME TO comments",
      })
  void oneThatSomebodyElseChangedIsNotUsed(String change) throws Exception {
    try (var store = open()) {
      put(store, "a");
    }
    Path sound = folder.resolve("sound.db");
    new Backups(file(), Clock.systemUTC()).copy(sound);
    Path hostile = folder.resolve("hostile.db");
    Files.copy(sound, hostile);
    try (var sql = new Sql(DriverManager.getConnection("jdbc:sqlite:" + hostile))) {
      sql.run(change);
    }
    assertThat(Backups.check(hostile)).isNotEmpty();
    assertThatThrownBy(() -> new Backups(file(), Clock.systemUTC()).restore(hostile))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("backup-damaged"));
    try (var store = open()) {
      assertThat(keys(store)).as("nothing was put back").isEqualTo(1);
    }
    Files.copy(hostile, file(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    byte[] bytes = Files.readAllBytes(file());
    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("store-foreign"));
    assertThatThrownBy(() -> ReadOnlyLedger.open(file()))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("store-foreign"));
    assertThat(Files.readAllBytes(file())).isEqualTo(bytes);
  }

  @Test
  void aDamagedOneIsNamedAsSuch() throws Exception {
    Files.createDirectories(file().getParent());
    Files.write(file(), new byte[8_192]);
    Files.writeString(
        file(),
        "no database at all, whatever its name says",
        java.nio.charset.StandardCharsets.UTF_8);
    assertThatThrownBy(() -> ReadOnlyLedger.open(file()))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("store-damaged"));
  }

  /** After a kill there is a log, and what it is read by needs room beside it. */
  @Test
  @DisabledOnOs(OS.WINDOWS) // it has no such mount
  void whereItsDiskIsFullThatIsSaid() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("small"));
    var mount =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=8m", "none", disk.toString())
            .redirectErrorStream(true)
            .start();
    assumeThat(mount.waitFor()).as("only the administrator may mount").isZero();
    try {
      Path killed = disk.resolve("hive.db");
      try (var store = open()) {
        put(store, "a");
        Files.copy(file(), killed);
        Files.copy(file().resolveSibling("hive.db-wal"), disk.resolve("hive.db-wal"));
      }
      byte[] block = new byte[4096];
      try (var filling = Files.newOutputStream(disk.resolve("fill"))) {
        while (true) {
          filling.write(block);
        }
      } catch (IOException e) {
        assertThat(disk.toFile().getUsableSpace()).isLessThan(block.length);
      }
      assertThatThrownBy(() -> Store.open(killed, Clock.systemUTC()))
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.is(ErrorCode.DISK_FULL)).isTrue());
      assertThatThrownBy(
              () -> {
                try (var ledger = ReadOnlyLedger.open(killed)) {
                  keys(ledger);
                }
              })
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.is(ErrorCode.DISK_FULL)).isTrue());
      Files.delete(disk.resolve("fill"));
      try (var ledger = ReadOnlyLedger.open(killed)) {
        assertThat(keys(ledger)).isOne();
      }
    } finally {
      new ProcessBuilder("umount", "-l", disk.toString()).start().waitFor();
    }
  }
}
