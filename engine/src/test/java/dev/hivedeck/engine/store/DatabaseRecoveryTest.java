package dev.hivedeck.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a damaged database still tells, and what becomes of it. */
class DatabaseRecoveryTest {
  private static final int PAGE = 4_096;
  @TempDir Path folder;

  private Path file() {
    return folder.resolve("hive.db");
  }

  private Backups backups() {
    return new Backups(file(), Clock.systemUTC());
  }

  private Store open() {
    return Store.open(file(), Clock.systemUTC());
  }

  private static void run(Store store, String sql, Object... parameters) {
    store.write("test", tx -> tx.sql().update(sql, parameters));
  }

  private static void tell(Store store, int events) {
    store.write(
        "test",
        tx -> {
          for (int i = 0; i < events; i++) {
            String what = "event number " + (tx.seq() + 1) + " of all ";
            tx.emit(
                new EventType.Unknown("test.told", Topic.WORKSPACE),
                "workspace",
                what.repeat(20),
                null);
          }
          return null;
        });
  }

  private static void task(Store store, String id, String state) {
    run(
        store,
        "INSERT INTO task(id, place, title, prompt, priority, capabilities, produces, state,"
            + " updated_at) VALUES (?, 1, 'Write', 'Do.', 5, '[]', '[]', ?, 1)",
        id,
        state);
  }

  /** A hundred events, three tasks and a change; then a copy of it; then more of everything. */
  private Path lived() {
    try (var store = open()) {
      task(store, "T-1", "running");
      task(store, "T-2", "ready");
      task(store, "T-3", "ready");
      run(
          store,
          "INSERT INTO change(number, task, attempt, agent, state, branch, base, head, files,"
              + " additions, deletions, commits, gates, review, opened_at, updated_at)"
              + " VALUES (1, 'T-1', 'T-1.1', 'a', 'open', 'b', 'x', 'y', 1, 1, 1, 1, '[]', 'none',"
              + " 1, 1)");
      run(
          store,
          "INSERT INTO decision(number, task, attempt, agent, level, question, options, state,"
              + " opened_at) VALUES (1, 'T-1', 'T-1.1', 'a', 1, 'Which?', '[]', 'open', 1)");
      tell(store, 100);
      Path copy = backups().make(9).file();

      run(store, "UPDATE task SET state = 'done', merged = 1, updated_at = 2 WHERE id = 'T-1'");
      task(store, "T-4", "blocked");
      run(store, "UPDATE change SET state = 'merged', merge = '0123456789' WHERE number = 1");
      run(store, "UPDATE decision SET state = 'decided', answer = 'this one' WHERE number = 1");
      run(
          store,
          "INSERT INTO comment(id, change, author, file, line, text, at, parent, resolved_by)"
              + " VALUES (1, 1, 'you', 'A.java', 7, 'Well done.', 5, NULL, 'you'),"
              + " (2, 1, 'you', 'A.java', 7, 'Thanks.', 6, 1, NULL)");
      tell(store, 400);
      return copy;
    }
  }

  /** Writes over the page that holds these words. */
  private void damage(String words) throws IOException {
    byte[] all = Files.readAllBytes(file());
    int at = new String(all, StandardCharsets.ISO_8859_1).indexOf(words);
    assertThat(at).as(words).isPositive();
    page(all, at / PAGE);
    Files.write(file(), all);
  }

  /** Writes over the first page of a table or an index. */
  private void damageRoot(String name) throws Exception {
    int root;
    try (var sql = new Sql(DriverManager.getConnection("jdbc:sqlite:" + file()))) {
      root = (int) sql.number("SELECT rootpage FROM sqlite_schema WHERE name = ?", name);
    }
    byte[] all = Files.readAllBytes(file());
    page(all, root - 1);
    Files.write(file(), all);
  }

  private static void page(byte[] all, int page) {
    Arrays.fill(all, page * PAGE, (page + 1) * PAGE, (byte) 0x5a);
  }

