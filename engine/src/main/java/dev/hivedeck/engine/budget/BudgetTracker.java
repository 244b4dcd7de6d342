package dev.hivedeck.engine.budget;

import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.BudgetLimit;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.ModelPrices;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.event.WorkspaceEvent;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import dev.hivedeck.engine.protocol.view.BudgetViews;
import dev.hivedeck.engine.protocol.view.Word;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What was spent, and of which budgets it is how much. Agents tell what they use after each turn
 * with their model, so that a budget is passed by one turn of each agent at most. Sums are read
 * from the ledger once, then kept as agents tell.
 */
public final class BudgetTracker {
  private static final int WARN = 80;
  private static final int NEAR = 90;
  private static final int SPENT = 100;

  /** What attempts used, and what reviews by agents did. */
  private static final String SPENDING =
      "SELECT id, task, agent, started_at, tokens_in, tokens_out, cost FROM attempt UNION ALL"
          + " SELECT 'C-' || r.change || '@' || r.head, c.task, r.agent, r.started_at, r.tokens_in,"
          + " r.tokens_out, r.cost FROM agent_review r JOIN change c ON c.number = r.change";

  private final Ledger store;
  private final Supplier<HiveConfig> config;
  private final Clock clock;
  private final Listener listener;
  private final Map<Key, Sum> sums = new ConcurrentHashMap<>();

  /** Hears of a threshold that was passed; not to be waited for. */
  @FunctionalInterface
  public interface Listener {
    void passed(String correlation, WorkspaceEvent type, String words);
  }

  public BudgetTracker(Ledger store, Supplier<HiveConfig> config, Clock clock, Listener listener) {
    this.store = store;
    this.config = config;
    this.clock = clock;
    this.listener = listener;
  }

  private static final class Sum {
    private long tokens;
    private double cost;
    private int told;
  }

  /** What a budget is of, as {@code hive.yaml} calls it below {@code budgets}. */
  private enum Kind implements Word {
    ATTEMPT,
    TASK,
    /** One agent within a day. */
    AGENT,
    /** All within a day. */
    DAY,
    /** All, ever. */
    PLAN
  }

  /**
   * What a sum is of.
   *
   * @param id of the attempt, task or agent; null for all
   * @param since midnight of the day that it is of; null for no day
   */
  private record Key(Kind kind, String id, Instant since) {}

  /**
   * A budget, and which sum counts towards it.
   *
   * @param setting where it is written, as a person says it
   * @param until when it begins anew; null when never
   */
  private record Scope(Key key, String setting, String whose, BudgetLimit budget, Instant until) {

    static Scope of(Key key, String whose, BudgetLimit budget, Instant until) {
      return new Scope(key, "budgets." + key.kind().word(), whose, budget, until);
    }
  }

  /**
   * What follows from spending more.
   *
   * @param words to be told; empty when no threshold was passed
   * @param checkpoint whether the work so far should be kept now
   * @param end why the agent must end, or null
   */
  public record Verdict(List<String> words, boolean checkpoint, RunResult end) {}

  private List<Scope> scopes(AgentSpec agent, String task, String attempt) {
    var budgets = config.get().budgets();
    var limits = agent.limits();
    boolean own = limits != null && (limits.tokens() != null || limits.cost() != null);
    var scopes = new ArrayList<Scope>();
    var one = new Key(Kind.ATTEMPT, attempt, null);
    scopes.add(
        own
            ? new Scope(
                one,
                "limits of agent " + agent.name(),
                attempt,
                new BudgetLimit(limits.tokens(), limits.cost()),
                null)
            : Scope.of(one, attempt, budgets.attempt(), null));
    scopes.add(Scope.of(new Key(Kind.TASK, task, null), task, budgets.task(), null));
    scopes.add(daily(agent));
    scopes.addAll(shared());
    return scopes;
  }

  private Scope daily(AgentSpec agent) {
    return Scope.of(
        new Key(Kind.AGENT, agent.name(), midnight()),
        agent.name() + " today",
        config.get().budgets().agent(),
        tomorrow());
  }

  private List<Scope> shared() {
    var budgets = config.get().budgets();
    return List.of(
        Scope.of(new Key(Kind.DAY, null, midnight()), "today", budgets.day(), tomorrow()),
        Scope.of(new Key(Kind.PLAN, null, null), "this workspace", budgets.plan(), null));
  }

