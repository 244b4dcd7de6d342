package dev.hivedeck.engine.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.event.AttemptEvent;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.figure.FigureQuery;
import dev.hivedeck.engine.protocol.figure.FigureViews.Figure;
import dev.hivedeck.engine.protocol.figure.FigureViews.FigureRow;
import dev.hivedeck.engine.protocol.figure.FigureViews.FigureRows;
import dev.hivedeck.engine.protocol.figure.FigureViews.Figures;
import dev.hivedeck.engine.protocol.figure.FigureViews.HeldTime;
import dev.hivedeck.engine.protocol.view.ChangeViews.Holder;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Figures say what the ledgers hold, and each opens the rows that it is made of. */
class FigureAnswersTest {
  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime();
  private Store store;
  private Instant now;

  @BeforeEach
  void open() {
    store = Store.open(folder.resolve("hive.db"), time.clock());
    now = time.clock().instant();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private interface Step {
    void run(Tx tx) throws SQLException;
  }

  private void write(Step step) {
    store.write(
        "test",
        tx -> {
          step.run(tx);
          return null;
        });
  }

  private Instant ago(double hours) {
    return now.minusMillis(Math.round(hours * 3_600_000));
  }

  /** A change that is on main, with one attempt at its task that cost a dollar. */
  private void merged(int number, String title, String kind, double mergedAgo, String facts) {
    write(
        tx -> {
          tx.sql()
              .update(
                  "INSERT INTO task(id, place, title, prompt, priority, kind, capabilities,"
                      + " produces, state, merged, updated_at)"
                      + " VALUES (?, ?, ?, '', 2, ?, '[]', '[]', 'done', 1, 0)",
                  "T-" + number,
                  number,
                  title,
                  kind);
          tx.sql()
              .update(
                  "INSERT INTO change(number, task, attempt, agent, state, branch, base, head,"
                      + " merge, files, additions, deletions, commits, gates, review, opened_at,"
                      + " updated_at, merged_at, facts)"
                      + " VALUES (?, ?, 'a', 'maker', 'merged', 'b', 'c', 'd', 'e', 1, 10, 0, 1,"
                      + " '[{}]', 'approved', ?, 0, ?, ?)",
                  number,
                  "T-" + number,
                  ago(mergedAgo + 2),
                  ago(mergedAgo),
                  facts);
          attempt(tx, number, 1, "succeeded", mergedAgo + 3, mergedAgo + 2, 1, 0);
        });
  }

  private void attempt(
      Tx tx,
      int number,
      int place,
      String state,
      double began,
      double ended,
      double cost,
      int unpriced)
      throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO attempt(id, task, agent, number, turn, state, started_at, ended_at,"
                + " token, correlation, cost, unpriced)"
                + " VALUES (?, ?, 'maker', ?, 1, ?, ?, ?, 't', 'c', ?, ?)",
            "T-" + number + "." + place,
            "T-" + number,
            place,
            state,
            ago(began),
            ago(ended),
            cost,
            unpriced);
  }

  private void sent(String who, String command, double minutesAgo) {
    write(
        tx ->
            tx.sql()
                .update(
                    "INSERT INTO audit(at, who, entry_point, command, about, fields, correlation)"
                        + " VALUES (?, ?, 'desktop', ?, 'C-1', '{}', 'c')",
                    ago(minutesAgo / 60),
                    who,
                    command));
  }

  private Figure figure(FigureKind kind) {
    return store
        .read(sql -> FigureAnswers.figures(sql, new FigureQuery.Figures(30), now))
        .figures()
        .get(kind.ordinal());
  }

  private FigureRows rows(FigureKind kind) {
    return store.read(
        sql -> FigureAnswers.rows(sql, new FigureQuery.Rows(kind.word(), 30, 0), now));
  }

  private List<String> changes(FigureKind kind) {
    return rows(kind).rows().stream().map(FigureRow::change).toList();
  }

  @Test
  void withNothingMergedEachFigureSaysWhatItNeeds() {
    for (var kind : FigureKind.values()) {
      var figure = figure(kind);
      if (kind == FigureKind.VELOCITY || kind == FigureKind.DEPLOYMENT_FREQUENCY) {
        assertThat(figure.value()).as("none is a number").isZero();
      } else {
        assertThat(figure.value()).as(kind.word()).isNull();
        assertThat(figure.missing()).as(kind.word()).isNotBlank();
      }
      assertThat(rows(kind).rows()).as(kind.word()).isEmpty();
    }
  }

