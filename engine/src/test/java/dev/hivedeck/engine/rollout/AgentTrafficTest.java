package dev.hivedeck.engine.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.rollout.agent.AgentTraffic;
import dev.hivedeck.engine.rollout.traffic.Traffic.Counts;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Two agents share tasks by their ids: each has one side, and a weight that grows moves none back.
 */
class AgentTrafficTest {
  private static final String SUBJECT = "agent:codex";
  private static final HiveConfig CONFIG =
      HiveConfig.parse(
          "hive.yaml",
          """
          version: 1
          agents: { codex: { run: x }, codex-next: { run: x }, other: { run: x } }
          rollouts: { r: { subject: { agent: codex, canary: codex-next }, steps: [10%, 100%] } }
          """);

  private final AgentTraffic traffic = new AgentTraffic(() -> CONFIG);

  private Set<String> withCanary() {
    var tasks = new HashSet<String>();
    for (int i = 0; i < 500; i++) {
      boolean canary = traffic.fits("codex-next", null, "T-" + i);
      assertThat(traffic.fits("codex", "codex", "T-" + i)).isEqualTo(!canary);
      assertThat(traffic.fits("other", null, "T-" + i)).isTrue();
      if (canary) {
        tasks.add("T-" + i);
      }
    }
    return tasks;
  }

  @Test
  void aWeightThatGrowsNeverMovesATaskBack() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    assertThat(withCanary()).as("before a rollout").isEmpty();
    int weight = 0;
    Set<String> before = Set.of();
    while (weight < 100_000) {
      weight = Math.min(100_000, weight + 1 + random.nextInt(9_000));
      traffic.weigh(SUBJECT, Map.of("codex-next", weight));
      var now = withCanary();
      assertThat(now).as("seed %d", seed).containsAll(before);
      before = now;
    }
    assertThat(before).hasSize(500);
    traffic.weigh(SUBJECT, Map.of("codex-next", 0));
    assertThat(withCanary()).isEmpty();
  }

  @Test
  void onlyWhatTheSplitGaveIsCounted() {
    traffic.began("T-1.1", "codex-next", null);
    traffic.began("T-2.1", "codex-next", "codex-next");
    traffic.began("T-3.1", "other", null);
    traffic.ended("T-1.1", "codex-next", false);
    traffic.ended("T-1.1", "codex-next", false);
    traffic.ended("T-2.1", "codex-next", false);
    traffic.ended("T-3.1", "other", false);
    assertThat(traffic.counts(SUBJECT, "codex-next", Duration.ofDays(1)))
        .isEqualTo(new Counts(1, 1, 0, 0));
    assertThat(traffic.counts(SUBJECT, "codex", Duration.ofDays(1)))
        .isEqualTo(new Counts(0, 0, 0, 0));
  }
}
