package dev.hivedeck.engine.metric.intake;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What samples from outside may be like. Names of the engine's own metrics are not theirs to give,
 * else they would stand for what the engine has counted; labels have an end; and times are about
 * now, as Prometheus wants them.
 */
public final class ForeignSamples {
  /** Letters that the name of a metric may have, as in OpenTelemetry. */
  public static final int LONGEST_METRIC = 255;

  /** Letters that the name of a label may have. */
  public static final int LONGEST_NAME = 128;

  /** Bytes that the value of a label may have. */
  public static final int LONGEST_VALUE = 2_048;

  /** Labels that a series may have. */
  public static final int MOST_LABELS = 64;

  /** How far a sample's time may be ahead. */
  public static final Duration FUTURE = Duration.ofMinutes(10);

  /** How old a sample may be. */
  public static final Duration PAST = Duration.ofHours(1);

  private ForeignSamples() {}

  /**
   * Those that can be taken.
   *
   * @param taken without the others
   * @param refused the others
   */
  public record Sifted(List<Reading> taken, Refused refused) {}

  /**
   * @param now in milliseconds
   */
  public static Sifted sift(List<Reading> readings, long now) {
    var taken = new ArrayList<Reading>(readings.size());
    var refused = new Refused.Builder();
    for (var reading : readings) {
      var why = refusal(reading.labels());
      if (why.isEmpty()) {
        why = refusal(reading.point().time(), now);
      }
      if (why.isPresent()) {
        refused.add(why.get(), reading.labels());
      } else {
        taken.add(reading);
      }
    }
    return new Sifted(taken, refused.build());
  }

  /** Why a sample of this time is refused. */
  public static Optional<String> refusal(long time, long now) {
    if (time > now + FUTURE.toMillis()) {
      return Optional.of("it is more than ten minutes in the future");
    }
    return time < now - PAST.toMillis()
        ? Optional.of("it is older than an hour")
        : Optional.empty();
  }

  /** Why a series is refused. */
  public static Optional<String> refusal(Labels labels) {
    String metric = labels.name();
    if (metric.startsWith("hivedeck_") || metric.startsWith("ALERTS")) {
      return Optional.of("names that begin with hivedeck_ or ALERTS are the engine's own");
    }
    if (metric.length() > LONGEST_METRIC) {
      return Optional.of("the metric's name is longer than " + LONGEST_METRIC + " letters");
    }
    if (labels.size() > MOST_LABELS) {
      return Optional.of("there are more than " + MOST_LABELS + " labels");
    }
    for (String name : labels.names()) {
      if (name.length() > LONGEST_NAME) {
        return Optional.of("a label's name is longer than " + LONGEST_NAME + " letters");
      }
      String value = labels.get(name);
      if (value.length() > LONGEST_VALUE
          || 3 * value.length() > LONGEST_VALUE
              && value.getBytes(StandardCharsets.UTF_8).length > LONGEST_VALUE) {
        return Optional.of("a label's value is longer than " + LONGEST_VALUE + " bytes");
      }
    }
    return Optional.empty();
  }
}
