package dev.hivedeck.engine.slo.watch;

import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.SeriesSource;
import dev.hivedeck.engine.slo.Counts;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.alert.Alert;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The events of objectives as they were kept, and what their budgets are reckoned from. */
final class KeptEvents {
  private final SeriesSource kept;

  KeptEvents(SeriesSource kept) {
    this.kept = kept;
  }

  /** An objective with its events so far. */
  ObjectiveState state(Objective objective, Map<Labels, Alert> alerts) {
    var state = new ObjectiveState(objective, alerts);
    var events = read(ObjectiveState.SERIES, state);
    state.resume(read(ObjectiveState.SLICES, state), events);
    if (events.values().stream().anyMatch(e -> e.total() > 0)) {
      state.counter.find();
    }
    return state;
  }

  private TreeMap<Long, Counts> read(String name, ObjectiveState state) {
    var matchers = new ArrayList<LabelMatcher>();
    state.identity(name).forEach((label, value) -> matchers.add(LabelMatcher.equal(label, value)));
    var events = new TreeMap<Long, Counts>();
    for (var series : kept.select(List.copyOf(matchers), Long.MIN_VALUE, Long.MAX_VALUE)) {
      add(series.points(), series.labels().get("result").equals("good"), events);
    }
    return events;
  }

  /**
   * Totals never fall: where one does, the clock was set back, and what was counted in what is now
   * the future is in the total already.
   */
  private static void add(List<Point> points, boolean good, Map<Long, Counts> events) {
    long most = 0;
    for (Point point : points) {
      long rise = Math.max(0, Math.round(point.value()) - most);
      most += rise;
      events.merge(point.time(), new Counts(good ? rise : 0, rise), Counts::plus);
    }
  }
}
