package dev.hivedeck.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.TaskViews;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies of a database that is at work. */
class BackupsTest {
  @TempDir Path folder;
  private Instant now = Instant.parse("2026-11-20T10:00:00Z");

  /** A clock that a test moves. */
  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return now;
        }
      };

  private Path file() {
    return folder.resolve("hive.db");
  }

  private static void both(Store store, int value) {
    store.write(
        "test",
        tx -> {
          for (String key : new String[] {"left", "right"}) {
            tx.sql()
                .update(
                    "INSERT INTO meta(key, value) VALUES (?, ?)"
                        + " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                    key,
                    Integer.toString(value));
            tx.emit(new EventType.Unknown("meta.put", Topic.WORKSPACE), key, null, null);
          }
          return null;
        });
  }

  @Test
  void aCopyIsOfOneMomentWhileTheEngineWrites() throws Exception {
    try (var store = Store.open(file(), clock)) {
      both(store, 0);
      var going = new AtomicBoolean(true);
      var writer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 1; going.get(); i++) {
                      both(store, i);
                    }
                  });
      for (int i = 0; i < 10; i++) {
        now = now.plusSeconds(1);
        var backup = new Backups(file(), clock).make(100);
        assertThat(Backups.check(backup.file())).isEmpty();
        try (var copy = Store.open(backup.file(), clock)) {
          assertThat(
                  copy.<Long>read(
                      sql ->
                          sql.number(
                              "SELECT count(DISTINCT value) FROM meta WHERE key IN"
                                  + " ('left', 'right')")))
              .isEqualTo(1);
        }
      }
      going.set(false);
      writer.join();
    }
  }

  /** What no Hivedeck wrote is found before the engine reads it, and no copy of it counts. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "task | T-1 | state | bogus",
        "task | T-1 | capabilities | {}",
        "task | T-1 | context | [",
        "attempt | T-1.1 | state | READY?",
        "attempt | T-1.1 | gates | [{\"gate\":1,\"outcome\":\"maybe\"}]",
        "attempt | T-1.1 | choice | [7]",
        "change | 1 | state | sold",
        "change | 1 | risks | [{\"kind\":\"none\"}]",
        "decision | 1 | state | undecided",
        "decision | 1 | options | yes",
        "event | 1 | topic | gossip",
        "event | 1 | data | {",
        "requirement | R-1 | acceptance | well",
      })
  void aRowThatCannotBeReadIsNamed(String table, String row, String column, String value)
      throws Exception {
    try (var store = Store.open(file(), clock)) {
      both(store, 1);
      rows(store);
    }
    assertThat(Backups.check(file())).isEmpty();
    try (var elsewhere = DriverManager.getConnection("jdbc:sqlite:" + file());
        var update = elsewhere.prepareStatement("UPDATE %s SET %s = ?".formatted(table, column))) {
      update.setString(1, value);
      update.executeUpdate();
    }
    assertThat(Backups.check(file()))
        .isNotEmpty()
        .allSatisfy(
            wrong ->
                assertThat(wrong).startsWith("table " + table + ", row ").contains(column, value))
        .first()
        .asString()
        .contains("row " + row + ", column " + column);
    var other = new Backups(folder.resolve("other.db"), clock);
    assertThatThrownBy(() -> other.restore(file()))
        .isInstanceOfSatisfying(
            HiveException.class,
            e -> {
              assertThat(e.code()).isEqualTo("backup-damaged");
              assertThat(e.getMessage()).contains(table, column);
            });
  }

  @Test
  void aWordThatNoHivedeckWritesIsADamage() {
    try (var store = Store.open(file(), clock)) {
      rows(store);
      store.write("test", tx -> tx.sql().update("UPDATE task SET state = 'bogus'"));
      assertThatThrownBy(
              () ->
                  store.read(
                      sql ->
                          sql.list(
                              "SELECT state FROM task",
                              row -> row.word("state", TaskViews.TaskState.class))))
          .isInstanceOfSatisfying(
              HiveException.class,
              e -> {
                assertThat(e.code()).isEqualTo("store-damaged");
                assertThat(e.getMessage()).contains("state", "bogus");
                assertThat(e.hint()).contains("hivedeck check");
              });
    }
  }

  /** One of each. */
  private static void rows(Store store) {
    store.write(
        "test",
        tx -> {
          for (String row :
              List.of(
                  "requirement(id, place, title, priority, acceptance)"
                      + " VALUES ('R-1', 1, 't', 'high', '[\"a\"]')",
                  "task(id, place, title, prompt, priority, capabilities, produces, state,"
                      + " updated_at) VALUES ('T-1', 1, 't', 'p', 5, '[\"a\"]', '[]', 'done', 0)",
                  "attempt(id, task, agent, number, turn, state, started_at, token, correlation)"
                      + " VALUES ('T-1.1', 'T-1', 'a', 1, 1, 'succeeded', 0, 't', 'c')",
                  "change(number, task, attempt, agent, state, branch, base, head, files,"
                      + " additions, deletions, commits, gates, review, opened_at, updated_at)"
                      + " VALUES (1, 'T-1', 'T-1.1', 'a', 'open', 'b', 'x', 'y', 1, 1, 1, 1, '[]',"
                      + " 'wanted', 0, 0)",
                  "decision(number, task, attempt, agent, level, question, options, state,"
                      + " opened_at) VALUES (1, 'T-1', 'T-1.1', 'a', 3, 'q', '[]', 'open', 0)")) {
            tx.sql().update("INSERT INTO " + row);
          }
          return null;
        });
  }

  @Test
  void oneADayIsMadeAndTheOldestGo() {
    try (var store = Store.open(file(), clock)) {
      both(store, 1);
      var backups = new Backups(file(), clock);
      for (int hour = 0; hour < 10 * 24; hour++) {
        backups.makeIfDue(Duration.ofHours(24), 3);
        now = now.plus(Duration.ofHours(1));
      }
      assertThat(backups.list())
          .extracting(b -> b.at().toString())
          .containsExactly("2026-11-29T10:00:00Z", "2026-11-28T10:00:00Z", "2026-11-27T10:00:00Z");
    }
  }

  @Test
  void whatIsPutBackReplacesNothingForGood() throws Exception {
    var backups = new Backups(file(), clock);
    Path early;
    try (var store = Store.open(file(), clock)) {
      both(store, 1);
      early = backups.make(9).file();
      both(store, 2);
    }
    var former = backups.restore(early).orElseThrow();
    try (var store = Store.open(file(), clock)) {
      assertThat(value(store)).isEqualTo("1");
    }
    Files.move(former, folder.resolve("again.db"));
    try (var store = Store.open(folder.resolve("again.db"), clock)) {
      assertThat(value(store)).isEqualTo("2");
    }
  }

  /** A new one beside copies of the former would have all work done again. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDatabaseThatIsLostIsNotMadeAnewBesideItsCopies(boolean gone) throws Exception {
    var backups = new Backups(file(), clock);
    try (var store = Store.open(file(), clock)) {
      both(store, 1);
      backups.make(9);
    }
    for (String end : List.of("", "-wal", "-shm")) {
      Files.deleteIfExists(Path.of(file() + end));
    }
    if (!gone) {
      Files.createFile(file());
    }
    assertThatThrownBy(() -> Store.open(file(), clock))
        .isInstanceOfSatisfying(
            HiveException.class,
            e -> {
              assertThat(e.code()).isEqualTo("store-lost");
              assertThat(e.hint()).contains("hivedeck recover", "backups");
            });
    assertThat(Files.exists(file())).as("left as it was").isNotEqualTo(gone);
    backups.recover(backups.newestSound().orElseThrow().file());
    try (var store = Store.open(file(), clock)) {
      assertThat(value(store)).isEqualTo("1");
    }
  }

  /** Stands for the moment at which all ends. */
  private static final class Cut extends Error {
    private static final long serialVersionUID = 1;
  }

  @Test
  void cutOffAnywhereThereIsTheFormerOrTheNewOne() throws Exception {
    Path scene = Files.createDirectory(folder.resolve("scene"));
    Path early;
    try (var store = Store.open(scene.resolve("hive.db"), clock)) {
      both(store, 1);
      early = new Backups(scene.resolve("hive.db"), clock).make(9).file();
      both(store, 2);
      // As a crash leaves it: the last writes are in the log only.
      copy(scene, folder.resolve("crashed"));
    }
    assertThat(folder.resolve("crashed/hive.db-wal")).isNotEmptyFile();
    boolean ended = false;
    var found = new ArrayList<String>();
    for (int n = 1; !ended; n++) {
      Path here = folder.resolve("cut-" + n);
      copy(folder.resolve("crashed"), here);
      Path database = here.resolve("hive.db");
      var left = new AtomicInteger(n);
      var backups =
          new Backups(
              database,
              clock,
              () -> {
                if (left.decrementAndGet() == 0) {
                  throw new Cut();
                }
              });
      try {
        backups.restore(early);
        ended = true;
      } catch (Cut e) {
        assertThat(database).as("cut %d", n).exists();
      }
      try (var store = Store.open(database, clock)) {
        found.add(value(store));
      }
      assertThat(Backups.check(database)).as("cut %d", n).isEmpty();
      // What was cut off before it was decided may be tried again.
      now = now.plusSeconds(1);
      new Backups(database, clock).restore(early);
      try (var store = Store.open(database, clock)) {
        assertThat(value(store)).as("again after cut %d", n).isEqualTo("1");
      }
    }
    assertThat(found).hasSizeGreaterThan(6).startsWith("2", "2", "2", "2").endsWith("1", "1", "1");
  }

  @Test
  void aRestoreThatFailsChangesNothing() throws Exception {
    Path early;
    try (var store = Store.open(file(), clock)) {
      both(store, 1);
      early = new Backups(file(), clock).make(9).file();
      both(store, 2);
    }
    // In its way: a folder where the former one is to be kept.
    Path inTheWay = folder.resolve("hive-replaced-20261120T100000.000Z.db");
    Files.createDirectory(inTheWay);
    assertThatThrownBy(() -> new Backups(file(), clock).restore(early))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("backup-failed"));
    try (var store = Store.open(file(), clock)) {
      assertThat(value(store)).isEqualTo("2");
    }
    assertThat(folder.resolve("hive.db.part")).doesNotExist();
    assertThat(inTheWay).exists();
  }

  @Test
  void whatWasKeptAsideComesBackWithItsLog() throws Exception {
    Path crashed = folder.resolve("crashed");
    Path early;
    try (var store = Store.open(file(), clock)) {
      both(store, 1);
      early = new Backups(file(), clock).make(9).file();
      both(store, 2);
      copy(folder, crashed);
    }
    var backups = new Backups(crashed.resolve("hive.db"), clock);
    var former = backups.restore(early).orElseThrow();
    now = now.plusSeconds(1);
    backups.restore(former);
    try (var store = Store.open(crashed.resolve("hive.db"), clock)) {
      assertThat(value(store)).isEqualTo("2");
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (var files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void aTornCopyIsFoundAndRefused() throws Exception {
    var backups = new Backups(file(), clock);
    Path backup;
    try (var store = Store.open(file(), clock)) {
      both(store, 1);
      backup = backups.make(9).file();
    }
    byte[] bytes = Files.readAllBytes(backup);
    java.util.Arrays.fill(bytes, 4_096, bytes.length - 4_096, (byte) 0x5a);
    Files.write(backup, bytes);
    assertThat(Backups.check(backup)).isNotEmpty();
    assertThat(backups.newestSound()).isEmpty();
    assertThatThrownBy(() -> backups.restore(backup))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("backup-damaged"));
    try (var store = Store.open(file(), clock)) {
      assertThat(value(store)).isEqualTo("1");
    }
  }

  @Test
  void aMissingEventIsSeen() throws Exception {
    try (var store = Store.open(file(), clock)) {
      both(store, 1);
      both(store, 2);
      store.write("test", tx -> tx.sql().update("DELETE FROM event WHERE seq = 2"));
    }
    assertThat(Backups.check(file())).singleElement().asString().contains("lacks 1 events");
  }

  private static String value(Store store) {
    return store.read(
        sql ->
            sql.one("SELECT value FROM meta WHERE key = 'left'", row -> row.text("value"))
                .orElseThrow());
  }
}
