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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** One objective under watch: its events so far and its alerts. */
final class ObjectiveState {
  /** The series that an objective's events are kept as. */
  static final String SERIES = "hivedeck_slo_events_total";

  /** The series that slices of time are kept as, where a budget is counted in them. */
  static final String SLICES = "hivedeck_slo_slices_total";

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

  /** Slices until then are kept. */
  private long kept = Long.MIN_VALUE;

  Map<Labels, Alert> alerts;

  /** Since when it has been counted without a break; null until it is first looked at. */
  Instant since = Instant.MIN;

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

  /**
   * Goes on from what was kept.
   *
   * @param closed slices of time; none where the budget is counted in events
   * @param events all events
   */
  void resume(SortedMap<Long, Counts> closed, SortedMap<Long, Counts> events) {
    if (slices == null || closed.isEmpty()) {
      events.forEach(this::add);
      return;
    }
    closed.forEach(budgeted::add);
    kept = closed.lastKey();
    events.forEach(
        (time, counts) -> {
          if (time > kept) {
            add(time, counts);
          } else {
            total = total.plus(counts); // it is in a slice that is closed
          }
        });
  }

  /** The events so far, and slices that are closed since the last time, to be kept. */
  List<Reading> readings(long time) {
    var readings = new ArrayList<Reading>();
    add(readings, SERIES, time, total);
    if (slices != null) {
      // With a clock that was set back what is the last now was kept under a later time.
      long from = budgeted.last() < kept ? budgeted.last() - 1 : kept;
      for (int i = budgeted.at(from) + 1; i < budgeted.size(); i++) {
        add(readings, SLICES, budgeted.time(i), budgeted.total(i));
      }
    }
    return readings;
  }

  /** What {@link #readings} gave is durable. */
  void kept() {
    if (budgeted.size() > 0) {
      kept = budgeted.last();
    }
  }

  private void add(List<Reading> readings, String name, long time, Counts counts) {
    readings.add(reading(name, "good", time, counts.good()));
    readings.add(reading(name, "bad", time, counts.bad()));
  }

  private Reading reading(String name, String result, long time, long count) {
    var labels = identity(name);
    labels.put("result", result);
    return new Reading(Labels.of(labels), MetricKind.COUNTER, new Point(time, count));
  }

  /** Labels of the series that it is kept as. */
  Map<String, String> identity(String name) {
    var labels = new TreeMap<String, String>();
    labels.put(Labels.NAME, name);
    labels.put("counts", definition());
    labels.put("objective", objective.name());
    if (name.equals(SLICES)) {
      labels.put("slices", Integer.toHexString(objective.budgeting().toString().hashCode()));
    }
    return labels;
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
