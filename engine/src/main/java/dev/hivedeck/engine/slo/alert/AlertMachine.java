package dev.hivedeck.engine.slo.alert;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.engine.slo.alert.AlertRule.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What becomes of a rule's alerts from one evaluation to the next, as in Prometheus (<a
 * href="https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/">Alerting
 * rules</a>): {@code for} counts from the first evaluation that found it; one that does not find it
 * drops a pending alert and resolves a firing one, unless the rule keeps it; what is resolved is
 * kept for a quarter of an hour, so that the news of it is not lost.
 *
 * <p>Two things are not as there. AlertState outlives the engine, so nothing is told twice or taken
 * back after a restart. And where nothing can be said, for want of data, alerts stay as they are:
 * silence is no good news.
 */
public final class AlertMachine {
  /** How long a resolved alert is still told. */
  public static final Duration RETENTION = Duration.ofMinutes(15);

  /**
   * A change of an alert's state.
   *
   * @param from null when it is new
   * @param to null when it was dropped while pending
   */
  public record Transition(AlertState from, AlertState to, Alert alert) {}

  /**
   * The outcome of an evaluation.
   *
   * @param alerts by their labels
   */
  public record Step(Map<Labels, Alert> alerts, List<Transition> transitions) {}

  private AlertMachine() {}

  /**
   * @param before alerts after the evaluation before
   * @param found what holds now
   * @param unknown alerts of which nothing can be said now
   */
  public static Step next(
      AlertRule rule,
      Map<Labels, Alert> before,
      Collection<Observation> found,
      Set<Labels> unknown,
      Instant now) {
    var seen = new HashMap<Labels, Observation>();
    for (var observation : found) {
      if (seen.put(observation.labels(), observation) != null) {
        throw new HiveException(
            ErrorCode.ALERTS_ALIKE,
            "The rule %s gives two alerts the same labels %s."
                .formatted(rule.name(), observation.labels()),
            "Add a label that tells them apart, or aggregate it away in the query.");
      }
    }
    var after = new TreeMap<Labels, Alert>();
    var transitions = new ArrayList<Transition>();
    before.forEach(
        (labels, alert) -> {
          if (unknown.contains(labels) && !seen.containsKey(labels)) {
            after.put(labels, alert);
          } else if (!seen.containsKey(labels)) {
            unseen(rule, alert, now, after, transitions);
          }
        });
    seen.forEach(
        (labels, observation) ->
            seen(rule, before.get(labels), observation, now, after, transitions));
    return new Step(after, transitions);
  }

  private static void unseen(
      AlertRule rule,
      Alert alert,
      Instant now,
      Map<Labels, Alert> after,
      List<Transition> transitions) {
    switch (alert.state()) {
      case PENDING -> transitions.add(new Transition(AlertState.PENDING, null, alert));
      case FIRING -> {
        boolean anew = alert.keptSince() == null || alert.keptSince().isAfter(now);
        Instant since = anew ? now : alert.keptSince();
        boolean keeps =
            rule.keepFiringFor().isPositive()
                && Duration.between(since, now).compareTo(rule.keepFiringFor()) < 0;
        var next =
            keeps ? alert.kept(since, now) : alert.at(AlertState.RESOLVED, alert.firedAt(), now);
        after.put(alert.labels(), next);
        if (!keeps) {
          transitions.add(new Transition(AlertState.FIRING, AlertState.RESOLVED, next));
        }
      }
      case RESOLVED -> {
        if (Duration.between(alert.resolvedAt(), now).compareTo(RETENTION) <= 0) {
          after.put(alert.labels(), alert);
        }
      }
    }
  }

  private static void seen(
      AlertRule rule,
      Alert before,
      Observation observation,
      Instant now,
      Map<Labels, Alert> after,
      List<Transition> transitions) {
    boolean goesOn = before != null && before.isActive();
    Alert alert =
        goesOn
            ? before.seen(observation.annotations(), observation.value(), now)
            : Alert.begun(
                observation.labels(), observation.annotations(), observation.value(), now);
    AlertState from = goesOn ? before.state() : null;
    if (alert.state() == AlertState.PENDING && alert.activeAt().isAfter(now)) {
      alert = alert.activeSince(now); // the clock was set back
    }
    boolean held = Duration.between(alert.activeAt(), now).compareTo(rule.holdFor()) >= 0;
    if (alert.state() == AlertState.PENDING && held) {
      alert = alert.at(AlertState.FIRING, now, null);
    } else if (alert.state() == AlertState.FIRING && !held && !now.isBefore(alert.firedAt())) {
      alert = alert.at(AlertState.PENDING, null, null); // the rule asks for longer by now
    }
    after.put(alert.labels(), alert);
    if (alert.state() != from) {
      transitions.add(new Transition(from, alert.state(), alert));
    }
  }

  /** Time in which nothing was known of them does not count for alerts that are pending. */
  public static Map<Labels, Alert> waiting(
      Map<Labels, Alert> alerts, Set<Labels> unknown, Duration missed) {
    var waiting = new TreeMap<>(alerts);
    waiting.replaceAll(
        (labels, alert) ->
            alert.state() == AlertState.PENDING && unknown.contains(labels)
                ? alert.activeSince(alert.activeAt().plus(missed))
                : alert);
    return waiting;
  }

  /**
   * Alerts as they stand after the engine was away: the time in which nobody looked does not count
   * for a pending one.
   *
   * @param interval between evaluations
   */
  public static Map<Labels, Alert> resumed(
      Map<Labels, Alert> alerts, Duration interval, Instant now) {
    var resumed = new TreeMap<Labels, Alert>();
    alerts.forEach(
        (labels, alert) -> {
          var away = Duration.between(alert.seenAt(), now);
          boolean missed = away.compareTo(interval.multipliedBy(2)) > 0;
          resumed.put(
              labels,
              alert.state() == AlertState.PENDING && missed
                  ? alert.activeSince(alert.activeAt().plus(away.minus(interval)))
                  : alert);
        });
    return resumed;
  }
}
