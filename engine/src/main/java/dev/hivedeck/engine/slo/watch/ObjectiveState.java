package dev.hivedeck.engine.slo.watch;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.slo.Assessment;
import dev.hivedeck.engine.slo.Budgeting;
import dev.hivedeck.engine.slo.Counts;
import dev.hivedeck.engine.slo.EventLog;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.Slices;
import dev.hivedeck.engine.slo.alert.Alert;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One objective under watch: its events so far and its alerts. */
final class ObjectiveState {
  /** The series that an objective's events are kept as. */
  static final String SERIES = "hivedeck_slo_events_total";

  private static final long MINUTES_AFTER = Duration.ofHours(6).toMillis();
  private static final long HOURS_AFTER = Duration.ofDays(8).toMillis();
  private static final long FORGOTTEN_AFTER = Duration.ofDays(400).toMillis();
  private static final long MINUTE = 60_000;
  private static final long HOUR = 3_600_000;

  final Objective objective;
  final EventCounter counter;

  /** What the budget is reckoned from: events, or slices of time. */
  final EventLog budgeted = new EventLog();

  private final Slices slices;
  private Counts total = Counts.NONE;
  Map<Labels, Alert> alerts;
  Assessment assessment;

  /** Why it could not be counted at the last look. */
  String problem = "";

  ObjectiveState(Objective objective, Map<Labels, Alert> alerts) {
    this.objective = objective;
    this.counter = new EventCounter(objective);
    this.alerts = alerts;
    this.slices =
        switch (objective.budgeting()) {
          case Budgeting.Occurrences _ -> null;
          case Budgeting.TimeSlices t -> new Slices(t, budgeted);
          case Budgeting.RatioTimeSlices r -> new Slices(r, budgeted);
        };
  }

  void add(long time, Counts events) {
    total = total.plus(events);
    if (slices == null) {
      budgeted.add(time, events);
    } else {
      slices.add(time, events);
    }
  }

  /** The events so far, to be kept. */
  List<Reading> readings(long time) {
    return List.of(reading("good", time, total.good()), reading("bad", time, total.bad()));
  }

  private Reading reading(String result, long time, long count) {
    return new Reading(
        Labels.metric(
            SERIES, "counts", definition(), "objective", objective.name(), "result", result),
        MetricKind.COUNTER,
        new Point(time, count));
  }

  /** What is counted, in short: events of another definition are others. */
  String definition() {
    return Integer.toHexString(objective.indicator().toString().hashCode());
  }

  /** As old events age fewer of their running totals are kept, none of the events is lost. */
  void age(long now) {
    budgeted.thin(now - MINUTES_AFTER, MINUTE);
    budgeted.thin(now - HOURS_AFTER, HOUR);
    budgeted.forget(now - FORGOTTEN_AFTER);
  }
}
