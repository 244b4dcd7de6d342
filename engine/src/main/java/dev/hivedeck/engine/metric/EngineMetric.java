package dev.hivedeck.engine.metric;

import java.util.List;

/**
 * What the engine counts and measures of itself: all of it, each with what it means. Names and
 * units follow Prometheus (<a href="https://prometheus.io/docs/practices/naming/">Metric and label
 * naming</a>).
 */
public enum EngineMetric {
  EVENTS(
      "hivedeck_events_total",
      MetricKind.COUNTER,
      List.of("type"),
      "Events of the engine, by their type."),
  ATTEMPTS(
      "hivedeck_attempts_total",
      MetricKind.COUNTER,
      List.of("agent", "outcome"),
      "Attempts that ended, by how: succeeded, failed, lost or cancelled."),
  ATTEMPT_SECONDS(
      "hivedeck_attempt_seconds",
      MetricKind.HISTOGRAM,
      List.of("agent"),
      "How long attempts took, from their start to their end."),
  ATTEMPT_COST(
      "hivedeck_attempt_cost_dollars",
      MetricKind.HISTOGRAM,
      List.of("agent"),
      "What attempts cost, where that is known."),
  GATE_SECONDS(
      "hivedeck_gate_seconds", MetricKind.HISTOGRAM, List.of("gate"), "How long gates took.");

  private final String metric;
  private final MetricKind kind;
  private final List<String> labels;
  private final String meaning;

  EngineMetric(String metric, MetricKind kind, List<String> labels, String meaning) {
    this.metric = metric;
    this.kind = kind;
    this.labels = labels;
    this.meaning = meaning;
  }

  /** The name, as it is asked for and shown at {@code /metrics}. */
  public String metric() {
    return metric;
  }

  public MetricKind kind() {
    return kind;
  }

  /** The names of its labels, in the order in which {@link #of} takes their values. */
  public List<String> labels() {
    return labels;
  }

  /** What it counts or measures, in a sentence. */
  public String meaning() {
    return meaning;
  }

  /**
   * The series with these values of its labels.
   *
   * @throws IllegalArgumentException when there are more or fewer values than labels
   */
  public Labels of(String... values) {
    if (values.length != labels.size()) {
      throw new IllegalArgumentException(metric + " has the labels " + labels);
    }
    var pairs = new String[2 * values.length];
    for (int i = 0; i < values.length; i++) {
      pairs[2 * i] = labels.get(i);
      pairs[2 * i + 1] = values[i];
    }
    return Labels.metric(metric, pairs);
  }
}