  @Test
  void aRevertWithinTwoWeeksIsReworkAndOpensItsRow() {
    merged(1, "Short limit", "code", 25 * 24, null);
    merged(2, "Long ago", "code", 20 * 24, null);
    merged(3, "Revert #1 Short limit", "revert", 24 * 24, null);
    merged(4, "Revert #2 Long ago", "revert", 3 * 24, null);

    var rework = figure(FigureKind.WITHOUT_REWORK);
    assertThat(rework.counted()).isEqualTo(2);
    assertThat(rework.of()).isEqualTo(3);
    assertThat(rework.unknown()).as("younger than 14 days: not known yet").isEqualTo(1);
    assertThat(rework.value()).isCloseTo(2.0 / 3, within(1e-6));
    assertThat(rows(FigureKind.WITHOUT_REWORK).total()).isEqualTo(3);
    var first = rows(FigureKind.WITHOUT_REWORK).rows().getFirst();
    assertThat(first.change()).isEqualTo("C-1");
    assertThat(first.counts()).isFalse();
    assertThat(first.note()).isEqualTo("reverted after 1 day by #3");

    assertThat(figure(FigureKind.CHANGE_FAIL_RATE).value()).isEqualTo(0.5);
    assertThat(figure(FigureKind.REWORK_RATE).value()).isEqualTo(0.5);
    assertThat(figure(FigureKind.RECOVERY_TIME).value()).isEqualTo(24 * 3_600.0);
    assertThat(changes(FigureKind.RECOVERY_TIME)).containsExactly("C-2", "C-1");
  }

  @Test
  void whatWasRevertedNowThoughMergedLongAgoStillTookItsTimeToRecover() {
    merged(1, "Old", "code", 90 * 24, null);
    merged(2, "Revert #1 Old", "revert", 24, null);
    assertThat(figure(FigureKind.RECOVERY_TIME).value()).isEqualTo(89 * 24 * 3_600.0);
    assertThat(changes(FigureKind.RECOVERY_TIME)).containsExactly("C-1");
    assertThat(figure(FigureKind.VELOCITY).counted()).isEqualTo(1);
    assertThat(changes(FigureKind.VELOCITY)).containsExactly("C-2");
  }

  @Test
  void anUnknownCostIsNotFree() {
    merged(1, "Known", "code", 24, null);
    merged(2, "Unknown", "code", 25, null);
    write(tx -> attempt(tx, 2, 2, "failed", 30, 29, 5, 100));
    var cost = figure(FigureKind.COST);
    assertThat(cost.value()).isEqualTo(1.0);
    assertThat(cost.counted()).isEqualTo(1);
    assertThat(cost.unknown()).isEqualTo(1);
    assertThat(rows(FigureKind.COST).rows().getFirst().note()).isEqualTo("not known");
    assertThat(figure(FigureKind.FIRST_TRY).value()).isEqualTo(0.5);
    assertThat(rows(FigureKind.FIRST_TRY).rows().getFirst().note()).isEqualTo("2 attempts");
  }

  @Test
  void extremeProgrammingWantsItSmallTestedReviewedAndSoon() {
    merged(1, "All of it", "code", 24, facts(100, 0));
    merged(2, "Large", "code", 25, facts(900, 0));
    merged(3, "Lost a test", "code", 26, facts(10, 1));
    var xp = figure(FigureKind.XP);
    assertThat(xp.counted()).isEqualTo(1);
    assertThat(xp.of()).isEqualTo(3);
    assertThat(rows(FigureKind.XP).rows().stream().map(FigureRow::note))
        .containsExactly("not small: 900 lines", "not tested: 1 test fewer", "");
    assertThat(changes(FigureKind.SMALL)).startsWith("C-2");
  }

  private static String facts(long lines, int lost) {
    return "{\"diff\":{\"lines\":%d,\"deletedTests\":[],\"lostTests\":%d},\"size\":{\"warn\":500}}"
        .formatted(lines, lost);
  }

  @Test
  void minutesOfAPersonAreTheirSittings() {
    merged(1, "One", "code", 24, null);
    sent("you", "change.approve", 100);
    sent("you", "task.retry", 97); // the same sitting: 3 minutes
    sent("you", "task.retry", 40); // alone: 1 minute
    sent("T-1.1", "attempt.progress", 39);
    sent("you", "notice.read", 38);
    sent("you", "change.read", 37); // for how long, says itself: it is none
    assertThat(figure(FigureKind.ATTENTION).value()).isCloseTo(5, within(1e-6));
    assertThat(figure(FigureKind.AUTONOMY).value()).isCloseTo(1.0 / 3, within(1e-6));
    assertThat(rows(FigureKind.AUTONOMY).total()).isEqualTo(3);
  }

