package dev.hivedeck.engine.slo;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.numbers.gamma.LogBeta;

/**
 * Where the share of bad events rose, if it did: the odds of two shares, one before and one after
 * some slot, against one share throughout, with every share as likely before anything was seen and
 * every slot as likely to be where it changed (D. V. Hinkley, "Inference about the Change-Point in
 * a Sequence of Binomial Variables", Biometrika 57, 1970; here integrated over the shares).
 *
 * @param slot the first of the new share, the likeliest
 * @param earliest the first slot that holds the change with {@link #CONFIDENCE}, up to {@code
 *     latest}
 * @param latest the last of them
 * @param odds that it changed at all, to one
 */
public record ChangePoint(
    int slot, int earliest, int latest, double before, double after, double odds) {
  /** How sure it is that the change is in the slots that are told. */
  public static final double CONFIDENCE = 0.9;

  /**
   * The most likely rise.
   *
   * @param slots events in the order of time
   * @return empty when no rise is likelier than none
   */
  public static Optional<ChangePoint> rise(List<Counts> slots) {
    int n = slots.size();
    var totals = new Counts[n + 1];
    totals[0] = Counts.NONE;
    for (int i = 0; i < n; i++) {
      Counts slot = slots.get(i);
      totals[i + 1] = totals[i].plus(slot.hasData() ? slot : Counts.NONE);
    }
    Counts all = totals[n];
    if (n < 2 || all.bad() == 0) {
      return Optional.empty();
    }
    double one = evidence(all);
    double best = Double.NEGATIVE_INFINITY;
    double sum = 0;
    int at = -1;
    var weights = new double[n];
    Arrays.fill(weights, Double.NEGATIVE_INFINITY);
    for (int i = 1; i < n; i++) {
      Counts before = totals[i];
      Counts after = all.minus(before);
      if (!before.hasData() || !after.hasData() || after.badRatio() <= before.badRatio()) {
        continue;
      }
      double two = evidence(before) + evidence(after) - one;
      weights[i] = two;
      sum += Math.exp(Math.min(700, two)) / (n - 1);
      if (two > best) {
        best = two;
        at = i;
      }
    }
    if (at < 0 || !(sum > 1)) {
      return Optional.empty();
    }
    int[] within = likely(weights, at);
    return Optional.of(
        new ChangePoint(
            at,
            within[0],
            within[1],
            totals[at].badRatio(),
            all.minus(totals[at]).badRatio(),
            sum));
  }

  /** The slots around the likeliest that hold the change with {@link #CONFIDENCE}. */
  private static int[] likely(double[] weights, int at) {
    double best = weights[at];
    double all = Arrays.stream(weights).map(w -> Math.exp(w - best)).sum();
    int first = at;
    int last = at;
    double held = 1;
    while (held < CONFIDENCE * all) {
      double before = first > 0 ? Math.exp(weights[first - 1] - best) : -1;
      double after = last + 1 < weights.length ? Math.exp(weights[last + 1] - best) : -1;
      if (before < 0 && after < 0) {
        break;
      }
      held += Math.max(before, after);
      if (before >= after) {
        first--;
      } else {
        last++;
      }
    }
    return new int[] {first, last};
  }

  /** The logarithm of how likely these events are, whatever their share. */
  private static double evidence(Counts counts) {
    return LogBeta.value(counts.bad() + 1.0, counts.good() + 1.0);
  }
}
