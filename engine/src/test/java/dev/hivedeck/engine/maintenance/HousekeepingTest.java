package dev.hivedeck.engine.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.EngineOptions;
import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.agent.log.ActivityLogs;
import dev.hivedeck.engine.config.Retention;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.store.Backups;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.VirtualTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is let go of, what never is, and what that does to the size. */
class HousekeepingTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime();
  private Retention retention =
      new Retention(DAY.multipliedBy(10), DAY.multipliedBy(10), DAY.multipliedBy(10));
  private Path file;
  private ActivityLogs logs;

  @BeforeEach
  void place() {
    file = folder.resolve("hive.db");
    logs = new ActivityLogs(folder.resolve("attempts"), time);
  }

  private Housekeeping house(Store store, long mostEvents) {
    return new Housekeeping(store, logs, time.clock(), () -> retention, mostEvents);
  }

  private Store open() {
    return Store.open(file, time.clock());
  }

  private static void tell(Store store, int events, String text) {
    store.write(
        "test",
        tx -> {
          for (int i = 0; i < events; i++) {
            tx.emit(new EventType.Unknown("test.told", Topic.WORKSPACE), "workspace", text, null);
          }
          return null;
        });
  }

  private void tellHourly(Store store, int days) {
    for (int hour = 0; hour < days * 24; hour++) {
      time.advance(HOUR);
      tell(store, 1, "hour " + hour);
    }
  }

  private static void run(Store store, String sql, Object... parameters) {
    store.write("test", tx -> tx.sql().update(sql, parameters));
  }

  private static Instant oldest(Store store) {
    return store.events(0, 1).getFirst().at();
  }

  @Test
  void eventsAreKeptForTheirDays() {
    try (var store = open()) {
      tellHourly(store, 40);
      long last = store.seq();
      house(store, 1_000_000).tidy();
      assertThat(oldest(store)).isEqualTo(time.clock().instant().minus(DAY.multipliedBy(10)));
      assertThat(store.seq()).isEqualTo(last);
    }
    assertThat(Backups.check(file)).as("there is no gap").isEmpty();
  }

  @Test
  void thereAreNeverTooManyButThoseOfTheLastDayStay() {
    try (var store = open()) {
      tellHourly(store, 5);
      house(store, 50).tidy();
      assertThat(store.seq() - store.oldest() + 1).isEqualTo(50);
      house(store, 5).tidy();
      assertThat(oldest(store)).isEqualTo(time.clock().instant().minus(DAY));
    }
    assertThat(Backups.check(file)).isEmpty();
  }

  @Test
  void theLastEventStaysSoThatTheNextOneIsCountedFromIt() {
    try (var store = open()) {
      tell(store, 2_500, "long ago");
      time.advance(DAY.multipliedBy(400));
      house(store, 1_000_000).tidy();
      assertThat(store.events(0, 10)).extracting(e -> e.seq()).containsExactly(2_500L);
    }
    try (var store = open()) {
      tell(store, 1, "now");
      assertThat(store.seq()).isEqualTo(2_501);
    }
  }

  @Test
  void whatHappenedSinceAnAttemptThatRunsBeganStays() {
    try (var store = open()) {
      tellHourly(store, 20);
      task(store, "T-1", "running", 0, "working");
      Instant began = time.clock().instant();
      tellHourly(store, 20);
      house(store, 5).tidy();
      assertThat(oldest(store)).isEqualTo(began);
    }
  }

  @Test
  void whatCannotGoNowGoesLaterAndWorkGoesOn() {
    try (var store = open()) {
      tellHourly(store, 20);
      run(
          store,
          "CREATE TRIGGER full BEFORE DELETE ON event BEGIN SELECT raise(ABORT, 'no room'); END");
      assertThatThrownBy(() -> house(store, 1_000_000).tidy()).isInstanceOf(HiveException.class);
      tell(store, 1, "work goes on");
      assertThat(store.oldest()).isEqualTo(1);

      run(store, "DROP TRIGGER full");
      house(store, 1_000_000).tidy();
      assertThat(store.oldest()).isGreaterThan(1);
    }
  }

  @Test
  void theFileGivesBackWhatItNoLongerNeeds() {
    try (var store = open()) {
      tell(store, 10_000, "x".repeat(700));
      long before = pages(store);
      time.advance(DAY.multipliedBy(11));
      tell(store, 1, "now");
      house(store, 1_000_000).tidy();
      assertThat(pages(store)).isLessThan(before / 5);
    }
    assertThat(Backups.check(file)).isEmpty();
    assertThat(file.toFile().length()).isLessThan(2 << 20);
  }

  @Test
  void soDoesOneOfAnEarlierRelease() throws Exception {
    try (Connection sql = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = sql.createStatement();
        var script = Store.class.getResourceAsStream("/hivedeck/store/001.sql")) {
      for (String part :
          new String(script.readAllBytes(), StandardCharsets.UTF_8).split(";\\s*\\n")) {
        statement.execute(part);
      }
      statement.execute("PRAGMA user_version = 1");
      statement.execute(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
              + " INSERT INTO event SELECT i, 0, 'c', 't', 'task', 'T-1', hex(zeroblob(350)), NULL"
              + " FROM n");
    }
    long before = file.toFile().length();
    try (var store = open()) {
      house(store, 1_000_000).tidy();
      assertThat(store.oldest()).isEqualTo(10_000);
    }
    assertThat(file.toFile().length()).isLessThan(before / 4);
  }

  private static long pages(Store store) {
    return store.read(sql -> sql.number("PRAGMA page_count"));
  }

  /** Puts a task with one attempt, and its files, into the workspace. */
  private void task(Store store, String id, String state, int merged, String attempt) {
    run(
        store,
        "INSERT INTO task(id, place, title, prompt, priority, capabilities, produces, state,"
            + " merged, updated_at) VALUES (?, 1, 't', 'p', 5, '[]', '[]', ?, ?, ?)",
        id,
        state,
        merged,
        time.clock().instant());
    boolean over = !Set.of("preparing", "working", "checking").contains(attempt);
    run(
        store,
        "INSERT INTO attempt(id, task, agent, number, turn, state, started_at, ended_at, token,"
            + " correlation) VALUES (?, ?, 'a', 1, 1, ?, ?, ?, 'k', 'c')",
        id + ".1",
        id,
        attempt,
        time.clock().instant(),
        over ? time.clock().instant() : null);
    try {
      Path inner = Files.createDirectories(folder.resolve("attempts/" + id + ".1/inbox"));
      Files.writeString(inner.resolve("1.json"), "{}");
      Files.writeString(inner.resolveSibling("log"), "what it said\n");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Set<String> kept() throws IOException {
    try (var files = Files.list(folder.resolve("attempts"))) {
      return files.map(f -> f.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  @Test
  void onlyTheLogsOfWhatIsFinishedGo() throws IOException {
    try (var store = open()) {
      task(store, "merged", "done", 1, "succeeded");
      task(store, "cancelled", "cancelled", 0, "cancelled");
      task(store, "unmerged", "done", 0, "succeeded");
      task(store, "dead", "dead", 0, "failed");
      task(store, "delayed", "delayed", 0, "failed");
      task(store, "running", "running", 0, "working");
      task(store, "reopened", "ready", 1, "succeeded");
      Path foreign = Files.createDirectories(folder.resolve("attempts/unknown.1"));
      Path away = Files.createDirectories(folder.resolve("elsewhere"));
      Files.writeString(away.resolve("precious"), "mine");
      Files.createSymbolicLink(folder.resolve("attempts/merged.1/link"), away);

      time.advance(DAY.multipliedBy(9));
      task(store, "later", "done", 1, "succeeded");
      house(store, 1_000_000).tidy();
      assertThat(kept()).hasSize(9);

      time.advance(DAY.multipliedBy(2));
      house(store, 1_000_000).tidy();
      assertThat(kept())
          .containsExactlyInAnyOrder(
              "unmerged.1",
              "dead.1",
              "delayed.1",
              "running.1",
              "reopened.1",
              "later.1",
              foreign.getFileName().toString());
      assertThat(away.resolve("precious")).hasContent("mine");
      assertThat(logs.page("merged.1", 0, 10, false).lines()).isEmpty();
      assertThat(logs.page("dead.1", 0, 10, false).lines()).hasSize(1);
    }
  }

  /** In small; YearOfUseBench lives one with the retention that holds by itself. */
  @Test
  void aYearOfUseStaysBelowItsBound() throws SQLException {
    var size = YearOfUse.live(file, new YearOfUse.Course(240, 2, 2, 500_000), retention);
    assertThat(size.events()).isLessThanOrEqualTo(11 * 240);
    assertThat(size.most()).isLessThan(bound(size.events(), size.tasks()));
    assertThat(Backups.check(file)).isEmpty();
  }

  /** What docs/reliability.md says: with its log of sixteen megabytes and room for what comes. */
  private static long bound(long events, long tasks) {
    return (events * 1_000 + tasks * 6_000) * 9 / 8 + (18 << 20);
  }

  @Test
  void theEngineTidiesByItselfSoonAfterItsStart() throws Exception {
    var sandbox = new TestRepository(folder);
    sandbox.write(".hivedeck/hive.yaml", "agents: { a: { run: 'true' } }");
    sandbox.commit("Set up");
    Path database;
    try (var engine = sandbox.open()) {
      engine.execute(
          new Command.ImportPlan("p.yaml", "plan: P\ntasks:\n  - { id: T-1, title: One }\n"), null);
    }
    try (var files = Files.walk(sandbox.home)) {
      database = files.filter(f -> f.endsWith(Engine.DATABASE)).findFirst().orElseThrow();
    }
    try (Connection sql = DriverManager.getConnection("jdbc:sqlite:" + database);
        var statement = sql.createStatement()) {
      statement.execute("UPDATE event SET at = 0");
    }
    var options =
        new EngineOptions(
            sandbox.repository,
            sandbox.home,
            1,
            false,
            0,
            0,
            time,
            () -> UUID.randomUUID().toString(),
            new Random(1));
    try (var engine = Engine.open(options)) {
      assertThat(engine.query(new Query.Events(0, 1)).get(0).get("seq").asLong()).isEqualTo(1);
      time.advance(Duration.ofMinutes(1));
      TestRepository.await(
          "old events are gone",
          engine,
          () -> engine.query(new Query.Events(0, 1)).get(0).get("seq").asLong() > 1);
    }
  }
}
