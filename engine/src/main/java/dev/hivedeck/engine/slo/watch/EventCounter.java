package dev.hivedeck.engine.slo.watch;

import dev.hivedeck.engine.metric.Increments;
import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.promql.Evaluator;
import dev.hivedeck.engine.metric.promql.Expr;
import dev.hivedeck.engine.metric.promql.Parser;
import dev.hivedeck.engine.slo.Counts;
import dev.hivedeck.engine.slo.Indicator;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.exchange.Selectors;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Counts the events of one objective, from one sampling to the next. */
final class EventCounter {
  private final Indicator indicator;
  private final List<LabelMatcher> good;
  private final List<LabelMatcher> bad;
  private final List<LabelMatcher> total;
  private final Expr query;
  private boolean found;

  /** How series stood when they were sampled last. */
  static final class Levels {
    private final Map<Labels, Double> levels = new HashMap<>();

    /** Events of each series since it was sampled last. */
    Map<Labels, Double> rise(Collection<Reading> readings, boolean fromZero) {
      var rises = new HashMap<Labels, Double>();
      for (var reading : readings) {
        Point point = reading.point();
        if (reading.kind() != MetricKind.COUNTER || point.stale()) {
          continue;
        }
        // A series of others that is seen first may have counted for long.
        Double before = levels.getOrDefault(reading.labels(), fromZero ? Double.valueOf(0) : null);
        levels.put(reading.labels(), point.value());
        if (before != null) {
          rises.merge(reading.labels(), Increments.between(before, point.value()), Double::sum);
        }
      }
      return rises;
    }

    void know(Labels labels, double level) {
      levels.put(labels, level);
    }
  }

  EventCounter(Objective objective) {
    this.indicator = objective.indicator();
    switch (indicator) {
      case Indicator.Ratio r -> {
        this.good = r.bad() == null ? Selectors.parse(r.good()).matchers() : null;
        this.bad = r.bad() == null ? null : Selectors.parse(r.bad()).matchers();
        this.total = Selectors.parse(r.total()).matchers();
        this.query = null;
      }
      case Indicator.Latency l -> {
        this.good = Selectors.upTo(l.histogram(), l.seconds()).matchers();
        this.bad = null;
        this.total = Selectors.count(l.histogram()).matchers();
        this.query = null;
      }
      case Indicator.Threshold t -> {
        this.good = null;
        this.bad = null;
        this.total = null;
        this.query = Parser.parse(t.query());
      }
      case Indicator.Composite _ -> {
        this.good = null;
        this.bad = null;
        this.total = null;
        this.query = null;
      }
    }
  }

  /**
   * @param rises events of each series since the last time
   * @param parts events of other objectives since then, by name
   */
  Counts count(
      Map<Labels, Double> rises, Evaluator evaluator, Map<String, Counts> parts, Instant now) {
    return switch (indicator) {
      case Indicator.Ratio _ -> byCounters(rises);
      case Indicator.Latency _ -> byCounters(rises);
      case Indicator.Threshold t -> byValue(t, evaluator, now);
      case Indicator.Composite c ->
          Indicator.Composite.together(
              c.objectives().stream().map(n -> parts.getOrDefault(n, Counts.NONE)).toList());
    };
  }

  private Counts byCounters(Map<Labels, Double> rises) {
    long all = 0;
    long some = 0;
    for (var rise : rises.entrySet()) {
      if (matches(total, rise.getKey())) {
        found = true;
        all += Math.round(rise.getValue());
      }
      if (matches(good == null ? bad : good, rise.getKey())) {
        some += Math.round(rise.getValue());
      }
    }
    return good == null ? Counts.ofBad(some, all) : new Counts(some, all);
  }

  private static boolean matches(List<LabelMatcher> matchers, Labels labels) {
    return matchers.stream().allMatch(m -> m.matches(labels));
  }

  private Counts byValue(Indicator.Threshold threshold, Evaluator evaluator, Instant now) {
    long good = 0;
    long total = 0;
    for (var sample : evaluator.vectorAt(query, now).samples()) {
      found = true;
      if (!Double.isNaN(sample.value())) {
        total++;
        good += threshold.comparison().holds(sample.value(), threshold.value()) ? 1 : 0;
      }
    }
    return new Counts(good, total);
  }

  /** Whether any series was ever found; else the objective counts nothing, and can never alert. */
  void find() {
    found = true;
  }

  boolean found() {
    return found || indicator instanceof Indicator.Composite;
  }

  /** What takes the series of all events; empty where none are counted by series. */
  Optional<List<LabelMatcher>> all() {
    return Optional.ofNullable(total);
  }

  /** What takes the series of good events, or of bad ones as {@link #countsGood} says. */
  List<LabelMatcher> some() {
    return good == null ? bad : good;
  }

  boolean countsGood() {
    return good != null;
  }
}
