package dev.hivedeck.engine.rollout.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hivedeck.engine.protocol.rollout.RolloutViews.Lean;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Measure;
import dev.hivedeck.engine.rollout.analysis.MannWhitney;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * Cost and duration as advice. The figures are those of R 4.2.2: {@code wilcox.test(canary, stable,
 * exact = FALSE, conf.int = TRUE, conf.level = 0.98)}, and of the shift {@code median(outer(canary,
 * stable, "-"))}: the former stops anywhere between the two pairs in the middle, at 0.2644.
 */
class AttemptAdviceTest {
  private static final double[] CANARY = {
    0.42, 0.55, 0.61, 0.73, 0.39, 0.88, 0.52, 0.67, 0.71, 0.95, 0.58, 0.64
  };
  private static final double[] STABLE = {
    0.31, 0.28, 0.45, 0.37, 0.33, 0.29, 0.41, 0.38, 0.52, 0.26, 0.35, 0.40, 0.44, 0.30, 0.36
  };
  private static final double[] SECONDS = {61, 75, 90, 84, 66, 102, 71, 95};
  private static final double[] THEIRS = {70, 88, 64, 92, 79, 85, 99, 60, 73, 81};

  @Test
  void whatCostsMoreIsToldWithTheShiftThatRTells() {
    var advice = AttemptAdvice.of(Measure.COST, CANARY, STABLE);
    assertThat(advice.lean()).isEqualTo(Lean.HIGHER);
    assertThat(advice.shift()).isCloseTo(0.265, within(1e-9));
    assertThat(advice.lower()).isCloseTo(0.1399, within(1e-3));
    assertThat(advice.upper()).isCloseTo(0.3900, within(1e-3));
    assertThat(advice.canary()).isCloseTo(0.625, within(1e-9));
    assertThat(advice.stable()).isCloseTo(0.36, within(1e-9));
    var test = MannWhitney.of(CANARY, STABLE, 0.98);
    assertThat(test.w()).isEqualTo(171.5);
    assertThat(test.p()).isCloseTo(7.717786673e-05, within(1e-13));
    assertThat(AttemptAdvice.of(Measure.COST, STABLE, CANARY).lean()).isEqualTo(Lean.LOWER);
  }

  @Test
  void whatTakesAsLongIsAlike() {
    var advice = AttemptAdvice.of(Measure.DURATION, SECONDS, THEIRS);
    assertThat(advice.lean()).isEqualTo(Lean.ALIKE);
    assertThat(advice.shift()).isCloseTo(2, within(1e-3));
    assertThat(advice.lower()).isCloseTo(-17, within(1e-3));
    assertThat(advice.upper()).isCloseTo(20, within(1e-3));
    assertThat(MannWhitney.of(SECONDS, THEIRS, 0.98).p()).isCloseTo(0.8242120391, within(1e-9));
  }

  @Test
  void aFewAttemptsSayNothing() {
    var advice = AttemptAdvice.of(Measure.COST, Arrays.copyOf(CANARY, 4), STABLE);
    assertThat(advice.lean()).isEqualTo(Lean.NOT_ENOUGH);
    assertThat(advice.shift()).isNull();
    assertThat(advice.canaryCount()).isEqualTo(4);
    assertThat(AttemptAdvice.of(Measure.COST, new double[0], STABLE).lean())
        .isEqualTo(Lean.NOT_ENOUGH);
  }
}
