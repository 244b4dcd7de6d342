package dev.hivedeck.engine.attempt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.process.ResourceUsage;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.event.AttemptEvent;
import dev.hivedeck.engine.protocol.failure.EndReason;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.AttemptViews.AttemptState;
import dev.hivedeck.engine.protocol.view.GateViews;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The ledger of attempts. */
public final class AttemptLedger {
  private AttemptLedger() {}

  private static final String ACTIVE = "state IN ('preparing', 'working', 'checking')";

  /**
   * @param turn which try of this agent at this task, from 1
   * @param key marks every process of the attempt by an environment variable
   * @param start commit it began from, null before its worktree was made
   */
  public record Row(
      String id,
      String task,
      String agent,
      int number,
      int turn,
      AttemptState state,
      EndReason reason,
      String detail,
      int stage,
      Instant startedAt,
      String key,
      String correlation,
      String branch,
      String worktree,
      String start,
      String head,
      Instant leaseUntil,
      String checkpoint) {}

  private static Row row(Sql.Row row) throws SQLException {
    return new Row(
        row.text("id"),
        row.text("task"),
        row.text("agent"),
        row.integer("number"),
        row.integer("turn"),
        row.word("state", AttemptState.class),
        EndReason.ofNullable(row.text("reason")),
        row.text("detail"),
        row.integer("stage"),
        row.instant("started_at"),
        row.text("token"),
        row.text("correlation"),
        row.text("branch"),
        row.text("worktree"),
        row.text("start"),
        row.text("head"),
        row.instant("lease_until"),
        row.text("checkpoint"));
  }

  public static Optional<Row> find(Sql sql, String id) throws SQLException {
    return sql.one("SELECT * FROM attempt WHERE id = ?", AttemptLedger::row, id);
  }

