package dev.hivedeck.engine.metric.promql;

import dev.hivedeck.engine.metric.Histogram;
import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.Series;
import dev.hivedeck.engine.metric.SeriesSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Series in memory, as a test loads them. */
public final class MemorySeries implements SeriesSource {
  private final Map<Labels, TreeMap<Long, Point>> series = new LinkedHashMap<>();

  public void add(Labels labels, Point point) {
    series.computeIfAbsent(labels, k -> new TreeMap<>()).put(point.time(), point);
  }

  public void clear() {
    series.clear();
  }

  @Override
  public List<Series> select(List<LabelMatcher> matchers, long after, long until) {
    var found = new ArrayList<Series>();
    series.forEach(
        (labels, points) -> {
          if (after < until && matchers.stream().allMatch(m -> m.matches(labels))) {
            var window = points.subMap(after, false, until, true);
            if (!window.isEmpty()) {
              found.add(new Series(labels, new ArrayList<>(window.values())));
            }
          }
        });
    return found;
  }

  /** Adds native histograms with the bounds of the classic ones that were just loaded. */
  void addNative(List<SeriesNotation.Line> classic, long step) {
    record Parts(TreeMap<Double, List<Point>> buckets, List<List<Point>> others) {}
    var wholes = new LinkedHashMap<Labels, Parts>();
    var sums = new LinkedHashMap<Labels, List<Point>>();
    for (var line : classic) {
      String name = line.labels().name();
      if (name.endsWith("_bucket")) {
        Labels whole =
            line.labels().without("le").with(Labels.NAME, name.substring(0, name.length() - 7));
        wholes
            .computeIfAbsent(whole, k -> new Parts(new TreeMap<>(), new ArrayList<>()))
            .buckets()
            .put(SeriesNotation.number(line.labels().get("le")), line.points());
      } else if (name.endsWith("_sum")) {
        sums.put(
            line.labels().with(Labels.NAME, name.substring(0, name.length() - 4)), line.points());
      }
    }
    wholes.forEach(
        (labels, parts) -> {
          var bounds =
              parts.buckets().keySet().stream().filter(b -> !Double.isInfinite(b)).toList();
          int length = parts.buckets().firstEntry().getValue().size();
          for (int i = 0; i < length; i++) {
            var builder = new Histogram.Builder(bounds);
            double before = 0;
            int index = 0;
            for (var bucket : parts.buckets().values()) {
              double count = bucket.get(i).value();
              builder.positive(index++, count - before);
              before = count;
            }
            double sum = sums.containsKey(labels) ? sums.get(labels).get(i).value() : 0;
            add(labels, new Point(i * step, builder.total(before, sum).build()));
          }
        });
  }
}