  @Test
  void whatIsOnlyARecordComesBackAndWhatStandsOtherwiseIsTold() throws Exception {
    Path copy = lived();
    damageRoot("task_by_time");
    assertThat(Backups.check(file())).isNotEmpty();
    byte[] damaged = Files.readAllBytes(file());

    var recovery = backups().recover(copy);

    var report = recovery.salvage();
    assertThat(report.after()).isEqualTo(100);
    assertThat(report.events()).isEqualTo(400);
    assertThat(report.lost()).isZero();
    assertThat(report.comments()).isEqualTo(2);
    assertThat(report.unreadable()).isEmpty();
    assertThat(report.newer())
        .extracting(
            DatabaseRecovery.Difference::kind,
            DatabaseRecovery.Difference::name,
            DatabaseRecovery.Difference::copy,
            DatabaseRecovery.Difference::damaged)
        .containsExactly(
            tuple("task", "T-1", "running", "done, merged"),
            tuple("task", "T-4", null, "blocked"),
            tuple("change", "C-1", "open", "merged as 0123456"),
            tuple("decision", "D-1", "open", "decided: this one"));
    assertThat(report.newer().get(1).row()).containsEntry("prompt", "Do.");
    assertThat(Json.read(Files.readString(recovery.list()), DatabaseRecovery.Report.class))
        .isEqualTo(report);
    assertThat(Files.readAllBytes(recovery.former().orElseThrow())).isEqualTo(damaged);
    assertThat(Backups.check(file())).isEmpty();
    try (var store = open()) {
      assertThat(
              store.<Long>read(
                  sql -> sql.number("SELECT count(*) FROM task WHERE state = 'running'")))
          .as("the ledger is the copy's")
          .isEqualTo(1);
      assertThat(
              store.<Long>read(
                  sql ->
                      sql.number(
                          "SELECT count(*) FROM comment a JOIN comment c ON c.id = a.parent"
                              + " WHERE c.resolved_by = 'you'")))
          .as("answers are still answers, and what is resolved stays so")
          .isEqualTo(1);
      assertThat(store.events(499, 10))
          .extracting(e -> e.type().word())
          .as("clients are asked to look anew")
          .containsExactly("test.told", "plan.reloaded");
    }
  }

  @Test
  void eventsThatCannotBeReadHaveOthersInTheirPlace() throws Exception {
    Path copy = lived();
    damage("event number 300 of all");

    var report = backups().recover(copy).salvage();

    assertThat(report.lost()).isBetween(1L, 20L);
    assertThat(report.events() + report.lost()).isEqualTo(400);
    assertThat(Backups.check(file())).isEmpty();
    try (var store = open()) {
      assertThat(store.events(299, 1))
          .extracting(e -> e.type().word())
          .containsExactly("event.lost");
      assertThat(store.events(399, 1)).extracting(Event::text).asString().contains("number 400");
    }
  }

  @Test
  void whatCannotBeReadIsNamed() throws Exception {
    Path copy = lived();
    damageRoot("task");
    damageRoot("event");

    var report = backups().recover(copy).salvage();

    assertThat(report.events()).isZero();
    assertThat(report.unreadable())
        .anyMatch(what -> what.equals("events from 101 on"))
        .anyMatch(what -> what.equals("rows of task from 1 on"));
    assertThat(report.newer())
        .extracting(DatabaseRecovery.Difference::kind)
        .contains("change", "decision");
    assertThat(Backups.check(file())).isEmpty();
  }

  @Test
  void ofRubbishNothingIsReadAndTheCopyIsPutBackAllTheSame() throws Exception {
    Path copy = lived();
    Files.write(file(), new byte[3 * PAGE]);

    var report = backups().recover(copy).salvage();

    assertThat(report.unreadable()).singleElement().asString().startsWith("any of it");
    assertThat(Backups.check(file())).isEmpty();
  }

  @Test
  void whateverIsDamagedWhatComesOutIsSound() throws Exception {
    long seed = System.nanoTime();
    var random = new Random(seed);
    Path copy = lived();
    byte[] sound = Files.readAllBytes(file());
    for (int round = 0; round < 25; round++) {
      byte[] all = sound.clone();
      int strokes = 1 + random.nextInt(6);
      for (int i = 0; i < strokes; i++) {
        // Now a whole page, now a few bytes that may well be read as something else.
        int at = random.nextInt(all.length);
        int length = random.nextBoolean() ? PAGE : 1 + random.nextInt(40);
        byte[] noise = new byte[Math.min(length, all.length - at)];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, all, at, noise.length);
      }
      Files.write(file(), all);
      var recovery = backups().recover(copy);
      assertThat(recovery.salvage()).as("seed %d, round %d", seed, round).isNotNull();
      assertThat(Backups.check(file())).as("seed %d, round %d", seed, round).isEmpty();
      assertThat(states()).as("seed %d, round %d", seed, round).isEqualTo("running ready ready");
      recovery.former().ifPresent(f -> f.toFile().delete());
    }
  }

  private String states() throws SQLException {
    try (var sql = new Sql(DriverManager.getConnection("jdbc:sqlite:" + file()))) {
      return String.join(
          " ", sql.list("SELECT state FROM task ORDER BY id", row -> row.text("state")));
    }
  }
}
