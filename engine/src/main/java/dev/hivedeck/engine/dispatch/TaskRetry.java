package dev.hivedeck.engine.dispatch;

import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.decision.Questions;
import dev.hivedeck.engine.plan.AlternativeLedger;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.TaskStateMachine;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.failure.EndReason;
import dev.hivedeck.engine.protocol.view.AgentDriver;
import dev.hivedeck.engine.rollout.agent.AgentTraffic;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.TimeScale;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What becomes of a task after a failure, by its {@link RetryPolicy}. */
final class TaskRetry {
  private final Supplier<HiveConfig> config;
  private final AgentLedger agents;
  private final Questions questions;
  private final AgentTraffic agentTraffic;
  private final double speed;

  /**
   * @param speed divides delays between tries; 1 is real
   */
  TaskRetry(
      Supplier<HiveConfig> config,
      AgentLedger agents,
      Questions questions,
      AgentTraffic agentTraffic,
      double speed) {
    this.config = config;
    this.agents = agents;
    this.questions = questions;
    this.agentTraffic = agentTraffic;
    this.speed = speed;
  }

  /**
   * An attempt failed, or what came of it came back.
   *
   * @param turns tries so far, this one among them
   * @param until when its provider takes requests again; null where that is not known
   */
  void after(
      Tx tx, AttemptLedger.Row attempt, int turns, EndReason reason, String detail, Instant until)
      throws SQLException {
    String id = attempt.task();
    String agent = attempt.agent();
    var c = circumstances(tx, attempt, turns, reason, until);
    var retryPolicy = RetryPolicy.after(c, tx.now());
    boolean counts =
        !(retryPolicy instanceof RetryPolicy.Park || retryPolicy instanceof RetryPolicy.Ask);
    tx.sql()
        .update(
            "UPDATE task SET turns = ?, assigned = ? WHERE id = ?",
            counts ? turns : turns - 1,
            agentTraffic.keeper(agent, TaskLedger.get(tx.sql(), id).assigned()),
            id);
    switch (retryPolicy) {
      case RetryPolicy.Again(Duration delay) -> {
        var wait = TimeScale.shorten(delay, speed);
        delay(
            tx,
            id,
            wait,
            "try %d of %d in %d s: %s".formatted(turns + 1, c.attempts(), wait.toSeconds(), detail),
            "%s is tried again in %d s, %d of %d (%s)"
                .formatted(id, wait.toSeconds(), turns + 1, c.attempts(), reason.word()));
      }
      case RetryPolicy.Park(Instant at) ->
          delay(
              tx,
              id,
              TimeScale.shorten(Duration.between(tx.now(), at), speed),
              "waits for " + agent + " (" + reason.word() + "): " + detail,
              id + " waits for " + agent + ", which is no try: " + reason.word());
      case RetryPolicy.FallBack(String next) -> {
        tx.sql()
            .update(
                "UPDATE task SET turns = 0, assigned = ?,"
                    + " start = CASE WHEN continues THEN start END WHERE id = ?",
                next,
                id);
        TaskLedger.step(
            tx,
            id,
            TaskStateMachine.Step.FALL_BACK,
            "after " + Plural.of(turns, "failure") + " of " + agent,
            TaskEvent.FALLBACK,
            "%s falls back from %s to %s after %s"
                .formatted(id, agent, next, Plural.of(turns, "failure")));
      }
      case RetryPolicy.Ask(String remedy) ->
          questions.stuck(tx, attempt, reason.word(), detail, remedy);
      case RetryPolicy.GiveUp() ->
          TaskLedger.step(
              tx,
              id,
              TaskStateMachine.Step.EXHAUST,
              detail,
              TaskEvent.DEAD,
              id
                  + " is a dead letter after "
                  + (turns == 1 ? "1 try: " : turns + " tries: ")
                  + detail);
    }
  }

  private static void delay(Tx tx, String id, Duration wait, String reason, String text)
      throws SQLException {
    tx.sql().update("UPDATE task SET not_before = ? WHERE id = ?", tx.now().plus(wait), id);
    TaskLedger.step(tx, id, TaskStateMachine.Step.DELAY, reason, TaskEvent.RETRYING, text);
  }

  private RetryPolicy.Case circumstances(
      Tx tx, AttemptLedger.Row attempt, int turns, EndReason reason, Instant until)
      throws SQLException {
    var tried = new HashSet<String>();
    int seen = 0;
    for (var a : AttemptLedger.of(tx.sql(), attempt.task())) {
      tried.add(a.agent());
      seen += a.agent().equals(attempt.agent()) && reason.equals(a.reason()) ? 1 : 0;
    }
    var defaults = config.get().defaults();
    var all = agents.all().stream().collect(Collectors.toMap(AgentSpec::name, a -> a));
    var spec = Optional.ofNullable(all.get(attempt.agent()));
    // An alternative is there to show what its agent does.
    boolean alternative = AlternativeLedger.original(tx.sql(), attempt.task()).isPresent();
    var fallback =
        spec.filter(_ -> !alternative).map(AgentSpec::fallback).orElse(List.of()).stream()
            .filter(a -> !tried.contains(a))
            .toList();
    AgentDriver provider = spec.map(AgentSpec::driver).filter(AgentDriver::isProgram).orElse(null);
    var elsewhere =
        fallback.stream()
            .filter(a -> !all.containsKey(a) || all.get(a).driver() != provider)
            .toList();
    return new RetryPolicy.Case(
        reason, until, seen, turns, defaults.attempts(), defaults.backoff(), fallback, elsewhere);
  }
}
