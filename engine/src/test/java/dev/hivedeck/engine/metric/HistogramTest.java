package dev.hivedeck.engine.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Native histograms: exact merges, a bounded error, one rule for a new beginning. */
class HistogramTest {
  private static Histogram of(double... values) {
    var meter = new HistogramMeter();
    Arrays.stream(values).forEach(meter::observe);
    return meter.histogram();
  }

  private static double[] values(Random random, int n) {
    return random
        .doubles(n)
        .map(x -> Math.exp(30 * (x - 0.5)) * (random.nextInt(9) == 0 ? -1 : 1))
        .toArray();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aMergeIsWhatOneHistogramOfAllWouldBe(long seed) {
    var random = new Random(seed);
    double[] a = values(random, 500);
    double[] b = values(random, 700);
    double[] all = new double[1200];
    System.arraycopy(a, 0, all, 0, 500);
    System.arraycopy(b, 0, all, 500, 700);
    var merged = of(a).plus(of(b)).orElseThrow();
    assertThat(merged.buckets()).isEqualTo(of(all).buckets());
    assertThat(merged.count()).isEqualTo(1200);
    assertThat(merged.minus(of(b)).orElseThrow().buckets()).isEqualTo(of(a).buckets());
    for (int schema = 2; schema >= ExponentialBuckets.COARSEST; schema--) {
      assertThat(merged.toSchema(schema).buckets())
          .as("coarser first or merged first, schema %d", schema)
          .isEqualTo(of(a).toSchema(schema).plus(of(b).toSchema(schema)).orElseThrow().buckets());
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void eachValueLiesInItsBucketAndNearItsMiddle(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong() & Long.MAX_VALUE);
      if (!(value > 0) || Double.isInfinite(value)) {
        continue;
      }
      int index = ExponentialBuckets.index(value);
      double upper = ExponentialBuckets.upper(3, index);
      double lower = ExponentialBuckets.lower(3, index);
      assertThat(value > lower && value <= upper)
          .as("%s in bucket %d (%s, %s]", value, index, lower, upper)
          .isTrue();
      if (lower > Double.MIN_NORMAL && !Double.isInfinite(upper)) {
        double middle = lower * Math.sqrt(upper / lower);
        assertThat(Math.abs(middle / value - 1))
            .isLessThanOrEqualTo(ExponentialBuckets.RELATIVE_ERROR * (1 + 1e-12));
      }
    }
    for (int exponent = -1022; exponent <= 1023; exponent++) {
      assertThat(ExponentialBuckets.index(Math.scalb(1.0, exponent))).isEqualTo(8 * exponent);
    }
  }

  @Test
  void aQuantileIsOffByNoMoreThanABucket() {
    var random = new Random(7);
    double[] values = random.doubles(10_000).map(x -> 0.05 + x * x * 3).toArray();
    var histogram = of(values);
    Arrays.sort(values);
    for (double q : new double[] {0.01, 0.5, 0.9, 0.99, 0.999}) {
      double exact = values[(int) Math.ceil(q * values.length) - 1];
      assertThat(Quantiles.quantile(q, histogram) / exact)
          .as("quantile %s", q)
          .isBetween(1 / Math.pow(2, 1.0 / 8), Math.pow(2, 1.0 / 8));
    }
  }

  @Test
  void oneBucketThatFallsMeansThatAllBeganAnew() {
    var former = of(0.1, 0.1, 5, 5, 5, -2);
    assertThat(of(0.1, 0.1, 5, 5, 5, -2, 9).resetSince(former)).isFalse();
    assertThat(former.resetSince(former)).isFalse();
    // more in all, yet one bucket has less
    assertThat(of(0.1, 5, 5, 5, 5, 5, -2, 9, 9).resetSince(former)).isTrue();
    assertThat(of(0.1, 0.1, 5, 5, 5, 5, 5).resetSince(former)).isTrue();
    assertThat(of(0.1).resetSince(former)).isTrue();
    assertThat(of(0, 0, 3).resetSince(of(0, 0, 0, 3))).as("the zero bucket").isTrue();
    assertThat(former.resetSince(former.toSchema(1))).as("finer buckets").isTrue();
    assertThat(former.toSchema(1).resetSince(former)).as("coarser buckets").isFalse();
    assertThat(Increments.between(former, of(0.1)).count()).isEqualTo(1);
    assertThat(Increments.between(former, of(0.1, 0.1, 5, 5, 5, -2, 9)).buckets())
        .isEqualTo(of(9).buckets());
  }

  @Test
  void oddValuesAreCountedToo() {
    var histogram =
        of(0, -0.0, 1e-30, Double.NaN, Double.POSITIVE_INFINITY, 1e300, -1e300, Double.MIN_VALUE);
    assertThat(histogram.count()).isEqualTo(8);
    assertThat(histogram.zeroCount()).isEqualTo(4);
    assertThat(histogram.sum()).isNaN();
  }

  @Test
  void manyThreadsCountEachEventOnce() throws Exception {
    var registry = new MetricRegistry();
    var threads = new ArrayList<Thread>();
    for (int t = 0; t < 4; t++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 1; i <= 50_000; i++) {
                      registry.counter("events_total", "code", "200").increment();
                      registry.histogram("seconds").observe(i / 1000.0);
                    }
                  }));
    }
    for (var thread : threads) {
      thread.join();
    }
    assertThat(registry.counter("events_total", "code", "200").count()).isEqualTo(200_000);
    assertThat(registry.histogram("seconds").histogram().count()).isEqualTo(200_000);
  }

  @Test
  void aLabelWithoutEndFillsOneSeriesAndLosesNoEvent() {
    var registry = new MetricRegistry(10);
    for (int i = 0; i < 1_000; i++) {
      registry.counter("requests_total", "user", "u" + i).increment();
    }
    var readings = registry.read(1);
    assertThat(readings).hasSize(11);
    assertThat(readings.stream().mapToDouble(r -> r.point().value()).sum()).isEqualTo(1_000);
    assertThat(registry.counter("requests_total", "user", MetricRegistry.OTHER).count())
        .isEqualTo(990);
  }
}
