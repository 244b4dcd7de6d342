package dev.hivedeck.engine.metric.promql;

import dev.hivedeck.engine.metric.Histogram;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.Series;
import java.util.List;

/** What a query comes to. */
public sealed interface Value {

  record Scalar(double value) implements Value {}

  record Text(String value) implements Value {}

  /** Series at one time. */
  record Vector(List<Sample> samples) implements Value {
    public static final Vector NONE = new Vector(List.of());
  }

  /** Series over a window, {@code start < time <= end}. */
  record Matrix(List<Series> series, long start, long end) implements Value {}

  /**
   * One series at one time.
   *
   * @param time when it was sampled, which may be before the time of evaluation
   * @param histogram null for a number
   */
  record Sample(Labels labels, long time, double value, Histogram histogram) {
    public Sample(Labels labels, long time, double value) {
      this(labels, time, value, null);
    }

    static Sample of(Labels labels, Point point) {
      return new Sample(labels, point.time(), point.value(), point.histogram());
    }

    boolean isHistogram() {
      return histogram != null;
    }

    Sample with(Labels others) {
      return new Sample(others, time, value, histogram);
    }

    Point point(long at) {
      return new Point(at, value, histogram, false);
    }
  }
}
