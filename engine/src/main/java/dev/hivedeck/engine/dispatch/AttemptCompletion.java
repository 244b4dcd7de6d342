package dev.hivedeck.engine.dispatch;

import dev.hivedeck.engine.agent.log.ActivityLogs;
import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.attempt.AttemptStateMachine;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.decision.Questions;
import dev.hivedeck.engine.dispatch.Dispatch.Failure;
import dev.hivedeck.engine.gate.FindingHistory;
import dev.hivedeck.engine.lesson.LessonLedger;
import dev.hivedeck.engine.plan.ReworkHandler;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.TaskStateMachine;
import dev.hivedeck.engine.plan.VerifiedWorkHandler;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.event.AgentEvent;
import dev.hivedeck.engine.protocol.event.AttemptEvent;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.failure.EndReason;
import dev.hivedeck.engine.protocol.failure.ReleaseReason;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.rollout.agent.AgentTraffic;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.selection.TrackRecords;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * How attempts end, and what becomes of their tasks then. Each within the transaction that records
 * it.
 */
final class AttemptCompletion {
  private final AgentLedger agents;
  private final Questions questions;
  private final ActivityLogs logs;
  private final VerifiedWorkHandler verifiedWorkHandler;
  private final TrackRecords records;
  private final AgentTraffic agentTraffic;
  private final TaskRetry retry;

  /**
   * @param verified takes finished work further, in the transaction that records it
   * @param speed divides delays between tries; 1 is real
   */
  AttemptCompletion(
      Supplier<HiveConfig> config,
      AgentLedger agents,
      Questions questions,
      ActivityLogs logs,
      VerifiedWorkHandler verifiedWorkHandler,
      TrackRecords records,
      double speed,
      AgentTraffic agentTraffic) {
    this.agents = agents;
    this.questions = questions;
    this.logs = logs;
    this.verifiedWorkHandler = verifiedWorkHandler;
    this.records = records;
    this.retry = new TaskRetry(config, agents, questions, agentTraffic, speed);
    this.agentTraffic = agentTraffic;
  }

  /** Its work passed all gates. */
  void passed(Tx tx, AttemptLedger.Row attempt, VerifiedWorkHandler.Work judged)
      throws SQLException {
    String task = attempt.task();
    var work = judged.with(gates(tx, attempt, judged.gates()));
    AttemptLedger.step(tx, attempt.id(), AttemptStateMachine.Step.PASS, null, null);
    LessonLedger.verified(tx, task, attempt.id(), Remedy.of(tx, work));
    record(tx, attempt, true);
    tx.sql()
        .update(
            "UPDATE task SET turns = turns + 1, context = '[]', start = NULL,"
                + " continues = 0 WHERE id = ?",
            task);
    TaskLedger.step(
        tx,
        task,
        TaskStateMachine.Step.PASS,
        null,
        TaskEvent.DONE,
        task + " verified: " + work.title());
    AttemptLedger.tell(tx, attempt.id(), AttemptEvent.SUCCEEDED, null);
    agents.tell(tx, attempt.agent(), AgentEvent.IDLE, null);
    verifiedWorkHandler.verified(tx, work);
    TaskLedger.tell(tx, task, TaskEvent.PROGRESSED, null);
    over(tx, attempt);
  }

  /** It failed; what follows is the task's {@link TaskRetry}. */
  void failed(Tx tx, AttemptLedger.Row attempt, Failure failure) throws SQLException {
    String task = attempt.task();
    gates(tx, attempt, failure.gates());
    AttemptLedger.step(
        tx, attempt.id(), AttemptStateMachine.Step.FAIL, failure.reason(), failure.detail());
    var ended =
        new LessonLedger.Ended(
            attempt.id(), task, attempt.agent(), TaskLedger.get(tx.sql(), task).work());
    LessonLedger.failed(tx, ended, failure.reason().word(), failure.detail(), failure.gates());
    if (failure.reason().countsAgainstAgent()) {
      record(tx, attempt, false);
    }
    AttemptLedger.tell(
        tx,
        attempt.id(),
        AttemptEvent.FAILED,
        "%s by %s failed (%s): %s"
            .formatted(attempt.id(), attempt.agent(), failure.reason().word(), failure.detail()));
    questions.withdraw(tx, task);
    if (failure.context() != null) {
      TaskLedger.addContext(tx, task, failure.context());
    }
    int turns = TaskLedger.get(tx.sql(), task).turns() + 1;
    start(tx, task, failure.start(), failure.continues());
    retry.after(tx, attempt, turns, failure.reason(), failure.detail(), failure.until());
    agents.tell(tx, attempt.agent(), AgentEvent.IDLE, null);
    over(tx, attempt);
  }

