package dev.hivedeck.app.cli.load;

import java.util.Map;
import java.util.TreeMap;

/**
 * What became of requests.
 *
 * @param url the first of them
 * @param rate requests a second that were to be sent
 * @param seconds that it went on
 * @param sent requests, each of which has an outcome below or is {@code open}
 * @param skipped that were due, and not sent since too many were open
 * @param open that were not answered when it ended
 * @param statuses answers by status
 * @param failures requests without an answer, by what happened
 * @param latency milliseconds from when a request was due until its answer was there
 * @param complete whether it went on for as long as it was to
 */
record LoadFigures(
    String url,
    double rate,
    double seconds,
    long sent,
    long skipped,
    long open,
    Map<String, Long> statuses,
    Map<String, Long> failures,
    Latency latency,
    boolean complete) {
  LoadFigures {
    statuses = new TreeMap<>(statuses);
    failures = new TreeMap<>(failures);
  }

  /** Milliseconds that a share of answers took at most. */
  record Latency(double p50, double p90, double p95, double p99, double max) {}

  long answered() {
    return statuses.values().stream().mapToLong(Long::longValue).sum();
  }

  long failed() {
    return failures.values().stream().mapToLong(Long::longValue).sum();
  }
}
