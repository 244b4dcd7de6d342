package dev.hivedeck.engine.dispatch;

import dev.hivedeck.engine.agent.driver.Drivers;
import dev.hivedeck.engine.agent.log.Logs;
import dev.hivedeck.engine.attempt.AttemptLife;
import dev.hivedeck.engine.attempt.Attempts;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.decision.Questions;
import dev.hivedeck.engine.dispatch.Dispatch.Failure;
import dev.hivedeck.engine.lesson.Failures;
import dev.hivedeck.engine.plan.Rework;
import dev.hivedeck.engine.plan.TaskLife;
import dev.hivedeck.engine.plan.Tasks;
import dev.hivedeck.engine.plan.Verified;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.Views.GateResult;
import dev.hivedeck.engine.protocol.Views.Outcome;
import dev.hivedeck.engine.protocol.Views.TaskState;
import dev.hivedeck.engine.selection.Agents;
import dev.hivedeck.engine.selection.Records;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.Speed;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * How attempts end, and what becomes of their tasks then. Each within the transaction that records
 * it.
 */
final class Endings {
  private final Supplier<HiveConfig> config;
  private final Agents agents;
  private final Questions questions;
  private final Logs logs;
  private final Verified verified;
  private final Records records;
  private final double speed;

  /**
   * @param verified takes finished work further, in the transaction that records it
   * @param speed divides delays between tries; 1 is real
   */
  Endings(
      Supplier<HiveConfig> config,
      Agents agents,
      Questions questions,
      Logs logs,
      Verified verified,
      Records records,
      double speed) {
    this.config = config;
    this.agents = agents;
    this.questions = questions;
    this.logs = logs;
    this.verified = verified;
    this.records = records;
    this.speed = speed;
  }

  /** Its work passed all gates. */
  void passed(Tx tx, Attempts.Row attempt, Verified.Work work) throws SQLException {
    String task = attempt.task();
    gates(tx, attempt, work.gates());
    Attempts.step(tx, attempt.id(), AttemptLife.Step.PASS, null, null);
    Failures.verified(tx, task, attempt.id(), remedy(tx, work));
    record(tx, attempt, true);
    tx.sql()
        .update(
            "UPDATE task SET turns = turns + 1, context = '[]', start = NULL,"
                + " continues = 0 WHERE id = ?",
            task);
    Tasks.step(
        tx, task, TaskLife.Step.PASS, null, "task.done", task + " verified: " + work.title());
    Attempts.tell(tx, attempt.id(), "attempt.succeeded", null);
    agents.tell(tx, attempt.agent(), "agent.idle", null);
    verified.verified(tx, work);
    Tasks.tell(tx, task, "task.progressed", null);
    over(tx, attempt);
  }

  /** It failed; what follows is the task's {@link Recourse}. */
  void failed(Tx tx, Attempts.Row attempt, Failure failure) throws SQLException {
    String task = attempt.task();
    gates(tx, attempt, failure.gates());
    Attempts.step(tx, attempt.id(), AttemptLife.Step.FAIL, failure.reason(), failure.detail());
    var ended =
        new Failures.Ended(attempt.id(), task, attempt.agent(), Tasks.get(tx.sql(), task).work());
    Failures.failed(tx, ended, failure.reason(), failure.detail(), failure.gates());
    if (Records.counts(failure.reason())) {
      record(tx, attempt, false);
    }
    Attempts.tell(
        tx,
        attempt.id(),
        "attempt.failed",
        "%s by %s failed (%s): %s"
            .formatted(attempt.id(), attempt.agent(), failure.reason(), failure.detail()));
    questions.withdraw(tx, task);
    if (failure.context() != null) {
      Tasks.addContext(tx, task, failure.context());
    }
    int turns = Tasks.get(tx.sql(), task).turns() + 1;
    start(tx, task, failure.start(), failure.continues());
    recourse(tx, attempt, turns, failure.reason(), failure.detail(), failure.until());
    agents.tell(tx, attempt.agent(), "agent.idle", null);
    over(tx, attempt);
  }

  /**
   * The agent ended after asking. Its task waits for the answer without it, or, where the answer
   * came meanwhile, is ready for an attempt that knows it, and goes on from what was done.
   *
   * @param checkpoint null when nothing was
   */
  void asked(Tx tx, Attempts.Row attempt, String detail, String checkpoint) throws SQLException {
    if (checkpoint != null) {
      start(tx, attempt.task(), checkpoint, true);
    }
    Attempts.step(tx, attempt.id(), AttemptLife.Step.CANCEL, "asked", detail);
    Attempts.tell(tx, attempt.id(), "attempt.ended", null);
    if (Tasks.get(tx.sql(), attempt.task()).state() == TaskState.RUNNING) {
      Tasks.step(
          tx,
          attempt.task(),
          TaskLife.Step.LOSE,
          null,
          "task.ready",
          attempt.task() + " goes on with the answer");
    }
    agents.tell(tx, attempt.agent(), "agent.idle", null);
    over(tx, attempt);
  }

