package dev.hivedeck.engine.decision;

import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.agent.QuestionAnswer;
import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.config.DecisionRule;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.permission.PermissionPolicy;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.TaskStateMachine;
import dev.hivedeck.engine.protocol.event.AgentEvent;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.view.AttemptViews.AttemptState;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.TimeScale;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * What agents ask people: each question waits in the ledger, by the decision matrix, and where the
 * agent still runs it gets its answer there; else the next attempt is told.
 */
public final class Questions {
  private final Store store;
  private final Supplier<HiveConfig> config;
  private final AgentLedger agents;
  private final Supplier<String> ids;
  private final double speed;
  private final Map<String, CompletableFuture<QuestionAnswer>> waiting = new ConcurrentHashMap<>();

  /**
   * @param speed divides deadlines; 1 is real
   */
  public Questions(
      Store store,
      Supplier<HiveConfig> config,
      AgentLedger agents,
      Supplier<String> ids,
      double speed) {
    this.store = store;
    this.config = config;
    this.agents = agents;
    this.ids = ids;
    this.speed = speed;
  }

  /**
   * A question that was asked.
   *
   * @param decision its id; null when the attempt is over
   * @param answer completes when a person, or the deadline, has answered
   */
  public record OpenQuestion(String decision, CompletableFuture<QuestionAnswer> answer) {}

  /**
   * Asks in the name of an attempt. A late question of one that is over is answered by nobody.
   *
   * @return completes when a person, or the deadline, has answered
   */
  public CompletableFuture<QuestionAnswer> ask(Claim claim, Question question) {
    return put(claim, question).answer();
  }

  /** As {@link #ask}, with the decision that it is. */
  public OpenQuestion put(Claim claim, Question question) {
    var answer = new CompletableFuture<QuestionAnswer>();
    String decision =
        store.write(
            claim.correlation(),
            tx -> mayAsk(tx, claim) ? open(tx, claim, question, answer) : null);
    return new OpenQuestion(decision, answer);
  }

  /** An agent may ask more while it waits: another way than the one that waits, perhaps. */
  private static boolean mayAsk(Tx tx, Claim claim) throws SQLException {
    var state = TaskLedger.get(tx.sql(), claim.task()).state();
    return (state == TaskState.RUNNING || state == TaskState.WAITING)
        && AttemptLedger.get(tx.sql(), claim.attempt()).state() == AttemptState.WORKING;
  }

  private String open(
      Tx tx, Claim claim, Question question, CompletableFuture<QuestionAnswer> answer)
      throws SQLException {
    String kind = question.kind() == null ? claim.kind() : question.kind();
    var rule =
        DecisionViews.MANUAL.equals(kind)
            ? new DecisionRule(kind, DecisionRule.Human.REQUIRED, null, null)
            : config.get().rule(kind);
    var options = question.options() == null ? List.<String>of() : question.options();
    String fallback =
        question.fallback() != null
            ? question.fallback()
            : options.isEmpty() ? "proceed" : options.getFirst();
    var due = rule.within() == null ? null : tx.now().plus(TimeScale.shorten(rule.within(), speed));
    boolean required = rule.human() == DecisionRule.Human.REQUIRED;
    var decision =
        DecisionLedger.open(
            tx,
            claim.task(),
            claim.attempt(),
            claim.agent(),
            kind,
            question.question(),
            question.detail(),
            options.isEmpty() ? List.of("proceed", "stop") : options,
            required && question.fallback() == null ? null : fallback,
            due);
    if (rule.human() == DecisionRule.Human.NONE) {
      DecisionLedger.close(
          tx,
          decision.id(),
          DecisionStateMachine.Step.DECIDE,
          fallback,
          null,
          DecisionLedger.MATRIX);
      tx.after(() -> answer.complete(new QuestionAnswer(fallback, null)));
      return decision.id();
    }
    tx.mirror(() -> waiting.put(decision.id(), answer));
    if (TaskLedger.get(tx.sql(), claim.task()).state() == TaskState.RUNNING) {
      TaskLedger.step(
          tx,
          claim.task(),
          TaskStateMachine.Step.ASK,
          "waits for " + decision.id(),
          TaskEvent.WAITING,
          claim.task() + " waits for a decision: " + question.question());
    }
    agents.tell(tx, claim.agent(), AgentEvent.WAITING, null);
    return decision.id();
  }

