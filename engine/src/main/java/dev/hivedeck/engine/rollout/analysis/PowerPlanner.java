package dev.hivedeck.engine.rollout.analysis;

import java.time.Duration;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** How long a step has to be held to find a fault, reckoned before it begins by trying it out. */
public final class PowerPlanner {
  private static final int MINUTES = 24 * 60;
  private static final int FIRST = 60;

  /** From there on the normal distribution is near enough, and takes no time. */
  private static final double MANY = 500;

  private final Judgement.Rule rule;
  private final RandomGenerator random;
  private final int trials;
  private final int metrics;

  /**
   * What is expected.
   *
   * @param canaryPerMinute requests of the canary
   * @param stablePerMinute requests of stable
   * @param errors the share that fails at stable
   * @param limit the share that may fail
   */
  public record Traffic(
      double canaryPerMinute, double stablePerMinute, double errors, double limit) {
    /** Of the traffic, that of the canary. */
    public double share() {
      return canaryPerMinute / (canaryPerMinute + stablePerMinute);
    }
  }

  /**
   * @param trials how many are tried out; the error of a share is below 1/√trials
   * @param metrics by how many it is judged: the others share what may be wrong
   */
  public PowerPlanner(Judgement.Rule rule, RandomGenerator random, int trials, int metrics) {
    this.metrics = metrics;
    this.rule = rule;
    this.random = random;
    this.trials = trials;
  }

  /**
   * When a fault was found in each of the trials, the earliest first.
   *
   * @param wanted a share of cases
   */
  public record Found(int[] minutes, double wanted) {
    /** In which share of cases it was found within a time. */
    public double within(Duration time) {
      double most = time.toMillis() / 60_000.0;
      return Arrays.stream(minutes).filter(m -> m <= most).count() / (double) minutes.length;
    }

    /** How long it takes to find it in the share that is wanted; at most a day. */
    public Duration needed() {
      int at = Math.min(minutes.length - 1, (int) Math.ceil(wanted * minutes.length) - 1);
      return Duration.ofMinutes(Math.min(minutes[at], MINUTES));
    }
  }

  /**
   * Tries a step out many times.
   *
   * @param factor how many times the errors of stable the canary has
   * @param wanted a share of cases, as 0.86
   */
  public Found found(Traffic traffic, double factor, double wanted) {
    var found = new int[trials];
    for (int i = 0; i < trials; i++) {
      found[i] = minutesUntilFound(traffic, factor, MINUTES);
    }
    Arrays.sort(found);
    return new Found(found, wanted);
  }

  /**
   * Tries one step out, looking each minute in its first hour, and then ever more seldom.
   *
   * @return when it is rolled back; beyond {@code most} where it is not until then
   */
  public int minutesUntilFound(Traffic traffic, double factor, int most) {
    long canary = 0;
    long canaryErrors = 0;
    long stable = 0;
    long stableErrors = 0;
    int minute = 0;
    while (minute < most) {
      int next = Math.min(most, minute + Math.max(1, minute / FIRST));
      int minutes = next - minute;
      minute = next;
      long some = poisson(minutes * traffic.canaryPerMinute());
      long others = poisson(minutes * traffic.stablePerMinute());
      long errors = binomial(some, Math.min(1, factor * traffic.errors()));
      canary += some;
      canaryErrors += errors;
      stable += others;
      stableErrors += binomial(others, traffic.errors());
      var counts =
          new StepCounts(
              canary, canaryErrors, stable, stableErrors, traffic.share(), traffic.limit());
      if (errors > 0 && rule.takesBack(counts, metrics)) {
        return minute;
      }
    }
    return most + 1;
  }

  private long poisson(double mean) {
    if (mean > MANY) {
      return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.nextGaussian()));
    }
    double limit = Math.exp(-mean);
    long count = 0;
    for (double product = random.nextDouble(); product > limit; count++) {
      product *= random.nextDouble();
    }
    return count;
  }

  /** By the gaps between those that are so. */
  private long binomial(long of, double share) {
    if (share <= 0) {
      return 0;
    }
    if (share >= 1) {
      return of;
    }
    double mean = of * share;
    if (mean > MANY && of - mean > MANY) {
      double drawn = mean + Math.sqrt(mean * (1 - share)) * random.nextGaussian();
      return Math.clamp(Math.round(drawn), 0, of);
    }
    long count = 0;
    double log = Math.log1p(-share);
    for (long at = gap(log); at < of; at += 1 + gap(log)) {
      count++;
    }
    return count;
  }

  private long gap(double log) {
    return (long) Math.min(1e15, Math.log(1 - random.nextDouble()) / log);
  }
}
