package dev.hivedeck.engine.execution;

import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.decision.DecisionLedger;
import dev.hivedeck.engine.dispatch.Proposals;
import dev.hivedeck.engine.lesson.AttemptLessons;
import dev.hivedeck.engine.lesson.LessonLedger;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.AttemptViews.AttemptState;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What a running attempt asks for beside its work, by whatever way it comes in. Each holds that the
 * attempt is at work, in the transaction that does it: what one that is over says changes nothing.
 */
public final class AgentRequests {
  private static final int MOST_QUESTIONS = 20;

  private final Store store;
  private final Scheduler scheduler;
  private final AgentLedger agents;
  private final Proposals proposals;
  private final UnaryOperator<String> redact;

  /**
   * @param redact masks secrets in text that is to be kept
   */
  public AgentRequests(
      Store store,
      Scheduler scheduler,
      AgentLedger agents,
      Proposals proposals,
      UnaryOperator<String> redact) {
    this.store = store;
    this.scheduler = scheduler;
    this.agents = agents;
    this.proposals = proposals;
    this.redact = redact;
  }

  /**
   * @throws HiveException {@code not-at-work}
   */
  private static AttemptLedger.Row atWork(Sql sql, String attempt) throws SQLException {
    var row = AttemptLedger.get(sql, attempt);
    if (row.state() != AttemptState.WORKING) {
      throw notAtWork(attempt, row.state());
    }
    return row;
  }

  private static HiveException notAtWork(String attempt, AttemptState state) {
    return new HiveException(
        ErrorCode.NOT_AT_WORK,
        attempt + " is " + state.word() + ", so nothing is done in its name.",
        state.over() ? "It is over: end." : "Wait until it works.");
  }

  /** The run of an attempt that is at work in this engine. */
  private AttemptRunner run(String attempt) {
    var row = store.read(sql -> atWork(sql, attempt));
    return scheduler.run(attempt).orElseThrow(() -> notAtWork(attempt, row.state()));
  }

  /**
   * @throws HiveException {@code not-at-work}, {@code bad-stage}
   */
  public void progress(Command.Progress c) {
    if (c.stage() != null && (c.stage() < 0 || c.stage() > 100)) {
      throw new HiveException(
          ErrorCode.BAD_STAGE,
          "A stage of " + c.stage() + " is none.",
          "Stages are percent: 25 files written, 50 it builds, 75 it runs.");
    }
    var runner = run(c.attempt());
    if (c.text() != null && !c.text().isBlank()) {
      runner.progress().line("say", c.text().strip());
    }
    if (c.stage() != null) {
      runner.progress().stage(c.stage());
    }
  }

  /**
   * @return id of the decision
   * @throws HiveException {@code not-at-work}, {@code too-many}, {@code no-option}
   */
  public String ask(Command.Ask c) {
    var runner = run(c.attempt());
    if (c.fallback() != null && (c.options() == null || !c.options().contains(c.fallback()))) {
      throw new HiveException(
          ErrorCode.NO_OPTION,
          "\"" + c.fallback() + "\" is none of the options.",
          "Name one of the options as the fallback, or none.");
    }
    if (!Question.isOpen(c.kind())) {
      throw new HiveException(
          ErrorCode.KIND_RESERVED,
          "A question of kind " + c.kind() + " is the engine's own to ask.",
          "Leave kind out, or name a kind of decisions: in hive.yaml.");
    }
    if (store.read(sql -> DecisionLedger.openedBy(sql, c.attempt(), false)) >= MOST_QUESTIONS) {
      throw new HiveException(
          ErrorCode.TOO_MANY,
          c.attempt() + " has asked " + MOST_QUESTIONS + " times, which is all it may.",
          "Decide by what you know, and say what you assumed.");
    }
    var openQuestion =
        runner
            .progress()
            .put(
                new Question(
                    c.kind(),
                    redact.apply(c.question()),
                    c.detail() == null ? null : redact.apply(c.detail()),
                    c.options() == null ? List.of() : c.options(),
                    c.fallback()));
    if (openQuestion.decision() == null) {
      throw store.read(sql -> notAtWork(c.attempt(), AttemptLedger.get(sql, c.attempt()).state()));
    }
    return openQuestion.decision();
  }

  /**
   * @return id of the decision
   */
  public String propose(Tx tx, Command.ProposeTask c) throws SQLException {
    return proposals.propose(
        tx,
        atWork(tx.sql(), c.attempt()),
        new Command.ProposeTask(
            c.attempt(),
            clean(c.title()),
            clean(c.prompt()),
            clean(c.why()),
            c.agent(),
            c.capabilities(),
            c.needs(),
            c.requirements(),
            c.priority(),
            c.subtask()));
  }

  private String clean(String text) {
    return text == null ? null : redact.apply(text);
  }

  /**
   * Assigns a sub-task to the attempt's agent: it gets it as a task of its own, with an attempt, a
   * worktree and gates of its own, when it is free.
   *
   * @throws HiveException {@code not-at-work}, {@code no-subtask}, {@code not-now}, {@code taken},
   *     {@code not-able}
   */
  public void claim(Tx tx, Command.ClaimSubtask c) throws SQLException {
    var by = atWork(tx.sql(), c.attempt());
    if (!Proposals.under(tx.sql(), c.task(), by.task())) {
      throw new HiveException(
          ErrorCode.NO_SUBTASK,
          c.task() + " is no sub-task of " + by.task() + ".",
          "List the sub-tasks; a proposed one has an id once a person has added it.");
    }
    var task = TaskLedger.get(tx.sql(), c.task());
    if (by.agent().equals(task.assigned())) {
      return;
    }
    if (task.assigned() != null) {
      throw new HiveException(
          ErrorCode.TAKEN,
          c.task() + " is with " + task.assigned() + ".",
          "Leave it to that agent.");
    }
    if (!Set.of(TaskState.READY, TaskState.BLOCKED).contains(task.state())) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          c.task() + " is " + task.state().word() + ", so it cannot be claimed.",
          "Only what nobody has begun can be claimed.");
    }
    var lacking = new ArrayList<>(task.capabilities());
    lacking.removeAll(agents.spec(by.agent()).capabilities());
    if (!lacking.isEmpty()) {
      throw new HiveException(
          ErrorCode.NOT_ABLE,
          c.task()
              + " asks for "
              + String.join(", ", lacking)
              + ", which "
              + by.agent()
              + " lacks.",
          "Leave it to an agent that has it.");
    }
    tx.sql().update("UPDATE task SET assigned = ? WHERE id = ?", by.agent(), c.task());
    TaskLedger.tell(
        tx, c.task(), TaskEvent.CLAIMED, by.agent() + " claims " + c.task() + ", in " + by.id());
  }

  /**
   * @return id of the lesson
   */
  public long learn(Tx tx, Command.RecordLesson c) throws SQLException {
    var by = atWork(tx.sql(), c.attempt());
    if (c.text() == null || c.text().isBlank()) {
      throw new HiveException(ErrorCode.NO_TEXT, "A lesson needs words.", "Say what was learned.");
    }
    String text = redact.apply(c.text().strip());
    String work = TaskLedger.get(tx.sql(), by.task()).work();
    LessonLedger.learned(tx, new LessonLedger.Ended(by.id(), by.task(), by.agent(), work), text);
    return AttemptLessons.record(tx, by, text);
  }
}
