package dev.hivedeck.engine.decision;

import dev.hivedeck.engine.agent.Answer;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.attempt.Attempts;
import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.config.DecisionRule;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.permission.Permissions;
import dev.hivedeck.engine.plan.TaskLife;
import dev.hivedeck.engine.plan.Tasks;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.protocol.Views.AttemptState;
import dev.hivedeck.engine.protocol.Views.TaskState;
import dev.hivedeck.engine.selection.Agents;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.Speed;
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
  private final Agents agents;
  private final Supplier<String> ids;
  private final double speed;
  private final Map<String, CompletableFuture<Answer>> waiting = new ConcurrentHashMap<>();

  /**
   * @param speed divides deadlines; 1 is real
   */
  public Questions(
      Store store, Supplier<HiveConfig> config, Agents agents, Supplier<String> ids, double speed) {
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
  public record Asked(String decision, CompletableFuture<Answer> answer) {}

  /**
   * Asks in the name of an attempt. A late question of one that is over is answered by nobody.
   *
   * @return completes when a person, or the deadline, has answered
   */
  public CompletableFuture<Answer> ask(Claim claim, Question question) {
    return put(claim, question).answer();
  }

  /** As {@link #ask}, with the decision that it is. */
  public Asked put(Claim claim, Question question) {
    var answer = new CompletableFuture<Answer>();
    String decision =
        store.write(
            claim.correlation(),
            tx -> mayAsk(tx, claim) ? open(tx, claim, question, answer) : null);
    return new Asked(decision, answer);
  }

  /** An agent may ask more while it waits: another way than the one that waits, perhaps. */
  private static boolean mayAsk(Tx tx, Claim claim) throws SQLException {
    var state = Tasks.get(tx.sql(), claim.task()).state();
    return (state == TaskState.RUNNING || state == TaskState.WAITING)
        && Attempts.get(tx.sql(), claim.attempt()).state() == AttemptState.WORKING;
  }

  private String open(Tx tx, Claim claim, Question question, CompletableFuture<Answer> answer)
      throws SQLException {
    String kind = question.kind() == null ? claim.kind() : question.kind();
    var rule =
        Views.MANUAL.equals(kind)
            ? new DecisionRule(kind, DecisionRule.Human.REQUIRED, null, null)
            : config.get().rule(kind);
    var options = question.options() == null ? List.<String>of() : question.options();
    String fallback =
        question.fallback() != null
            ? question.fallback()
            : options.isEmpty() ? "proceed" : options.getFirst();
    var due = rule.within() == null ? null : tx.now().plus(Speed.shorten(rule.within(), speed));
    boolean required = rule.human() == DecisionRule.Human.REQUIRED;
    var decision =
        Decisions.open(
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
      Decisions.close(
          tx, decision.id(), DecisionLife.Step.DECIDE, fallback, null, Decisions.MATRIX);
      tx.after(() -> answer.complete(new Answer(fallback, null)));
      return decision.id();
    }
    tx.mirror(() -> waiting.put(decision.id(), answer));
    if (Tasks.get(tx.sql(), claim.task()).state() == TaskState.RUNNING) {
      Tasks.step(
          tx,
          claim.task(),
          TaskLife.Step.ASK,
          "waits for " + decision.id(),
          "task.waiting",
          claim.task() + " waits for a decision: " + question.question());
    }
    agents.tell(tx, claim.agent(), "agent.waiting", null);
    return decision.id();
  }

  private static final String GIVE_UP = "give up";

  /** Asks what only a person can put right. Its agent has ended; the task waits. */
  public void stuck(Tx tx, Attempts.Row attempt, String reason, String detail, String remedy)
      throws SQLException {
    String task = attempt.task();
    var decision =
        Decisions.open(
            tx,
            task,
            attempt.id(),
            attempt.agent(),
            Views.Decision.STUCK,
            attempt.agent() + " cannot go on (" + reason + "). " + remedy + ", then try again.",
            detail,
            List.of("try again", GIVE_UP),
            null,
            null);
    Tasks.step(
        tx,
        task,
        TaskLife.Step.ASK,
        "waits for " + decision.id(),
        "task.waiting",
        task + " waits for you: " + decision.question());
  }

  /** Answers a decision as a person. */
  public void decide(Tx tx, String id, String option, String comment) throws SQLException {
    close(tx, id, DecisionLife.Step.DECIDE, option, comment, Views.YOU);
  }

  /**
   * Answers by default what nobody answered in time.
   *
   * @return when the next falls due
   */
  public Optional<Instant> expire(Instant now) {
    if (store.read(sql -> Decisions.due(sql, now).isEmpty())) {
      return store.read(Decisions::nextDue);
    }
    return store.write(
        ids.get(),
        tx -> {
          for (var decision : Decisions.due(tx.sql(), tx.now())) {
            close(
                tx, decision.id(), DecisionLife.Step.EXPIRE, decision.fallback(), null, "deadline");
          }
          return Decisions.nextDue(tx.sql());
        });
  }

  private void close(
      Tx tx, String id, DecisionLife.Step step, String option, String comment, String by)
      throws SQLException {
    var decision = Decisions.close(tx, id, step, option, comment, by);
    if (step == DecisionLife.Step.DECIDE) {
      Permissions.remember(tx, decision, option);
    }
    var task = Tasks.get(tx.sql(), decision.task());
    boolean heard =
        waiting.containsKey(decision.id())
            && Attempts.find(tx.sql(), decision.attempt())
                .map(attempt -> !attempt.state().over())
                .orElse(false);
    boolean last = Decisions.openOf(tx.sql(), task.id()).isEmpty();
    if (task.state() == TaskState.WAITING
        && Views.Decision.STUCK.equals(decision.kind())
        && GIVE_UP.equals(option)) {
      String text = "given up: " + decision.detail();
      Tasks.step(tx, task.id(), TaskLife.Step.EXHAUST, text, "task.dead", task.id() + " " + text);
    } else if (task.state() == TaskState.WAITING && last) {
      Tasks.step(
          tx,
          task.id(),
          heard ? TaskLife.Step.ANSWER : TaskLife.Step.RELEASE,
          null,
          heard ? "task.running" : "task.ready",
          task.id() + " goes on: " + option);
      agents.tell(tx, decision.agent(), "agent.working", null);
    }
    var asked = new AtomicReference<CompletableFuture<Answer>>();
    tx.mirror(() -> asked.set(waiting.remove(decision.id())));
    tx.after(
        () ->
            Optional.ofNullable(asked.get())
                .ifPresent(a -> a.complete(new Answer(option, comment))));
  }

  /** Takes the open questions of a task back: nobody waits for the answers. */
  public void withdraw(Tx tx, String task) throws SQLException {
    for (var decision : Decisions.openOf(tx.sql(), task)) {
      Decisions.close(tx, decision.id(), DecisionLife.Step.WITHDRAW, null, null, null);
      tx.mirror(() -> waiting.remove(decision.id()));
    }
  }
}