  /**
   * The agent ended after asking. Its task waits for the answer without it, or, where the answer
   * came meanwhile, is ready for an attempt that knows it, and goes on from what was done.
   *
   * @param checkpoint null when nothing was
   */
  void asked(Tx tx, AttemptLedger.Row attempt, String detail, String checkpoint)
      throws SQLException {
    if (checkpoint != null) {
      start(tx, attempt.task(), checkpoint, true);
    }
    AttemptLedger.step(
        tx, attempt.id(), AttemptStateMachine.Step.CANCEL, ReleaseReason.ASKED, detail);
    AttemptLedger.tell(tx, attempt.id(), AttemptEvent.ENDED, null);
    if (TaskLedger.get(tx.sql(), attempt.task()).state() == TaskState.RUNNING) {
      TaskLedger.step(
          tx,
          attempt.task(),
          TaskStateMachine.Step.LOSE,
          null,
          TaskEvent.READY,
          attempt.task() + " goes on with the answer");
    }
    agents.tell(tx, attempt.agent(), AgentEvent.IDLE, null);
    over(tx, attempt);
  }

  /**
   * Nobody works on it any more, which is not the agent's failure and counts for no try.
   *
   * @param reason what it ran into
   */
  void lost(Tx tx, AttemptLedger.Row attempt, EndReason reason, String why, String checkpoint)
      throws SQLException {
    AttemptLedger.step(tx, attempt.id(), AttemptStateMachine.Step.LOSE, reason, why);
    AttemptLedger.tell(tx, attempt.id(), AttemptEvent.LOST, attempt.id() + " was lost: " + why);
    questions.withdraw(tx, attempt.task());
    if (checkpoint != null) {
      start(tx, attempt.task(), checkpoint, true);
    }
    var state = TaskLedger.get(tx.sql(), attempt.task()).state();
    var step =
        TaskStateMachine.TABLE.allows(state, TaskStateMachine.Step.LOSE)
            ? TaskStateMachine.Step.LOSE
            : state == TaskState.WAITING ? TaskStateMachine.Step.RELEASE : null;
    if (step != null) {
      TaskLedger.step(
          tx, attempt.task(), step, null, TaskEvent.READY, attempt.task() + " is ready again");
    }
    agents.tell(tx, attempt.agent(), AgentEvent.IDLE, null);
    over(tx, attempt);
  }

  /**
   * Work of a hold that is gone serves the next attempt, if that has not begun. A person who took
   * the task over waited for it.
   *
   * @param checkpoint null when there is none
   */
  void late(Tx tx, String task, long token, String checkpoint) throws SQLException {
    var last = AttemptLedger.latestOf(tx.sql(), task);
    var row = TaskLedger.find(tx.sql(), task);
    if (row.isEmpty() || last.isEmpty() || last.get().number() != token) {
      return;
    }
    var state = row.get().state();
    boolean open =
        Set.of(TaskState.READY, TaskState.PAUSED, TaskState.DELAYED, TaskState.WAITING)
            .contains(state);
    if (checkpoint != null && open && row.get().start() == null) {
      start(tx, task, checkpoint, true);
    }
    if (state == TaskState.DELAYED && AgentLedger.PERSON.name().equals(row.get().assigned())) {
      TaskLedger.step(
          tx, task, TaskStateMachine.Step.DUE, null, TaskEvent.READY, task + " is with you");
    }
  }

