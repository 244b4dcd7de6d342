package dev.hivedeck.engine.metric.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.metric.ExponentialBuckets;
import dev.hivedeck.engine.metric.Histogram;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.intake.Refused;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads metrics as OpenTelemetry pushes them, OTLP as JSON, and names them as Prometheus does:
 * points become underscores, a counter's name ends with {@code _total} (<a
 * href="https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/">Prometheus
 * and OpenMetrics compatibility</a>). Exponential histograms are taken exactly, those with bounds
 * of their own too. What cannot be taken is left out and told; the rest is taken.
 */
public final class OtlpReader {
  private static final int DELTA = 1;
  private static final int CUMULATIVE = 2;

  /** A data point that says that there is none: its series has ended. */
  private static final int NO_VALUE = 1;

  /** More on one side of a histogram is no histogram that an SDK makes. */
  private static final int MOST_BUCKETS = 10_000;

  /** More at once is not a push. */
  public static final int MOST_SAMPLES = 50_000;

  /**
   * A sample.
   *
   * @param delta whether it tells only what came since the sample before
   */
  public record Sample(Labels labels, MetricKind kind, Point point, boolean delta) {}

  /**
   * What of a request was read.
   *
   * @param refused data points that were not, by the name of their metric
   */
  public record Request(List<Sample> samples, Refused refused) {}

  private final List<Sample> samples = new ArrayList<>();
  private final long now;
  private final Refused.Builder refused = new Refused.Builder();

  private OtlpReader(long now) {
    this.now = now;
  }

  /**
   * @param now time of points that tell none, in milliseconds
   * @throws HiveException {@code otlp-invalid} when it is no such request
   */
  public static Request read(JsonNode request, long now) {
    if (!request.isObject()
        || request.has("resourceMetrics") && !request.path("resourceMetrics").isArray()) {
      throw new HiveException(
          ErrorCode.OTLP_INVALID,
          "The body is no request of OTLP: a list resourceMetrics is expected.",
          "Send metrics of OTLP 1, as the OpenTelemetry SDKs do.");
    }
    var reader = new OtlpReader(now);
    for (var resource : request.path("resourceMetrics")) {
      var labels = new TreeMap<String, String>();
      var attributes = attributes(resource.path("resource").path("attributes"));
      if (attributes.containsKey("service_name")) {
        String namespace = attributes.get("service_namespace");
        String service = attributes.get("service_name");
        labels.put("job", namespace == null ? service : namespace + "/" + service);
      }
      if (attributes.containsKey("service_instance_id")) {
        labels.put("instance", attributes.get("service_instance_id"));
      }
      for (var scope : resource.path("scopeMetrics")) {
        for (var metric : scope.path("metrics")) {
          reader.metric(metric, labels);
        }
      }
    }
    return new Request(List.copyOf(reader.samples), reader.refused.build());
  }

  /** Reads one data point; what is wrong with it is told. */
  @FunctionalInterface
  private interface PointReader {
    void read(JsonNode point) throws BadPoint;
  }

  /** Why a data point is not taken. */
  private static final class BadPoint extends Exception {
    BadPoint(String why) {
      super(why);
    }
  }

  private void each(String name, JsonNode points, PointReader reader) {
    for (var point : points) {
      try {
        if (samples.size() >= MOST_SAMPLES) {
          throw new BadPoint("there are more than " + MOST_SAMPLES + " at once");
        }
        reader.read(point);
      } catch (BadPoint e) {
        refused.add(e.getMessage(), name);
      }
    }
  }

