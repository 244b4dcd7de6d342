package dev.hivedeck.engine.metric;

import java.util.List;
import java.util.Optional;

/**
 * How much a series rose over a window, as Prometheus 3 reckons {@code rate}, {@code increase} and
 * {@code delta}: from the samples inside the window, led on to its edges where the samples suggest
 * that the series covers them (<a
 * href="https://prometheus.io/docs/prometheus/latest/querying/functions/#rate">Query
 * functions</a>). Budgets are not reckoned so: they count events, see {@link Increments}.
 */
public final class Rates {
  /** Samples further from an edge than this, in mean distances, do not reach it. */
  private static final double REACH = 1.1;

  /** What to reckon. */
  public enum Kind {
    /** A counter's rise in a second. */
    RATE(true),
    /** A counter's rise. */
    INCREASE(true),
    /** A gauge's change. */
    DELTA(false);

    private final boolean counter;

    Kind(boolean counter) {
      this.counter = counter;
    }
  }

  private Rates() {}

  /**
   * @param points of {@code start < time <= end}, none of them stale
   * @return at {@code end}; empty with fewer than two samples, or numbers and histograms together
   */
  public static Optional<Point> over(Kind kind, List<Point> points, long start, long end) {
    if (points.size() < 2) {
      return Optional.empty();
    }
    Point first = points.getFirst();
    Point last = points.getLast();
    boolean histograms = first.isHistogram();
    if (points.stream().anyMatch(p -> p.isHistogram() != histograms)) {
      return Optional.empty();
    }
    double number = 0;
    Histogram histogram = null;
    double risen;
    double level;
    if (histograms) {
      var rise = histogramRise(kind, points);
      if (rise.isEmpty()) {
        return Optional.empty();
      }
      histogram = rise.get();
      risen = histogram.count();
      level = first.histogram().count();
    } else {
      number = last.value() - first.value();
      for (int i = 1; i < points.size() && kind.counter; i++) {
        if (points.get(i).value() < points.get(i - 1).value()) {
          number += points.get(i - 1).value();
        }
      }
      risen = number;
      level = first.value();
    }
    double factor = extrapolation(kind, points, start, end, risen, level);
    if (kind == Kind.RATE) {
      factor /= (end - start) / 1e3;
    }
    return Optional.of(
        histograms ? new Point(end, histogram.times(factor)) : new Point(end, number * factor));
  }

  /** By how much what the samples show is less than what the window holds. */
  private static double extrapolation(
      Kind kind, List<Point> points, long start, long end, double risen, double level) {
    long firstTime = points.getFirst().time();
    long lastTime = points.getLast().time();
    double sampled = (lastTime - firstTime) / 1e3;
    if (sampled == 0) {
      return 1;
    }
    double step = sampled / (points.size() - 1);
    double before = (firstTime - start) / 1e3;
    double after = (end - lastTime) / 1e3;
    if (before >= step * REACH) {
      before = step / 2;
    }
    if (kind.counter && risen > 0 && level >= 0) {
      before = Math.min(before, sampled * (level / risen)); // a counter was never below zero
    }
    if (after >= step * REACH) {
      after = step / 2;
    }
    return (sampled + before + after) / sampled;
  }

  private static Optional<Histogram> histogramRise(Kind kind, List<Point> points) {
    Histogram last = points.getLast().histogram();
    Histogram former = points.getFirst().histogram();
    int finest = last.schema();
    if (kind.counter) {
      Histogram second = points.get(1).histogram();
      if (second.resetSince(former)) { // then the first tells of nothing
        former =
            second.isCustom()
                ? new Histogram.Builder(second.bounds()).build()
                : new Histogram.Builder(second.schema()).zero(second.zeroThreshold(), 0).build();
      }
      for (var point : points.subList(1, points.size() - 1)) {
        if (point.histogram().isCustom() != last.isCustom()) {
          return Optional.empty();
        }
        finest = Math.min(finest, point.histogram().schema());
      }
    }
    var rise = last.toSchema(finest).minus(former);
    for (int i = 1; i < points.size() && kind.counter && rise.isPresent(); i++) {
      Histogram next = points.get(i).histogram();
      if (next.resetSince(former)) {
        var before = former;
        rise = rise.flatMap(r -> r.plus(before));
      }
      former = next;
    }
    return rise.map(r -> r.with(Histogram.ResetHint.GAUGE));
  }
}
