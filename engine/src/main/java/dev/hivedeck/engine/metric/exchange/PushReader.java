package dev.hivedeck.engine.metric.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.intake.ForeignSamples;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads what a service pushes to {@code POST /v1/metrics}: one sample or a list of them, each with
 * {@code metric_id}, {@code metric_type} ({@code counter} or {@code gauge}), {@code value} and
 * {@code labels}. A counter's value is its running total.
 */
public final class PushReader {
  /** More at once is not a push. */
  public static final int MOST_SAMPLES = 10_000;

  private static final Set<String> KEYS =
      Set.of("metric_id", "metric_type", "value", "labels", "timestamp");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_:][A-Za-z0-9_:]*");

  private PushReader() {}

  /**
   * @param time of samples that have none, in milliseconds
   * @throws HiveException {@code metrics-invalid}, with the place; then nothing is taken
   */
  public static List<Reading> read(JsonNode body, long time) {
    var readings = new ArrayList<Reading>();
    if (body.isArray()) {
      if (body.size() > MOST_SAMPLES) {
        throw invalid("[]", "more than " + MOST_SAMPLES + " samples at once");
      }
      for (int i = 0; i < body.size(); i++) {
        readings.add(sample(body.path(i), "[" + i + "]", time));
      }
    } else {
      readings.add(sample(body, "", time));
    }
    return readings;
  }

  private static Reading sample(JsonNode node, String place, long time) {
    if (!node.isObject()) {
      throw invalid(place, "an object is expected");
    }
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!KEYS.contains(key)) {
                throw invalid(place + "." + key, "the key is not known");
              }
            });
    String name = node.path("metric_id").asText();
    if (!NAME.matcher(name).matches()) {
      throw invalid(place + ".metric_id", "\"" + name + "\" is no name of a metric");
    }
    var kind =
        switch (node.path("metric_type").asText()) {
          case "counter" -> MetricKind.COUNTER;
          case "gauge" -> MetricKind.GAUGE;
          default ->
              throw invalid(
                  place + ".metric_type",
                  "\"" + node.path("metric_type").asText() + "\" is neither counter nor gauge");
        };
    if (!node.path("value").isNumber()) {
      throw invalid(place + ".value", "a number is expected");
    }
    double value = node.path("value").doubleValue();
    if (!Double.isFinite(value)) {
      throw invalid(place + ".value", "the number is too large");
    }
    if (kind == MetricKind.COUNTER && value < 0) {
      throw invalid(place + ".value", "a counter is never below zero");
    }
    var labels = new TreeMap<String, String>();
    for (var label : node.path("labels").properties()) {
      if (!NAME.matcher(label.getKey()).matches() || label.getKey().startsWith("__")) {
        throw invalid(place + ".labels", "\"" + label.getKey() + "\" is no name of a label");
      }
      labels.put(label.getKey(), label.getValue().asText());
    }
    labels.put(Labels.NAME, name);
    var series = Labels.of(labels);
    ForeignSamples.refusal(series)
        .ifPresent(
            why -> {
              throw invalid(place, why);
            });
    long when = time(node.path("timestamp"), place, time);
    return new Reading(series, kind, new Point(when, value));
  }

  private static long time(JsonNode told, String place, long now) {
    if (!told.isNumber()) {
      return now;
    }
    var why =
        told.canConvertToLong()
            ? ForeignSamples.refusal(told.longValue(), now)
            : Optional.of("it is no time in milliseconds");
    if (why.isPresent()) {
      throw invalid(place + ".timestamp", why.get());
    }
    return told.longValue();
  }

  private static HiveException invalid(String place, String why) {
    return new HiveException(
        ErrorCode.METRICS_INVALID,
        "The metrics cannot be taken in, " + (place.isEmpty() ? "body" : place) + ": " + why + ".",
        "Send {\"metric_id\": \"requests_total\", \"metric_type\": \"counter\", \"value\": 12,"
            + " \"labels\": {\"code\": \"200\"}}, or a list of such.");
  }
}
