package dev.hivedeck.engine.slo.watch;

import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.SeriesSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Times that there were twice because the clock was set back: samples of before and after lie
 * between each other there, and a counter seems to begin anew with each of them. They are known by
 * the running totals of objectives, which are the engine's own and never fall otherwise.
 */
record ClockSetBacks(List<Span> spans) {
  /** Samples of others come up to so much before and after those of objectives. */
  private static final long MARGIN = SloWatch.INTERVAL.toMillis();

  /** Totals that are thinned out with age are an hour apart. */
  private static final long TOGETHER = Duration.ofHours(2).toMillis();

  /** {@code from <= time <= until}, in milliseconds. */
  record Span(long from, long until) {
    boolean holds(long time) {
      return from <= time && time <= until;
    }
  }

  /** Those that were met since, also in what is in the future now. */
  static ClockSetBacks of(SeriesSource kept, long after) {
    Map<Labels, TreeMap<Long, Double>> totals = new HashMap<>();
    for (var series :
        kept.select(
            List.of(LabelMatcher.equal(Labels.NAME, ObjectiveState.SERIES)),
            after,
            Long.MAX_VALUE)) {
      var total = totals.computeIfAbsent(series.labels().without("result"), _ -> new TreeMap<>());
      series.points().forEach(p -> total.merge(p.time(), p.value(), Double::sum));
    }
    var spans = new ArrayList<Span>();
    totals.values().forEach(total -> add(total, spans));
    return new ClockSetBacks(spans);
  }

  private static void add(TreeMap<Long, Double> total, List<Span> spans) {
    double most = 0;
    long reached = 0;
    Span open = null;
    for (var entry : total.entrySet()) {
      long time = entry.getKey();
      if (entry.getValue() >= most) {
        most = entry.getValue();
        reached = time;
        continue;
      }
      boolean same = open != null && reached - open.until() <= TOGETHER;
      if (!same && open != null) {
        spans.add(open);
      }
      open = new Span(same ? open.from() : reached - MARGIN, time + MARGIN);
    }
    if (open != null) {
      spans.add(open);
    }
  }

  /**
   * Samples of a counter as they would be had the clock not been set back: those of such a time
   * give way to the one that had counted furthest.
   *
   * @param level what a sample had counted
   */
  List<Point> straightened(List<Point> points, ToDoubleFunction<Point> level) {
    if (spans.isEmpty()) {
      return points;
    }
    var straight = new ArrayList<Point>();
    var furthest = new HashMap<Span, Integer>();
    for (var point : points) {
      var within = spans.stream().filter(s -> s.holds(point.time())).findFirst().orElse(null);
      Integer at = within == null ? null : furthest.putIfAbsent(within, straight.size());
      if (at == null) {
        straight.add(point);
      } else if (level.applyAsDouble(point) >= level.applyAsDouble(straight.get(at))) {
        straight.set(at, point);
      }
    }
    return straight;
  }
}
