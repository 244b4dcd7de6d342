package dev.hivedeck.engine.change.comment;

import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.view.ChangeViews.AgentReview;
import dev.hivedeck.engine.protocol.view.ChangeViews.AgentReviewState;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ledger of looks of an agent at changes, one for each commit. */
public final class AgentReviewLedger {
  private AgentReviewLedger() {}

  /**
   * One that has begun and has not ended in the ledger.
   *
   * @param key marks its processes
   */
  public record Begun(long change, String head, String agent, int tries, String key) {}

  /** Those of a change by its number, the oldest first. */
  public static List<AgentReview> of(Sql sql, long change) throws SQLException {
    return sql.list(
        "SELECT * FROM agent_review WHERE change = ? ORDER BY started_at, head",
        AgentReviewLedger::view,
        change);
  }

  private static AgentReview view(Sql.Row row) throws SQLException {
    long tokens = row.number("tokens_in") + row.number("tokens_out");
    boolean priced = row.number("unpriced") == 0;
    return new AgentReview(
        row.text("agent"),
        row.text("head"),
        row.word("state", AgentReviewState.class),
        row.text("summary"),
        row.text("detail"),
        row.integer("comments"),
        row.integer("left_out"),
        tokens == 0 && !priced ? null : (Long) tokens,
        priced ? (Double) row.real("cost") : null,
        row.instant("started_at"),
        row.instant("ended_at"));
  }

  /** Those in a state that is no end, of this engine or of one before it. */
  public static List<Begun> in(Sql sql, AgentReviewState state) throws SQLException {
    return sql.list(
        "SELECT * FROM agent_review WHERE state = ? ORDER BY started_at, change",
        row ->
            new Begun(
                row.number("change"),
                row.text("head"),
                row.text("agent"),
                row.integer("tries"),
                row.text("key")),
        state);
  }

  /** It begins, perhaps again; its price is not known before it is told. */
  public static void begins(Tx tx, Begun review) throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO agent_review(change, head, agent, state, tries, key, unpriced, started_at)"
                + " VALUES (?, ?, ?, ?, ?, ?, 1, ?) ON CONFLICT(change, head) DO UPDATE SET agent ="
                + " excluded.agent, state = excluded.state, tries = excluded.tries, key ="
                + " excluded.key, started_at = excluded.started_at, ended_at = NULL, detail = NULL,"
                + " unpriced = unpriced + 1",
            review.change(),
            review.head(),
            review.agent(),
            AgentReviewState.RUNNING,
            review.tries(),
            review.key(),
            tx.now());
  }

  /**
   * What came of one.
   *
   * @param unpriced tokens without a known price; one for those that it did not tell
   */
  public record Outcome(
      AgentReviewState state,
      @Nullable String summary,
      @Nullable String detail,
      int comments,
      int leftOut,
      Act.Spend spent,
      long unpriced) {}

  /** It is over; what it used adds to what an earlier try did. */
  public static void ended(Tx tx, long change, String head, Outcome outcome) throws SQLException {
    tx.sql()
        .update(
            "UPDATE agent_review SET state = ?, summary = ?, detail = ?, comments = ?, left_out ="
                + " ?, tokens_in = tokens_in + ?, tokens_cached = tokens_cached + ?, tokens_out ="
                + " tokens_out + ?, cost = cost + ?, unpriced = unpriced - 1 + ?, ended_at = ?,"
                + " tries = CASE WHEN ? = 'waiting' THEN 0 ELSE tries END WHERE change = ? AND head"
                + " = ?",
            outcome.state(),
            outcome.summary(),
            outcome.detail(),
            outcome.comments(),
            outcome.leftOut(),
            outcome.spent().in(),
            outcome.spent().cached(),
            outcome.spent().out(),
            outcome.spent().dollars(),
            outcome.unpriced(),
            tx.now(),
            outcome.state(),
            change,
            head);
  }

  /** One that was cut off is to begin again. */
  public static void waits(Tx tx, Begun review, String why) throws SQLException {
    tx.sql()
        .update(
            "UPDATE agent_review SET state = ?, detail = ? WHERE change = ? AND head = ?",
            AgentReviewState.WAITING,
            why,
            review.change(),
            review.head());
  }

  /** The engine ends before it does: the next one has it look again, and that counts as no try. */
  public static void interrupted(Tx tx, long change, String head, Act.Spend spent, long unpriced)
      throws SQLException {
    tx.sql()
        .update(
            "UPDATE agent_review SET tries = tries - 1, tokens_in = tokens_in + ?, tokens_cached ="
                + " tokens_cached + ?, tokens_out = tokens_out + ?, cost = cost + ?, unpriced ="
                + " unpriced - 1 + ? WHERE change = ? AND head = ?",
            spent.in(),
            spent.cached(),
            spent.out(),
            spent.dollars(),
            unpriced,
            change,
            head);
  }

  /** What agents said of earlier commits is over once one has looked at a later one. */
  public static void replaced(Tx tx, long change, String agent) throws SQLException {
    tx.sql()
        .update(
            "UPDATE comment SET resolved_by = ? WHERE change = ? AND advisory = 1 AND parent IS"
                + " NULL AND resolved_by IS NULL",
            agent,
            change);
  }
}
