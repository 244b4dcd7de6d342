package dev.hivedeck.engine.metric.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.metric.Histogram;
import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.SampleValue;
import dev.hivedeck.engine.metric.Series;
import dev.hivedeck.engine.metric.SeriesSource;
import dev.hivedeck.engine.metric.promql.Evaluator;
import dev.hivedeck.engine.metric.promql.Expr;
import dev.hivedeck.engine.metric.promql.Parser;
import dev.hivedeck.engine.metric.promql.Value;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Answers questions about series as Prometheus' HTTP API does (<a
 * href="https://prometheus.io/docs/prometheus/latest/querying/api/">HTTP API</a>), the part within
 * {@code data}.
 */
public final class MetricQueries {
  /** Steps that one query over a range may have, as in Prometheus. */
  public static final int MOST_STEPS = 11_000;

  /** Points that an answer may have; more is no answer that anybody reads. */
  static final int MOST_POINTS = 500_000;

  /** Where series are looked for that no time is named for. */
  public static final Duration RECENT = Duration.ofHours(1);

  /** How long a query may take, as Prometheus has it. */
  public static final Duration LIMIT = Duration.ofMinutes(2);

  private final SeriesSource source;
  private final Clock clock;

  public MetricQueries(SeriesSource source, Clock clock) {
    this.source = source;
    this.clock = clock;
  }

  /**
   * What a query comes to at a time, as {@code {resultType, result}}.
   *
   * @param time null for now
   * @throws HiveException {@code promql-invalid} or {@code promql-failed}
   */
  public ObjectNode instant(String query, Instant time) {
    Instant at = time == null ? clock.instant() : time;
    var value = new Evaluator(source, clock, LIMIT).at(Parser.parse(query), at);
    var data = Json.object();
    switch (value) {
      case Value.Scalar s -> {
        data.put("resultType", "scalar");
        data.set("result", pair(at.toEpochMilli(), s.value()));
      }
      case Value.Text t -> {
        data.put("resultType", "string");
        data.putArray("result").add(seconds(at.toEpochMilli())).add(t.value());
      }
      case Value.Vector v -> {
        data.put("resultType", "vector");
        var result = data.putArray("result");
        for (var sample : v.samples()) {
          var one = result.addObject();
          one.set("metric", labels(sample.labels()));
          put(one, "", new Point(at.toEpochMilli(), sample.value(), sample.histogram(), false));
        }
      }
      case Value.Matrix m -> matrix(data, m.series());
    }
    return data;
  }

  /**
   * What a query comes to step by step, as {@code {resultType, result}}.
   *
   * @throws HiveException {@code promql-invalid}, {@code promql-failed} or {@code range-invalid}
   */
  public ObjectNode range(String query, Instant start, Instant end, Duration step) {
    var expr = Parser.parse(query);
    if (end.isBefore(start)) {
      throw range("its end is before its start", "Swap them.");
    }
    if (step.toMillis() < 1) {
      throw range("its step is not above zero", "Give a step as in 15s.");
    }
    long span;
    try {
      span = Math.subtractExact(end.toEpochMilli(), start.toEpochMilli());
    } catch (ArithmeticException e) {
      throw range("it is longer than time is counted", "Take a shorter one.");
    }
    if (span / step.toMillis() >= MOST_STEPS) {
      throw range("it has more than " + MOST_STEPS + " steps", "Take a longer step.");
    }
    var all =
        new Evaluator(new PreloadedSeries(source, span), clock, LIMIT).over(expr, start, end, step);
    if (all.stream().mapToLong(series -> series.points().size()).sum() > MOST_POINTS) {
      throw range(
          "it gives more than " + MOST_POINTS + " points", "Take a longer step, or aggregate.");
    }
    var data = Json.object();
    matrix(data, all);
    return data;
  }

  private static HiveException range(String why, String hint) {
    return new HiveException(
        ErrorCode.RANGE_INVALID, "The range cannot be used: " + why + ".", hint);
  }

  /**
   * The series that meet any of some selectors, or all.
   *
   * @param from where none is named, an hour before the end
   * @param until where none is named, now
   * @throws HiveException {@code promql-invalid}
   */
  public List<Labels> series(Collection<String> selectors, Instant from, Instant until) {
    return found(selectors, from, until).stream().map(Series::labels).sorted().distinct().toList();
  }

  /** The names of labels of such series. */
  public SortedSet<String> labelNames(Collection<String> selectors, Instant from, Instant until) {
    var names = new TreeSet<String>();
    series(selectors, from, until).forEach(labels -> names.addAll(labels.names()));
    return names;
  }

