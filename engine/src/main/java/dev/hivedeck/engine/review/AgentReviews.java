package dev.hivedeck.engine.review;

import dev.hivedeck.engine.budget.BudgetTracker;
import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.comment.AgentReviewLedger;
import dev.hivedeck.engine.change.comment.AgentReviewLedger.Begun;
import dev.hivedeck.engine.change.comment.AgentReviewLedger.Outcome;
import dev.hivedeck.engine.change.comment.CommentLedger;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.view.ChangeViews.AgentReviewState;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.Timers;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the agent that {@code hive.yaml} names look at each commit of a change that waits for a
 * person, one at a time. Whatever becomes of a look is written to the change and holds nothing up.
 * One that was cut off with the engine is begun once more.
 */
public final class AgentReviews implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AgentReviews.class);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** How long the reviewer's provider is left alone that does not answer: longer each time. */
  private static final Duration FIRST_WAIT = Duration.ofSeconds(30);

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(30);

  private static final String CUT_OFF = "Hivedeck ended while it looked.";
  private static final String NOBODY = "Nobody waited for it any more.";

  /** So often one is begun that the end of the engine cut off. */
  private static final int TRIES = 2;

  private final Store store;
  private final ReviewerRun runs;
  private final Supplier<HiveConfig> config;
  private final BooleanSupplier works;
  private final BudgetTracker budgets;
  private final Timers timers;
  private final Supplier<String> ids;
  private @Nullable Running running;
  private Instant notBefore = Instant.MIN;
  private Duration wait = FIRST_WAIT;
  private boolean open;

  /** One that is under way. */
  private record Running(Begun review, ReviewListener listener, Thread thread) {}

  /** A commit that nobody has looked at. */
  private record Open(long change, String head, String task) {}

  /**
   * @param runs carries one out
   * @param config what a person consented to
   * @param works whether the hive is at work, and nothing waits for consent
   */
  public AgentReviews(
      Store store,
      ReviewerRun runs,
      Supplier<HiveConfig> config,
      BooleanSupplier works,
      BudgetTracker budgets,
      Timers timers,
      Supplier<String> ids) {
    this.store = store;
    this.runs = runs;
    this.config = config;
    this.works = works;
    this.budgets = budgets;
    this.timers = timers;
    this.ids = ids;
  }

  /** From now on it has them looked at. */
  public void start() {
    synchronized (this) {
      open = true;
    }
    look();
  }

  /** Begins with what is to be looked at, and ends what nobody waits for any more. */
  public synchronized void look() {
    if (!open) {
      return;
    }
    var now = running;
    if (now != null) {
      if (!isReviewer(now.review().agent())
          || !store.read(sql -> waits(sql, now.review().change(), now.review().head()))) {
        now.listener().overtake();
      }
      return;
    }
    settleThoseCutOff();
    var agent = reviewer();
    if (agent != null && !timers.clock().instant().isBefore(notBefore)) {
      next(agent).ifPresent(review -> begin(agent, review));
    }
  }

  private boolean isReviewer(String agent) {
    return agent.equals(config.get().review().agent());
  }

  /** The one that is to look now; null for none. */
  private @Nullable AgentSpec reviewer() {
    String name = config.get().review().agent();
    var agent = name == null ? null : config.get().agents().get(name);
    return agent == null
            || !works.getAsBoolean()
            || budgets.spent().isPresent()
            || budgets.spent(agent)
            || store.read(sql -> AgentLedger.isPaused(sql, agent.name()))
        ? null
        : agent;
  }

  /** Whether a change waits for a person at that commit. */
  private static boolean waits(Sql sql, long change, String head) throws SQLException {
    return sql.number(
            "SELECT count(*) FROM change WHERE number = ? AND head = ? AND state = ?",
            change,
            head,
            ChangeState.OPEN)
        > 0;
  }

  /**
   * What an engine that is gone had begun: its processes end, and it is tried again or given up.
   */
  private void settleThoseCutOff() {
    for (var left : store.read(sql -> AgentReviewLedger.in(sql, AgentReviewState.WAITING))) {
      if (!isReviewer(left.agent()) || !store.read(sql -> waits(sql, left.change(), left.head()))) {
        end(left, List.of(), settled(AgentReviewState.OVERTAKEN, NOBODY));
      }
    }
    for (var left : store.read(sql -> AgentReviewLedger.in(sql, AgentReviewState.RUNNING))) {
      ProcessTree.endCarrying(Set.of(left.key()));
      boolean waits = store.read(sql -> waits(sql, left.change(), left.head()));
      if (waits && left.tries() < TRIES && isReviewer(left.agent())) {
        store.update(
            ids.get(),
            tx -> {
              AgentReviewLedger.waits(tx, left, CUT_OFF);
              ChangeLedger.advised(
                  tx, id(left), told(left, settled(AgentReviewState.WAITING, CUT_OFF)));
            });
      } else {
        end(
            left,
            List.of(),
            waits
                ? settled(AgentReviewState.FAILED, CUT_OFF)
                : settled(AgentReviewState.OVERTAKEN, NOBODY));
      }
    }
  }

  /** Nothing is used by it. */
  private static Outcome settled(AgentReviewState state, String why) {
    return new Outcome(state, null, why, 0, 0, Act.Spend.NOTHING, 1);
  }

  private Optional<Begun> next(AgentSpec agent) {
    String key = "review-" + ids.get();
    var waiting = store.read(sql -> AgentReviewLedger.in(sql, AgentReviewState.WAITING));
    if (!waiting.isEmpty()) {
      var left = waiting.getFirst();
      return Optional.of(
          new Begun(left.change(), left.head(), agent.name(), left.tries() + 1, key));
    }
    return store
        .read(
            sql ->
                sql.list(
                    "SELECT number, head, task FROM change c WHERE state = ? AND agent <> ? AND"
                        + " NOT EXISTS (SELECT 1 FROM agent_review r WHERE r.change = c.number"
                        + " AND r.head = c.head) ORDER BY number",
                    row -> new Open(row.number("number"), row.text("head"), row.text("task")),
                    ChangeState.OPEN,
                    agent.name()))
        .stream()
        .filter(open -> !budgets.spentOn(open.task()))
        .findFirst()
        .map(open -> new Begun(open.change(), open.head(), agent.name(), 1, key));
  }

  private void begin(AgentSpec agent, Begun review) {
    String correlation = ids.get();
    var spender = runs.spender(review, correlation);
    store.update(
        correlation,
        tx -> {
          AgentReviewLedger.begins(tx, review);
          ChangeLedger.advised(
              tx, id(review), "%s looks at #%d".formatted(agent.name(), review.change()));
        });
    var listener = runs.listener(agent, spender, config.get().review());
    var thread =
        timers.start(
            "review-" + id(review),
            () -> {
              try {
                carryOut(agent, review, listener);
              } catch (RuntimeException e) {
                LOG.error("the review of {}", id(review), e);
              } finally {
                try {
                  runs.over(spender);
                } finally {
                  over();
                }
              }
            });
    running = new Running(review, listener, thread);
  }

  private static String id(Begun review) {
    return "C-" + review.change();
  }

  private void over() {
    synchronized (this) {
      running = null;
    }
    look();
  }

  private void carryOut(AgentSpec agent, Begun review, ReviewListener listener) {
    try {
      var change = store.read(sql -> ChangeLedger.view(sql, id(review)));
      var task = store.read(sql -> runs.asked(sql, change.task()));
      var result = runs.run(agent, review, change, task, listener, config.get());
      end(review, result.comments(), result.outcome());
    } catch (InterruptedException e) {
      stopped(review, listener);
    } catch (HiveException e) {
      if (isOpen()) {
        end(review, List.of(), failed(listener, runs.redact(e.getMessage() + " " + e.hint())));
      } else {
        stopped(review, listener);
      }
    } catch (RuntimeException e) {
      if (isOpen()) {
        LOG.error("the review of {}", id(review), e);
        end(review, List.of(), failed(listener, runs.redact("Hivedeck itself failed: " + e)));
      } else {
        stopped(review, listener);
      }
    }
  }

  private synchronized boolean isOpen() {
    return open;
  }

  /** The engine ends; the next one begins it again. */
  private void stopped(Begun review, ReviewListener listener) {
    LOG.info("the review of {} is stopped", id(review));
    Thread.interrupted(); // it is heeded by now
    store.update(
        ids.get(),
        tx ->
            AgentReviewLedger.interrupted(
                tx, review.change(), review.head(), listener.spent(), listener.unpriced()));
  }

  private static Outcome failed(ReviewListener listener, String why) {
    return new Outcome(
        AgentReviewState.FAILED, null, why, 0, 0, listener.spent(), listener.unpriced());
  }

  /** Writes down what came of it; what was said of another commit than the change has is let go. */
  private void end(Begun review, List<LineComment> comments, Outcome outcome) {
    store.update(
        ids.get(),
        tx -> {
          boolean moved =
              !waits(tx.sql(), review.change(), review.head())
                  && outcome.state() != AgentReviewState.OVERTAKEN;
          var kept = moved ? overtaken(outcome) : outcome;
          if (kept.state() != AgentReviewState.OVERTAKEN) {
            advise(tx, review, comments, kept);
          }
          AgentReviewLedger.ended(tx, review.change(), review.head(), kept);
          ChangeLedger.advised(tx, id(review), told(review, kept));
        });
    pace(outcome.state());
  }

  /** What the provider of one does not answer it does not answer for another either. */
  private synchronized void pace(AgentReviewState state) {
    if (state == AgentReviewState.WAITING) {
      var pause = runs.paced(wait);
      notBefore = timers.clock().instant().plus(pause);
      timers.after(pause, this::look);
      var twice = wait.multipliedBy(2);
      wait = twice.compareTo(LONGEST_WAIT) < 0 ? twice : LONGEST_WAIT;
    } else if (state == AgentReviewState.DONE) {
      wait = FIRST_WAIT;
    }
  }

  private static void advise(Tx tx, Begun review, List<LineComment> comments, Outcome outcome)
      throws SQLException {
    if (outcome.state() == AgentReviewState.DONE) {
      AgentReviewLedger.replaced(tx, review.change(), review.agent());
    }
    for (var comment : comments) {
      CommentLedger.advise(tx, review.change(), review.agent(), comment);
    }
  }

  private static Outcome overtaken(Outcome outcome) {
    return new Outcome(
        AgentReviewState.OVERTAKEN,
        null,
        "The change went on before it was done.",
        0,
        0,
        outcome.spent(),
        outcome.unpriced());
  }

  private static String told(Begun review, Outcome outcome) {
    String who = review.agent();
    return switch (outcome.state()) {
      case DONE ->
          "%s has %s on #%d"
              .formatted(who, Plural.of(outcome.comments(), "comment"), review.change());
      case FAILED -> "%s could not review #%d".formatted(who, review.change());
      case WAITING -> "%s is to look at #%d again".formatted(who, review.change());
      case OVERTAKEN, RUNNING -> "%s did not finish with #%d".formatted(who, review.change());
    };
  }

  /** Ends the one that is under way; the next engine begins it again. */
  @Override
  public void close() {
    Running now;
    synchronized (this) {
      open = false;
      now = running;
    }
    if (now != null) {
      now.thread().interrupt();
      try {
        if (!now.thread().join(PATIENCE)) {
          LOG.warn("the review of {} does not end", id(now.review()));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