  private void metric(JsonNode metric, Map<String, String> common) {
    String name = name(metric.path("name").asText());
    if (metric.has("gauge")) {
      numbers(metric.path("gauge"), name, common, MetricKind.GAUGE);
    } else if (metric.has("sum")) {
      boolean counts = metric.path("sum").path("isMonotonic").asBoolean();
      numbers(
          metric.path("sum"),
          counts && !name.endsWith("_total") ? name + "_total" : name,
          common,
          counts ? MetricKind.COUNTER : MetricKind.GAUGE);
    } else if (metric.has("histogram")) {
      var histogram = metric.path("histogram");
      each(
          name,
          histogram.path("dataPoints"),
          point -> add(name, common, point, isDelta(histogram), explicit(point)));
    } else if (metric.has("exponentialHistogram")) {
      var histogram = metric.path("exponentialHistogram");
      each(
          name,
          histogram.path("dataPoints"),
          point -> add(name, common, point, isDelta(histogram), exponential(point)));
    } else if (metric.has("summary")) {
      each(name, metric.path("summary").path("dataPoints"), point -> summary(name, common, point));
    } else {
      refused.add("it is no gauge, sum, histogram or summary", name);
    }
  }

  private void numbers(JsonNode node, String name, Map<String, String> common, MetricKind kind) {
    each(
        name,
        node.path("dataPoints"),
        point -> {
          double value = number(point.has("asInt") ? point.path("asInt") : point.path("asDouble"));
          boolean delta = node.has("aggregationTemporality") && isDelta(node);
          if (kind == MetricKind.COUNTER && value < 0) {
            throw new BadPoint("a counter is never below zero");
          }
          samples.add(new Sample(labels(name, common, point), kind, point(point, value), delta));
        });
  }

  private Point point(JsonNode point, double value) {
    return isEnd(point) ? Point.stale(time(point)) : new Point(time(point), value);
  }

  private static boolean isEnd(JsonNode point) {
    return (point.path("flags").asInt() & NO_VALUE) != 0;
  }

  private void add(
      String name, Map<String, String> common, JsonNode point, boolean delta, Histogram histogram) {
    samples.add(
        new Sample(
            labels(name, common, point),
            MetricKind.HISTOGRAM,
            isEnd(point) ? Point.stale(time(point)) : new Point(time(point), histogram),
            delta));
  }

  private void summary(String name, Map<String, String> common, JsonNode point) throws BadPoint {
    var labels = labels(name, common, point);
    for (var quantile : point.path("quantileValues")) {
      samples.add(
          new Sample(
              labels.with("quantile", MetricRegistry.bound(number(quantile.path("quantile")))),
              MetricKind.GAUGE,
              point(point, number(quantile.path("value"))),
              false));
    }
    for (String part : List.of("count", "sum")) {
      samples.add(
          new Sample(
              labels.with(Labels.NAME, name + "_" + part),
              MetricKind.COUNTER,
              point(point, number(point.path(part))),
              false));
    }
  }

  private static boolean isDelta(JsonNode metric) throws BadPoint {
    var temporality = metric.path("aggregationTemporality");
    int value =
        switch (temporality.asText()) {
          case "AGGREGATION_TEMPORALITY_DELTA" -> DELTA;
          case "AGGREGATION_TEMPORALITY_CUMULATIVE" -> CUMULATIVE;
          default -> temporality.asInt();
        };
    return switch (value) {
      case DELTA -> true;
      case CUMULATIVE -> false;
      default -> throw new BadPoint("its aggregationTemporality is neither delta nor cumulative");
    };
  }

  private static Histogram explicit(JsonNode point) throws BadPoint {
    var bounds = new ArrayList<Double>();
    for (var bound : point.path("explicitBounds")) {
      double next = number(bound);
      if (!bounds.isEmpty() && !(next > bounds.getLast()) || Double.isNaN(next)) {
        throw new BadPoint("its bounds do not rise");
      }
      bounds.add(next);
    }
    var counts = point.path("bucketCounts");
    if (counts.size() > MOST_BUCKETS) {
      throw new BadPoint("it has more than " + MOST_BUCKETS + " buckets");
    }
    var builder = new Histogram.Builder(bounds);
    if (counts.isEmpty() && bounds.isEmpty()) {
      builder.positive(0, count(point.path("count")));
    } else if (counts.size() != bounds.size() + 1) {
      throw new BadPoint("it has " + counts.size() + " buckets for " + bounds.size() + " bounds");
    }
    double total = 0;
    for (int i = 0; i < counts.size(); i++) {
      double count = count(counts.path(i));
      builder.positive(i, count);
      total += count;
    }
    if (!counts.isEmpty() && total != count(point.path("count"))) {
      throw new BadPoint("its buckets hold other than its count");
    }
    return builder.total(count(point.path("count")), number(point.path("sum"))).build();
  }