  private Instant midnight() {
    return clock.instant().atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS).toInstant();
  }

  private Instant tomorrow() {
    return midnight().plus(1, ChronoUnit.DAYS);
  }

  private Sum sum(Scope scope) {
    return sums.computeIfAbsent(
        scope.key(),
        key -> {
          var sum = store.read(sql -> load(sql, key));
          sum.told = passed(scope.budget().used(sum.tokens, sum.cost)); // before it was let go
          return sum;
        });
  }

  /** The highest threshold that so much passes. */
  private static int passed(double used) {
    return used >= SPENT ? SPENT : used >= NEAR ? NEAR : used >= WARN ? WARN : 0;
  }

  private static Sum load(Sql sql, Key key) throws SQLException {
    return switch (key.kind()) {
      case ATTEMPT -> sum(sql, "id = ?", key.id());
      case TASK -> sum(sql, "task = ?", key.id());
      case AGENT -> sum(sql, "agent = ? AND started_at >= ?", key.id(), key.since());
      case DAY -> sum(sql, "started_at >= ?", key.since());
      case PLAN -> sum(sql, "1");
    };
  }

  private static Sum sum(Sql sql, String where, Object... values) throws SQLException {
    return sql.one(
            "SELECT coalesce(sum(tokens_in + tokens_out), 0) AS tokens,"
                + " coalesce(sum(cost), 0) AS cost FROM ("
                + SPENDING
                + ") WHERE "
                + where,
            row -> {
              var sum = new Sum();
              sum.tokens = row.number("tokens");
              sum.cost = row.real("cost");
              return sum;
            },
            values)
        .orElseThrow();
  }

  /** Of how many things it holds a sum. */
  int held() {
    return sums.size();
  }

  /** What models cost, as of now. */
  public ModelPrices prices() {
    return config.get().prices();
  }

  /** An attempt begins: from now on what it spends is counted. */
  public void begins(AgentSpec agent, Spender spender) {
    scopes(agent, spender.task(), spender.attempt()).forEach(this::sum);
  }

  /** An attempt is over, and what it used is in the ledger. */
  public void ends(Spender spender) {
    sums.remove(new Key(Kind.ATTEMPT, spender.attempt(), null));
    sums.remove(new Key(Kind.TASK, spender.task(), null));
    var today = midnight();
    sums.keySet().removeIf(key -> key.since() != null && !key.since().equals(today));
  }

  /**
   * Counts what an attempt used.
   *
   * @param spend with its cost, or null where that is unknown
   * @param counted how much of it was counted before
   */
  public synchronized Verdict spent(
      AgentSpec agent, Spender spender, Act.Spend spend, Act.Spend counted) {
    var all = new ArrayList<String>();
    boolean checkpoint = false;
    RunResult result = null;
    for (var scope : scopes(agent, spender.task(), spender.attempt())) {
      var sum = sum(scope);
      sum.tokens += spend.tokens() - counted.tokens();
      sum.cost += spend.dollars() - counted.dollars();
      double used = scope.budget().used(sum.tokens, sum.cost);
      int passed = passed(used);
      if (passed == 0) {
        continue;
      }
      String words = words(scope, sum, used);
      if (passed > sum.told) {
        sum.told = passed;
        checkpoint |= passed >= NEAR;
        all.add(words);
        listener.passed(
            spender.correlation(),
            passed == SPENT ? WorkspaceEvent.BUDGET_SPENT : WorkspaceEvent.BUDGET_WARNED,
            words);
      }
      if (passed == SPENT && result == null) {
        result =
            new RunResult(
                false,
                FailureReason.BUDGET,
                words
                    + (scope.setting().startsWith("budgets")
                        ? " Raise " + scope.setting() + " in hive.yaml to go on."
                        : " Raise the " + scope.setting() + " to go on."),
                scope.until());
      }
    }
    return new Verdict(all, checkpoint, result);
  }

  private static String words(Scope scope, Sum sum, double used) {
    var budgetLimit = scope.budget();
    return "%.0f%% of the budget of %s is spent: %s."
        .formatted(
            used,
            scope.whose(),
            budgetLimit.cost() != null && used <= 100.0 * sum.cost / budgetLimit.cost() + 1e-9
                ? String.format(Locale.ROOT, "$%.2f of $%.2f", sum.cost, budgetLimit.cost())
                : String.format(
                    Locale.ROOT, "%,d of %,d tokens", sum.tokens, budgetLimit.tokens()));
  }

  /** Why nobody may begin now, by what all have spent; empty when they may. */
  public Optional<String> spent() {
    return shared().stream().flatMap(scope -> exhausted(scope).stream()).findFirst();
  }

  /** Whether an agent has spent what it may today. */
  public boolean spent(AgentSpec agent) {
    return exhausted(daily(agent)).isPresent();
  }

  /** Whether all that is for a task may have spent no more. */
  public boolean spentOn(String task) {
    return exhausted(
            Scope.of(new Key(Kind.TASK, task, null), task, config.get().budgets().task(), null))
        .isPresent();
  }

  private synchronized Optional<String> exhausted(Scope scope) {
    if (scope.budget().isNone()) {
      return Optional.empty();
    }
    var sum = sum(scope);
    double used = scope.budget().used(sum.tokens, sum.cost);
    return used >= SPENT ? Optional.of(words(scope, sum, used)) : Optional.empty();
  }

  /** How the budgets that all share stand, and those of agents that have one. */
  public synchronized List<BudgetViews.BudgetUse> standing(Iterable<AgentSpec> agents) {
    var scopes = new ArrayList<>(shared());
    agents.forEach(agent -> scopes.add(daily(agent)));
    return scopes.stream()
        .filter(scope -> !scope.budget().isNone() || scope.key().kind() == Kind.DAY)
        .map(
            scope -> {
              var sum = sum(scope);
              return new BudgetViews.BudgetUse(
                  scope.key().kind().word(),
                  scope.key().id(),
                  scope.budget().tokens(),
                  scope.budget().cost(),
                  sum.tokens,
                  sum.cost,
                  (int) scope.budget().used(sum.tokens, sum.cost));
            })
        .toList();
  }
}
