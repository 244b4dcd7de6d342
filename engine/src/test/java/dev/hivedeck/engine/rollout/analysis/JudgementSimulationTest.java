package dev.hivedeck.engine.rollout.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.rollout.analysis.PowerPlanner.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How often a rollout is taken back, rightly and wrongly, by three ways of judging: ours, the
 * threshold that many begin with, and Kayenta's. The canary has a tenth of the requests of stable,
 * of whose requests 1 % fail. Rollouts take an hour and are looked at each minute. {@code
 * -Dhivedeck.simulation.rollouts=10000} tries more of them and prints the table of
 * docs/rollouts.md.
 */
class JudgementSimulationTest {
  private static final Integer ASKED = Integer.getInteger("hivedeck.simulation.rollouts");
  private static final int ROLLOUTS = ASKED == null ? 60 : ASKED;
  private static final int MINUTES = 60;
  private static final double ERRORS = 0.01;

  /** Of the canary; the larger take long, and only when they are asked for. */
  private static final int[] RATES =
      ASKED == null ? new int[] {2, 20} : new int[] {2, 20, 200, 2_000};

  private static final long SEED = 17;

  private record Shares(double ours, double threshold, double kayenta) {}

  /** Of rollouts whose canary has so many times the errors. */
  private static Shares takenBack(int perMinute, double factor) {
    var random = new Random(SEED * perMinute + Math.round(factor));
    int ours = 0;
    int threshold = 0;
    int kayenta = 0;
    var traffic = new Traffic(perMinute, 10.0 * perMinute, ERRORS, 0.02);
    var planner = new PowerPlanner(Judgement.Rule.STANDARD, random, 1, 1);
    for (int i = 0; i < ROLLOUTS; i++) {
      if (planner.minutesUntilFound(traffic, factor, MINUTES) <= MINUTES) {
        ours++;
      }
      var canary = rates(random, perMinute, factor * ERRORS);
      var stable = rates(random, 10 * perMinute, ERRORS);
      if (overThreshold(canary)) {
        threshold++;
      }
      if (MannWhitney.of(canary, stable, 0.98).isHigh(0.25)) {
        kayenta++;
      }
    }
    double all = ROLLOUTS;
    return new Shares(ours / all, threshold / all, kayenta / all);
  }

  /** Error rates minute by minute. */
  private static double[] rates(Random random, int perMinute, double errors) {
    var rates = new double[MINUTES];
    for (int minute = 0; minute < MINUTES; minute++) {
      int failed = 0;
      double log = Math.log1p(-errors);
      for (double at = Math.floor(Math.log(1 - random.nextDouble()) / log);
          at < perMinute;
          at += 1 + Math.floor(Math.log(1 - random.nextDouble()) / log)) {
        failed++;
      }
      rates[minute] = failed / (double) perMinute;
    }
    return rates;
  }

  /** More than 2 % within five minutes, looked at each minute. */
  private static boolean overThreshold(double[] rates) {
    for (int to = 5; to <= rates.length; to++) {
      double sum = 0;
      for (int minute = to - 5; minute < to; minute++) {
        sum += rates[minute];
      }
      if (sum / 5 > 0.02) {
        return true;
      }
    }
    return false;
  }

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS) // many rollouts, where so many are asked for
  void aCanaryThatIsNoWorseIsSeldomTakenBackAndOneThatIsSeldomNot() {
    var table = new ArrayList<String>();
    for (int perMinute : RATES) {
      var same = takenBack(perMinute, 1);
      table.add(row(perMinute, "as many", same));
      assertThat(same.ours())
          .as("A/A at %s a minute, seed %s", perMinute, SEED)
          .isLessThanOrEqualTo(0.05);
      for (int factor : List.of(2, 3, 5)) {
        var worse = takenBack(perMinute, factor);
        table.add(row(perMinute, factor + " times", worse));
        if (perMinute >= 20 && factor >= 3) {
          assertThat(worse.ours())
              .as("%s times at %s a minute", factor, perMinute)
              .isGreaterThanOrEqualTo(ROLLOUTS < 1_000 ? 0.92 : 0.95);
        }
      }
    }
    if (ASKED != null) {
      table.forEach(System.out::println);
    }
  }

  private static String row(int perMinute, String errors, Shares shares) {
    return String.format(
        Locale.ROOT,
        "| %,d / %,d | %s | %.1f %% | %.1f %% | %.1f %% |",
        perMinute,
        10 * perMinute,
        errors,
        100 * shares.ours(),
        100 * shares.threshold(),
        100 * shares.kayenta());
  }
}
