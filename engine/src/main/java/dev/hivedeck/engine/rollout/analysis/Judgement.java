package dev.hivedeck.engine.rollout.analysis;

import dev.hivedeck.engine.slo.ClopperPearson;
import java.util.List;
import java.util.Locale;

/** What the counts of a rollout say of its canary. */
public sealed interface Judgement {

  /** In a sentence. */
  String why();

  /** It is worse, and is taken back. */
  record RollBack(String why) implements Judgement {}

  /** It is shown to be good enough for the next step, once its hold is over. */
  record Passes(String why) implements Judgement {}

  /** Neither is shown: it is held. */
  record NotEnough(String why) implements Judgement {}

  /**
   * When it is what.
   *
   * @param limit the share of errors that it may have
   * @param alpha with which a canary that is no worse may be taken back, at most
   * @param ratio how many times the errors of stable matter at least
   */
  record Rule(double limit, double alpha, double ratio) {
    /** 2 % of errors, wrong in one of twenty, a fifth more. */
    public static final Rule STANDARD = new Rule(0.02, 0.05, 1.2);

    private static final double CONFIDENCE = 0.95;

    /** So many requests of which half are errors leave nothing to be tested. */
    private static final int BROKEN = 10;

    /**
     * Judges.
     *
     * @param steps what was counted in each, the one that it is in last
     */
    public Judgement judge(List<StepCounts> steps) {
      var step = steps.getLast();
      if (step.canaryRequests() >= BROKEN && 2 * step.canaryErrors() >= step.canaryRequests()) {
        return new RollBack(
            "%d of %d requests failed".formatted(step.canaryErrors(), step.canaryRequests()));
      }
      // Both share what may be wrong: each is told at half of it.
      var worse =
          Evidence.ofSteps(
              steps.stream()
                  .map(s -> OneSidedTest.worse(s.canaryErrors(), s.stableErrors(), s.share()))
                  .toList());
      if (worse.reaches(alpha / 2) && step.ratio() >= ratio) {
        return new RollBack(
            "evidence %s that it is worse than stable; rolled back at %s"
                .formatted(worse.words(), words(2 / alpha)));
      }
      var above =
          OneSidedTest.above(
              step.canaryErrors(), step.canaryRequests() - step.canaryErrors(), limit);
      if (above.reaches(alpha / 2)) {
        return new RollBack(
            "evidence %s that more than %s fail; rolled back at %s"
                .formatted(above.words(), percent(limit), words(2 / alpha)));
      }
      double upper = ClopperPearson.upper(step.canaryErrors(), step.canaryRequests(), CONFIDENCE);
      String most = "at most %s fail, with 95%%".formatted(percent(upper));
      return step.canaryRequests() > 0 && upper < limit
          ? new Passes(most + "; the limit is " + percent(limit))
          : new NotEnough(
              "not enough data: %s, and the limit is %s".formatted(most, percent(limit)));
    }

    private static String words(double odds) {
      return Math.round(odds) + " : 1";
    }

    private static String percent(double share) {
      return String.format(Locale.ROOT, "%.2g", 100 * share).replaceFirst("\\.0$", "") + " %";
    }
  }
}
