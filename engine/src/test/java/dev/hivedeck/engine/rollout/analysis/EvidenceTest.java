package dev.hivedeck.engine.rollout.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hivedeck.engine.rollout.analysis.PowerPlanner.Traffic;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts and samples say, against what is published or can be reckoned exactly. */
class EvidenceTest {
  /** Whatever the share is up to what it may be: on average there is no evidence. */
  @ParameterizedTest
  @ValueSource(doubles = {0.001, 0.02, 1 / 11.0, 0.5})
  void whereNothingIsWorseThereIsNoEvidenceOnAverage(double limit) {
    for (double share : new double[] {limit, limit / 2}) {
      for (int n : new int[] {1, 10, 300}) {
        var counts = BinomialDistribution.of(n, share);
        double mean = 0;
        for (int some = 0; some <= n; some++) {
          mean +=
              Math.exp(
                  counts.logProbability(some) + OneSidedTest.above(some, n - some, limit).log());
        }
        assertThat(mean).as("%s of %s", share, n).isLessThanOrEqualTo(1 + 1e-9);
      }
    }
  }

  /** However often it is looked at: reckoned for all ways that 200 events can go. */
  @ParameterizedTest
  @ValueSource(doubles = {0.02, 1 / 11.0, 0.5})
  void lookingAfterEachEventIsWrongOnlySoOften(double limit) {
    double alpha = 0.05;
    double[] at = {1};
    double reached = 0;
    for (int n = 1; n <= 200; n++) {
      var next = new double[n + 1];
      for (int some = 0; some < n; some++) {
        next[some] += at[some] * (1 - limit);
        next[some + 1] += at[some] * limit;
      }
      for (int some = 0; some <= n; some++) {
        if (OneSidedTest.above(some, n - some, limit).reaches(alpha)) {
          reached += next[some];
          next[some] = 0;
        }
      }
      at = next;
    }
    assertThat(reached).isLessThanOrEqualTo(alpha).isPositive();
  }

