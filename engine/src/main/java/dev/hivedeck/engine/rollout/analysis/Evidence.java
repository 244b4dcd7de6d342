package dev.hivedeck.engine.rollout.analysis;

import java.util.Collection;
import java.util.Locale;

/**
 * An e-value: how much more likely what was seen is where something is worse than where it is not.
 * If it is not, then an e-value reaches 1/α at any time, however often it is looked at, with
 * probability α at most (Ville's inequality; A. Ramdas, P. Grünwald, V. Vovk and G. Shafer,
 * "Game-Theoretic Statistics and Safe Anytime-Valid Inference", Statistical Science 38, 2023).
 *
 * @param log its natural logarithm
 */
public record Evidence(double log) {
  /** None either way. */
  public static final Evidence NONE = new Evidence(0);

  /** What is kept aside in each step, so that a step without evidence takes away only so much. */
  private static final double KEPT = 0.1;

  /**
   * That of several steps, one after another: each is an e-value whatever the ones before said, so
   * that they multiply.
   */
  public static Evidence ofSteps(Collection<Evidence> steps) {
    return new Evidence(steps.stream().mapToDouble(Evidence::log).sum());
  }

  /** That of several metrics at once, whatever they have to do with each other: their mean. */
  public static Evidence ofMetrics(Collection<Evidence> metrics) {
    if (metrics.isEmpty()) {
      return NONE;
    }
    double largest = metrics.stream().mapToDouble(Evidence::log).max().orElse(0);
    double sum = metrics.stream().mapToDouble(e -> Math.exp(e.log() - largest)).sum();
    return new Evidence(largest + Math.log(sum / metrics.size()));
  }

  /** A tenth of nothing and nine tenths of this: still an e-value, and never below a tenth. */
  Evidence bounded() {
    double log = this.log + Math.log1p(-KEPT);
    double largest = Math.max(log, Math.log(KEPT));
    return new Evidence(
        largest + Math.log(Math.exp(log - largest) + Math.exp(Math.log(KEPT) - largest)));
  }

  /** How many to one it is. */
  public double odds() {
    return Math.exp(log);
  }

  /** Whether it says so with an error of at most {@code alpha}. */
  public boolean reaches(double alpha) {
    return log >= -Math.log(alpha);
  }

  /** In words, as {@code 37 : 1}. */
  public String words() {
    double odds = odds();
    if (odds >= 1e6) {
      return "more than 1000000 : 1";
    }
    return odds >= 10 || odds == Math.rint(odds)
        ? Math.round(odds) + " : 1"
        : String.format(Locale.ROOT, "%.1f : 1", odds);
  }
}
