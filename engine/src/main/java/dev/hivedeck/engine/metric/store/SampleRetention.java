package dev.hivedeck.engine.metric.store;

import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.Point;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How long samples are kept, and how far apart: as they come, then one a minute, then one an hour.
 * Of a counter and a histogram the last of each minute or hour stays, and both sides of each new
 * beginning: what is left shows exactly the events that there were.
 *
 * @param fine how long each sample stays
 * @param middle how long one a minute stays
 * @param coarse how long one an hour stays
 */
public record SampleRetention(Duration fine, Duration middle, Duration coarse) {
  public static final SampleRetention DEFAULT =
      new SampleRetention(Duration.ofHours(6), Duration.ofDays(4), Duration.ofDays(400));

  /**
   * Those of a series' points that stay. The first and the last always do: what comes before or
   * after them is not known here.
   *
   * @param points in the order of time
   * @param step how far apart they are to be
   */
  public static List<Point> thinned(MetricKind kind, List<Point> points, Duration step) {
    var kept = new ArrayList<Point>();
    for (int i = 0; i < points.size(); i++) {
      Point point = points.get(i);
      Point next = i + 1 < points.size() ? points.get(i + 1) : null;
      boolean last =
          next == null || slot(point.time(), step) != slot(next.time(), step) || next.stale();
      boolean edge =
          kind != MetricKind.GAUGE
              && (next != null && beganAnew(point, next)
                  || i > 0 && beganAnew(points.get(i - 1), point));
      if (i == 0 || last || edge || point.stale()) {
        kept.add(point);
      }
    }
    return kept;
  }

  /** Slots are open on the left: what was sampled on the minute belongs to the minute before. */
  private static long slot(long time, Duration step) {
    return Math.floorDiv(time - 1, step.toMillis());
  }

  private static boolean beganAnew(Point before, Point after) {
    if (before.stale() || after.stale()) {
      return false;
    }
    if (before.isHistogram() && after.isHistogram()) {
      return after.histogram().resetSince(before.histogram());
    }
    return after.value() < before.value();
  }
}