  /**
   * Nobody works on it any more, which is not the agent's failure and counts for no try.
   *
   * @param reason kebab-case
   */
  void lost(Tx tx, Attempts.Row attempt, String reason, String why, String checkpoint)
      throws SQLException {
    Attempts.step(tx, attempt.id(), AttemptLife.Step.LOSE, reason, why);
    Attempts.tell(tx, attempt.id(), "attempt.lost", attempt.id() + " was lost: " + why);
    questions.withdraw(tx, attempt.task());
    if (checkpoint != null) {
      start(tx, attempt.task(), checkpoint, true);
    }
    var state = Tasks.get(tx.sql(), attempt.task()).state();
    var step =
        TaskLife.TABLE.allows(state, TaskLife.Step.LOSE)
            ? TaskLife.Step.LOSE
            : state == TaskState.WAITING ? TaskLife.Step.RELEASE : null;
    if (step != null) {
      Tasks.step(tx, attempt.task(), step, null, "task.ready", attempt.task() + " is ready again");
    }
    agents.tell(tx, attempt.agent(), "agent.idle", null);
    over(tx, attempt);
  }

  /**
   * Work of a hold that is gone serves the next attempt, if that has not begun. A person who took
   * the task over waited for it.
   *
   * @param checkpoint null when there is none
   */
  void late(Tx tx, String task, long token, String checkpoint) throws SQLException {
    var last = Attempts.latestOf(tx.sql(), task);
    var row = Tasks.find(tx.sql(), task);
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
    if (state == TaskState.DELAYED && Agents.PERSON.name().equals(row.get().assigned())) {
      Tasks.step(tx, task, TaskLife.Step.DUE, null, "task.ready", task + " is with you");
    }
  }

  /** A person ends the task for good. */
  void cancelled(Tx tx, String task) throws SQLException {
    Tasks.step(
        tx,
        task,
        TaskLife.Step.CANCEL,
        "cancelled by you",
        "task.cancelled",
        task + " is cancelled");
    stopped(tx, task, "task cancelled");
  }

  /** Ends the task's running attempt, if there is one; its work is kept. */
  void stopped(Tx tx, String task, String why) throws SQLException {
    questions.withdraw(tx, task);
    var attempt = Attempts.activeOf(tx.sql(), task);
    if (attempt.isPresent()) {
      Attempts.step(tx, attempt.get().id(), AttemptLife.Step.CANCEL, "stopped", why);
      Attempts.tell(
          tx, attempt.get().id(), "attempt.cancelled", attempt.get().id() + " stopped: " + why);
      agents.tell(tx, attempt.get().agent(), "agent.idle", null);
      over(tx, attempt.get());
    }
  }

  /** What was different this time: what people said meanwhile, what the agent did. */
  private static String remedy(Tx tx, Verified.Work work) throws SQLException {
    var people = Set.of("said", "review", "answer");
    String heard =
        Tasks.get(tx.sql(), work.task()).context().stream()
            .filter(c -> people.contains(c.kind()))
            .reduce((first, second) -> second)
            .map(c -> "you: " + brief(c.text()) + " – ")
            .orElse("");
    String did = work.summary() == null ? work.title() : work.summary();
    return "%s%s: %s (+%d −%d in %d %s)"
        .formatted(
            heard,
            work.agent(),
            brief(did),
            work.additions(),
            work.deletions(),
            work.files(),
            work.files() == 1 ? "file" : "files");
  }

  private static String brief(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() > 160 ? line.substring(0, 160) + "…" : line;
  }

  private void record(Tx tx, Attempts.Row attempt, boolean passed) throws SQLException {
    if (agents.find(attempt.agent()).isPresent()) {
      Double cost = Attempts.view(tx.sql(), attempt.id()).cost();
      var took = Duration.between(attempt.startedAt(), tx.now());
      String work = Tasks.get(tx.sql(), attempt.task()).work();
      records.ended(tx, attempt.agent(), work, passed, took, cost);
    }
  }

  private void over(Tx tx, Attempts.Row attempt) {
    tx.mirror(() -> logs.end(attempt.id()));
    tx.after(() -> logs.close(attempt.id()));
  }

