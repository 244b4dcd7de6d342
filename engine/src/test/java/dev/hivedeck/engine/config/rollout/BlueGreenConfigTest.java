package dev.hivedeck.engine.config.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.protocol.rollout.RolloutStrategy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code hive.yaml} says of blue-green, and what it may not say. */
class BlueGreenConfigTest {
  private static RolloutConfig read(String rollout) {
    return HiveConfig.parse(
            "hive.yaml",
            "version: 1\nservices: { orders: { run: serve } }\nflags: { f: {} }\n"
                + "rollouts: { orders: "
                + rollout
                + " }")
        .rollouts()
        .get("orders");
  }

  @Test
  void itHasTheUsualWhereItSaysNothing() {
    var plan = read("{ blueGreen: {} }");
    assertThat(plan.strategy()).isEqualTo(RolloutStrategy.BLUE_GREEN);
    assertThat(plan.automatic()).isTrue();
    assertThat(plan.steps())
        .isEqualTo(RolloutConfig.blueGreen(Duration.ZERO, Duration.ofMinutes(10)));
    assertThat(read("{ steps: [5%] }").strategy()).isEqualTo(RolloutStrategy.CANARY);
  }

  @Test
  void itHasWhatItSays() {
    var plan = read("{ blueGreen: { autoPromotion: false, preview: 2m, scaleDownDelay: 1h } }");
    assertThat(plan.automatic()).isFalse();
    assertThat(plan.steps())
        .isEqualTo(RolloutConfig.blueGreen(Duration.ofMinutes(2), Duration.ofHours(1)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ ratio: 2 } | steps: [5%, 50%], or blueGreen: {}",
        "{ blueGreen: {}, steps: [5%] } | steps is of rollouts step by step",
        "{ blueGreen: {}, hold: 5m } | preview and scaleDownDelay",
        "{ blueGreen: {}, promote: manual } | autoPromotion",
        "{ blueGreen: { preview: soon } } | \"soon\" is no time",
        "{ blueGreen: { scaleDownDelay: 0s } } | is no time",
        "{ blueGreen: { delay: 1m } } | delay",
        "{ blueGreen: {}, subject: { flag: f } } | blueGreen is of services",
      })
  void whatMakesNoSenseIsRefusedWithAWayOut(String rollout, String said) {
    assertThatThrownBy(() -> read(rollout)).hasMessageContaining(said);
  }
}
