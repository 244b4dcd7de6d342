package dev.hivedeck.engine.decision;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.event.DecisionEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.DecisionViews.DecisionState;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The ledger of decisions. */
public final class DecisionLedger {
  private DecisionLedger() {}

  /**
   * The kind of a decision whether a task that an agent proposes joins the plan. Nothing waits for
   * it, so it is not what its task waits for.
   */
  public static final String PROPOSAL = "proposal";

  /** Who answers where no person has to. */
  public static final String MATRIX = "decision matrix";

  /** Opens a decision and tells of it. */
  public static DecisionViews.Decision open(
      Tx tx,
      String task,
      String attempt,
      String agent,
      String kind,
      String question,
      String detail,
      List<String> options,
      String fallback,
      Instant dueAt)
      throws SQLException {
    long number = tx.sql().number("SELECT coalesce(max(number), 0) + 1 FROM decision");
    tx.sql()
        .update(
            "INSERT INTO decision(number, task, attempt, agent, kind, level, question, detail,"
                + " options, fallback, state, opened_at, due_at)"
                + " VALUES (?, ?, ?, ?, ?, 3, ?, ?, ?, ?, 'open', ?, ?)",
            number,
            task,
            attempt,
            agent,
            kind,
            question,
            detail,
            Json.write(options),
            fallback,
            tx.now(),
            dueAt);
    var view = view(tx.sql(), "D-" + number);
    tx.emit(DecisionEvent.OPENED, agent + " asks: " + question, view);
    return view;
  }

  /**
   * Closes a decision by the given step.
   *
   * @throws HiveException {@code no-decision}, {@code not-now}, or {@code no-option}
   */
  public static DecisionViews.Decision close(
      Tx tx, String id, DecisionStateMachine.Step step, String answer, String comment, String by)
      throws SQLException {
    var before = view(tx.sql(), id);
    var next = DecisionStateMachine.TABLE.next(before.state(), step);
    if (step == DecisionStateMachine.Step.DECIDE
        && !before.options().isEmpty()
        && !before.options().contains(answer)) {
      throw new HiveException(
          ErrorCode.NO_OPTION,
          id + " has no option \"" + answer + "\".",
          "Its options are " + String.join(", ", before.options()) + ".");
    }
    tx.sql()
        .update(
            "UPDATE decision SET state = ?, answer = ?, comment = ?, answered_by = ?,"
                + " answered_at = ? WHERE number = ?",
            next,
            answer,
            comment,
            by,
            tx.now(),
            number(id));
    var view = view(tx.sql(), id);
    tx.emit(
        told(next), id + (answer == null ? " withdrawn" : ": " + answer + " (" + by + ")"), view);
    return view;
  }

  private static DecisionEvent told(DecisionState state) {
    return switch (state) {
      case OPEN -> DecisionEvent.OPENED;
      case DECIDED -> DecisionEvent.DECIDED;
      case EXPIRED -> DecisionEvent.EXPIRED;
      case WITHDRAWN -> DecisionEvent.WITHDRAWN;
    };
  }

  /** What a task waits for, oldest first. */
  public static List<DecisionViews.Decision> openOf(Sql sql, String task) throws SQLException {
    return sql.list(
        "SELECT * FROM decision WHERE task = ? AND state = 'open' AND kind IS NOT ?"
            + " ORDER BY number",
        DecisionLedger::view,
        task,
        PROPOSAL);
  }

  /** How many an attempt has opened, of proposals or of all others. */
  public static long openedBy(Sql sql, String attempt, boolean proposals) throws SQLException {
    return sql.number(
        "SELECT count(*) FROM decision WHERE attempt = ? AND (kind IS ?) = ?",
        attempt,
        PROPOSAL,
        proposals);
  }

  /** Whether somebody answered a question of an attempt since then. */
  public static boolean answeredSince(Sql sql, String attempt, Instant since) throws SQLException {
    return sql.number(
            "SELECT count(*) FROM decision WHERE attempt = ? AND kind IS NOT ? AND answered_at >= ?"
                + " AND state IN ('decided', 'expired') AND answered_by <> ?",
            attempt,
            PROPOSAL,
            since,
            MATRIX)
        > 0;
  }

  /** Open decisions whose deadline has passed and that have a default. */
  public static List<DecisionViews.Decision> due(Sql sql, Instant now) throws SQLException {
    return sql.list(
        "SELECT * FROM decision WHERE state = 'open' AND fallback IS NOT NULL AND due_at <= ?",
        DecisionLedger::view,
        now);
  }

  /** When the next open decision with a default falls due. */
  public static Optional<Instant> nextDue(Sql sql) throws SQLException {
    return sql.one(
        "SELECT min(due_at) AS due FROM decision WHERE state = 'open' AND fallback IS NOT NULL",
        row -> row.instant("due"));
  }

  public static List<DecisionViews.Decision> views(Sql sql) throws SQLException {
    return sql.list("SELECT * FROM decision ORDER BY number", DecisionLedger::view);
  }

  /**
   * @throws HiveException {@code no-decision}
   */
  public static DecisionViews.Decision view(Sql sql, String id) throws SQLException {
    return sql.one("SELECT * FROM decision WHERE number = ?", DecisionLedger::view, number(id))
        .orElseThrow(() -> unknown(id));
  }

  private static long number(String id) {
    try {
      return Long.parseLong(id.startsWith("D-") ? id.substring(2) : id);
    } catch (NumberFormatException e) {
      throw unknown(id);
    }
  }

  private static HiveException unknown(String id) {
    return new HiveException(
        ErrorCode.NO_DECISION,
        "There is no decision " + id + ".",
        "hivedeck decisions lists those there are.");
  }

  private static DecisionViews.Decision view(Sql.Row row) throws SQLException {
    return new DecisionViews.Decision(
        "D-" + row.number("number"),
        row.text("task"),
        row.text("attempt"),
        row.text("agent"),
        row.text("kind"),
        row.integer("level"),
        row.text("question"),
        row.text("detail"),
        options(row.text("options")),
        row.text("fallback"),
        row.word("state", DecisionState.class),
        row.text("answer"),
        row.text("comment"),
        row.text("answered_by"),
        row.instant("opened_at"),
        row.instant("due_at"),
        row.instant("answered_at"));
  }

  private static List<String> options(String json) {
    try {
      return Json.MAPPER.readValue(json, new TypeReference<List<String>>() {});
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
