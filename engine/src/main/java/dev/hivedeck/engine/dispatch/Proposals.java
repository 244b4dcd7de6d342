package dev.hivedeck.engine.dispatch;

import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.decision.DecisionLedger;
import dev.hivedeck.engine.decision.DecisionStateMachine;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Tasks that agents propose. Each is a decision of a person, whatever the matrix says, and is no
 * part of the plan before; its attempt goes on meanwhile.
 */
public final class Proposals {
  public static final String ADD = "add";
  public static final String DECLINE = "decline";

  /** More of one attempt is no help to the person. */
  private static final int MOST = 20;

  private final NewTasks tasks;

  public Proposals(NewTasks tasks) {
    this.tasks = tasks;
  }

  /**
   * Asks a person whether a task joins the plan; one that could not join it is refused at once.
   *
   * @return id of the decision
   * @throws HiveException as {@link NewTasks#add}, and {@code too-many}
   */
  public String propose(Tx tx, AttemptLedger.Row by, Command.ProposeTask c) throws SQLException {
    if (DecisionLedger.openedBy(tx.sql(), by.id(), true) >= MOST) {
      throw new HiveException(
          ErrorCode.TOO_MANY,
          by.id() + " has proposed " + MOST + " tasks, which is all it may.",
          "Finish your task; a later attempt may propose more.");
    }
    var task =
        new Command.AddTask(
            null,
            c.title(),
            c.prompt(),
            c.agent(),
            c.capabilities(),
            c.needs(),
            c.requirements(),
            c.priority(),
            null);
    tasks.checked(tx.sql(), task);
    var decision =
        DecisionLedger.open(
            tx,
            by.task(),
            by.id(),
            by.agent(),
            DecisionLedger.PROPOSAL,
            "Add the task \"" + c.title() + "\" to the plan?",
            detail(c),
            List.of(ADD, DECLINE),
            null,
            null);
    tx.sql()
        .update(
            "INSERT INTO proposal(decision, attempt, parent, title, what) VALUES (?, ?, ?, ?, ?)",
            number(decision.id()),
            by.id(),
            c.subtask() ? by.task() : null,
            c.title(),
            Json.write(task));
    return decision.id();
  }

  private static String detail(Command.ProposeTask c) {
    var text = new StringBuilder();
    if (c.why() != null && !c.why().isBlank()) {
      text.append(c.why().strip()).append("\n\n");
    }
    if (c.prompt() != null) {
      text.append(c.prompt().strip());
    }
    if (c.agent() != null) {
      text.append("\n\nFor ").append(c.agent());
    }
    if (c.needs() != null && !c.needs().isEmpty()) {
      text.append("\nNeeds ").append(String.join(", ", c.needs()));
    }
    return text.toString().strip();
  }

  /** Whether a decision is one about a proposal. */
  public static boolean has(Sql sql, String decision) throws SQLException {
    return sql.number("SELECT count(*) FROM proposal WHERE decision = ?", number(decision)) > 0;
  }

  /**
   * Decides as a person.
   *
   * @return id of the task that was added; empty when it was declined
   * @throws HiveException as {@link NewTasks#add}; then the decision stays open
   */
  public Optional<String> decide(Tx tx, String id, String option, String comment)
      throws SQLException {
    DecisionLedger.close(tx, id, DecisionStateMachine.Step.DECIDE, option, comment, View.YOU);
    if (!ADD.equals(option)) {
      return Optional.empty();
    }
    String what =
        tx.sql()
            .one(
                "SELECT what FROM proposal WHERE decision = ?", row -> row.text("what"), number(id))
            .orElseThrow();
    String task = tasks.add(tx, Json.read(what, Command.AddTask.class));
    tx.sql().update("UPDATE proposal SET task = ? WHERE decision = ?", task, number(id));
    return Optional.of(task);
  }

  /** Sub-tasks of a task in the order in which they were proposed, but for those declined. */
  public static List<Query.Subtask> subtasks(Sql sql, String task) throws SQLException {
    return sql.list(
        "SELECT p.*, t.state AS state, t.assigned AS assigned, d.answer AS answer FROM proposal p"
            + " JOIN decision d ON d.number = p.decision LEFT JOIN task t ON t.id = p.task"
            + " WHERE p.parent = ? AND (d.state = 'open' OR p.task IS NOT NULL)"
            + " ORDER BY p.decision",
        row ->
            new Query.Subtask(
                row.text("task"),
                row.text("title"),
                row.text("state") == null ? null : row.word("state", TaskState.class),
                row.text("assigned"),
                "D-" + row.number("decision"),
                row.text("answer")),
        task);
  }

  /** Whether one task is a sub-task of the other. */
  public static boolean under(Sql sql, String task, String parent) throws SQLException {
    return sql.number("SELECT count(*) FROM proposal WHERE task = ? AND parent = ?", task, parent)
        > 0;
  }

  private static long number(String decision) {
    try {
      return Long.parseLong(decision.startsWith("D-") ? decision.substring(2) : decision);
    } catch (NumberFormatException e) {
      return -1; // no decision; whoever looks it up says so
    }
  }
}