  /**
   * OTLP's scale is the schema; its bucket {@code i} is the one that Prometheus counts as i + 1.
   */
  private static Histogram exponential(JsonNode point) throws BadPoint {
    int scale = point.path("scale").asInt();
    if (scale < ExponentialBuckets.COARSEST || scale > 20) {
      throw new BadPoint("its scale " + scale + " is not from -4 to 20");
    }
    var builder = new Histogram.Builder(scale);
    double total = count(point.path("zeroCount"));
    var positive = point.path("positive");
    var above = positive.path("bucketCounts");
    var negative = point.path("negative");
    var below = negative.path("bucketCounts");
    if (above.size() > MOST_BUCKETS || below.size() > MOST_BUCKETS) {
      throw new BadPoint("it has more than " + MOST_BUCKETS + " buckets");
    }
    for (int i = 0; i < above.size(); i++) {
      double count = count(above.path(i));
      builder.positive(Math.addExact(offset(positive), i + 1), count);
      total += count;
    }
    for (int i = 0; i < below.size(); i++) {
      double count = count(below.path(i));
      builder.negative(Math.addExact(offset(negative), i + 1), count);
      total += count;
    }
    double count = count(point.path("count"));
    if (total > count) {
      throw new BadPoint("its buckets hold more than its count");
    }
    return builder
        .zero(number(point.path("zeroThreshold")), count(point.path("zeroCount")))
        .total(count, number(point.path("sum")))
        .build()
        .toSchema(Math.min(scale, ExponentialBuckets.FINEST));
  }

  private static int offset(JsonNode side) throws BadPoint {
    int offset = side.path("offset").asInt();
    if (Math.abs((long) offset) > Integer.MAX_VALUE / 2) {
      throw new BadPoint("its offset " + offset + " is beyond any number");
    }
    return offset;
  }

  private static double count(JsonNode node) throws BadPoint {
    double count = number(node);
    if (!(count >= 0) || count > 1e18) {
      throw new BadPoint("\"" + node.asText() + "\" is no count");
    }
    return count;
  }

  /** A number, also as the text that JSON has for large and odd ones; what is not there is zero. */
  private static double number(JsonNode node) throws BadPoint {
    if (node.isMissingNode() || node.isNumber()) {
      return node.asDouble();
    }
    try {
      return switch (node.asText()) {
        case "NaN" -> Double.NaN;
        case "Infinity" -> Double.POSITIVE_INFINITY;
        case "-Infinity" -> Double.NEGATIVE_INFINITY;
        default -> Double.parseDouble(node.asText());
      };
    } catch (NumberFormatException e) {
      throw new BadPoint("\"" + node.asText() + "\" is no number");
    }
  }

  private static Labels labels(String name, Map<String, String> common, JsonNode point) {
    var labels = new TreeMap<>(common);
    labels.putAll(attributes(point.path("attributes")));
    labels.put(Labels.NAME, name);
    return Labels.of(labels);
  }

  private static Map<String, String> attributes(JsonNode list) {
    var attributes = new TreeMap<String, String>();
    for (var attribute : list) {
      var value = attribute.path("value");
      value
          .properties()
          .forEach(
              e ->
                  attributes.put(
                      name(attribute.path("key").asText()),
                      e.getValue().isValueNode()
                          ? e.getValue().asText()
                          : e.getValue().toString()));
    }
    return attributes;
  }

  private static String name(String name) {
    String plain = name.replaceAll("[^A-Za-z0-9_:]+", "_");
    return plain.isEmpty() || Character.isDigit(plain.charAt(0)) ? "_" + plain : plain;
  }

  private long time(JsonNode point) {
    long millis = point.path("timeUnixNano").asLong() / 1_000_000;
    return millis <= 0 ? now : millis;
  }
}