  /** Also where a sitting began before the days that are asked for. */
  @Test
  void theRowsOfAttentionAddUpToIt() {
    merged(1, "One", "code", 24, null);
    merged(2, "Two", "code", 25, null);
    double day = 24 * 60;
    sent("you", "change.approve", 30 * day + 1);
    sent("you", "change.approve", 30 * day - 2);
    sent("you", "change.approve", 90);
    var attention = figure(FigureKind.ATTENTION);
    assertThat(attention.value()).isCloseTo((3 + 1) / 2.0, within(1e-6));
    double rows = rows(FigureKind.ATTENTION).rows().stream().mapToDouble(FigureRow::value).sum();
    assertThat(rows / attention.of()).isCloseTo(attention.value(), within(1e-6));
  }

  @Test
  void whatTheAuditNoLongerKnowsIsNotSetAgainstWhatItDoes() {
    merged(1, "Before", "code", 20 * 24, null);
    merged(2, "After", "code", 24, null);
    sent("you", "change.approve", 10 * 24 * 60);
    sent("you", "change.approve", 3 * 24 * 60);
    sent("you", "change.approve", 60);
    assertThat(figure(FigureKind.ATTENTION).value()).isCloseTo(1.5, within(1e-6));
    double all = figure(FigureKind.AUTONOMY).value();
    write(tx -> tx.sql().update("DELETE FROM audit WHERE id = 1"));
    var attention = figure(FigureKind.ATTENTION);
    assertThat(attention.value()).as("of the one that came after").isCloseTo(2, within(1e-6));
    assertThat(attention.of()).isEqualTo(1);
    assertThat(attention.unknown()).isEqualTo(1);
    assertThat(all).isCloseTo(2.0 / 3, within(1e-6));
    assertThat(figure(FigureKind.AUTONOMY).value()).isCloseTo(1.0 / 2, within(1e-6));
  }

  @Test
  void agentsAtWorkAtTheSameTimeAreOneHour() {
    merged(1, "One", "code", 24, null);
    merged(2, "Two", "code", 24.5, null); // half an hour beside the other
    sent("you", "change.approve", 100);
    assertThat(figure(FigureKind.AUTONOMY).value()).isCloseTo(1.5, within(1e-6));
  }

  @Test
  void reviewsWaitUntilTheyAreGiven() {
    merged(1, "One", "code", 24, null);
    for (double hours : List.of(1.0, 2.0, 3.0, 10.0)) {
      write(
          tx ->
              tx.sql()
                  .update(
                      "INSERT INTO change_holder(change, holder, review, began_at, ended_at)"
                          + " VALUES (1, 'you', 'wanted', ?, ?)",
                      ago(30 + hours),
                      ago(30)));
    }
    write(
        tx -> {
          tx.sql()
              .update(
                  "INSERT INTO change_holder(change, holder, review, began_at)"
                      + " VALUES (1, 'queue', 'approved', ?)",
                  ago(30));
          // A wait that ended as the change was closed, and one as its agent went on.
          waited(tx, 20, 19);
          waited(tx, 15, 10);
          tx.sql()
              .update(
                  "INSERT INTO change_holder(change, holder, review, began_at)"
                      + " VALUES (1, 'agent', 'wanted', ?)",
                  ago(10));
        });
    var wait = figure(FigureKind.REVIEW_WAIT);
    assertThat(wait.value()).isEqualTo(2 * 3_600.0);
    assertThat(wait.upper()).isEqualTo(3 * 3_600.0);
    assertThat(rows(FigureKind.REVIEW_WAIT).rows().getFirst().value()).isEqualTo(10 * 3_600.0);
  }

  @Test
  void whoseTurnItWasIsSummedUpUntilNow() {
    merged(1, "One", "code", 24, null);
    write(
        tx -> {
          held(tx, "agent", 5, 3);
          held(tx, "you", 3, 2.5);
          held(tx, "agent", 2.5, 2);
          tx.sql()
              .update(
                  "INSERT INTO change_holder(change, holder, review, began_at)"
                      + " VALUES (1, 'queue', 'approved', ?)",
                  ago(1));
        });
    var holders =
        store.read(sql -> FigureAnswers.holders(sql, new FigureQuery.Holders("C-1"), now));
    assertThat(holders.held())
        .containsExactly(
            new HeldTime(Holder.AGENT, 9_000),
            new HeldTime(Holder.QUEUE, 3_600),
            new HeldTime(Holder.YOU, 1_800));
    assertThatThrownBy(
            () ->
                store.read(sql -> FigureAnswers.holders(sql, new FigureQuery.Holders("C-9"), now)))
        .hasMessageContaining("There is no change C-9.");
  }

