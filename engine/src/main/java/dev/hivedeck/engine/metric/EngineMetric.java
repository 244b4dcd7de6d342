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
      "hivedeck_gate_seconds", MetricKind.HISTOGRAM, List.of("gate"), "How long gates took."),
  TASKS(
      "hivedeck_tasks_total",
      MetricKind.COUNTER,
      List.of("outcome"),
      "Tasks that ended, by how: done, dead (all retries failed) or cancelled."),
  QUEUE_WAIT(
      "hivedeck_queue_wait_seconds",
      MetricKind.HISTOGRAM,
      List.of("agent"),
      "How long tasks were ready before an agent began with them."),
  EVENT_LAG(
      "hivedeck_event_lag_seconds",
      MetricKind.HISTOGRAM,
      List.of(),
      "How long events took from when they were written to when they were given out."),
  RECOVERY(
      "hivedeck_recovery_seconds",
      MetricKind.HISTOGRAM,
      List.of(),
      "How long tasks took from their first failed or lost attempt to one that succeeded."),
  MERGE_LEAD(
      "hivedeck_merge_lead_seconds",
      MetricKind.HISTOGRAM,
      List.of(),
      "How long changes took from when they were opened to main."),
  AGENT_SECONDS(
      "hivedeck_agent_seconds_total",
      MetricKind.COUNTER,
      List.of("agent", "state"),
      "Seconds that agents spent in each state, since the engine first heard of them."),
  FIRST_TOKEN(
      "hivedeck_first_token_seconds",
      MetricKind.HISTOGRAM,
      List.of("agent"),
      "How long agents took from their start to the first that they said or did."),
  TOKENS(
      "hivedeck_tokens_total",
      MetricKind.COUNTER,
      List.of("agent", "direction"),
      "Tokens of ended attempts, in (read) and out (written); of agents that tell them."),
  TOKEN_RATE(
      "hivedeck_tokens_per_second",
      MetricKind.HISTOGRAM,
      List.of("agent"),
      "Tokens written a second while an attempt's agent was at work, for each attempt."),
  CHECKS(
      "hivedeck_checks_total",
      MetricKind.COUNTER,
      List.of("check", "outcome"),
      "Checks of hive.yaml that were made, by their outcome: success or failure."),
  GATEWAY_REQUESTS(
      "hivedeck_gateway_requests_total",
      MetricKind.COUNTER,
      List.of("service", "version", "code"),
      "Requests to services by the gateway, by the status that answered them."),
  GATEWAY_SECONDS(
      "hivedeck_gateway_request_seconds",
      MetricKind.HISTOGRAM,
      List.of("service", "version"),
      "How long requests took from when the gateway had their head to when the answer began."),
  SERVICE_UP(
      "hivedeck_service_up",
      MetricKind.GAUGE,
      List.of("service", "instance"),
      "1 while an instance of a service is healthy, else 0."),
  SERVICE_RESTARTS(
      "hivedeck_service_restarts_total",
      MetricKind.COUNTER,
      List.of("service", "instance"),
      "How often an instance of a service was begun again."),
  SERVICE_CHECKS(
      "hivedeck_service_checks_total",
      MetricKind.COUNTER,
      List.of("service", "outcome"),
      "Checks of instances of services that were made, by their outcome: success or failure."),
  SERVICE_CHECK_SECONDS(
      "hivedeck_service_check_seconds",
      MetricKind.HISTOGRAM,
      List.of("service"),
      "How long good checks of instances of services took."),
  SAMPLES_REFUSED(
      "hivedeck_samples_refused_total",
      MetricKind.COUNTER,
      List.of(),
      "Samples of others that were not kept: too many series, a name that is the engine's own, a"
          + " label too long, or a time too far from now.");

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
