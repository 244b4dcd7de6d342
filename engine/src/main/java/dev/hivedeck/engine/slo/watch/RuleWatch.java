package dev.hivedeck.engine.slo.watch;

import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.Series;
import dev.hivedeck.engine.metric.SeriesSource;
import dev.hivedeck.engine.metric.store.MetricStore;
import dev.hivedeck.engine.metric.store.SampleRetention;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.engine.slo.alert.Alert;
import dev.hivedeck.engine.slo.alert.AlertMachine;
import dev.hivedeck.engine.slo.alert.AlertStore;
import dev.hivedeck.engine.slo.rule.GracePeriod;
import dev.hivedeck.engine.slo.rule.Rule;
import dev.hivedeck.engine.slo.rule.RuleEvaluation;
import dev.hivedeck.engine.slo.rule.RuleGroup;
import dev.hivedeck.engine.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Evaluates groups of Prometheus rules over the samples that were kept. What is recorded and the
 * alerts of one time are one transaction.
 */
public final class RuleWatch {
  /** Who gives the series that rules record. */
  private static final String RECORDED = "rules";

  /** Longer without a look, and samples may have been sent that nobody took. */
  private static final Duration ABSENCE = Duration.ofMinutes(1);

  private final Store store;
  private final MetricStore metrics;
  private final SloWatch.Listener listener;
  private final Map<String, Watched> groups = new LinkedHashMap<>();
  private GracePeriod grace = GracePeriod.NONE;
  private Instant last;

  /** Alerts of rules that cannot be evaluated for now: they stay as they are. */
  private final Map<String, List<Alert>> held = new LinkedHashMap<>();

  /** A group under watch, and when it was evaluated last. */
  private static final class Watched {
    final RuleGroup group;

    /** Of its rules. */
    final List<String> names;

    final List<Reading> recorded = new ArrayList<>();
    RuleEvaluation evaluation;
    Instant last = Instant.MIN;

    Watched(String place, RuleGroup group) {
      this.group = group;
      this.names = RuleWatch.names(place, group);
    }
  }

  /**
   * @param listener hears of alerts by their rule
   */
  public RuleWatch(Store store, SloWatch.Listener listener) {
    this.store = store;
    this.metrics = new MetricStore(store, SampleRetention.DEFAULT);
    this.listener = listener;
  }

  /** Watches these groups from now on; those that are as they were go on. */
  public synchronized void watch(RuleFiles files, Instant now) {
    var wanted = files.groups();
    var kept = store.<Map<String, Map<Labels, Alert>>>read(AlertStore::load);
    var former = new HashMap<>(groups);
    groups.clear();
    wanted.forEach(
        (place, group) -> {
          var known = former.get(place);
          groups.put(
              place,
              known != null && known.group.equals(group) ? known : begun(place, group, kept, now));
        });
    var gone = new ArrayList<>(kept.keySet());
    gone.removeIf(rule -> !RuleFiles.isRule(rule));
    groups.values().forEach(watched -> gone.removeAll(watched.names));
    held.clear();
    for (String rule : gone) {
      if (files.isHeld(rule)) {
        held.put(rule, List.copyOf(kept.get(rule).values()));
      }
    }
    gone.removeAll(held.keySet());
    if (!gone.isEmpty()) {
      store.update(
          "rules",
          tx -> {
            for (String rule : gone) {
              AlertStore.forget(tx.sql(), rule, tx.now());
            }
          });
    }
  }

  /** All rules, by the names that their alerts have. */
  public synchronized List<String> names() {
    var names = new ArrayList<>(held.keySet());
    groups.values().forEach(watched -> names.addAll(watched.names));
    return names;
  }

  private Watched begun(
      String place, RuleGroup group, Map<String, Map<Labels, Alert>> kept, Instant now) {
    var watched = new Watched(place, group);
    var alerts = new ArrayList<Map<Labels, Alert>>();
    for (String rule : watched.names) {
      alerts.add(AlertMachine.resumed(kept.getOrDefault(rule, Map.of()), group.interval(), now));
    }
    watched.evaluation =
        new RuleEvaluation(
            group,
            seeing(watched.recorded),
            (labels, point) -> watched.recorded.add(new Reading(labels, MetricKind.GAUGE, point)),
            new RuleEvaluation.State(alerts, List.of()));
    return watched;
  }