  @Test
  void moreOfItIsMoreEvidenceAndLessIsNone() {
    double before = 0;
    for (int canary = 9; canary < 40; canary++) {
      double odds = OneSidedTest.worse(canary, 100, 1 / 11.0).odds();
      assertThat(odds).isGreaterThan(before);
      before = odds;
    }
    assertThat(OneSidedTest.worse(0, 10_000, 0.5).odds()).isCloseTo(0.1, within(1e-6));
    assertThat(OneSidedTest.worse(100_000, 0, 0.5).reaches(1e-300)).isTrue();
    assertThatThrownBy(() -> OneSidedTest.above(1, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> OneSidedTest.above(-1, 1, 0.5))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** By the closed form for whole numbers: B(1 + 3, 1 + 1) / B(1, 1) = 3! 1! / 5!. */
  @Test
  void theTestOfLindonAndMalekIsTheirs() {
    assertThat(MultinomialTest.differs(new long[] {3, 1}, new double[] {0.5, 0.5}, 2).odds())
        .isCloseTo(6.0 / 120 * 16, within(1e-12));
    // Three ways: 2! (2! 1! 0!) / 5!, by (1/3)^3.
    assertThat(
            MultinomialTest.differs(
                    new long[] {2, 1, 0}, new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0}, 3)
                .odds())
        .isCloseTo(2.0 * 2 / 120 * 27, within(1e-12));
  }

  @Test
  void stepsMultiplyAndMetricsAverage() {
    var four = new Evidence(Math.log(4));
    var half = new Evidence(Math.log(0.5));
    assertThat(Evidence.ofSteps(List.of(four, four, half)).odds()).isCloseTo(8, within(1e-9));
    assertThat(Evidence.ofMetrics(List.of(four, half)).odds()).isCloseTo(2.25, within(1e-9));
    assertThat(Evidence.ofMetrics(List.of()).odds()).isEqualTo(1);
    assertThat(new Evidence(Math.log(20)).reaches(0.05)).isTrue();
    assertThat(new Evidence(Math.log(19.9)).reaches(0.05)).isFalse();
    assertThat(new Evidence(Math.log(37.2)).words()).isEqualTo("37 : 1");
    assertThat(new Evidence(Math.log(0.25)).words()).isIn("0.2 : 1", "0.3 : 1");
    assertThat(new Evidence(900).words()).isEqualTo("more than 1000000 : 1");
  }

  /** Ozone in New York, May and August 1973, as {@code wilcox.test(Ozone ~ Month)} has it in R. */
  @Test
  void ranksAreComparedAsInR() {
    double[] may = {
      41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45,
      115, 37
    };
    double[] august = {
      39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76,
      118, 84, 85
    };
    var test = MannWhitney.of(may, august, 0.95);
    assertThat(test.w()).isEqualTo(127.5);
    assertThat(test.p()).isCloseTo(0.0001208, within(5e-8));
    assertThat(test.shift()).isCloseTo(-32, within(0.01));
    assertThat(test.lower()).isCloseTo(-53, within(0.01));
    assertThat(test.upper()).isCloseTo(-15, within(0.01));
    assertThat(test.isHigh(0.25)).isFalse();
    assertThat(MannWhitney.of(august, may, 0.98).isHigh(0.25)).isTrue();
    assertThatThrownBy(() -> MannWhitney.of(may, new double[0], 0.95))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(MannWhitney.of(new double[] {1, 1}, new double[] {1, 1}, 0.95).p()).isEqualTo(1);
  }

  private static Judgement judge(long requests, long errors, long others, long theirs) {
    return Judgement.Rule.STANDARD.judge(
        List.of(new StepCounts(requests, errors, others, theirs, 1 / 11.0, 0.02)));
  }

  @Test
  void aStepPassesOnlyWithEvidenceAndIsTakenBackOnlyWithIt() {
    assertThat(judge(0, 0, 0, 0)).isInstanceOf(Judgement.NotEnough.class);
    assertThat(judge(100, 0, 1_000, 10)).isInstanceOf(Judgement.NotEnough.class);
    assertThat(judge(149, 0, 1_490, 15)).isInstanceOf(Judgement.NotEnough.class);
    assertThat(judge(400, 0, 4_000, 40)).isInstanceOf(Judgement.Passes.class);
    assertThat(judge(9, 9, 90, 0)).isNotInstanceOf(Judgement.Passes.class);
    assertThat(judge(10, 5, 100, 0)).isInstanceOf(Judgement.RollBack.class);
    assertThat(judge(1_200, 36, 12_000, 120))
        .isInstanceOf(Judgement.RollBack.class)
        .extracting(Judgement::why)
        .asString()
        .containsPattern(
            "evidence \\d+ : 1 that more requests fail than at stable"
                + " .36 of 1,200, and 120 of 12,000.; rolled back at 20 : 1");
    // More than the limit, as stable has too: not worse than that, and still too much.
    assertThat(judge(5_000, 250, 50_000, 2_500).why())
        .contains("more than 2% of requests fail (250 of 5,000)");
    // Surely more, and not enough more to matter.
    assertThat(judge(1_000_000, 11_000, 10_000_000, 100_000)).isInstanceOf(Judgement.Passes.class);
  }

  @Test
  void evidenceOfFormerStepsCounts() {
    var step = new StepCounts(400, 12, 4_000, 40, 1 / 11.0, 0.02);
    assertThat(Judgement.Rule.STANDARD.judge(List.of(step)))
        .isNotInstanceOf(Judgement.RollBack.class);
    assertThat(Judgement.Rule.STANDARD.judge(List.of(step, step, step)))
        .isInstanceOf(Judgement.RollBack.class);
  }

  @Test
  void howLongAHoldMustBeIsKnownBefore() {
    var planner = new PowerPlanner(Judgement.Rule.STANDARD, new Random(7), 200, 1);
    var traffic = new Traffic(20, 200, 0.01, 0.02);
    var found = planner.found(traffic, 3, 0.86);
    assertThat(found.within(Duration.ofMinutes(15))).isLessThan(0.86);
    assertThat(found.within(Duration.ofHours(1)))
        .isGreaterThanOrEqualTo(0.86)
        .isGreaterThan(found.within(Duration.ofMinutes(15)));
    assertThat(found.needed()).isBetween(Duration.ofMinutes(16), Duration.ofMinutes(60));
  }
}
