package dev.hivedeck.engine.budget;

import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.BudgetLimit;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.ModelPrices;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.event.WorkspaceEvent;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import dev.hivedeck.engine.protocol.view.BudgetViews;
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

  private final Ledger store;
  private final Supplier<HiveConfig> config;
  private final Clock clock;
  private final Listener listener;
  private final Map<String, Sum> sums = new ConcurrentHashMap<>();

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

  /**
   * A budget, and which sum counts towards it.
   *
   * @param word how {@code hive.yaml} calls it
   * @param until when it begins anew; null when never
   */
  private record Scope(String key, String word, String whose, BudgetLimit budget, Instant until) {
    /** The agent, where it is a budget of one within a day. */
    String agent() {
      return word.equals("budgets.agent") ? key.split(":")[1] : null;
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
    scopes.add(
        new Scope(
            "attempt:" + attempt,
            own ? "limits of agent " + agent.name() : "budgets.attempt",
            attempt,
            own ? new BudgetLimit(limits.tokens(), limits.cost()) : budgets.attempt(),
            null));
    scopes.add(new Scope("task:" + task, "budgets.task", task, budgets.task(), null));
    scopes.add(daily(agent));
    scopes.addAll(shared());
    return scopes;
  }

  private Scope daily(AgentSpec agent) {
    return new Scope(
        "agent:" + agent.name() + ":" + midnight(),
        "budgets.agent",
        agent.name() + " today",
        config.get().budgets().agent(),
        tomorrow());
  }

  private List<Scope> shared() {
    var budgets = config.get().budgets();
    return List.of(
        new Scope("day:" + midnight(), "budgets.day", "today", budgets.day(), tomorrow()),
        new Scope("plan", "budgets.plan", "this workspace", budgets.plan(), null));
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

  private Sum load(Sql sql, String key) throws SQLException {
    String[] parts = key.split(":", 3);
    return switch (parts[0]) {
      case "attempt" -> sum(sql, "id = ?", parts[1]);
      case "task" -> sum(sql, "task = ?", parts[1]);
      case "agent" -> sum(sql, "agent = ? AND started_at >= ?", parts[1], Instant.parse(parts[2]));
      case "day" -> sum(sql, "started_at >= ?", midnight());
      default -> sum(sql, "1");
    };
  }

  private static Sum sum(Sql sql, String where, Object... values) throws SQLException {
    return sql.one(
            "SELECT coalesce(sum(tokens_in + tokens_out), 0) AS tokens,"
                + " coalesce(sum(cost), 0) AS cost FROM attempt WHERE "
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
  public void begins(AgentSpec agent, Claim claim) {
    scopes(agent, claim.task(), claim.attempt()).forEach(this::sum);
  }

  /** An attempt is over, and what it used is in the ledger. */
  public void ends(Claim claim) {
    sums.remove("attempt:" + claim.attempt());
    sums.remove("task:" + claim.task());
    sums.keySet().removeIf(key -> key.startsWith("agent:") && !key.endsWith(":" + midnight()));
    sums.keySet().removeIf(key -> key.startsWith("day:") && !key.endsWith(":" + midnight()));
  }

  /**
   * Counts what an attempt used.
   *
   * @param spend with its cost, or null where that is unknown
   * @param counted how much of it was counted before
   */
  public synchronized Verdict spent(
      AgentSpec agent, Claim claim, Act.Spend spend, Act.Spend counted) {
    var all = new ArrayList<String>();
    boolean checkpoint = false;
    RunResult result = null;
    for (var scope : scopes(agent, claim.task(), claim.attempt())) {
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
            claim.correlation(),
            passed == SPENT ? WorkspaceEvent.BUDGET_SPENT : WorkspaceEvent.BUDGET_WARNED,
            words);
      }
      if (passed == SPENT && result == null) {
        result =
            new RunResult(
                false,
                FailureReason.BUDGET,
                words
                    + (scope.word().startsWith("budgets")
                        ? " Raise " + scope.word() + " in hive.yaml to go on."
                        : " Raise the " + scope.word() + " to go on."),
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
        .filter(scope -> !scope.budget().isNone() || scope.key().startsWith("day"))
        .map(
            scope -> {
              var sum = sum(scope);
              return new BudgetViews.BudgetUse(
                  scope.word().substring("budgets.".length()),
                  scope.agent(),
                  scope.budget().tokens(),
                  scope.budget().cost(),
                  sum.tokens,
                  sum.cost,
                  (int) scope.budget().used(sum.tokens, sum.cost));
            })
        .toList();
  }
}
