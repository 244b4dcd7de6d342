package dev.hivedeck.engine.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.protocol.Act.Spend;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import dev.hivedeck.engine.protocol.view.BudgetViews.BudgetUse;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which spending counts towards which budget: after a restart, over midnight, and at which mark.
 */
class BudgetsTest {
  private static Path empty;
  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime();
  private final List<String> told = new ArrayList<>();
  private Store store;
  private HiveConfig config;

  @BeforeAll
  static void empty(@TempDir Path folder) {
    empty = folder.resolve("empty.db");
    Store.open(empty, Clock.systemUTC()).close();
  }

  @BeforeEach
  void open() throws IOException {
    store = Store.open(Files.copy(empty, folder.resolve("hive.db")), time.clock());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Instant midnight() {
    return time.clock().instant().atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS).toInstant();
  }

  /** An engine that starts: what was spent before is in the ledger only. */
  private BudgetTracker starts(String yaml) {
    config =
        HiveConfig.parse(
            "hive.yaml",
            "version: 1\nagents: { ann: { run: work }, bob: { run: work } }\n" + yaml + "\n");
    return new BudgetTracker(
        store,
        () -> config,
        time.clock(),
        (id, type, words) -> told.add(type.word() + ": " + words));
  }

  private void spentBefore(String attempt, String agent, Instant when, Spend spend) {
    String task = attempt.substring(0, attempt.indexOf('.'));
    store.write(
        "test",
        tx -> {
          tx.sql()
              .update(
                  "INSERT OR IGNORE INTO task(id, place, title, prompt, priority, capabilities,"
                      + " produces, state, updated_at)"
                      + " VALUES (?, 1, 't', 'p', 5, '[]', '[]', 'ready', 1)",
                  task);
          return tx.sql()
              .update(
                  "INSERT INTO attempt(id, task, agent, number, turn, state, started_at, token,"
                      + " correlation, tokens_in, tokens_out, cost)"
                      + " VALUES (?, ?, ?, 1, 1, 'working', ?, 'k', 'c', ?, ?, ?)",
                  attempt,
                  task,
                  agent,
                  when,
                  spend.in(),
                  spend.out(),
                  spend.dollars());
        });
  }

  private static Claim claim(String attempt, String agent) {
    return new Claim(
        attempt.substring(0, attempt.indexOf('.')),
        1,
        attempt,
        agent,
        1,
        "key",
        "c",
        null,
        "Work",
        "",
        null,
        List.of(),
        List.of(),
        null,
        false,
        null,
        null);
  }

  private BudgetTracker.Verdict spends(
      BudgetTracker budgetTracker, String attempt, String agent, Spend more) {
    return budgetTracker.spent(
        config.agents().get(agent), Spender.of(claim(attempt, agent)), more, Spend.NOTHING);
  }

  private static Spend tokens(long tokens) {
    return new Spend(tokens, 0, 0, 0.0);
  }

  /** T-1.2 of ann spends 500 of 1,000; another attempt spent 600 before the engine started. */
  @ParameterizedTest(name = "budgets.{0}, {1} of {2}, {3}: {4}")
  @CsvSource({
    "attempt, T-1.2, ann, today,     spent",
    "attempt, T-1.1, ann, today,     left",
    "task,    T-1.1, bob, yesterday, spent",
    "task,    T-2.1, ann, today,     left",
    "agent,   T-2.1, ann, today,     spent",
    "agent,   T-2.1, ann, yesterday, left",
    "agent,   T-2.1, bob, today,     left",
    "day,     T-2.1, bob, today,     spent",
    "day,     T-2.1, bob, yesterday, left",
    "plan,    T-2.1, bob, yesterday, spent"
  })
  void whatWasSpentBeforeARestartCountsWhereItShould(
      String budget, String attempt, String agent, String day, String outcome) {
    var when = day.equals("today") ? midnight() : midnight().minusMillis(1);
    spentBefore(attempt, agent, when, new Spend(350, 0, 250, 0.0));
    var budgetTracker = starts("budgets: { %s: { tokens: 1000 } }".formatted(budget));

    var result = spends(budgetTracker, "T-1.2", "ann", new Spend(300, 100, 200, 0.0)).end();

    assertThat(result == null ? "left" : "spent").isEqualTo(outcome);
    if (result != null) {
      boolean daily = budget.equals("agent") || budget.equals("day");
      assertThat(result.ok()).isFalse();
      assertThat(result.reason()).isEqualTo(FailureReason.BUDGET);
      assertThat(result.until()).isEqualTo(daily ? midnight().plus(1, ChronoUnit.DAYS) : null);
      assertThat(result.detail())
          .contains("110% of the budget of ", "1,100 of 1,000 tokens")
          .endsWith("Raise budgets." + budget + " in hive.yaml to go on.");
    }
  }

