package dev.hivedeck.engine.metric.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.intake.ForeignSamples;
import dev.hivedeck.engine.metric.intake.Refused;
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

  private final long now;
  private final List<Reading> readings = new ArrayList<>();
  private final Refused.Builder refused = new Refused.Builder();

  private PushReader(long now) {
    this.now = now;
  }

  /** What is wrong with a sample. */
  private static final class BadSample extends Exception {
    final String place;

    BadSample(String place, String why) {
      super(why);
      this.place = place;
    }
  }

  /**
   * @param now time of samples that have none, in milliseconds
   * @throws HiveException {@code metrics-invalid}, with each reason, how many samples it is about
   *     and the place of the first; then nothing is taken
   */
  public static List<Reading> read(JsonNode body, long now) {
    var reader = new PushReader(now);
    if (body.isArray()) {
      if (body.size() > MOST_SAMPLES) {
        throw invalid("[]: more than " + MOST_SAMPLES + " samples at once");
      }
      for (int i = 0; i < body.size(); i++) {
        reader.add(body.path(i), "[" + i + "]");
      }
    } else {
      reader.add(body, "");
    }
    reader.check();
    return reader.readings;
  }

  private void add(JsonNode node, String place) {
    try {
      readings.add(sample(node, place));
    } catch (BadSample e) {
      refused.add(e.getMessage(), e.place.isEmpty() ? "body" : e.place);
    }
  }

  /** One reason reads as a sentence about its place; of several, each says how often it is so. */
  private void check() {
    var wrong = refused.build();
    if (wrong.count() == 1) {
      var only = wrong.reasons().getFirst();
      throw invalid(only.example() + ": " + only.why());
    }
    if (wrong.count() > 1) {
      throw invalid(wrong.text());
    }
  }

  private Reading sample(JsonNode node, String place) throws BadSample {
    if (!node.isObject()) {
      throw new BadSample(place, "an object is expected");
    }
    for (var field : node.properties()) {
      if (!KEYS.contains(field.getKey())) {
        throw new BadSample(place + "." + field.getKey(), "the key is not known");
      }
    }
    String name = node.path("metric_id").asText();
    if (!NAME.matcher(name).matches()) {
      throw new BadSample(place + ".metric_id \"" + name + "\"", "it is no name of a metric");
    }
    var kind =
        switch (node.path("metric_type").asText()) {
          case "counter" -> MetricKind.COUNTER;
          case "gauge" -> MetricKind.GAUGE;
          default ->
              throw new BadSample(
                  place + ".metric_type \"" + node.path("metric_type").asText() + "\"",
                  "it is neither counter nor gauge");
        };
    if (!node.path("value").isNumber()) {
      throw new BadSample(place + ".value", "a number is expected");
    }
    double value = node.path("value").doubleValue();
    if (!Double.isFinite(value)) {
      throw new BadSample(place + ".value", "the number is too large");
    }
    if (kind == MetricKind.COUNTER && value < 0) {
      throw new BadSample(place + ".value", "a counter is never below zero");
    }
    var labels = new TreeMap<String, String>();
    for (var label : node.path("labels").properties()) {
      if (!NAME.matcher(label.getKey()).matches() || label.getKey().startsWith("__")) {
        throw new BadSample(
            place + ".labels \"" + label.getKey() + "\"", "it is no name of a label");
      }
      labels.put(label.getKey(), label.getValue().asText());
    }
    labels.put(Labels.NAME, name);
    var series = Labels.of(labels);
    var foreign = ForeignSamples.refusal(series);
    if (foreign.isPresent()) {
      throw new BadSample(place, foreign.get());
    }
    return new Reading(series, kind, new Point(time(node.path("timestamp"), place), value));
  }

  private long time(JsonNode told, String place) throws BadSample {
    if (!told.isNumber()) {
      return now;
    }
    var why =
        told.canConvertToLong()
            ? ForeignSamples.refusal(told.longValue(), now)
            : Optional.of("it is no time in milliseconds");
    if (why.isPresent()) {
      throw new BadSample(place + ".timestamp", why.get());
    }
    return told.longValue();
  }

  private static HiveException invalid(String why) {
    return new HiveException(
        ErrorCode.METRICS_INVALID,
        "The metrics cannot be taken in, " + why + ".",
        "Send {\"metric_id\": \"requests_total\", \"metric_type\": \"counter\", \"value\": 12,"
            + " \"labels\": {\"code\": \"200\"}}, or a list of such.");
  }
}
