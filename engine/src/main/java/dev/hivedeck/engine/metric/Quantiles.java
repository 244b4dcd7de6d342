package dev.hivedeck.engine.metric;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Quantiles and shares read from histograms, with the interpolation that Prometheus documents for
 * {@code histogram_quantile} and {@code histogram_fraction} (<a
 * href="https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile">Query
 * functions</a>): along the logarithm within exponential buckets, linear elsewhere.
 */
public final class Quantiles {
  /** Differences that are due to arithmetic, not to counting. */
  private static final double SMALL = 1e-12;

  /** A bucket of a classic histogram: how many are at most its bound. */
  public record Cumulative(double upper, double count) {}

  private Quantiles() {}

  /** The value that a share {@code q} of the observations does not exceed. */
  public static double quantile(double q, Histogram histogram) {
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    if (histogram.count() == 0 || Double.isNaN(q)) {
      return Double.NaN;
    }
    var buckets = histogram.buckets();
    boolean hasNaN = Double.isNaN(histogram.sum());
    boolean forward = hasNaN || q < 0.5;
    double rank = (forward ? q : 1 - q) * histogram.count();
    double seen = 0;
    Histogram.Bucket found = null;
    for (int i = 0; i < buckets.size() && (found == null || seen < rank); i++) {
      found = buckets.get(forward ? i : buckets.size() - 1 - i);
      seen += found.count();
    }
    if (found == null) {
      return Double.NaN;
    }
    if (histogram.isCustom()) {
      if (found.lower() == Double.NEGATIVE_INFINITY && found.upper() <= 0) {
        return found.upper();
      }
      if (found.lower() != Double.NEGATIVE_INFINITY && found.upper() == Double.POSITIVE_INFINITY) {
        return found.lower();
      }
    }
    var bucket = narrowed(found, histogram);
    seen = Math.min(seen, histogram.count());
    if (seen < rank) {
      return hasNaN ? Double.NaN : bucket.upper();
    }
    double within = forward ? rank - (seen - bucket.count()) : seen - rank;
    double share = within / bucket.count();
    if (histogram.isCustom() || isZero(bucket)) {
      return bucket.lower() + (bucket.upper() - bucket.lower()) * share;
    }
    double low = log2(Math.abs(bucket.lower()));
    double high = log2(Math.abs(bucket.upper()));
    return bucket.lower() > 0
        ? Math.pow(2, low + (high - low) * share)
        : -Math.pow(2, high + (low - high) * (1 - share));
  }

  /** The share of observations between two values. */
  public static double fraction(double lower, double upper, Histogram histogram) {
    if (histogram.count() == 0 || Double.isNaN(lower) || Double.isNaN(upper)) {
      return Double.NaN;
    }
    if (lower >= upper) {
      return 0;
    }
    double total = histogram.count();
    var buckets = histogram.buckets();
    if (Double.isNaN(histogram.sum())) {
      total = buckets.stream().mapToDouble(Histogram.Bucket::count).sum();
    }
    double high = Math.min(total, below(upper, buckets, histogram));
    double low = Math.min(total, below(lower, buckets, histogram));
    return (high - low) / histogram.count();
  }

  private static double below(double value, List<Histogram.Bucket> buckets, Histogram histogram) {
    double below = 0;
    for (var found : buckets) {
      var bucket = narrowed(found, histogram);
      if (bucket.lower() >= value) {
        return below;
      }
      if (bucket.upper() > value) {
        return below + bucket.count() * share(value, bucket, histogram);
      }
      below += bucket.count();
    }
    return Double.POSITIVE_INFINITY;
  }

  /** How much of a bucket lies below a value inside it. */
  private static double share(double value, Histogram.Bucket bucket, Histogram histogram) {
    if (bucket.lower() == Double.NEGATIVE_INFINITY) {
      return 1; // nothing is known of where they are
    }
    if (histogram.isCustom() || isZero(bucket)) {
      return (value - bucket.lower()) / (bucket.upper() - bucket.lower());
    }
    double low = log2(Math.abs(bucket.lower()));
    double high = log2(Math.abs(bucket.upper()));
    double at = log2(Math.abs(value));
    return value > 0 ? (at - low) / (high - low) : 1 - (at - high) / (low - high);
  }

  private static boolean isZero(Histogram.Bucket bucket) {
    return bucket.lower() <= 0 && bucket.upper() >= 0;
  }

