package dev.hivedeck.engine.rollout.analysis;

import org.apache.commons.numbers.gamma.LogGamma;

/**
 * Whether counts have other shares than they should, in any direction: the sequential test of
 * Lindon and Malek (arXiv 2011.03567, equation 5) with a Dirichlet prior of mean {@code shares}, as
 * their package savvi has it. Tells when traffic is not split as it was asked to be.
 */
public final class MultinomialTest {
  private MultinomialTest() {}

  /**
   * That the shares are not these.
   *
   * @param concentration of the prior; savvi has 100
   */
  public static Evidence differs(long[] counts, double[] shares, double concentration) {
    if (counts.length != shares.length) {
      throw new IllegalArgumentException(counts.length + " counts, " + shares.length + " shares");
    }
    double all = 0;
    double log = 0;
    for (int i = 0; i < counts.length; i++) {
      double prior = concentration * shares[i];
      log +=
          LogGamma.value(prior + counts[i])
              - LogGamma.value(prior)
              - counts[i] * Math.log(shares[i]);
      all += counts[i];
    }
    return new Evidence(log + LogGamma.value(concentration) - LogGamma.value(concentration + all));
  }
}
