package dev.hivedeck.engine.slo.watch;

import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
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
    var good = new TreeMap<Long, Long>();
    var bad = new TreeMap<Long, Long>();
    for (var series : kept.select(List.copyOf(matchers), Long.MIN_VALUE, Long.MAX_VALUE)) {
      var totals = series.labels().get("result").equals("good") ? good : bad;
      series.points().forEach(p -> totals.put(p.time(), Math.round(p.value())));
    }
    return rises(good, bad);
  }

  /**
   * What came between totals that were kept at one time. Good events and all events never become
   * fewer: where a total says so, the clock was set back, and what was counted in what is now the
   * future is in it already. Bad ones may, where more were good than there were: that contradicts
   * itself, and still does when it is read again.
   */
  private static TreeMap<Long, Counts> rises(Map<Long, Long> good, Map<Long, Long> bad) {
    var events = new TreeMap<Long, Counts>();
    var most = Counts.NONE;
    for (var entry : good.entrySet()) {
      Long badThen = bad.get(entry.getKey());
      if (badThen != null) {
        long total = entry.getValue() + badThen;
        var reached =
            new Counts(Math.max(most.good(), entry.getValue()), Math.max(most.total(), total));
        events.put(entry.getKey(), reached.minus(most));
        most = reached;
      }
    }
    return events;
  }
}