  private void waited(Tx tx, double began, double ended) throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO change_holder(change, holder, review, began_at, ended_at)"
                + " VALUES (1, 'you', 'wanted', ?, ?)",
            ago(began),
            ago(ended));
  }

  private void held(Tx tx, String holder, double began, double ended) throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO change_holder(change, holder, review, began_at, ended_at)"
                + " VALUES (1, ?, 'none', ?, ?)",
            holder,
            ago(began),
            ago(ended));
  }

  @Test
  void theTrendIsOfTheSameDaysAndBeforeIsBefore() {
    merged(1, "New", "code", 1, null);
    merged(2, "Before", "code", 40 * 24, null);
    var velocity = figure(FigureKind.VELOCITY);
    assertThat(velocity.value()).isCloseTo(7.0 / 30, within(1e-6));
    assertThat(velocity.before()).isCloseTo(7.0 / 30, within(1e-6));
    assertThat(velocity.trend()).hasSize(12);
    assertThat(velocity.trend().getLast().value()).isNotNull();
    assertThat(velocity.trend().getFirst().value()).as("none").isZero();
  }

  @Test
  void whatCannotBeAskedIsRefusedWithWhatCan() {
    assertThatThrownBy(
            () ->
                store.read(
                    sql -> FigureAnswers.rows(sql, new FigureQuery.Rows("beauty", 0, 0), now)))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("There is no figure beauty.");
    assertThatThrownBy(
            () -> store.read(sql -> FigureAnswers.figures(sql, new FigureQuery.Figures(-1), now)))
        .hasMessageContaining("days is -1.");
  }

  @Test
  void whatIsKnownFromEarlierAnswersGivesTheSameFigures() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var history = new MergedHistory();
    int next = 1;
    for (int round = 0; round < 25; round++) {
      for (int i = random.nextInt(4); i >= 0; i--) {
        int before = 1 + random.nextInt(next);
        boolean revert = next > 1 && random.nextInt(4) == 0;
        merged(
            next,
            revert ? "Revert #" + before + " x" : "Task " + next,
            revert ? "revert" : null,
            random.nextDouble() * 24 * 60,
            "{\"diff\":{\"lines\":" + random.nextInt(900) + "},\"size\":{\"warn\":500}}");
        told("C-" + next++);
      }
      int some = 1 + random.nextInt(next - 1);
      write(
          tx -> {
            switch (random.nextInt(3)) {
              case 0 -> { // taken off main
                tx.sql()
                    .update(
                        "UPDATE change SET merged_at = NULL, state = 'blocked' WHERE number = ?",
                        some);
                tx.emit(ChangeEvent.BLOCKED, "C-" + some, null, null);
              }
              case 1 -> { // the price of an attempt comes late
                tx.sql().update("UPDATE attempt SET cost = ? WHERE task = ?", 7.5, "T-" + some);
                tx.emit(AttemptEvent.SUCCEEDED, "T-" + some + ".1", null, null);
              }
              default -> // old events go
                  tx.sql().update("DELETE FROM event WHERE seq < (SELECT max(seq) FROM event)");
            }
          });
      var query = new FigureQuery.Figures(30);
      Figures kept = store.read(sql -> FigureAnswers.figures(sql, query, now, history));
      Figures anew = store.read(sql -> FigureAnswers.figures(sql, query, now));
      assertThat(kept).as("seed %d, round %d", seed, round).isEqualTo(anew);
    }
  }

  @Test
  void onlyWhatIsNewIsReadAgain() {
    var history = new MergedHistory();
    for (int i = 1; i <= 20; i++) {
      merged(i, "Task " + i, null, i, null);
      told("C-" + i);
    }
    var query = new FigureQuery.Figures(30);
    store.read(sql -> FigureAnswers.figures(sql, query, now, history));
    store.read(sql -> FigureAnswers.figures(sql, query, now, history));
    assertThat(history.reread()).isEqualTo(20);
    merged(21, "Task 21", null, 1, null);
    told("C-21");
    store.read(sql -> FigureAnswers.figures(sql, query, now, history));
    assertThat(history.reread()).isEqualTo(21);
  }

  private void told(String change) {
    write(tx -> tx.emit(ChangeEvent.MERGED, change, null, null));
  }
}