  @ParameterizedTest
  @CsvSource({"attempt", "task", "agent", "day", "plan"})
  void moneyCountsLikeTokens(String budget) {
    spentBefore("T-1.2", "ann", midnight(), new Spend(10, 0, 10, 0.5));
    var budgetTracker = starts("budgets: { %s: { tokens: 1M, cost: 1 } }".formatted(budget));
    assertThat(spends(budgetTracker, "T-1.2", "ann", new Spend(1, 0, 1, 0.25)).end()).isNull();
    var result = spends(budgetTracker, "T-1.2", "ann", new Spend(1, 0, 1, 0.25)).end();
    assertThat(result.detail()).contains("100% of the budget of ", "$1.00 of $1.00");
  }

  @ParameterizedTest
  @CsvSource({"attempt, false", "task, false", "agent, true", "day, true", "plan, false"})
  void atMidnightWhatIsDailyBeginsAnew(String budget, boolean anew) {
    var budgetTracker = starts("budgets: { %s: { tokens: 1000 } }".formatted(budget));
    assertThat(spends(budgetTracker, "T-1.2", "ann", tokens(600)).end()).isNull();
    time.advance(Duration.ofHours(12));
    var result = spends(budgetTracker, "T-1.2", "ann", tokens(600)).end();
    assertThat(result == null).isEqualTo(anew);
  }

  @ParameterizedTest
  @CsvSource({"tokens: 500, 500, 0", "cost: 2, 1, 2"})
  void anAgentsOwnLimitGoesBeforeTheBudgetOfAnAttempt(String limit, long tokens, double cost) {
    var budgetTracker = starts("budgets: { attempt: { tokens: 1M, cost: 100 } }");
    config =
        HiveConfig.parse(
            "hive.yaml",
            "version: 1\nagents: { ann: { run: x, limits: { %s } }, bob: { run: x } }\n"
                    .formatted(limit)
                + "budgets: { attempt: { tokens: 1M, cost: 100 } }\n");
    assertThat(spends(budgetTracker, "T-2.1", "bob", new Spend(tokens, 0, 0, cost)).end()).isNull();
    var result = spends(budgetTracker, "T-1.1", "ann", new Spend(tokens, 0, 0, cost)).end();
    assertThat(result.detail())
        .contains("100% of the budget of T-1.1 is spent")
        .endsWith("Raise the limits of agent ann to go on.");
  }

  /** 79 says nothing, 80 warns, 90 keeps the work, 100 ends it; each is said once. */
  @Test
  void eachMarkIsToldOnceAndFromNinetyTheWorkIsKept() {
    var budgetTracker = starts("budgets: { attempt: { tokens: 1000 } }");
    var words = new ArrayList<String>();
    for (long more : new long[] {799, 1, 99, 1, 99, 1, 5}) {
      var verdict = spends(budgetTracker, "T-1.1", "ann", tokens(more));
      words.add(
          verdict.words().size()
              + (verdict.checkpoint() ? " kept" : "")
              + (verdict.end() == null ? "" : " ended"));
    }
    assertThat(words).containsExactly("0", "1", "0", "1 kept", "0", "1 kept ended", "0 ended");
    assertThat(told)
        .containsExactly(
            "budget.warned: 80% of the budget of T-1.1 is spent: 800 of 1,000 tokens.",
            "budget.warned: 90% of the budget of T-1.1 is spent: 900 of 1,000 tokens.",
            "budget.spent: 100% of the budget of T-1.1 is spent: 1,000 of 1,000 tokens.");
  }