  /**
   * @throws HiveException {@code no-attempt}
   */
  public static Row get(Sql sql, String id) throws SQLException {
    return find(sql, id)
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.NO_ATTEMPT,
                    "There is no attempt " + id + ".",
                    "hivedeck attempts lists those there are."));
  }

  public static List<Row> active(Sql sql) throws SQLException {
    return sql.list(
        "SELECT * FROM attempt WHERE " + ACTIVE + " ORDER BY started_at", AttemptLedger::row);
  }

  public static Optional<Row> activeOf(Sql sql, String task) throws SQLException {
    return sql.one(
        "SELECT * FROM attempt WHERE task = ? AND " + ACTIVE + " LIMIT 1",
        AttemptLedger::row,
        task);
  }

  /** Agents that were at work at any time since, each with its attempt. */
  public static List<String> atWorkSince(Sql sql, Instant since) throws SQLException {
    return sql.list(
        "SELECT id, agent FROM attempt WHERE agent <> ? AND (ended_at IS NULL OR ended_at >= ?)"
            + " ORDER BY id",
        row -> row.text("id") + " (" + row.text("agent") + ")",
        View.YOU,
        since);
  }

  public static List<Row> activeBy(Sql sql, String agent) throws SQLException {
    return sql.list(
        "SELECT * FROM attempt WHERE agent = ? AND " + ACTIVE, AttemptLedger::row, agent);
  }

  /** Attempts at a task, oldest first. */
  public static List<Row> of(Sql sql, String task) throws SQLException {
    return sql.list(
        "SELECT * FROM attempt WHERE task = ? ORDER BY number", AttemptLedger::row, task);
  }

  /** The marks of a task's attempts whose agent was not seen to end. */
  public static Set<String> unseenKeys(Sql sql, String task) throws SQLException {
    return Set.copyOf(
        sql.list(
            "SELECT token FROM attempt WHERE task = ? AND state IN ('lost', 'cancelled')",
            row -> row.text("token"),
            task));
  }

  /** As {@link #unseenKeys}, of all tasks, of attempts that ended since. */
  public static Set<String> unseenSince(Sql sql, Instant since) throws SQLException {
    return Set.copyOf(
        sql.list(
            "SELECT token FROM attempt WHERE state IN ('lost', 'cancelled') AND ended_at > ?",
            row -> row.text("token"),
            since));
  }

  /** How many attempts at a task ended for that reason. */
  public static long endedFor(Sql sql, String task, EndReason reason) throws SQLException {
    return sql.number(
        "SELECT count(*) FROM attempt WHERE task = ? AND reason = ?", task, reason.word());
  }

  /**
   * Mean time from a task's first failed or lost attempt to the one that succeeded, of those that
   * began since; zero when nothing had to recover.
   */
  public static Duration meanRecovery(Sql sql, Instant since) throws SQLException {
    return Duration.ofMillis(
        sql.number(
            "SELECT cast(coalesce(avg(s.ended_at - (SELECT min(f.ended_at) FROM attempt f"
                + " WHERE f.task = s.task AND f.number < s.number"
                + " AND f.state IN ('failed', 'lost'))), 0) AS INTEGER) FROM attempt s"
                + " WHERE s.state = 'succeeded' AND s.started_at >= ?",
            since));
  }

  /**
   * How long the attempts that run will take, if each takes as long as its agent's last twenty that
   * succeeded did in the mean; zero where nothing is known.
   */
  public static Duration drain(Sql sql, Instant now) throws SQLException {
    Duration longest = Duration.ZERO;
    for (var attempt : active(sql)) {
      long mean =
          sql.number(
              "SELECT cast(coalesce(avg(took), 0) AS INTEGER) FROM (SELECT ended_at - started_at AS"
                  + " took FROM attempt WHERE agent = ? AND state = 'succeeded'"
                  + " ORDER BY started_at DESC LIMIT 20)",
              attempt.agent());
      Duration left = Duration.between(now, attempt.startedAt().plusMillis(mean));
      if (left.compareTo(longest) > 0) {
        longest = left;
      }
    }
    return longest;
  }

  /** It leads this conversation. */
  public static void converses(Tx tx, String id, AgentSession session) throws SQLException {
    tx.sql()
        .update(
            "UPDATE attempt SET session = ?, session_in = ?, session_cached = ?, session_out = ?"
                + " WHERE id = ?",
            session.id(),
            session.total().in(),
            session.total().cached(),
            session.total().out(),
            id);
  }

  /**
   * The conversation that an agent can go on with: that of its latest attempt at the task, unless
   * it had become too long or ran in circles.
   */
  public static Optional<AgentSession> session(Sql sql, String task, String agent)
      throws SQLException {
    return sql.one(
        "SELECT session, worktree, session_in, session_cached, session_out, reason FROM attempt"
            + " WHERE task = ? AND agent = ? AND session IS NOT NULL"
            + " ORDER BY number DESC LIMIT 1",
        row -> {
          var reason = EndReason.ofNullable(row.text("reason"));
          var total =
              new Act.Spend(
                  row.number("session_in"),
                  row.number("session_cached"),
                  row.number("session_out"),
                  null);
          return reason != null && reason.staleConversation()
              ? null
              : new AgentSession(row.text("session"), total, row.text("worktree"));
        },
        task,
        agent);
  }

  /** The task's latest attempt. */
  public static Optional<Row> latestOf(Sql sql, String task) throws SQLException {
    return sql.one(
        "SELECT * FROM attempt WHERE task = ? ORDER BY number DESC LIMIT 1",
        AttemptLedger::row,
        task);
  }

  /** The attempt that a token stands for. */
  public static Optional<Row> held(Sql sql, String task, long token) throws SQLException {
    return sql.one(
        "SELECT * FROM attempt WHERE task = ? AND number = ?", AttemptLedger::row, task, token);
  }

  /** Attempts whose lease has run out. */
  public static List<Row> expired(Sql sql, Instant now) throws SQLException {
    return sql.list(
        "SELECT * FROM attempt WHERE " + ACTIVE + " AND lease_until <= ?", AttemptLedger::row, now);
  }

  /** Gives all holders until then. */
  public static void extend(Tx tx, Instant until) throws SQLException {
    tx.sql()
        .update(
            "UPDATE attempt SET lease_until = ? WHERE " + ACTIVE + " AND lease_until < ?",
            until,
            until);
  }

  /** Lets all leases run out so much earlier. */
  public static void setBack(Tx tx, Duration by) throws SQLException {
    tx.sql()
        .update("UPDATE attempt SET lease_until = lease_until - ? WHERE " + ACTIVE, by.toMillis());
  }

  /** When the next lease runs out. */
  public static Optional<Instant> nextExpiry(Sql sql) throws SQLException {
    return sql.one(
        "SELECT min(lease_until) AS due FROM attempt WHERE " + ACTIVE, row -> row.instant("due"));
  }

  /**
   * Opens an attempt; the caller tells of it.
   *
   * @param choice why its agent got it, or null
   */
  public static Row open(
      Tx tx,
      String task,
      String agent,
      AttemptViews.Choice choice,
      String key,
      String correlation,
      Instant leaseUntil)
      throws SQLException {
    long number =
        tx.sql().number("SELECT coalesce(max(number), 0) + 1 FROM attempt WHERE task = ?", task);
    long turn =
        tx.sql()
            .number(
                "SELECT count(*) + 1 FROM attempt WHERE task = ? AND agent = ?"
                    + " AND state IN ('succeeded', 'failed')",
                task,
                agent);
    String id = task + "." + number;
    tx.sql()
        .update(
            "INSERT INTO attempt(id, task, agent, number, turn, state, started_at, token,"
                + " correlation, lease_until, choice)"
                + " VALUES (?, ?, ?, ?, ?, 'preparing', ?, ?, ?, ?, ?)",
            id,
            task,
            agent,
            number,
            turn,
            tx.now(),
            key,
            correlation,
            leaseUntil,
            choice == null ? null : Json.write(choice));
    return get(tx.sql(), id);
  }

  /**
   * @throws HiveException {@code not-now}; for an attempt that is over, this is how a late result
   *     is turned away
   */
  public static void step(
      Tx tx, String id, AttemptStateMachine.Step step, EndReason reason, String detail)
      throws SQLException {
    var next = AttemptStateMachine.TABLE.next(get(tx.sql(), id).state(), step);
    tx.sql()
        .update(
            "UPDATE attempt SET state = ?, reason = ?, detail = ?, ended_at = ?,"
                + " pid = CASE WHEN ? THEN 0 ELSE pid END,"
                + " stage = CASE WHEN ? = 'succeeded' THEN 100 ELSE stage END WHERE id = ?",
            next,
            reason == null ? null : reason.word(),
            detail,
            next.over() ? tx.now() : null,
            next.over(),
            next,
            id);
  }

  public static void tell(Tx tx, String id, AttemptEvent type, String text) throws SQLException {
    tx.emit(type, text, view(tx.sql(), id));
  }

  /** What its processes take is of the moment: it is told, but in no row. */
  public static void progressed(Tx tx, String id, ResourceUsage used, ResourceQuota quota)
      throws SQLException {
    var limits =
        quota.isNone()
            ? null
            : new AttemptViews.Quota(quota.memory(), quota.cpu(), quota.processes());
    tx.emit(
        AttemptEvent.PROGRESSED,
        null,
        view(tx.sql(), id).using(used.memory(), used.cpu(), used.processes(), limits));
  }

  public static AttemptViews.Attempt view(Sql sql, String id) throws SQLException {
    return sql.one("SELECT * FROM attempt WHERE id = ?", AttemptLedger::view, id).orElseThrow();
  }

  /** The latest attempts of the workspace, oldest first. */
  public static List<AttemptViews.Attempt> views(Sql sql, int limit) throws SQLException {
    return sql.list(
        "SELECT * FROM (SELECT * FROM attempt ORDER BY started_at DESC LIMIT ?)"
            + " ORDER BY started_at, number",
        AttemptLedger::view,
        limit);
  }

  public static List<AttemptViews.Attempt> viewsOf(Sql sql, String task) throws SQLException {
    return sql.list(
        "SELECT * FROM attempt WHERE task = ? ORDER BY number", AttemptLedger::view, task);
  }

  private static AttemptViews.Attempt view(Sql.Row row) throws SQLException {
    return new AttemptViews.Attempt(
        row.text("id"),
        row.text("task"),
        row.text("agent"),
        row.integer("number"),
        row.word("state", AttemptState.class),
        row.text("reason"),
        row.text("detail"),
        row.integer("stage"),
        row.instant("started_at"),
        row.instant("ended_at"),
        row.text("branch"),
        row.text("worktree"),
        row.text("head"),
        row.number("pid"),
        row.number("tokens_in"),
        row.number("tokens_out"),
        row.number("cached"),
        row.number("unpriced") > 0 ? null : (Double) row.real("cost"),
        row.text("session"),
        row.number("lines"),
        0,
        0,
        0,
        null,
        gates(row.text("gates")),
        row.text("choice") == null
            ? null
            : Json.read(row.text("choice"), AttemptViews.Choice.class),
        row.text("activity"));
  }

  /** What gates said of the latest attempt at a task before this one that they judged. */
  public static List<GateViews.GateResult> gatesBefore(Sql sql, String task, String attempt)
      throws SQLException {
    return sql.one(
            "SELECT gates FROM attempt WHERE task = ? AND gates <> '[]' AND number <"
                + " (SELECT number FROM attempt WHERE id = ?) ORDER BY number DESC LIMIT 1",
            row -> gates(row.text("gates")),
            task,
            attempt)
        .orElse(List.of());
  }

  static List<GateViews.GateResult> gates(String json) {
    try {
      return Json.MAPPER.readValue(json, new TypeReference<List<GateViews.GateResult>>() {});
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
