package dev.hivedeck.engine.slo.alert;

import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.time.Instant;
import java.util.List;

/**
 * Alerts that nobody is told of for a while. They go on firing; when it ends while they do, they
 * are told.
 *
 * @param matchers conditions on their labels, all of which must hold
 */
public record Silence(
    long id,
    List<LabelMatcher> matchers,
    Instant starts,
    Instant ends,
    String author,
    String comment) {
  public Silence {
    matchers = List.copyOf(matchers);
    if (matchers.stream().allMatch(m -> m.matches(""))) {
      throw new HiveException(
          ErrorCode.SILENCE_ALL,
          "This silence would match every alert.",
          "Name at least one label, for example objective=\"api-latency\".");
    }
    if (!ends.isAfter(starts)) {
      throw new HiveException(
          ErrorCode.SILENCE_EMPTY,
          "This silence ends before it starts.",
          "Give it an end in the future.");
    }
  }

  public boolean isActive(Instant now) {
    return !now.isBefore(starts) && now.isBefore(ends);
  }

  public boolean covers(Labels alert, Instant now) {
    return isActive(now) && matchers.stream().allMatch(m -> m.matches(alert));
  }
}
