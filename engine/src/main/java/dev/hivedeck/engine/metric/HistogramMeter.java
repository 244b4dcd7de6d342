package dev.hivedeck.engine.metric;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts observations by size, in buckets of schema {@link ExponentialBuckets#SCHEMA}. Any number
 * of threads may observe at once. Nothing is ever dropped or widened: a value takes its bucket
 * between 2^-{@value #RANGE} and 2^{@value #RANGE}, what is smaller counts as zero, and what is
 * larger goes into the last bucket.
 */
public final class HistogramMeter implements Instrument {
  /** From a billionth of a nano to what no bill will come to. */
  private static final int RANGE = 60;

  private static final int STEPS = 1 << ExponentialBuckets.SCHEMA;
  private static final int BUCKETS = 2 * RANGE * STEPS;

  /** What is at most so large counts as zero. */
  static final double ZERO_THRESHOLD = Math.scalb(1.0, -RANGE);

  private final AtomicReferenceArray<LongAdder> positive = new AtomicReferenceArray<>(BUCKETS);
  private final AtomicReferenceArray<LongAdder> negative = new AtomicReferenceArray<>(BUCKETS);
  private final LongAdder zeros = new LongAdder();
  private final LongAdder others = new LongAdder();
  private final DoubleAdder sum = new DoubleAdder();

  private final List<Threshold> thresholds = new CopyOnWriteArrayList<>();

  /** Observations up to a limit that an objective has; no bucket need end there. */
  private record Threshold(double limit, LongAdder count) {}

  HistogramMeter() {}

  /** Counts from now on, exactly, how many observations are at most so large. */
  void countUpTo(double limit) {
    if (thresholds.stream().noneMatch(t -> t.limit() == limit)) {
      thresholds.add(new Threshold(limit, new LongAdder()));
    }
  }

  /** How many were at most so large since they are counted so, by the limit. */
  Map<Double, Long> upTo() {
    var counts = new TreeMap<Double, Long>();
    thresholds.forEach(t -> counts.put(t.limit(), t.count().sum()));
    return counts;
  }

  public void observe(double value) {
    for (var threshold : thresholds) {
      if (value <= threshold.limit()) {
        threshold.count().increment();
      }
    }
    double size = Math.abs(value);
    if (size <= ZERO_THRESHOLD) {
      zeros.increment();
    } else if (Double.isNaN(value)) {
      others.increment();
    } else {
      int index = Double.isInfinite(size) ? Integer.MAX_VALUE : ExponentialBuckets.index(size);
      int slot = Math.clamp((long) index + RANGE * STEPS - 1, 0, BUCKETS - 1);
      adder(value > 0 ? positive : negative, slot).increment();
    }
    sum.add(value);
  }

  private static LongAdder adder(AtomicReferenceArray<LongAdder> side, int slot) {
    LongAdder adder = side.get(slot);
    if (adder == null) {
      side.compareAndSet(slot, null, new LongAdder());
      adder = side.get(slot);
    }
    return adder;
  }

  /** What was observed so far; its count is that of its buckets, also while others observe. */
  public Histogram histogram() {
    var builder = new Histogram.Builder(ExponentialBuckets.SCHEMA);
    double sum = this.sum.sum();
    long zero = zeros.sum();
    long count = zero + others.sum();
    for (int slot = 0; slot < BUCKETS; slot++) {
      int index = slot - RANGE * STEPS + 1;
      LongAdder above = positive.get(slot);
      LongAdder below = negative.get(slot);
      if (above != null) {
        long n = above.sum();
        builder.positive(index, n);
        count += n;
      }
      if (below != null) {
        long n = below.sum();
        builder.negative(index, n);
        count += n;
      }
    }
    return builder.zero(ZERO_THRESHOLD, zero).total(count, sum).build();
  }

  @Override
  public MetricKind kind() {
    return MetricKind.HISTOGRAM;
  }

  @Override
  public Point read(long time) {
    return new Point(time, histogram());
  }
}
