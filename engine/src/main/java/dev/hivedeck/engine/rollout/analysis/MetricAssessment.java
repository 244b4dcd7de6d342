package dev.hivedeck.engine.rollout.analysis;

import dev.hivedeck.engine.slo.ClopperPearson;
import java.util.List;
import java.util.Locale;

/**
 * What counts say of one metric.
 *
 * @param verb what requests do at which it happens: {@code fail}
 * @param step what was counted in the step that it is in
 * @param worse that it is worse than stable, of all steps
 * @param over that it is above its limit, of all steps
 */
public record MetricAssessment(String verb, StepCounts step, Evidence worse, Evidence over) {
  private static final double CONFIDENCE = 0.95;

  /** Assesses steps, the one that it is in last. */
  public static MetricAssessment of(String verb, List<StepCounts> steps) {
    return new MetricAssessment(
        verb,
        steps.getLast(),
        Evidence.ofSteps(steps.stream().map(StepCounts::worse).toList()),
        Evidence.ofSteps(steps.stream().map(StepCounts::over).toList()));
  }

  /** What the canary's share is at least, with 95 %. */
  public double lower() {
    return ClopperPearson.lower(step.canaryErrors(), step.canaryRequests(), CONFIDENCE);
  }

  /** What it is at most. */
  public double upper() {
    return ClopperPearson.upper(step.canaryErrors(), step.canaryRequests(), CONFIDENCE);
  }

  /** What stable's share is at least. */
  public double stableLower() {
    return ClopperPearson.lower(step.stableErrors(), step.stableRequests(), CONFIDENCE);
  }

  /** What stable's share is at most. */
  public double stableUpper() {
    return ClopperPearson.upper(step.stableErrors(), step.stableRequests(), CONFIDENCE);
  }

  /**
   * Whether it is shown to be below its limit, by evidence that may be looked at at any time: it is
   * asked again and again until it is so.
   */
  public boolean passes() {
    return step.canaryRequests() > 0 && (step.limit() >= 1 || step.below().reaches(1 - CONFIDENCE));
  }

  /** Whether what most speaks against it would matter if it was so. */
  boolean isRelevant(double ratio) {
    return worse.log() > over.log() ? step.ratio() >= ratio : step.isOver();
  }

  /** The more telling of both. */
  Evidence most() {
    return worse.log() > over.log() ? worse : over;
  }

  /** Whether no other tells more. */
  public boolean isWorst(Assessment all) {
    return all.metrics().stream().allMatch(other -> other.most().log() <= most().log());
  }

  /** What is worse about it. */
  String worseWords() {
    String seen =
        String.format(Locale.ROOT, "%,d of %,d", step.canaryErrors(), step.canaryRequests());
    return worse.log() > over.log()
        ? String.format(
            Locale.ROOT,
            "more requests %s than at stable (%s, and %,d of %,d)",
            verb,
            seen,
            step.stableErrors(),
            step.stableRequests())
        : "more than %s of requests %s (%s)".formatted(percent(step.limit()), verb, seen);
  }

  /** Why it passes. */
  String passedWords() {
    return step.limit() >= 1
        ? "any request may " + verb
        : "evidence %s that less than %s of requests %s"
            .formatted(step.below().words(), percent(step.limit()), verb);
  }

  /** What is known about it. */
  String knownWords() {
    return step.canaryRequests() == 0
        ? "it had no request yet"
        : "between %s and %s of requests %s, the limit is %s"
            .formatted(number(lower()), percent(upper()), verb, percent(step.limit()));
  }

  static String percent(double share) {
    return number(share) + "%";
  }

  private static String number(double share) {
    double percent = 100 * share;
    return String.format(Locale.ROOT, percent >= 9.95 ? "%.0f" : "%.1f", percent)
        .replaceFirst("\\.0$", "");
  }
}
