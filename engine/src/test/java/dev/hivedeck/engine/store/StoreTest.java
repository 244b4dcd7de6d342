package dev.hivedeck.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.time.OperationTimer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
  @TempDir Path folder;

  private Store open() {
    return Store.open(folder.resolve("hive.db"), Clock.systemUTC());
  }

  private static void put(Tx tx, String key, String value) throws SQLException {
    tx.sql().update("INSERT INTO meta(key, value) VALUES (?, ?)", key, value);
    tx.emit(new EventType.Unknown("meta.put", Topic.WORKSPACE), key, key + "=" + value, null);
  }

  private static void put(Store store, String key, String value) {
    store.write(
        "c1",
        tx -> {
          put(tx, key, value);
          return null;
        });
  }

  private static String get(Store store, String key) {
    return store.read(
        sql ->
            sql.one("SELECT value FROM meta WHERE key = ?", row -> row.text("value"), key)
                .orElse(null));
  }

  @Test
  void stateAndItsEventsAreThereTogetherAfterReopening() {
    try (Store store = open()) {
      put(store, "a", "1");
    }
    try (Store store = open()) {
      assertThat(get(store, "a")).isEqualTo("1");
      assertThat(store.events(0, 10)).extracting(Event::text).containsExactly("a=1");
      assertThat(store.events(0, 10)).extracting(Event::correlation).containsExactly("c1");
      assertThat(store.seq()).isEqualTo(1);
    }
  }

  @Test
  void aWriteThatFailsRollsBackAloneAndLeavesNoGapInTheSequence() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    try (Store store = open()) {
      var published = Collections.synchronizedList(new ArrayList<Event>());
      store.listen(published::addAll);
      var results = new ArrayList<CompletableFuture<Object>>();
      var expected = new ArrayList<String>();
      for (int i = 0; i < 2_000; i++) {
        String key = "k" + i;
        boolean fails = random.nextInt(4) == 0;
        if (!fails) {
          expected.add(key);
        }
        results.add(
            store.submit(
                "c",
                tx -> {
                  put(tx, key, "v");
                  if (fails) {
                    throw new HiveException(ErrorCode.NOT_NOW, "on purpose", "none");
                  }
                  return null;
                }));
      }
      long failed =
          results.stream().filter(f -> f.handle((ok, error) -> error != null).join()).count();
      assertThat(failed).as("seed %d", seed).isEqualTo(2_000 - expected.size());
      assertThat(published).as("seed %d", seed).extracting(Event::id).isEqualTo(expected);
      List<Event> stored = store.events(0, 5_000);
      assertThat(stored).as("seed %d", seed).extracting(Event::id).isEqualTo(expected);
      for (int i = 0; i < stored.size(); i++) {
        assertThat(stored.get(i).seq()).isEqualTo(i + 1);
      }
    }
  }

  @Test
  void nothingIsPublishedBeforeItIsDurable() throws InterruptedException {
    try (Store store = open()) {
      var seen = new ArrayList<String>();
      var told = new CountDownLatch(1);
      store.listen(
          events -> {
            events.forEach(e -> seen.add(get(store, e.id())));
            told.countDown();
          });
      put(store, "a", "durable");
      assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(seen).containsExactly("durable");
    }
  }

  @Test
  void aListenerThatHangsKeepsNoWriteWaitingAndMissesNothing() throws Exception {
    var hangs = new CountDownLatch(1);
    var published = Collections.synchronizedList(new ArrayList<String>());
    try (Store store = open()) {
      store.listen(
          events -> {
            await(hangs);
            events.forEach(e -> published.add(e.id()));
          });
      assertTimeoutPreemptively(
          Duration.ofSeconds(30),
          () -> {
            for (int i = 0; i < 100; i++) {
              put(store, "k" + i, "v");
            }
            store.write(
                "c",
                tx -> {
                  tx.after(() -> published.add("after"));
                  return null;
                });
          });
      assertThat(published).isEmpty();
      hangs.countDown();
    }
    var expected = new ArrayList<String>();
    for (int i = 0; i < 100; i++) {
      expected.add("k" + i);
    }
    expected.add("after");
    assertThat(published).as("in order, when the store is closed").isEqualTo(expected);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatIsChainedToAWriteRunsOnItsOwnTime() throws Exception {
    var chained = new CountDownLatch(1);
    var hangs = new CountDownLatch(1);
    try (Store store = open()) {
      // Chained to what is done already, it would run here.
      store
          .submit(
              "c",
              tx -> {
                await(chained);
                return null;
              })
          .thenRun(() -> await(hangs));
      chained.countDown();
      assertTimeoutPreemptively(Duration.ofSeconds(30), () -> put(store, "a", "1"));
      hangs.countDown();
    }
  }

  @Test
  void anErrorInAWriteFailsThatWriteAlone() {
    try (Store store = open()) {
      assertThatThrownBy(
              () ->
                  store.write(
                      "c",
                      tx -> {
                        put(tx, "lost", "1");
                        return endless(0);
                      }))
          .isInstanceOfSatisfying(
              HiveException.class,
              e -> {
                assertThat(e.code()).isEqualTo("engine");
                assertThat(e.getMessage()).contains("StackOverflowError");
              });
      assertThatThrownBy(
              () ->
                  store.write(
                      "c",
                      tx -> {
                        throw new OutOfMemoryError("on purpose");
                      }))
          .hasMessageContaining("OutOfMemoryError");
      assertTimeoutPreemptively(Duration.ofSeconds(30), () -> put(store, "a", "1"));
      assertThat(get(store, "a")).isEqualTo("1");
      assertThat(get(store, "lost")).isNull();
      assertThat(store.events(0, 10)).extracting(Event::id).containsExactly("a");
      assertThat(store.trouble()).isEmpty();
    }
  }

  private static int endless(int depth) {
    return endless(depth + 1) + 1;
  }

  @Test
  void anErrorInAListenerKeepsTheOthersListening() throws Exception {
    var told = new CountDownLatch(2);
    try (Store store = open()) {
      store.listen(
          events -> {
            throw new StackOverflowError("on purpose");
          });
      store.listen(events -> told.countDown());
      put(store, "a", "1");
      put(store, "b", "1");
      assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aWriterThatEndedRefusesPlainlyAndSaysSo() {
    var threads = new ArrayList<Thread>();
    try (Store store =
        Store.open(
            folder.resolve("hive.db"),
            Clock.systemUTC(),
            body -> {
              var thread = Thread.ofPlatform().daemon().unstarted(body);
              threads.add(thread);
              return thread;
            })) {
      put(store, "a", "1");
      var writer =
          threads.stream().filter(t -> !t.getName().equals("hive-publish")).findFirst().get();
      writer.interrupt();
      assertTimeoutPreemptively(
          Duration.ofSeconds(30),
          () -> {
            writer.join();
            for (int i = 0; i < 3; i++) {
              assertThatThrownBy(() -> put(store, "b", "1"))
                  .isInstanceOfSatisfying(
                      HiveException.class, e -> assertThat(e.code()).isEqualTo("store-ended"));
            }
          });
      assertThat(store.trouble()).hasValueSatisfying(why -> assertThat(why).contains("ended"));
      assertThat(get(store, "a")).as("it can still be read").isEqualTo("1");
    }
  }

  @Test
  void aWriteThatHangsIsToldOfAndNoLongerOnceItIsDone() throws Exception {
    var nanos = new AtomicLong();
    var began = new CountDownLatch(1);
    var over = new CountDownLatch(1);
    try (Store store =
        Store.open(
            folder.resolve("hive.db"),
            Clock.systemUTC(),
            body -> Thread.ofPlatform().daemon().unstarted(body),
            new OperationTimer(nanos::get))) {
      var write =
          store.submit(
              "c",
              tx -> {
                began.countDown();
                try {
                  over.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                return null;
              });
      began.await();
      nanos.set(StoreErrors.LONGEST_WRITE.toNanos());
      store.mustWrite();
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      assertThatThrownBy(store::mustWrite)
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.code()).isEqualTo("store-failed"))
          .hasMessage("A write to the database has been going on for 11 s.");
      over.countDown();
      write.join();
      put(store, "a", "1");
      store.mustWrite();
    }
  }

  @Test
  void aWriteWithinAWriteIsRefusedRatherThanWaitedFor() {
    try (Store store = open()) {
      assertThatThrownBy(() -> store.write("c", tx -> store.submit("c", inner -> null)))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> store.write("c", tx -> store.write("c", inner -> null)))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void whoReadsWhenItClosesIsWaitedForAndWhoComesLaterIsRefused() throws Exception {
    var store = open();
    var reading = new CountDownLatch(1);
    var mayEnd = new CountDownLatch(1);
    var read =
        CompletableFuture.supplyAsync(
            () ->
                store.read(
                    sql -> {
                      reading.countDown();
                      await(mayEnd);
                      return sql.number("SELECT 1");
                    }));
    assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();
    var closing = CompletableFuture.runAsync(store::close);
    mayEnd.countDown();
    assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(1L);
    closing.get(30, TimeUnit.SECONDS);
    assertThatThrownBy(() -> get(store, "a"))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("stopping"));
  }

  @Test
  void aFullDiskRefusesWhatHasNoRoomAndKeepsTheRest() {
    try (var store = open()) {
      put(store, "before", "kept");
      room(store, 60);
      assertThatThrownBy(() -> put(store, "large", "x".repeat(1 << 20)))
          .isInstanceOfSatisfying(
              HiveException.class,
              e -> {
                assertThat(e.code()).isEqualTo("disk-full");
                assertThat(e.hint()).contains("Free some space");
              });
      room(store, 1 << 30);
      put(store, "after", "kept too");
    }
    try (var store = open()) {
      assertThat(
              store.<Long>read(
                  sql -> sql.number("SELECT count(*) FROM meta WHERE key IN ('before', 'after')")))
          .isEqualTo(2);
      assertThat(
              store.<Long>read(sql -> sql.number("SELECT count(*) FROM meta WHERE key = 'large'")))
          .isZero();
    }
  }

  private static void room(Store store, int pages) {
    store.write(
        "test",
        tx -> {
          tx.sql().run("PRAGMA max_page_count = " + pages);
          return null;
        });
  }

  @Test
  void theFileIsForItsOwnerOnly() throws IOException {
    try (Store store = open()) {
      var permissions = Files.getPosixFilePermissions(folder.resolve("hive.db"));
      assertThat(PosixFilePermissions.toString(permissions)).isEqualTo("rw-------");
      assertThat(store.bytes()).isPositive();
    }
  }

  @Test
  void aDamagedFileIsRefusedAndLeftAsItIs() throws IOException {
    byte[] rubbish = new byte[8_192];
    new Random(7).nextBytes(rubbish);
    Files.write(folder.resolve("hive.db"), rubbish);
    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            HiveException.class,
            e -> {
              assertThat(e.code()).isEqualTo("store-damaged");
              assertThat(e.getMessage()).contains("hive.db");
            });
    assertThat(Files.readAllBytes(folder.resolve("hive.db"))).isEqualTo(rubbish);
  }

  @Test
  void aFileOfANewerVersionIsRefused() throws SQLException {
    try (Store store = open()) {
      put(store, "a", "1");
    }
    try (var sql =
        new Sql(DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("hive.db")))) {
      sql.run("PRAGMA user_version = 99");
    }
    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("store-newer"));
  }

  @Test
  void aDatabaseOfTheFirstReleaseIsTakenOver() throws Exception {
    Path file = folder.resolve("hive.db");
    firstRelease(file);
    try (var store = open()) {
      assertThat(get(store, "working")).isEqualTo("yes");
      assertThat(store.events(0, 10)).extracting(Event::text).containsExactly("T-1 is ready");
      assertThat(store.<Long>read(sql -> sql.number("SELECT ready_at FROM task WHERE id = 'T-1'")))
          .isEqualTo(1234);
      put(store, "after", "written");
    }
    assertThat(Backups.check(file)).isEmpty();
    assertThat(kept()).as("the file as it was is kept").hasSize(1);
  }

  @Test
  void aTakeoverThatWasCutOffGoesOn() throws Exception {
    Path file = folder.resolve("hive.db");
    firstRelease(file);
    open().close();
    Path copy = kept().getFirst();
    byte[] first = Files.readAllBytes(copy);

    firstRelease(file);
    open().close();
    assertThat(kept()).as("a whole copy of the same state is enough").containsExactly(copy);
    assertThat(Files.readAllBytes(copy)).isEqualTo(first);

    byte[] torn = Arrays.copyOf(first, first.length / 2);
    Files.write(copy, torn);
    Files.write(copy.resolveSibling(copy.getFileName() + "-2.part"), new byte[100]);
    firstRelease(file);
    open().close();
    assertThat(kept()).as("a torn one is not").hasSize(2);
    assertThat(Files.readAllBytes(copy)).isEqualTo(torn);
    assertThat(Files.readAllBytes(kept().getLast())).isEqualTo(first);

    firstRelease(file);
    try (var sql = new Sql(DriverManager.getConnection("jdbc:sqlite:" + file))) {
      sql.run("INSERT INTO event VALUES (2, 0, 'c', 'task.ready', 'task', 'T-2', 'later', NULL)");
    }
    open().close();
    assertThat(kept()).as("nor is one of an earlier state").hasSize(3);
    assertThat(Files.readAllBytes(kept().get(1))).isEqualTo(first);
  }

  private List<Path> kept() throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(f -> f.toString().contains("hive.db.before-")).sorted().toList();
    }
  }

  private static void firstRelease(Path file) throws Exception {
    for (String end : List.of("", "-wal", "-shm")) {
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + end));
    }
    try (var sql = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = sql.createStatement();
        var script = Store.class.getResourceAsStream("/hivedeck/store/001.sql")) {
      for (String part :
          new String(script.readAllBytes(), StandardCharsets.UTF_8).split(";\\s*\\n")) {
        if (!part.isBlank()) {
          statement.execute(part);
        }
      }
      statement.execute("INSERT INTO meta VALUES ('working', 'yes')");
      statement.execute(
          "INSERT INTO event VALUES (1, 0, 'c', 'task.ready', 'task', 'T-1', 'T-1 is ready',"
              + " NULL)");
      statement.execute(
          "INSERT INTO task(id, place, title, prompt, priority, capabilities, produces, state,"
              + " updated_at) VALUES ('T-1', 1, 'One', 'p', 5, '[]', '[]', 'ready', 1234)");
      statement.execute("PRAGMA user_version = 1");
    }
  }

  /** After a restore from a backup, for example. */
  @Test
  void whoHasSeenMoreThanHappenedTakesANewSnapshot() {
    try (var store = open()) {
      put(store, "a", "1");
      assertThatThrownBy(() -> store.subscribe(store.seq() + 1, events -> {}))
          .isInstanceOfSatisfying(HiveException.class, e -> assertThat(e.code()).isEqualTo("gone"));
      store.subscribe(store.seq(), events -> {}).close();
    }
  }
}
