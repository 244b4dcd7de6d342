package dev.hivedeck.engine.change;

import dev.hivedeck.engine.change.comment.CommentLedger;
import dev.hivedeck.engine.change.health.HolderLedger;
import dev.hivedeck.engine.change.reading.ReadingArea;
import dev.hivedeck.engine.change.reading.ReadingLedger;
import dev.hivedeck.engine.change.stack.StackLedger;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.git.diff.DiffFacts;
import dev.hivedeck.engine.git.diff.DiffStat;
import dev.hivedeck.engine.plan.AlternativeLedger;
import dev.hivedeck.engine.plan.ReworkHandler;
import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The ledger of changes: one per finished task, the same one through all its attempts. */
public final class ChangeLedger {
  private ChangeLedger() {}

  private static final String VIEW = ChangeReader.VIEW;

  /** Those that proceed by themselves: of alternatives only the chosen one does. */
  private static final String PROCEEDING =
      " FROM change WHERE state = 'open' AND due_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
          + " alternative a WHERE a.task = change.task AND a.chosen_at IS NULL)";

  /**
   * @param number what people see as {@code #n}; the id is {@code C-n}
   * @param merge the commit that brought it to main; null before
   * @param stacked whether it was made on top of another change, at its base
   * @param reason why it is in its state; null where that needs none
   */
  public record Row(
      long number,
      String task,
      String title,
      String attempt,
      String agent,
      ChangeState state,
      String branch,
      String base,
      String head,
      String merge,
      ReviewState review,
      List<Risk> risks,
      boolean stacked,
      @Nullable String reason) {
    public String id() {
      return "C-" + number;
    }

    /** Where it begins; null where that is wherever it left main. */
    public @Nullable String below() {
      return stacked ? base : null;
    }
  }

  private static Row row(Sql.Row row) throws SQLException {
    return new Row(
        row.number("number"),
        row.text("task"),
        row.text("title"),
        row.text("attempt"),
        row.text("agent"),
        row.word("state", ChangeState.class),
        row.text("branch"),
        row.text("base"),
        row.text("head"),
        row.text("merge"),
        row.word("review", ReviewState.class),
        ChangeReader.risks(row.text("risks")),
        !row.isNull("parent"),
        row.text("reason"));
  }

  /**
   * @throws HiveException {@code no-change}
   */
  public static Row get(Sql sql, String id) throws SQLException {
    return sql.one(VIEW + " WHERE c.number = ?", ChangeLedger::row, number(id))
        .orElseThrow(() -> unknown(id));
  }

  /**
   * What there is to read of a change.
   *
   * @throws HiveException {@code no-change}
   */
  public static ReadingArea.Known known(Sql sql, String id) throws SQLException {
    var change = get(sql, id);
    return new ReadingArea.Known(change.number(), change.head(), change.risks());
  }

  public static Optional<Row> ofTask(Sql sql, String task) throws SQLException {
    return sql.one(VIEW + " WHERE c.task = ?", ChangeLedger::row, task);
  }

  static List<Row> in(Sql sql, ChangeState state) throws SQLException {
    return sql.list(
        VIEW + " WHERE c.state = ? ORDER BY c.queued_at, c.number", ChangeLedger::row, state);
  }

  /** Changes that are not at their end. */
  public static List<Row> unfinished(Sql sql) throws SQLException {
    return sql.list(VIEW + " WHERE c.state NOT IN ('merged', 'closed')", ChangeLedger::row);
  }

  /** What is on main and was made on a branch. */
  static List<Row> merged(Sql sql) throws SQLException {
    return sql.list(VIEW + " WHERE c.state = 'merged' AND c.branch IS NOT NULL", ChangeLedger::row);
  }

  static long number(String id) {
    try {
      return Long.parseLong(id.replaceFirst("^(C-|#)", ""));
    } catch (NumberFormatException e) {
      throw unknown(id);
    }
  }

  private static HiveException unknown(String id) {
    return new HiveException(
        ErrorCode.NO_CHANGE,
        "There is no change " + id + ".",
        "hivedeck changes lists those there are.");
  }