  /** The zero bucket, or a first one without a lower bound, by what can be in it. */
  private static Histogram.Bucket narrowed(Histogram.Bucket bucket, Histogram histogram) {
    if (histogram.isCustom()) {
      return bucket.lower() == Double.NEGATIVE_INFINITY && bucket.upper() >= 0
          ? new Histogram.Bucket(0, bucket.upper(), bucket.count())
          : bucket;
    }
    if (!isZero(bucket)) {
      return bucket;
    }
    return new Histogram.Bucket(
        histogram.isOneSided(true) ? 0 : bucket.lower(),
        histogram.isOneSided(false) ? 0 : bucket.upper(),
        bucket.count());
  }

  private static double log2(double value) {
    return Math.log(value) / Math.log(2);
  }

  /** The quantile of a classic histogram; not a number without a bucket that takes all. */
  public static double quantile(double q, List<Cumulative> classic) {
    if (Double.isNaN(q)) {
      return Double.NaN;
    }
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    var buckets = rising(together(classic));
    int last = buckets.size() - 1;
    if (last < 1 || buckets.get(last).upper() != Double.POSITIVE_INFINITY) {
      return Double.NaN;
    }
    double all = buckets.get(last).count();
    if (all == 0) {
      return Double.NaN;
    }
    double rank = q * all;
    int at = 0;
    while (at < last && !(buckets.get(at).count() >= rank)) {
      at++;
    }
    if (at == last) {
      return buckets.get(last - 1).upper();
    }
    double upper = buckets.get(at).upper();
    if (at == 0 && upper <= 0) {
      return upper;
    }
    double lower = at == 0 ? 0 : buckets.get(at - 1).upper();
    double before = at == 0 ? 0 : buckets.get(at - 1).count();
    return lower + (upper - lower) * ((rank - before) / (buckets.get(at).count() - before));
  }

  /** The share between two values of a classic histogram. */
  public static double fraction(double lower, double upper, List<Cumulative> classic) {
    var buckets = together(classic);
    var last = buckets.getLast();
    if (last.upper() != Double.POSITIVE_INFINITY
        || last.count() == 0
        || Double.isNaN(lower)
        || Double.isNaN(upper)) {
      return Double.NaN;
    }
    if (lower >= upper) {
      return 0;
    }
    double high = Math.min(last.count(), below(upper, buckets));
    double low = Math.min(last.count(), below(lower, buckets));
    return (high - low) / last.count();
  }

  private static double below(double value, List<Cumulative> buckets) {
    double lower = buckets.getFirst().upper() > 0 ? 0 : Double.NEGATIVE_INFINITY;
    double before = 0;
    for (var bucket : buckets) {
      if (lower >= value) {
        return before;
      }
      if (bucket.upper() > value) {
        return lower == Double.NEGATIVE_INFINITY
            ? bucket.count()
            : before + (bucket.count() - before) * (value - lower) / (bucket.upper() - lower);
      }
      before = bucket.count();
      lower = bucket.upper();
    }
    return Double.POSITIVE_INFINITY;
  }

  /** By rising bounds, those of one bound as one. */
  private static List<Cumulative> together(List<Cumulative> classic) {
    var sorted = new ArrayList<>(classic);
    sorted.sort(Comparator.comparingDouble(Cumulative::upper));
    var together = new ArrayList<Cumulative>(sorted.size());
    for (var bucket : sorted) {
      if (!together.isEmpty() && together.getLast().upper() == bucket.upper()) {
        var same = together.removeLast();
        together.add(new Cumulative(bucket.upper(), same.count() + bucket.count()));
      } else {
        together.add(bucket);
      }
    }
    return together;
  }

  /** Counts that fall from bucket to bucket were not read at one moment: they stay level. */
  private static List<Cumulative> rising(List<Cumulative> buckets) {
    var rising = new ArrayList<Cumulative>(buckets.size());
    double level = Double.NaN;
    for (var bucket : buckets) {
      if (Double.isNaN(level) || bucket.count() > level && !near(bucket.count(), level)) {
        level = bucket.count();
      }
      rising.add(new Cumulative(bucket.upper(), level));
    }
    return rising;
  }

  private static boolean near(double a, double b) {
    return Math.abs(a - b) <= SMALL * Math.max(Math.abs(a), Math.abs(b));
  }
}
