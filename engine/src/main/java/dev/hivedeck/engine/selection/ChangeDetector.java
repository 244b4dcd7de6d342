package dev.hivedeck.engine.selection;

/**
 * Whether an agent is still as good as it was known to be: Page's cumulative sum. After each
 * attempt the logarithm is added of how much likelier its outcome is if the odds that one is
 * verified have fallen to a {@link #WORSE}th; never below 0, from where the sum begins anew. At
 * {@link #ALARM} the agent counts as changed, and only what came since the sum was last 0 says what
 * it is now.
 *
 * @param sum in nats
 * @param verified attempts that passed since it was 0
 * @param failed attempts that did not
 * @see <a href="https://doi.org/10.1093/biomet/41.1-2.100">Page: Continuous inspection schemes
 *     (1954)</a>
 * @see <a href="https://arxiv.org/abs/1711.03539">Liu, Lee, Shroff: A change-detection based
 *     framework for piecewise-stationary multi-armed bandit problem (2018)</a>
 */
record ChangeDetector(double sum, int verified, int failed) {
  static final ChangeDetector NONE = new ChangeDetector(0, 0, 0);

  /** Of how much less odds it is watched for: of nine tenths to seven tenths, for example. */
  private static final double WORSE = 4;

  /**
   * An agent that has not changed raises one in 600 attempts or fewer; a very good one hardly ever.
   */
  private static final double ALARM = 4;

  /** With fewer attempts nothing is known that could be doubted. */
  private static final double LEAST = 4;

  /**
   * With one more attempt.
   *
   * @param known what is known from those before it
   */
  ChangeDetector with(boolean passed, Evidence known) {
    if (known.tries() < LEAST) {
      return NONE;
    }
    double share = known.share();
    double odds = share / (1 - share) / WORSE;
    double worse = odds / (1 + odds);
    double next = sum + (passed ? Math.log(worse / share) : Math.log((1 - worse) / (1 - share)));
    return next <= 0
        ? NONE
        : new ChangeDetector(next, verified + (passed ? 1 : 0), failed + (passed ? 0 : 1));
  }

  boolean alarmed() {
    return sum >= ALARM;
  }
}
