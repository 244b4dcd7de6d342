package dev.hivedeck.engine.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sums are kept for what is being worked on. */
class BudgetTrackerTest {
  private static final HiveConfig CONFIG =
      HiveConfig.parse(
          "hive.yaml",
          """
          version: 1
          agents: { ann: { run: work } }
          budgets: { attempt: { tokens: 500 }, task: { tokens: 900 }, day: { cost: 40 } }
          """);

  @TempDir Path folder;

  private static Claim claim(int n) {
    return new Claim(
        "T-" + n,
        1,
        "T-" + n + ".1",
        "ann",
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

  @Test
  void whatIsOverIsLetGoOfHoweverManyThereWere() {
    var time = new VirtualTime();
    var ann = CONFIG.agents().get("ann");
    try (var store = Store.open(folder.resolve("hive.db"), time.clock())) {
      var budgetTracker =
          new BudgetTracker(store, () -> CONFIG, time.clock(), (id, type, words) -> {});
      for (int n = 1; n <= 100; n++) {
        var claim = claim(n);
        budgetTracker.begins(ann, Spender.of(claim));
        var verdict =
            budgetTracker.spent(
                ann, Spender.of(claim), new Act.Spend(400, 0, 50, 0.01), Act.Spend.NOTHING);
        assertThat(verdict.words()).singleElement().asString().contains("450 of 500 tokens");
        budgetTracker.ends(Spender.of(claim));
      }
      assertThat(budgetTracker.held()).as("today, its agent's today, and the plan").isEqualTo(3);
      assertThat(budgetTracker.standing(List.of(ann)).getFirst().usedTokens()).isEqualTo(45_000);
    }
  }
}