  /** After which a change, and those that it stands with, have another place. */
  private static final Set<ChangeStateMachine.Step> PLACES =
      Set.of(
          ChangeStateMachine.Step.VERIFY,
          ChangeStateMachine.Step.LAND,
          ChangeStateMachine.Step.CLOSE,
          ChangeStateMachine.Step.TAKE_OFF);

  public static void step(
      Tx tx, String id, ChangeStateMachine.Step step, String reason, ChangeEvent type, String text)
      throws SQLException {
    var before = get(tx.sql(), id);
    var next = ChangeStateMachine.TABLE.next(before.state(), step);
    if (step == ChangeStateMachine.Step.ENQUEUE || step == ChangeStateMachine.Step.BEGIN) {
      AlternativeLedger.checkChosen(tx.sql(), before.task());
    }
    tx.sql()
        .update(
            "UPDATE change SET state = ?, reason = ?, updated_at = ?,"
                + " queued_at = CASE WHEN ? = 'queued' THEN coalesce(queued_at, ?)"
                + " WHEN ? = 'merging' THEN queued_at END,"
                + " merged_at = CASE WHEN ? = 'merged' THEN coalesce(merged_at, ?) END,"
                + " due_at = CASE WHEN ? = 'open' THEN due_at END WHERE number = ?",
            next,
            reason,
            tx.now(),
            next,
            tx.now(),
            next,
            next,
            tx.now(),
            next,
            number(id));
    tell(tx, id, type, text);
    if (PLACES.contains(step)) {
      StackLedger.over(tx, number(id));
      stacked(tx, StackLedger.members(tx.sql(), number(id)), number(id));
    }
  }

  /** Changes have other places in their stack, or stand on another commit. */
  public static void stacked(Tx tx, List<Long> members, long but) throws SQLException {
    for (long member : members) {
      if (member != but) {
        tell(tx, "C-" + member, ChangeEvent.STACKED, null);
      }
    }
  }

  /**
   * It was made again on top of another commit: the same work, in other commits.
   *
   * @param facts of its diff, in which secrets are masked
   */
  public static void restacked(
      Tx tx,
      Row change,
      String base,
      String head,
      DiffStat stat,
      DiffFacts facts,
      HiveConfig config)
      throws SQLException {
    tx.sql()
        .update(
            "UPDATE change SET base = ?, head = ?, files = ?, additions = ?, deletions = ?,"
                + " commits = ?, facts = ? WHERE number = ?",
            base,
            head,
            stat.files(),
            stat.additions(),
            stat.deletions(),
            stat.commits(),
            Json.write(ChangeReader.measured(tx.sql(), change.number()).with(facts, config)),
            change.number());
    ReadingLedger.verified(tx, change.number(), head, facts.hunks());
  }

  /** Says why it stays in the queue, or in its merge. */
  static void stays(Tx tx, String id, String why) throws SQLException {
    var now = view(tx.sql(), id);
    if (why.equals(now.reason())) {
      return;
    }
    if (now.state() == ChangeState.QUEUED) {
      stays(tx, now, why, ChangeEvent.QUEUED);
    } else if (now.state() == ChangeState.MERGING) {
      stays(tx, now, why, ChangeEvent.MERGING);
    }
  }

  private static void stays(Tx tx, ChangeViews.Change now, String why, ChangeEvent type)
      throws SQLException {
    tx.sql().update("UPDATE change SET reason = ? WHERE number = ?", why, now.number());
    tell(tx, now.id(), type, null);
  }

  /** How it stands with the change of a task is another thing, as far as it is not over. */
  public static void progressed(Tx tx, String task) throws SQLException {
    var change = ofTask(tx.sql(), task);
    if (change.isPresent()
        && change.get().state() != ChangeState.MERGED
        && change.get().state() != ChangeState.CLOSED) {
      tell(tx, change.get().id(), ChangeEvent.PROGRESSED, null);
    }
  }

  /** What its pull request or its canary says of it is another thing. */
  public static void pull(Tx tx, String id) throws SQLException {
    tell(tx, id, ChangeEvent.PROGRESSED, null);
  }

  /** Its forecast is another. */
  public static void forecast(Tx tx, String id) throws SQLException {
    tell(tx, id, ChangeEvent.FORECAST, null);
  }