  private static void gates(Tx tx, Attempts.Row attempt, List<GateResult> results)
      throws SQLException {
    tx.sql().update("UPDATE attempt SET gates = ? WHERE id = ?", Json.write(results), attempt.id());
    for (var gate : results) {
      if (gate.outcome() == Outcome.FAILED) {
        tx.emit(
            "gate.failed",
            Topic.ATTEMPT,
            attempt.id(),
            "gate " + gate.gate() + " failed · " + attempt.task() + " · " + gate.summary(),
            null);
      }
    }
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

  private void recourse(
      Tx tx, Attempts.Row attempt, int turns, String reason, String detail, Instant until)
      throws SQLException {
    String id = attempt.task();
    String agent = attempt.agent();
    var c = circumstances(tx, attempt, turns, reason, until);
    var recourse = Recourse.after(c, tx.now());
    boolean counts = !(recourse instanceof Recourse.Park || recourse instanceof Recourse.Ask);
    tx.sql()
        .update(
            "UPDATE task SET turns = ?, assigned = ? WHERE id = ?",
            counts ? turns : turns - 1,
            agent,
            id);
    switch (recourse) {
      case Recourse.Again(Duration delay) -> {
        var wait = Speed.shorten(delay, speed);
        delay(
            tx,
            id,
            wait,
            "try %d of %d in %d s: %s".formatted(turns + 1, c.attempts(), wait.toSeconds(), detail),
            "%s is tried again in %d s, %d of %d (%s)"
                .formatted(id, wait.toSeconds(), turns + 1, c.attempts(), reason));
      }
      case Recourse.Park(Instant at) ->
          delay(
              tx,
              id,
              Speed.shorten(Duration.between(tx.now(), at), speed),
              "waits for " + agent + " (" + reason + "): " + detail,
              id + " waits for " + agent + ", which is no try: " + reason);
      case Recourse.FallBack(String next) -> {
        tx.sql()
            .update(
                "UPDATE task SET turns = 0, assigned = ?,"
                    + " start = CASE WHEN continues THEN start END WHERE id = ?",
                next,
                id);
        Tasks.step(
            tx,
            id,
            TaskLife.Step.FALL_BACK,
            "after " + Plural.of(turns, "failure") + " of " + agent,
            "task.fallback",
            "%s falls back from %s to %s after %s"
                .formatted(id, agent, next, Plural.of(turns, "failure")));
      }
      case Recourse.Ask(String remedy) -> questions.stuck(tx, attempt, reason, detail, remedy);
      case Recourse.GiveUp() ->
          Tasks.step(
              tx,
              id,
              TaskLife.Step.EXHAUST,
              detail,
              "task.dead",
              id
                  + " is a dead letter after "
                  + (turns == 1 ? "1 try: " : turns + " tries: ")
                  + detail);
    }
  }

  private static void delay(Tx tx, String id, Duration wait, String reason, String text)
      throws SQLException {
    tx.sql().update("UPDATE task SET not_before = ? WHERE id = ?", tx.now().plus(wait), id);
    Tasks.step(tx, id, TaskLife.Step.DELAY, reason, "task.retrying", text);
  }

  private Recourse.Case circumstances(
      Tx tx, Attempts.Row attempt, int turns, String reason, Instant until) throws SQLException {
    var tried = new HashSet<String>();
    int seen = 0;
    for (var a : Attempts.of(tx.sql(), attempt.task())) {
      tried.add(a.agent());
      seen += a.agent().equals(attempt.agent()) && reason.equals(a.reason()) ? 1 : 0;
    }
    var defaults = config.get().defaults();
    var all = agents.all().stream().collect(Collectors.toMap(AgentSpec::name, a -> a));
    var spec = Optional.ofNullable(all.get(attempt.agent()));
    var fallback =
        spec.map(AgentSpec::fallback).orElse(List.of()).stream()
            .filter(a -> !tried.contains(a))
            .toList();
    String provider = spec.map(AgentSpec::driver).filter(Drivers.PROGRAMS::contains).orElse(null);
    var elsewhere =
        fallback.stream()
            .filter(a -> !all.containsKey(a) || !all.get(a).driver().equals(provider))
            .toList();
    return new Recourse.Case(
        reason, until, seen, turns, defaults.attempts(), defaults.backoff(), fallback, elsewhere);
  }

  /** As {@link Rework#rework}. */
  void rework(Tx tx, String id, Tasks.Context context, String start, boolean counts)
      throws SQLException {
    var task = Tasks.get(tx.sql(), id);
    Tasks.addContext(tx, id, context);
    var latest = Attempts.latestOf(tx.sql(), id).orElseThrow();
    String agent = latest.agent();
    start(tx, id, start, false);
    if (counts) {
      recourse(tx, latest, task.turns(), context.kind(), context.text(), null);
      return;
    }
    tx.sql().update("UPDATE task SET assigned = ?, turns = 0 WHERE id = ?", agent, id);
    Tasks.step(
        tx,
        id,
        TaskLife.Step.REWORK,
        "came back: " + context.kind(),
        "task.returned",
        id + " goes back to " + agent + " (" + context.kind() + ")");
  }
}