  /** The values that a label has in such series. */
  public SortedSet<String> labelValues(
      String name, Collection<String> selectors, Instant from, Instant until) {
    var values = new TreeSet<String>();
    series(selectors, from, until).forEach(labels -> values.add(labels.get(name)));
    values.remove("");
    return values;
  }

  /**
   * The newest sample of each series of the last hour that has not ended.
   *
   * @param selectors none for all
   * @throws HiveException {@code promql-invalid}
   */
  public Map<Labels, Point> newest(Collection<String> selectors) {
    var newest = new TreeMap<Labels, Point>();
    for (var series : found(selectors, null, null)) {
      var last = series.points().getLast();
      if (!last.stale()) {
        newest.put(series.labels(), last);
      }
    }
    return newest;
  }

  private List<Series> found(Collection<String> selectors, Instant from, Instant until) {
    Instant end = until == null ? clock.instant() : until;
    Instant start = from == null ? end.minus(RECENT) : from;
    var found = new ArrayList<Series>();
    if (selectors.isEmpty()) {
      var any = List.of(new LabelMatcher(Labels.NAME, LabelMatcher.Type.NOT_EQUAL, ""));
      return source.select(any, start.toEpochMilli(), end.toEpochMilli());
    }
    for (String selector : selectors) {
      if (!(Parser.parse(selector) instanceof Expr.Selector s)) {
        throw new HiveException(
            ErrorCode.PROMQL_INVALID,
            "\"" + selector + "\" selects no series.",
            "Write a name, conditions, or both: up{job=\"api\"}.");
      }
      found.addAll(source.select(s.matchers(), start.toEpochMilli(), end.toEpochMilli()));
    }
    return found;
  }

  // ── in the shapes of Prometheus ─────────────────────────────────────────────────────────────

  private static void matrix(ObjectNode data, List<Series> all) {
    data.put("resultType", "matrix");
    var result = data.putArray("result");
    for (var series : all) {
      var one = result.addObject();
      one.set("metric", labels(series.labels()));
      var values = Json.MAPPER.createArrayNode();
      var histograms = Json.MAPPER.createArrayNode();
      for (var point : series.points()) {
        if (point.isHistogram()) {
          histograms.addArray().add(seconds(point.time())).add(histogram(point.histogram()));
        } else if (!point.stale()) {
          values.add(pair(point.time(), point.value()));
        }
      }
      if (!values.isEmpty() || histograms.isEmpty()) {
        one.set("values", values);
      }
      if (!histograms.isEmpty()) {
        one.set("histograms", histograms);
      }
    }
  }

  private static void put(ObjectNode into, String plural, Point point) {
    if (point.isHistogram()) {
      into.putArray("histogram" + plural)
          .add(seconds(point.time()))
          .add(histogram(point.histogram()));
    } else {
      into.set("value" + plural, pair(point.time(), point.value()));
    }
  }

  private static ObjectNode labels(Labels labels) {
    var node = Json.object();
    labels.toMap().forEach(node::put);
    return node;
  }

  private static ArrayNode pair(long time, double value) {
    return Json.MAPPER.createArrayNode().add(seconds(time)).add(SampleValue.text(value));
  }

  /** Seconds without an exponent, and without what would be zeros. */
  private static BigDecimal seconds(long millis) {
    return millis % 1_000 == 0 ? BigDecimal.valueOf(millis / 1_000) : BigDecimal.valueOf(millis, 3);
  }

  private static ObjectNode histogram(Histogram histogram) {
    var node = Json.object();
    node.put("count", SampleValue.text(histogram.count()))
        .put("sum", SampleValue.text(histogram.sum()));
    var buckets = node.putArray("buckets");
    for (var bucket : histogram.buckets()) {
      buckets
          .addArray()
          .add(rule(histogram, bucket))
          .add(SampleValue.text(bucket.lower()))
          .add(SampleValue.text(bucket.upper()))
          .add(SampleValue.text(bucket.count()));
    }
    return node;
  }

  /** Which bounds belong to a bucket: 0 the upper, 1 the lower, 3 both. */
  private static int rule(Histogram histogram, Histogram.Bucket bucket) {
    if (histogram.isCustom()) {
      return Double.isInfinite(bucket.lower()) ? 3 : 0;
    }
    if (bucket.upper() <= 0) {
      return 1;
    }
    return bucket.lower() < 0 || bucket.lower() == 0 && histogram.zeroThreshold() == 0 ? 3 : 0;
  }
}
