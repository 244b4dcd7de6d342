package dev.hivedeck.engine.metric.query;

import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.Series;
import dev.hivedeck.engine.metric.SeriesSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads each selector of a query over a range once, and answers its steps from that. What a step
 * wants from outside is read in addition.
 */
final class PreloadedSeries implements SeriesSource {
  private final SeriesSource source;
  private final long span;
  private final Map<String, Loaded> loaded = new HashMap<>();

  private record Loaded(List<Series> series, long after, long until) {}

  /**
   * @param span how far the steps reach from the first to the last, in milliseconds
   */
  PreloadedSeries(SeriesSource source, long span) {
    this.source = source;
    this.span = span;
  }

  @Override
  public List<Series> select(List<LabelMatcher> matchers, long after, long until) {
    String key = matchers.toString();
    var known = loaded.get(key);
    if (known == null || after < known.after() || until > known.until()) {
      long from = known == null ? after : Math.min(after, known.after());
      long to = known == null ? until + span : Math.max(until + span, known.until());
      known = new Loaded(source.select(matchers, from, to), from, to);
      loaded.put(key, known);
    }
    var found = new ArrayList<Series>();
    for (var series : known.series()) {
      int first = firstAfter(series.points(), after);
      int last = firstAfter(series.points(), until);
      if (first < last) {
        found.add(new Series(series.labels(), series.points().subList(first, last)));
      }
    }
    return found;
  }

  /** The position of the first point that is later. */
  private static int firstAfter(List<Point> points, long time) {
    int low = 0;
    int high = points.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (points.get(middle).time() <= time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
