package dev.hivedeck.engine.rollout.analysis;

import org.apache.commons.numbers.gamma.LogBeta;
import org.apache.commons.numbers.gamma.RegularizedBeta;

/**
 * Whether something happens more often than it may, by two counts: M. Lindon and A. Malek,
 * "Anytime-Valid Inference for Multinomial Count Data", NeurIPS 2022 (arXiv 2011.03567). Their
 * mixture over what the share could be, a Dirichlet distribution about the one that may be, is cut
 * to those above it, so that only more of it is evidence. For each share above, the likelihood
 * ratio is a supermartingale as long as the true one is at most what it may be; so is their
 * mixture, and it may be looked at after each event.
 */
public final class OneSidedTest {
  /** How narrow the mixture is: as if so many had been seen. */
  static final double CONCENTRATION = 20;

  private OneSidedTest() {}

  /**
   * That a share is above a limit.
   *
   * @param some of how many it was so
   * @param others of how many it was not
   * @param limit between 0 and 1
   */
  public static Evidence above(long some, long others, double limit) {
    if (!(limit > 0 && limit < 1) || some < 0 || others < 0) {
      throw new IllegalArgumentException(some + " and " + others + " against " + limit);
    }
    double a = CONCENTRATION * limit;
    double b = CONCENTRATION * (1 - limit);
    double log =
        LogBeta.value(a + some, b + others)
            - LogBeta.value(a, b)
            + Math.log(RegularizedBeta.complement(limit, a + some, b + others))
            - Math.log(RegularizedBeta.complement(limit, a, b))
            - some * Math.log(limit)
            - others * Math.log1p(-limit);
    return new Evidence(Double.isNaN(log) ? Double.NEGATIVE_INFINITY : log).bounded();
  }

  /**
   * That a canary has errors at a higher rate than stable. Of the errors that there are, the share
   * of the canary is that of its traffic if both have the same rate; requests need not be counted.
   *
   * @param canary its errors
   * @param stable the errors of stable
   * @param share of the traffic that the canary has, between 0 and 1
   */
  public static Evidence worse(long canary, long stable, double share) {
    return above(canary, stable, share);
  }
}
