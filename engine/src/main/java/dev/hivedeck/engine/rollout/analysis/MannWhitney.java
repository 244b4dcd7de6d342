package dev.hivedeck.engine.rollout.analysis;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * Whether one sample lies above another, by ranks: the test of Mann and Whitney (1947) with the
 * shift between them after Hodges and Lehmann (1963), both by the normal approximation with
 * corrections for ties and continuity, as R's {@code wilcox.test(exact = FALSE, conf.int = TRUE)}.
 * It means what it says once, at the end; it is advice, and no reason to roll back.
 *
 * @param w how many pairs have the first above the second, those that are equal by half
 * @param p that the samples differ by so much by chance, on both sides
 * @param shift of the first above the second
 * @param lower what the shift is at least
 * @param upper what the shift is at most
 */
public record MannWhitney(double w, double p, double shift, double lower, double upper) {
  private static final int HALVINGS = 60;

  /**
   * Compares two samples.
   *
   * @param confidence that the shift is within its bounds
   * @throws IllegalArgumentException when one is empty
   */
  public static MannWhitney of(double[] first, double[] second, double confidence) {
    if (first.length == 0 || second.length == 0) {
      throw new IllegalArgumentException("no sample");
    }
    double[] x = first.clone();
    double[] y = second.clone();
    Arrays.sort(x);
    Arrays.sort(y);
    double z = NormalDistribution.of(0, 1).inverseCumulativeProbability((1 + confidence) / 2);
    double w = above(x, y, 0);
    double centre = w - x.length * (double) y.length / 2;
    double sigma = sigma(x, y, 0);
    double standard = sigma == 0 ? 0 : (centre - Math.signum(centre) * 0.5) / sigma;
    double p =
        centre == 0
            ? 1
            : Math.min(1, 2 * NormalDistribution.of(0, 1).survivalProbability(Math.abs(standard)));
    // Between those where as many pairs are above as below, it is the middle: the median of pairs.
    double shift = (root(x, y, 0, 0) - root(mirrored(x), mirrored(y), 0, 0)) / 2;
    return new MannWhitney(w, p, shift, root(x, y, z, 0.5), root(x, y, -z, -0.5));
  }

  /** The same from the other side, in order. */
  private static double[] mirrored(double[] sorted) {
    var mirrored = new double[sorted.length];
    for (int i = 0; i < sorted.length; i++) {
      mirrored[i] = -sorted[sorted.length - 1 - i];
    }
    return mirrored;
  }

  /** Pairs of which the first is above the second by more than a shift. */
  private static double above(double[] x, double[] y, double shift) {
    double pairs = 0;
    int below = 0;
    int notAbove = 0;
    for (double value : x) {
      double moved = value - shift;
      while (below < y.length && y[below] < moved) {
        below++;
      }
      while (notAbove < y.length && y[notAbove] <= moved) {
        notAbove++;
      }
      pairs += (below + notAbove) / 2.0;
    }
    return pairs;
  }

  /** The standard deviation of that, if both came from one distribution. */
  private static double sigma(double[] x, double[] y, double shift) {
    var all = new double[x.length + y.length];
    for (int i = 0; i < x.length; i++) {
      all[i] = x[i] - shift;
    }
    System.arraycopy(y, 0, all, x.length, y.length);
    Arrays.sort(all);
    double ties = 0;
    for (int from = 0; from < all.length; ) {
      int to = from;
      while (to < all.length && all[to] == all[from]) {
        to++;
      }
      double t = to - from;
      ties += t * t * t - t;
      from = to;
    }
    double n = all.length;
    return Math.sqrt(x.length * (double) y.length / 12 * (n + 1 - ties / (n * Math.max(1, n - 1))));
  }

  /** The shift at which the rest is so many standard deviations above what it would be. */
  private static double root(double[] x, double[] y, double z, double correction) {
    double low = x[0] - y[y.length - 1];
    double high = x[x.length - 1] - y[0];
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      double centre = above(x, y, middle) - x.length * (double) y.length / 2 - correction;
      double sigma = z == 0 ? 0 : sigma(x, y, middle); // without z the sign is enough
      if ((sigma == 0 ? centre : centre / sigma) - z > 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  /** Whether Kayenta would say that the first is too high: its tolerance is 0.25. */
  public boolean isHigh(double tolerance) {
    return lower > tolerance * Math.abs(shift);
  }
}
