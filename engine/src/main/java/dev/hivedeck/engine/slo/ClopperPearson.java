package dev.hivedeck.engine.slo;

import org.apache.commons.statistics.distribution.BetaDistribution;

/**
 * The exact interval for a share, from how many of how many there were: C. J. Clopper and E. S.
 * Pearson, "The Use of Confidence or Fiducial Limits Illustrated in the Case of the Binomial",
 * Biometrika 26 (1934). Its bounds are quantiles of beta distributions; they hold for any share, so
 * they are rather too wide than too narrow.
 */
public final class ClopperPearson {
  private ClopperPearson() {}

  /** What the share is at least, with a confidence such as 0.95 on this side alone. */
  public static double lower(double some, double all, double confidence) {
    return some <= 0
        ? 0
        : BetaDistribution.of(some, all - some + 1).inverseCumulativeProbability(1 - confidence);
  }

  /** What the share is at most, with a confidence on this side alone. */
  public static double upper(double some, double all, double confidence) {
    return some >= all
        ? 1
        : BetaDistribution.of(some + 1, all - some).inverseCumulativeProbability(confidence);
  }
}