  /** What is kept, and what the rules before have recorded at this time. */
  private SeriesSource seeing(List<Reading> recorded) {
    return (matchers, after, until) -> {
      var found = new TreeMap<Labels, List<Point>>();
      for (var series : metrics.select(matchers, after, until)) {
        found.put(series.labels(), new ArrayList<>(series.points()));
      }
      for (var reading : recorded) {
        long time = reading.point().time();
        if (time > after && time <= until && matches(matchers, reading.labels())) {
          found.computeIfAbsent(reading.labels(), _ -> new ArrayList<>()).add(reading.point());
        }
      }
      return found.entrySet().stream().map(e -> new Series(e.getKey(), e.getValue())).toList();
    };
  }

  private static boolean matches(List<LabelMatcher> matchers, Labels labels) {
    return matchers.stream().allMatch(m -> m.matches(labels));
  }

  /** Whether alerts stay as they are until their series come again, after the engine was away. */
  public synchronized boolean isAwaiting() {
    return groups.values().stream().anyMatch(watched -> watched.evaluation.isAwaiting());
  }

  /** Evaluates the groups whose time has come; all of it is durable when this returns. */
  public synchronized void look(Instant now) {
    comeBack(now);
    for (var watched : groups.values()) {
      if (watched.last.isAfter(now) || !watched.last.plus(watched.group.interval()).isAfter(now)) {
        evaluate(watched, now);
        watched.last = now;
      }
    }
  }

  /** Whether this engine begins, or was held up, as by a computer that slept. */
  private void comeBack(Instant now) {
    if (last == null) {
      grace = GracePeriod.from(now.minusMillis(1), now);
    } else if (Duration.between(last, now).abs().compareTo(ABSENCE) > 0) {
      grace = GracePeriod.from(last.isAfter(now) ? now.minusMillis(1) : last, now);
      groups.values().forEach(watched -> watched.evaluation.resume(now));
    }
    last = now;
  }

  private void evaluate(Watched watched, Instant now) {
    var names = watched.names;
    var before = watched.evaluation.state();
    watched.recorded.clear();
    var steps = watched.evaluation.evaluate(now, grace);
    boolean durable = false;
    try {
      store.update(
          "rules",
          tx -> {
            MetricStore.append(tx.sql(), RECORDED, watched.recorded);
            for (int i = 0; i < names.size(); i++) {
              SloWatch.keep(tx, listener, names.get(i), before.alerts().get(i), steps.get(i));
            }
          });
      durable = true;
    } finally {
      if (!durable) {
        watched.evaluation.restore(before); // else what has changed would never be told
      }
    }
  }

  /** Alerts of all rules, by the rule that they are of. */
  public synchronized Map<String, List<Alert>> alerts() {
    var alerts = new LinkedHashMap<>(held);
    for (var watched : groups.values()) {
      var state = watched.evaluation.state().alerts();
      for (int i = 0; i < state.size(); i++) {
        if (!state.get(i).isEmpty()) {
          alerts.put(watched.names.get(i), List.copyOf(state.get(i).values()));
        }
      }
    }
    return alerts;
  }

  /** How all rules stand. */
  public synchronized List<SloViews.Rule> rules() {
    var all = new ArrayList<SloViews.Rule>();
    for (var watched : groups.values()) {
      var state = watched.evaluation.state().alerts();
      var problems = watched.evaluation.problems();
      for (int i = 0; i < watched.names.size(); i++) {
        var rule = watched.group.rules().get(i);
        HiveException problem = problems.get(i);
        all.add(
            new SloViews.Rule(
                watched.names.get(i),
                rule instanceof Rule.Alerting ? "alerting" : "recording",
                rule.query().strip(),
                state(state.get(i).values()),
                watched.last.equals(Instant.MIN) ? null : watched.last,
                problem != null ? problem.getMessage() : ""));
      }
    }
    return all;
  }

  private static String state(Iterable<Alert> alerts) {
    String state = "inactive";
    for (var alert : alerts) {
      if (alert.state() == AlertState.FIRING) {
        return "firing";
      }
      state = alert.state() == AlertState.PENDING ? "pending" : state;
    }
    return state;
  }

  /** Names of a group's rules: its place, the rule's name, and a number where two have one name. */
  private static List<String> names(String place, RuleGroup group) {
    var names = new ArrayList<String>();
    for (var rule : group.rules()) {
      String name =
          switch (rule) {
            case Rule.Recording r -> place + "/" + r.record();
            case Rule.Alerting a -> place + "/" + a.alert().name();
          };
      String free = name;
      for (int i = 2; names.contains(free); i++) {
        free = name + "#" + i;
      }
      names.add(free);
    }
    return names;
  }
}
