package dev.hivedeck.engine.slo.rule;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.SeriesSource;
import dev.hivedeck.engine.metric.promql.Evaluator;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.alert.Alert;
import dev.hivedeck.engine.slo.alert.AlertMachine;
import dev.hivedeck.engine.slo.alert.AlertMachine.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Evaluates a group at one time after the other. It holds the alerts of the group's rules, by the
 * rule's place in the group, and which series each rule recorded last: one that it records no more
 * has ended.
 */
public final class RuleEvaluation {
  private final RuleGroup group;
  private final SeriesSource source;
  private final Evaluator evaluator;
  private final Sink sink;
  private final List<Map<Labels, Alert>> alerts = new ArrayList<>();
  private final List<Set<Labels>> recorded = new ArrayList<>();
  private final Map<Integer, HiveException> problems = new HashMap<>();
  private Instant evaluated;
  private boolean awaiting;

  /**
   * What is to outlive the engine.
   *
   * @param alerts of each rule; none for those that record
   * @param recorded the series of each rule; none for those that alert
   */
  public record State(List<Map<Labels, Alert>> alerts, List<Set<Labels>> recorded) {
    public static final State NONE = new State(List.of(), List.of());
  }

  /** Takes what is recorded. */
  @FunctionalInterface
  public interface Sink {
    void record(Labels labels, Point point);
  }

  /**
   * @param state as {@link #state()} gave it
   * @param sink must let {@code source} see at once what it takes
   */
  public RuleEvaluation(RuleGroup group, SeriesSource source, Sink sink, State state) {
    this.group = group;
    this.source = source;
    this.evaluator = new Evaluator(source, group.interval());
    this.sink = sink;
    restore(state);
  }

  /** Goes back to a former state: what has become since could not be kept. */
  public void restore(State state) {
    alerts.clear();
    recorded.clear();
    for (int i = 0; i < group.rules().size(); i++) {
      alerts.add(i < state.alerts().size() ? state.alerts().get(i) : Map.of());
      recorded.add(i < state.recorded().size() ? state.recorded().get(i) : Set.of());
    }
  }

  /** The engine was away: that time does not count for alerts that are pending. */
  public void resume(Instant now) {
    alerts.replaceAll(of -> AlertMachine.resumed(of, group.interval(), now));
    evaluated = null;
  }

  /**
   * Evaluates all rules.
   *
   * @param grace in which alerts that are not found may be none the less; {@link GracePeriod#NONE}
   *     where samples have come all the time
   * @return what became of each rule's alerts; nothing new of one that records or cannot be
   *     evaluated
   */
  public List<Step> evaluate(Instant now, GracePeriod grace) {
    var steps = new ArrayList<Step>();
    problems.clear();
    awaiting = false;
    for (int i = 0; i < group.rules().size(); i++) {
      var step = new Step(alerts.get(i), List.of());
      try {
        switch (group.rules().get(i)) {
          case Rule.Recording recording -> record(i, recording, now);
          case Rule.Alerting alerting -> step = next(alerting, alerts.get(i), now, grace);
        }
      } catch (HiveException e) {
        problems.put(i, e); // its alerts stay as they are, as there
      } catch (RuntimeException | StackOverflowError e) {
        problems.put(
            i,
            new HiveException(
                ErrorCode.PROMQL_FAILED,
                "The rule cannot be evaluated: " + e + ".",
                "Write it in another way; the other rules go on.",
                e));
      }
      alerts.set(i, step.alerts());
      steps.add(step);
    }
    evaluated = now;
    return steps;
  }

  private Step next(
      Rule.Alerting alerting, Map<Labels, Alert> before, Instant now, GracePeriod grace) {
    var found =
        evaluator.vectorAt(alerting.expr(), now).samples().stream()
            .map(s -> alerting.alert().observe(s.labels(), s.value()))
            .toList();
    var unknown = new HashSet<>(before.keySet());
    found.forEach(f -> unknown.remove(f.labels()));
    unknown.removeIf(labels -> !grace.awaits(alerting, before.get(labels), source, now));
    awaiting |= !unknown.isEmpty();
    var missed = evaluated == null ? Duration.ZERO : Duration.between(evaluated, now);
    return AlertMachine.next(
        alerting.alert(), AlertMachine.waiting(before, unknown, missed), found, unknown, now);
  }

  /** Whether alerts stayed as they were the last time, since their series have not come again. */
  public boolean isAwaiting() {
    return awaiting;
  }

  /** Why rules could not be evaluated the last time, by their place in the group. */
  public Map<Integer, HiveException> problems() {
    return Map.copyOf(problems);
  }

  private void record(int rule, Rule.Recording recording, Instant now) {
    var labels = new HashSet<Labels>();
    for (var sample : evaluator.vectorAt(recording.expr(), now).samples()) {
      var all = sample.labels().toMap();
      all.putAll(recording.labels());
      all.put(Labels.NAME, recording.record());
      var series = Labels.of(all);
      labels.add(series);
      sink.record(series, new Point(now.toEpochMilli(), sample.value(), sample.histogram(), false));
    }
    for (var former : recorded.get(rule)) {
      if (!labels.contains(former)) {
        sink.record(former, Point.stale(now.toEpochMilli()));
      }
    }
    recorded.set(rule, labels);
  }

  public State state() {
    return new State(List.copyOf(alerts), List.copyOf(recorded));
  }

  /** All alerts that are pending or fire. */
  public List<Alert> active() {
    return alerts.stream().flatMap(a -> a.values().stream()).filter(Alert::isActive).toList();
  }

  public Duration interval() {
    return group.interval();
  }
}
