package dev.hivedeck.engine.selection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.failure.FailureReason;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AgentViews.Trend;
import dev.hivedeck.engine.selection.AgentHealth.Run;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How well an agent does, and why. */
class AgentHealthTest {
  private static final Evidence NOBODY = Evidence.NONE;

  private static List<Run> runs(int count, Run run) {
    return Collections.nCopies(count, run);
  }

  private static Run passed(double seconds, double cost) {
    return new Run(true, null, seconds, cost);
  }

  private static Run failed(FailureReason reason) {
    return new Run(false, reason, 100, 0.1);
  }

  @SafeVarargs
  private static List<Run> then(List<Run>... latestFirst) {
    var all = new ArrayList<Run>();
    for (var runs : latestFirst) {
      all.addAll(runs);
    }
    return all;
  }

  private static AgentViews.HealthPart part(AgentViews.Health health, String name) {
    return health.parts().stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void withFewRunsThereIsNoNumber() {
    for (int i = 0; i < AgentHealth.LEAST; i++) {
      var health = AgentHealth.of(runs(i, passed(100, 0.1)), NOBODY);
      assertThat(health.score()).isNull();
      assertThat(health.parts()).isEmpty();
      assertThat(health.runs()).isEqualTo(i);
    }
    assertThat(AgentHealth.of(runs(AgentHealth.LEAST, passed(100, 0.1)), NOBODY).score())
        .isEqualTo(100);
  }

  @Test
  void whatIsNotKnownIsLeftOutAndDoesNotCount() {
    var health = AgentHealth.of(runs(10, failed(FailureReason.EXIT)), NOBODY);
    assertThat(health.parts())
        .extracting(AgentViews.HealthPart::name)
        .containsExactly("verified", "stuck");
    assertThat(health.score()).as("40 · 0 + 15 · 100 of 55").isEqualTo(27);
    assertThat(part(health, "verified").trend()).isEqualTo(Trend.UNKNOWN);
  }

  @Test
  void eachPartIsWhatTheFormulaSays() {
    // 20 recent: 12 passed in 200 s for $0.30, 4 at the gates, 2 quiet, 2 out of time.
    var recent =
        then(
            runs(12, passed(200, 0.3)),
            runs(4, new Run(false, FailureReason.GATE, 200, 0.3)),
            runs(2, new Run(false, FailureReason.QUIET, 200, 0.3)),
            runs(2, new Run(false, FailureReason.TIMEOUT, 200, 0.3)));
    var peers = new Evidence(9, 1, 1_000, 1.0, 10, null);
    var health = AgentHealth.of(then(recent, runs(40, passed(100, 0.1))), peers);
    assertThat(part(health, "verified").score()).isEqualTo(60);
    assertThat(part(health, "verified").before()).isEqualTo(1.0);
    assertThat(part(health, "verified").peers()).isEqualTo(0.9);
    assertThat(part(health, "gates").score()).isEqualTo(75);
    assertThat(part(health, "stuck").score()).isEqualTo(60);
    assertThat(part(health, "time").score()).as("twice the usual").isEqualTo(50);
    assertThat(part(health, "cost").score()).as("three times the usual").isEqualTo(0);
    assertThat(health.parts()).extracting(AgentViews.HealthPart::trend).containsOnly(Trend.WORSE);
    assertThat(health.parts().stream().mapToInt(AgentViews.HealthPart::weight).sum())
        .isEqualTo(100);
    assertThat(health.score()).as("24 + 15 + 9 + 7.5 + 0").isEqualTo(56);
  }

  @Test
  void whoGotBetterIsSaidTo() {
    var health =
        AgentHealth.of(
            then(runs(20, passed(50, 0.05)), runs(20, failed(FailureReason.GATE))), NOBODY);
    assertThat(health.score()).isEqualTo(100);
    assertThat(part(health, "verified").trend()).isEqualTo(Trend.BETTER);
    assertThat(part(health, "time").trend()).isEqualTo(Trend.BETTER);
  }

  /** Whatever happened, the score is within bounds, and one more failure never makes it better. */
  @Test
  void aFailureNeverHelps() {
    for (long seed = 0; seed < 500; seed++) {
      var random = new Random(seed);
      var runs = new ArrayList<Run>();
      int count = AgentHealth.LEAST + random.nextInt(15);
      for (int i = 0; i < count; i++) {
        boolean passed = random.nextBoolean();
        var reason =
            List.of(
                    FailureReason.GATE,
                    FailureReason.EXIT,
                    FailureReason.QUIET,
                    FailureReason.CRASH)
                .get(random.nextInt(4));
        runs.add(
            new Run(passed, passed ? null : reason, 1 + random.nextInt(900), random.nextDouble()));
      }
      int score = AgentHealth.of(runs, NOBODY).score();
      assertThat(score).as("seed %d", seed).isBetween(0, 100);
      int at = random.nextInt(count);
      var was = runs.get(at);
      if (was.passed()) {
        runs.set(at, new Run(false, FailureReason.GATE, was.seconds(), was.cost()));
        assertThat(AgentHealth.of(runs, NOBODY).score())
            .as("seed %d", seed)
            .isLessThanOrEqualTo(score);
      }
    }
  }
}