  /** An agent looks at it before a person does, or has looked. */
  public static void advised(Tx tx, String id, String text) throws SQLException {
    tell(tx, id, ChangeEvent.ADVISED, text);
  }

  /** Its comments are elsewhere. */
  public static void placed(Tx tx, String id) throws SQLException {
    tell(tx, id, ChangeEvent.PLACED, null);
  }

  public static void tell(Tx tx, String id, ChangeEvent type, String text) throws SQLException {
    var told = view(tx.sql(), id);
    HolderLedger.note(tx, told);
    tx.emit(type, text, told);
  }

  /** Somebody said something elsewhere, which is not told yet; the id of that comment. */
  public static long commented(
      Tx tx, String id, String author, LineComment comment, @Nullable Long replyTo)
      throws SQLException {
    CommentLedger.say(tx, number(id), author, comment, replyTo);
    return tx.sql().number("SELECT max(id) FROM comment");
  }

  public static ChangeViews.Change view(Sql sql, String id) throws SQLException {
    return ChangeReader.one(sql, number(id)).orElseThrow(() -> unknown(id));
  }

  public static List<ChangeViews.Change> views(Sql sql) throws SQLException {
    return ChangeReader.all(sql);
  }

  /** When the next advisory review proceeds by itself. */
  static Optional<Instant> nextDue(Sql sql) throws SQLException {
    return sql.one("SELECT min(due_at) AS due" + PROCEEDING, row -> row.instant("due"));
  }

  /** Those whose advisory review is over, by their ids. */
  static List<String> due(Sql sql, Instant now) throws SQLException {
    return sql.list(
        "SELECT number" + PROCEEDING + " AND due_at <= ?", row -> "C-" + row.number("number"), now);
  }

  /**
   * @param attempts ends what is at work at other alternatives
   */
  static void merged(Tx tx, Row change, String merge, ReworkHandler attempts) throws SQLException {
    tx.sql().update("UPDATE change SET merge = ? WHERE number = ?", merge, change.number());
    step(
        tx,
        change.id(),
        ChangeStateMachine.Step.LAND,
        null,
        ChangeEvent.MERGED,
        "merged #" + change.number() + " " + change.title());
    AlternativeLedger.landed(tx, change.task());
    ChangeReconciler.closeOthers(tx, change, attempts);
  }

  /**
   * Lets one in line go before all others.
   *
   * @throws HiveException {@code not-queued} when it is not in line
   */
  static void first(Tx tx, String id) throws SQLException {
    var change = get(tx.sql(), id);
    if (change.state() != ChangeState.QUEUED) {
      throw new HiveException(
          ErrorCode.NOT_QUEUED,
          "#%d is not in line: it is %s.".formatted(change.number(), change.state().word()),
          "hivedeck queue shows the line; a change gets there by its approval.");
    }
    tx.sql()
        .update(
            "UPDATE change SET queued_at = (SELECT min(queued_at) - 1 FROM change"
                + " WHERE state = 'queued') WHERE number = ?",
            change.number());
    tell(tx, change.id(), ChangeEvent.QUEUED, "#%d goes first".formatted(change.number()));
  }

  /** Once more it conflicts with main; how often by now. */
  public static long conflicts(Tx tx, Row change) throws SQLException {
    tx.sql()
        .update("UPDATE change SET conflicts = conflicts + 1 WHERE number = ?", change.number());
    return tx.sql().number("SELECT conflicts FROM change WHERE number = ?", change.number());
  }

  /** A person has looked at it. */
  static void lookedAt(Tx tx, Row change, ReviewState review) throws SQLException {
    tx.sql()
        .update(
            "UPDATE change SET review = ?, conflicts = 0 WHERE number = ?",
            review,
            change.number());
  }

  /** Main has it no more: what needs it waits again. */
  static void takenOff(Tx tx, Row change, String why) throws SQLException {
    step(
        tx,
        change.id(),
        ChangeStateMachine.Step.TAKE_OFF,
        why,
        ChangeEvent.BLOCKED,
        "#" + change.number() + " " + change.title() + " is no longer on main");
    AlternativeLedger.takenOff(tx, change.task(), why);
  }
}