  @Test
  void aMarkThatWasPassedBeforeARestartIsNotToldAgain() {
    spentBefore("T-1.1", "ann", midnight(), tokens(850));
    var budgetTracker = starts("budgets: { plan: { tokens: 1000 } }");
    assertThat(spends(budgetTracker, "T-1.2", "ann", tokens(10)).words()).isEmpty();
    assertThat(spends(budgetTracker, "T-1.2", "ann", tokens(50)).words()).hasSize(1);
  }

  @Test
  void whatWasCountedBeforeIsNotCountedTwice() {
    var budgetTracker = starts("budgets: { plan: { tokens: 1000, cost: 1 } }");
    var ann = config.agents().get("ann");
    budgetTracker.spent(
        ann, Spender.of(claim("T-1.1", "ann")), new Spend(100, 0, 10, 0.1), Spend.NOTHING);
    budgetTracker.spent(
        ann,
        Spender.of(claim("T-1.1", "ann")),
        new Spend(300, 0, 30, 0.3),
        new Spend(100, 0, 10, 0.1));
    assertThat(plan(budgetTracker))
        .isEqualTo(new BudgetUse("plan", null, 1000L, 1.0, 330, 0.3, 33));
  }

  private BudgetUse plan(BudgetTracker budgetTracker) {
    return budgetTracker.standing(config.agents().values()).stream()
        .filter(use -> use.scope().equals("plan"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whoHasSpentADaysBudgetIsGivenNothingUntilTomorrow() {
    spentBefore("T-1.1", "ann", midnight(), tokens(1_000));
    var budgetTracker = starts("budgets: { agent: { tokens: 1000 } }");
    assertThat(budgetTracker.spent(config.agents().get("ann"))).isTrue();
    assertThat(budgetTracker.spent(config.agents().get("bob"))).isFalse();
    assertThat(budgetTracker.spent()).as("others may begin").isEmpty();
    time.advance(Duration.ofHours(12));
    assertThat(budgetTracker.spent(config.agents().get("ann"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"day, today, true", "plan, this workspace, false"})
  void whenAllHaveSpentItNobodyBegins(String budget, String whose, boolean anew) {
    spentBefore("T-1.1", "ann", midnight(), tokens(999));
    var budgetTracker = starts("budgets: { %s: { tokens: 1000 } }".formatted(budget));
    assertThat(budgetTracker.spent()).isEmpty();
    spends(budgetTracker, "T-2.1", "bob", tokens(1));
    assertThat(budgetTracker.spent())
        .hasValue("100% of the budget of " + whose + " is spent: 1,000 of 1,000 tokens.");
    time.advance(Duration.ofHours(12));
    assertThat(budgetTracker.spent().isEmpty()).isEqualTo(anew);
  }

  @Test
  void howTheyStandIsShownTodaysAlways() {
    spentBefore("T-1.1", "ann", midnight(), new Spend(100, 0, 20, 0.5));
    spentBefore("T-2.1", "bob", midnight().minusMillis(1), new Spend(200, 0, 10, 0.25));
    var budgetTracker = starts("");
    assertThat(budgetTracker.standing(config.agents().values()))
        .containsExactly(new BudgetUse("day", null, null, null, 120, 0.5, 0));
    budgetTracker =
        starts("budgets: { agent: { tokens: 240 }, day: { cost: 2 }, plan: { cost: 1 } }");
    assertThat(budgetTracker.standing(config.agents().values()))
        .containsExactly(
            new BudgetUse("day", null, null, 2.0, 120, 0.5, 25),
            new BudgetUse("plan", null, null, 1.0, 330, 0.75, 75),
            new BudgetUse("agent", "ann", 240L, null, 120, 0.5, 50),
            new BudgetUse("agent", "bob", 240L, null, 0, 0.0, 0));
  }
}