  /** A person ends the task for good. */
  void cancelled(Tx tx, String task) throws SQLException {
    TaskLedger.step(
        tx,
        task,
        TaskStateMachine.Step.CANCEL,
        "cancelled by you",
        TaskEvent.CANCELLED,
        task + " is cancelled");
    stopped(tx, task, "task cancelled");
  }

  /** Ends the task's running attempt, if there is one; its work is kept. */
  void stopped(Tx tx, String task, String why) throws SQLException {
    questions.withdraw(tx, task);
    var attempt = AttemptLedger.activeOf(tx.sql(), task);
    if (attempt.isPresent()) {
      AttemptLedger.step(
          tx, attempt.get().id(), AttemptStateMachine.Step.CANCEL, ReleaseReason.STOPPED, why);
      AttemptLedger.tell(
          tx, attempt.get().id(), AttemptEvent.CANCELLED, attempt.get().id() + " stopped: " + why);
      agents.tell(tx, attempt.get().agent(), AgentEvent.IDLE, null);
      over(tx, attempt.get());
    }
  }

  private void record(Tx tx, AttemptLedger.Row attempt, boolean passed) throws SQLException {
    if (agents.find(attempt.agent()).isPresent()) {
      Double cost = AttemptLedger.view(tx.sql(), attempt.id()).cost();
      var took = Duration.between(attempt.startedAt(), tx.now());
      String work = TaskLedger.get(tx.sql(), attempt.task()).work();
      records.ended(tx, attempt.agent(), work, passed, took, cost);
    }
  }

  private void over(Tx tx, AttemptLedger.Row attempt) {
    tx.mirror(() -> logs.end(attempt.id()));
    tx.after(() -> logs.close(attempt.id()));
  }

  /** Writes down what they said, and tells what the attempt before was told already. */
  private static List<GateResult> gates(Tx tx, AttemptLedger.Row attempt, List<GateResult> results)
      throws SQLException {
    var compared =
        FindingHistory.compare(
            AttemptLedger.gatesBefore(tx.sql(), attempt.task(), attempt.id()), results);
    tx.sql()
        .update("UPDATE attempt SET gates = ? WHERE id = ?", Json.write(compared), attempt.id());
    for (var gate : results) {
      if (gate.outcome() == Outcome.FAILED) {
        tx.emit(
            AttemptEvent.GATE_FAILED,
            attempt.id(),
            "gate " + gate.gate() + " failed · " + attempt.task() + " · " + gate.summary(),
            null);
      }
    }
    return compared;
  }

  // ── what becomes of the task ────────────────────────────────────────────────────────────────

  private static void start(Tx tx, String task, String commit, boolean continues)
      throws SQLException {
    tx.sql()
        .update(
            "UPDATE task SET start = ?, continues = ? WHERE id = ?",
            commit,
            commit != null && continues,
            task);
  }

  /** As {@link ReworkHandler#rework}. */
  void rework(Tx tx, String id, TaskLedger.Context context, String start, boolean counts)
      throws SQLException {
    var task = TaskLedger.get(tx.sql(), id);
    TaskLedger.addContext(tx, id, context);
    var latest = AttemptLedger.latestOf(tx.sql(), id); // a revert or a part has none
    String agent =
        latest
            .map(attempt -> agentTraffic.keeper(attempt.agent(), task.assigned()))
            .orElse(task.assigned());
    start(tx, id, start, false);
    if (counts && latest.isPresent()) {
      retry.after(
          tx, latest.get(), task.turns(), EndReason.of(context.kind()), context.text(), null);
      return;
    }
    tx.sql().update("UPDATE task SET assigned = ?, turns = 0 WHERE id = ?", agent, id);
    TaskLedger.step(
        tx,
        id,
        TaskStateMachine.Step.REWORK,
        "came back: " + context.kind(),
        TaskEvent.RETURNED,
        id + " goes back to " + (agent == null ? "an agent" : agent) + " (" + context.kind() + ")");
  }
}
