package dev.hivedeck.engine.metric.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.metric.Histogram;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.protocol.HiveException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads metrics as OpenTelemetry pushes them, OTLP as JSON, and names them as Prometheus does:
 * points become underscores, a counter's name ends with {@code _total} (<a
 * href="https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/">Prometheus
 * and OpenMetrics compatibility</a>). Exponential histograms are taken exactly, those with bounds
 * of their own too.
 */
public final class OtlpReader {
  private static final int DELTA = 1;
  private static final int CUMULATIVE = 2;

  /**
   * A sample.
   *
   * @param delta whether it tells only what came since the sample before
   */
  public record Sample(Labels labels, MetricKind kind, Point point, boolean delta) {}

  private final List<Sample> samples = new ArrayList<>();

  private OtlpReader() {}

  /**
   * @throws HiveException {@code otlp-invalid}, with the metric
   */
  public static List<Sample> read(JsonNode request) {
    var reader = new OtlpReader();
    for (var resource : request.path("resourceMetrics")) {
      var labels = new TreeMap<String, String>();
      var attributes = attributes(resource.path("resource").path("attributes"));
      if (attributes.containsKey("service_name")) {
        labels.put("job", attributes.get("service_name"));
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
    return reader.samples;
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
      for (var point : metric.path("histogram").path("dataPoints")) {
        add(name, common, point, metric.path("histogram"), explicit(point, name));
      }
    } else if (metric.has("exponentialHistogram")) {
      for (var point : metric.path("exponentialHistogram").path("dataPoints")) {
        add(name, common, point, metric.path("exponentialHistogram"), exponential(point));
      }
    } else {
      throw invalid(name, "it is no gauge, sum or histogram");
    }
  }

  private void numbers(JsonNode node, String name, Map<String, String> common, MetricKind kind) {
    for (var point : node.path("dataPoints")) {
      var value = point.has("asInt") ? point.path("asInt") : point.path("asDouble");
      samples.add(
          new Sample(
              labels(name, common, point),
              kind,
              new Point(time(point), value.asDouble()),
              kind == MetricKind.COUNTER && isDelta(node, name)));
    }
  }

  private void add(
      String name,
      Map<String, String> common,
      JsonNode point,
      JsonNode metric,
      Histogram histogram) {
    samples.add(
        new Sample(
            labels(name, common, point),
            MetricKind.HISTOGRAM,
            new Point(time(point), histogram),
            isDelta(metric, name)));
  }

  private static boolean isDelta(JsonNode metric, String name) {
    return switch (metric.path("aggregationTemporality").asInt()) {
      case DELTA -> true;
      case CUMULATIVE -> false;
      default -> throw invalid(name, "its aggregationTemporality is neither delta nor cumulative");
    };
  }

  private static Histogram explicit(JsonNode point, String name) {
    var bounds = new ArrayList<Double>();
    point.path("explicitBounds").forEach(b -> bounds.add(b.asDouble()));
    var counts = point.path("bucketCounts");
    if (counts.size() != bounds.size() + 1) {
      throw invalid(name, "it has " + counts.size() + " buckets for " + bounds.size() + " bounds");
    }
    var builder = new Histogram.Builder(bounds);
    for (int i = 0; i < counts.size(); i++) {
      builder.positive(i, counts.path(i).asDouble());
    }
    return builder.total(point.path("count").asDouble(), point.path("sum").asDouble()).build();
  }

  /**
   * OTLP's scale is the schema; its bucket {@code i} is the one that Prometheus counts as i + 1.
   */
  private static Histogram exponential(JsonNode point) {
    var builder = new Histogram.Builder(point.path("scale").asInt());
    var positive = point.path("positive");
    var above = positive.path("bucketCounts");
    for (int i = 0; i < above.size(); i++) {
      builder.positive(positive.path("offset").asInt() + i + 1, above.path(i).asDouble());
    }
    var negative = point.path("negative");
    var below = negative.path("bucketCounts");
    for (int i = 0; i < below.size(); i++) {
      builder.negative(negative.path("offset").asInt() + i + 1, below.path(i).asDouble());
    }
    return builder
        .zero(point.path("zeroThreshold").asDouble(), point.path("zeroCount").asDouble())
        .total(point.path("count").asDouble(), point.path("sum").asDouble())
        .build();
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
              e -> attributes.put(name(attribute.path("key").asText()), e.getValue().asText()));
    }
    return attributes;
  }

  private static String name(String name) {
    String plain = name.replaceAll("[^A-Za-z0-9_:]+", "_");
    return plain.isEmpty() || Character.isDigit(plain.charAt(0)) ? "_" + plain : plain;
  }

  private static long time(JsonNode point) {
    return point.path("timeUnixNano").asLong() / 1_000_000;
  }

  private static HiveException invalid(String name, String why) {
    return new HiveException(
        "otlp-invalid",
        "The metric " + name + " cannot be taken in: " + why + ".",
        "Send metrics of OTLP 1, as the OpenTelemetry SDKs do.");
  }
}
