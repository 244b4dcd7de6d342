package dev.hivedeck.engine.slo.rule;

import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.Series;
import dev.hivedeck.engine.metric.SeriesSource;
import dev.hivedeck.engine.metric.promql.Evaluator;
import dev.hivedeck.engine.slo.alert.Alert;
import dev.hivedeck.engine.slo.alert.AlertRule;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * The time after the engine was away in which those that give samples come back. Until then an
 * alert whose series have not all come again cannot be said to be over. As long as Prometheus'
 * {@code --rules.alert.for-grace-period}, by which an alert is not told of otherwise after a
 * restart.
 *
 * @param after samples that are later are of this engine
 * @param until when a series that has not come is taken to be gone
 */
public record GracePeriod(Instant after, Instant until) {
  public static final Duration LENGTH = Duration.ofMinutes(10);

  /** After no absence. */
  public static final GracePeriod NONE = new GracePeriod(Instant.MIN, Instant.MIN);

  /**
   * @param after the last time when the engine looked, or just before it began
   * @param now when it looks again
   */
  public static GracePeriod from(Instant after, Instant now) {
    return new GracePeriod(after, now.plus(LENGTH));
  }

  /**
   * Whether a series has not come again that an alert's condition was found in. Of several series
   * those are looked at that contradict none of the labels that the alert has of them.
   */
  boolean awaits(Rule.Alerting rule, Alert alert, SeriesSource source, Instant now) {
    if (!now.isBefore(until) || !alert.isActive() || alert.keptSince() != null) {
      return false;
    }
    var known = alert.labels().toMap();
    known.keySet().removeAll(rule.alert().labels().keySet());
    known.remove(AlertRule.NAME);
    return inputs(rule, alert.seenAt(), source).stream()
        .filter(
            series ->
                known.entrySet().stream()
                    .allMatch(l -> agrees(series.get(l.getKey()), l.getValue())))
        .anyMatch(series -> !hasCome(series, source, now));
  }

  /** A label that a series does not have says nothing. */
  private static boolean agrees(String value, String known) {
    return value.isEmpty() || value.equals(known);
  }

  /** The series that a rule's query read at a time, and that had not ended by then. */
  private static Set<Labels> inputs(Rule.Alerting rule, Instant time, SeriesSource source) {
    var inputs = new HashSet<Labels>();
    new Evaluator(
            (matchers, after, until) -> {
              var found = source.select(matchers, after, until);
              found.stream()
                  .filter(series -> !series.points().getLast().stale())
                  .map(Series::labels)
                  .forEach(inputs::add);
              return found;
            })
        .vectorAt(rule.expr(), time);
    return inputs;
  }

  private boolean hasCome(Labels series, SeriesSource source, Instant now) {
    var matchers =
        series.toMap().entrySet().stream()
            .map(l -> LabelMatcher.equal(l.getKey(), l.getValue()))
            .toList();
    return source.select(matchers, after.toEpochMilli(), now.toEpochMilli()).stream()
        .anyMatch(s -> s.labels().equals(series));
  }
}
