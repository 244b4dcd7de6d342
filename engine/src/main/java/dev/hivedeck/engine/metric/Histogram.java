package dev.hivedeck.engine.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A native histogram, as Prometheus means it: exponential buckets on both sides of a zero bucket,
 * or buckets with bounds of their own. Sums and merges are exact: counts that were whole stay so,
 * up to 2^53.
 *
 * @param schema how fine the buckets are, see {@link ExponentialBuckets}; or {@link #CUSTOM}
 * @param zeroThreshold what is at most as far from zero is counted as zero
 * @param count of all observations, also of those that are not numbers
 * @param bounds the upper bounds of the buckets, but for the last, which has none; empty with
 *     exponential buckets
 * @param hint what is known of whether it begins anew
 */
public record Histogram(
    int schema,
    double zeroThreshold,
    double zeroCount,
    double count,
    double sum,
    BucketCounts positive,
    BucketCounts negative,
    List<Double> bounds,
    ResetHint hint) {
  /** The schema of histograms with bounds of their own. */
  public static final int CUSTOM = -53;

  public static final Histogram EMPTY = exponential(ExponentialBuckets.SCHEMA, 0, 0, 0, 0);

  /** What is known of whether a histogram counts on from the one before. */
  public enum ResetHint {
    UNKNOWN,
    RESET,
    NOT_RESET,
    /** It goes up and down. */
    GAUGE
  }

  /** A bucket by its bounds; the lower is left out of it, unless it is the zero bucket. */
  public record Bucket(double lower, double upper, double count) {}

  public Histogram {
    bounds = List.copyOf(bounds);
  }

  private static Histogram exponential(
      int schema, double zeroThreshold, double zeroCount, double count, double sum) {
    return new Histogram(
        schema,
        zeroThreshold,
        zeroCount,
        count,
        sum,
        BucketCounts.NONE,
        BucketCounts.NONE,
        List.of(),
        ResetHint.UNKNOWN);
  }

  public boolean isCustom() {
    return schema == CUSTOM;
  }

  public boolean isGauge() {
    return hint == ResetHint.GAUGE;
  }

  public Histogram with(ResetHint hint) {
    return new Histogram(
        schema, zeroThreshold, zeroCount, count, sum, positive, negative, bounds, hint);
  }

  /** The sum of both; empty when they have nothing in common, exponential and custom buckets. */
  public Optional<Histogram> plus(Histogram other) {
    return plus(other, 1);
  }

  public Optional<Histogram> minus(Histogram other) {
    return plus(other, -1);
  }

  private Optional<Histogram> plus(Histogram other, double factor) {
    if (isCustom() != other.isCustom()) {
      return Optional.empty();
    }
    Histogram a = this;
    Histogram b = other;
    if (isCustom()) {
      if (!bounds.equals(other.bounds)) {
        var common = new ArrayList<>(bounds);
        common.retainAll(other.bounds);
        a = a.toBounds(common);
        b = b.toBounds(common);
      }
    } else {
      int schema = Math.min(a.schema, b.schema);
      a = a.toSchema(schema);
      b = b.toSchema(schema);
      while (a.zeroThreshold != b.zeroThreshold) {
        if (a.zeroThreshold < b.zeroThreshold) {
          a = a.widenZero(b.zeroThreshold);
        } else {
          b = b.widenZero(a.zeroThreshold);
        }
      }
    }
    return Optional.of(
        new Histogram(
            a.schema,
            a.zeroThreshold,
            a.zeroCount + factor * b.zeroCount,
            a.count + factor * b.count,
            a.sum + factor * b.sum,
            a.positive.plus(b.positive, factor),
            a.negative.plus(b.negative, factor),
            a.bounds,
            a.isGauge() || b.isGauge() ? ResetHint.GAUGE : ResetHint.UNKNOWN));
  }

  public Histogram times(double factor) {
    return new Histogram(
        schema,
        zeroThreshold,
        zeroCount * factor,
        count * factor,
        sum * factor,
        positive.times(factor),
        negative.times(factor),
        bounds,
        factor < 0 ? ResetHint.GAUGE : hint);
  }

  /** With coarser buckets; as it is when it has no finer ones. */
  public Histogram toSchema(int coarser) {
    if (isCustom() || coarser >= schema) {
      return this;
    }
    int shift = schema - coarser;
    return new Histogram(
        coarser,
        zeroThreshold,
        zeroCount,
        count,
        sum,
        positive.merged(i -> ExponentialBuckets.coarser(i, shift)),
        negative.merged(i -> ExponentialBuckets.coarser(i, shift)),
        bounds,
        hint);
  }

  private Histogram toBounds(List<Double> fewer) {
    double[] all = fewer.stream().mapToDouble(Double::doubleValue).toArray();
    var merged =
        positive.merged(
            i -> {
              if (i >= bounds.size()) {
                return all.length;
              }
              int at = Arrays.binarySearch(all, bounds.get(i));
              return at >= 0 ? at : -at - 1;
            });
    return new Histogram(CUSTOM, 0, 0, count, sum, merged, BucketCounts.NONE, fewer, hint);
  }

  /** Counts more as zero: up to the threshold, or the bound of the bucket that it falls into. */
  private Histogram widenZero(double threshold) {
    double zeros = zeroCount;
    int low = 0;
    int high = 0;
    double reached = threshold;
    for (boolean more = true; more; ) {
      more = false;
      while (low < positive.size() && lower(positive, low) < reached) {
        reached = Math.max(reached, upper(positive, low));
        zeros += positive.count(low++);
        more = true;
      }
      while (high < negative.size() && lower(negative, high) < reached) {
        reached = Math.max(reached, upper(negative, high));
        zeros += negative.count(high++);
        more = true;
      }
    }
    return new Histogram(
        schema, reached, zeros, count, sum, positive.skip(low), negative.skip(high), bounds, hint);
  }

  private double lower(BucketCounts side, int position) {
    return ExponentialBuckets.lower(schema, side.index(position));
  }

  private double upper(BucketCounts side, int position) {
    return ExponentialBuckets.upper(schema, side.index(position));
  }

  /**
   * Whether it cannot have come from the former by counting on: the count, the zero bucket or any
   * bucket fell, or the buckets became finer. A histogram begins anew as a whole.
   */
  public boolean resetSince(Histogram former) {
    switch (hint) {
      case RESET:
        return true;
      case NOT_RESET:
        return false;
      default:
    }
    if (count < former.count) {
      return true;
    }
    if (isCustom()) {
      if (!former.isCustom()) {
        return true;
      }
      if (!bounds.equals(former.bounds)) {
        var common = new ArrayList<>(bounds);
        common.retainAll(former.bounds);
        return toBounds(common).positive.fellFrom(former.toBounds(common).positive);
      }
      return positive.fellFrom(former.positive);
    }
    if (former.isCustom() || schema > former.schema || zeroThreshold < former.zeroThreshold) {
      return true;
    }
    Histogram before = former.toSchema(schema).widenZeroOrSame(zeroThreshold);
    return before.zeroThreshold != zeroThreshold
        || zeroCount < before.zeroCount
        || positive.fellFrom(before.positive)
        || negative.fellFrom(before.negative);
  }

  private Histogram widenZeroOrSame(double threshold) {
    return threshold == zeroThreshold ? this : widenZero(threshold);
  }

  /** All buckets that hold something, from the lowest up. */
  public List<Bucket> buckets() {
    var buckets = new ArrayList<Bucket>(positive.size() + negative.size() + 1);
    if (isCustom()) {
      for (int i = 0; i < positive.size(); i++) {
        int index = positive.index(i);
        buckets.add(
            new Bucket(
                index == 0 ? Double.NEGATIVE_INFINITY : bounds.get(index - 1),
                index < bounds.size() ? bounds.get(index) : Double.POSITIVE_INFINITY,
                positive.count(i)));
      }
      return buckets;
    }
    for (int i = negative.size() - 1; i >= 0; i--) {
      buckets.add(new Bucket(-upper(negative, i), -lower(negative, i), negative.count(i)));
    }
    if (zeroCount != 0) {
      buckets.add(new Bucket(-zeroThreshold, zeroThreshold, zeroCount));
    }
    for (int i = 0; i < positive.size(); i++) {
      buckets.add(new Bucket(lower(positive, i), upper(positive, i), positive.count(i)));
    }
    return buckets;
  }

  /** Whether everything that was seen lies on one side of zero, so that zeros do too. */
  boolean isOneSided(boolean positiveSide) {
    return positiveSide
        ? negative.isEmpty() && !positive.isEmpty()
        : positive.isEmpty() && !negative.isEmpty();
  }

  /** Builds one bucket by bucket. */
  public static final class Builder {
    private final int schema;
    private final List<Double> bounds;
    private final SideBuilder positive = new SideBuilder();
    private final SideBuilder negative = new SideBuilder();
    private double zeroThreshold;
    private double zeroCount;
    private double count;
    private double sum;
    private ResetHint hint = ResetHint.UNKNOWN;

    public Builder(int schema) {
      this.schema = schema;
      this.bounds = List.of();
    }

    /** With bounds of its own; the last bucket, above all bounds, has the index of their number. */
    public Builder(List<Double> bounds) {
      this.schema = CUSTOM;
      this.bounds = bounds;
    }

    public Builder zero(double threshold, double count) {
      zeroThreshold = threshold;
      zeroCount = count;
      return this;
    }

    public Builder total(double count, double sum) {
      this.count = count;
      this.sum = sum;
      return this;
    }

    public Builder hint(ResetHint hint) {
      this.hint = hint;
      return this;
    }

    /** Adds a bucket; indexes must rise. */
    public Builder positive(int index, double count) {
      positive.add(index, count);
      return this;
    }

    /** Adds a bucket below zero; indexes must rise. */
    public Builder negative(int index, double count) {
      negative.add(index, count);
      return this;
    }

    public Histogram build() {
      return new Histogram(
          schema,
          zeroThreshold,
          zeroCount,
          count,
          sum,
          positive.build(),
          negative.build(),
          bounds,
          hint);
    }
  }

  /** Gathers the buckets of one side. */
  private static final class SideBuilder {
    private int[] indexes = new int[8];
    private double[] counts = new double[8];
    private int size;

    void add(int index, double count) {
      if (size > 0 && indexes[size - 1] >= index) {
        throw new IllegalArgumentException("bucket " + index + " after " + indexes[size - 1]);
      }
      if (size == indexes.length) {
        indexes = Arrays.copyOf(indexes, 2 * size);
        counts = Arrays.copyOf(counts, 2 * size);
      }
      indexes[size] = index;
      counts[size++] = count;
    }

    BucketCounts build() {
      return BucketCounts.of(indexes, counts, size);
    }
  }
}