  private static final String GIVE_UP = "give up";

  /** Asks what only a person can put right. Its agent has ended; the task waits. */
  public void stuck(Tx tx, AttemptLedger.Row attempt, String reason, String detail, String remedy)
      throws SQLException {
    String task = attempt.task();
    var decision =
        DecisionLedger.open(
            tx,
            task,
            attempt.id(),
            attempt.agent(),
            DecisionViews.Decision.STUCK,
            attempt.agent() + " cannot go on (" + reason + "). " + remedy + ", then try again.",
            detail,
            List.of("try again", GIVE_UP),
            null,
            null);
    TaskLedger.step(
        tx,
        task,
        TaskStateMachine.Step.ASK,
        "waits for " + decision.id(),
        TaskEvent.WAITING,
        task + " waits for you: " + decision.question());
  }

  /** Answers a decision as a person. */
  public void decide(Tx tx, String id, String option, String comment) throws SQLException {
    close(tx, id, DecisionStateMachine.Step.DECIDE, option, comment, View.YOU);
  }

  /**
   * Answers by default what nobody answered in time.
   *
   * @return when the next falls due
   */
  public Optional<Instant> expire(Instant now) {
    if (store.read(sql -> DecisionLedger.due(sql, now).isEmpty())) {
      return store.read(DecisionLedger::nextDue);
    }
    return store.write(
        ids.get(),
        tx -> {
          for (var decision : DecisionLedger.due(tx.sql(), tx.now())) {
            close(
                tx,
                decision.id(),
                DecisionStateMachine.Step.EXPIRE,
                decision.fallback(),
                null,
                "deadline");
          }
          return DecisionLedger.nextDue(tx.sql());
        });
  }

  private void close(
      Tx tx, String id, DecisionStateMachine.Step step, String option, String comment, String by)
      throws SQLException {
    var decision = DecisionLedger.close(tx, id, step, option, comment, by);
    if (step == DecisionStateMachine.Step.DECIDE) {
      PermissionPolicy.remember(tx, decision, option);
    }
    var task = TaskLedger.get(tx.sql(), decision.task());
    boolean heard =
        waiting.containsKey(decision.id())
            && AttemptLedger.find(tx.sql(), decision.attempt())
                .map(attempt -> !attempt.state().over())
                .orElse(false);
    boolean last = DecisionLedger.openOf(tx.sql(), task.id()).isEmpty();
    if (task.state() == TaskState.WAITING
        && DecisionViews.Decision.STUCK.equals(decision.kind())
        && GIVE_UP.equals(option)) {
      String text = "given up: " + decision.detail();
      TaskLedger.step(
          tx,
          task.id(),
          TaskStateMachine.Step.EXHAUST,
          text,
          TaskEvent.DEAD,
          task.id() + " " + text);
    } else if (task.state() == TaskState.WAITING && last) {
      TaskLedger.step(
          tx,
          task.id(),
          heard ? TaskStateMachine.Step.ANSWER : TaskStateMachine.Step.RELEASE,
          null,
          heard ? TaskEvent.RUNNING : TaskEvent.READY,
          task.id() + " goes on: " + option);
      agents.tell(tx, decision.agent(), AgentEvent.WORKING, null);
    }
    var asked = new AtomicReference<CompletableFuture<QuestionAnswer>>();
    tx.mirror(() -> asked.set(waiting.remove(decision.id())));
    tx.after(
        () ->
            Optional.ofNullable(asked.get())
                .ifPresent(a -> a.complete(new QuestionAnswer(option, comment))));
  }

  /** Takes the open questions of a task back: nobody waits for the answers. */
  public void withdraw(Tx tx, String task) throws SQLException {
    for (var decision : DecisionLedger.openOf(tx.sql(), task)) {
      DecisionLedger.close(tx, decision.id(), DecisionStateMachine.Step.WITHDRAW, null, null, null);
      tx.mirror(() -> waiting.remove(decision.id()));
    }
  }
}
