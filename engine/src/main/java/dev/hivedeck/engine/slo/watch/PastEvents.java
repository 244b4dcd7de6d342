package dev.hivedeck.engine.slo.watch;

import dev.hivedeck.engine.metric.Increments;
import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.Quantiles;
import dev.hivedeck.engine.metric.Series;
import dev.hivedeck.engine.metric.promql.Evaluator;
import dev.hivedeck.engine.metric.promql.Parser;
import dev.hivedeck.engine.metric.store.MetricStore;
import dev.hivedeck.engine.slo.Counts;
import dev.hivedeck.engine.slo.EventLog;
import dev.hivedeck.engine.slo.Indicator;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.exchange.Selectors;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * What an objective would have counted, had it been there, and what its events were by a label:
 * both from the samples that were kept.
 */
final class PastEvents {
  /** A level that is older than this before a time is not counted on from. */
  private static final Duration BEFORE = Duration.ofHours(2);

  /** A value is looked at no more often than this in one question. */
  private static final int LOOKS = 1_000;

  /** What the engine counts itself begins at zero. */
  private static final String OWN = "hivedeck_";

  /** A label's value for series without it. */
  static final String WITHOUT = "";

  private final MetricStore metrics;
  private final Evaluator evaluator;
  private final Instant from;
  private final Instant until;
  private final ClockSetBacks setBacks;

  PastEvents(MetricStore metrics, Instant from, Instant until) {
    this.metrics = metrics;
    this.evaluator = new Evaluator(metrics);
    this.from = from;
    this.until = until;
    this.setBacks = ClockSetBacks.of(metrics, from.minus(BEFORE).toEpochMilli());
  }

  /**
   * Events by when they were sampled.
   *
   * @param parts events of other objectives, by name
   */
  TreeMap<Long, Counts> of(Objective objective, Function<String, EventLog> parts) {
    var events = new TreeMap<Long, Counts>();
    each(
        objective,
        parts,
        (labels, event) -> events.merge(event.time(), event.counts(), Counts::plus));
    return events;
  }

  /** Events by all labels of the series that they were counted by. */
  Map<Labels, Counts> byLabels(Objective objective, Function<String, EventLog> parts) {
    var events = new HashMap<Labels, Counts>();
    each(objective, parts, (labels, event) -> events.merge(labels, event.counts(), Counts::plus));
    return events;
  }

  /** Events of one series, from one sample to the next. */
  private record Event(long time, Counts counts) {}

  private void each(
      Objective objective, Function<String, EventLog> parts, BiConsumer<Labels, Event> to) {
    var counter = new EventCounter(objective);
    switch (objective.indicator()) {
      case Indicator.Ratio _ -> counters(counter, to);
      case Indicator.Latency l -> {
        if (series(counter.some()).isEmpty()) {
          histograms(l, to);
        } else {
          counters(counter, to);
        }
      }
      case Indicator.Threshold t -> values(t, to);
      case Indicator.Composite c -> chain(c, parts, to);
    }
  }

  private void counters(EventCounter counter, BiConsumer<Labels, Event> to) {
    boolean good = counter.countsGood();
    for (var series : series(counter.all().orElseThrow())) {
      rises(
          series,
          (time, n) -> to.accept(plain(series), new Event(time, new Counts(good ? 0 : n, n))));
    }
    for (var series : series(counter.some())) {
      rises(
          series,
          (time, n) -> to.accept(plain(series), new Event(time, new Counts(good ? n : -n, 0))));
    }
  }

  /** A bucket's limit is no label of an event. */
  private static Labels plain(Series series) {
    return series.labels().withoutName().without("le");
  }

  private List<Series> series(List<LabelMatcher> matchers) {
    return metrics.select(matchers, from.minus(BEFORE).toEpochMilli(), until.toEpochMilli());
  }

  private void rises(Series series, BiConsumer<Long, Long> to) {
    boolean own = series.labels().name().startsWith(OWN);
    Point former = null;
    var levels = series.points().stream().filter(p -> !p.stale() && !p.isHistogram()).toList();
    for (var point : setBacks.straightened(levels, Point::value)) {
      boolean counts = point.time() > from.toEpochMilli();
      if (counts && (former != null || own)) {
        double before = former == null ? 0 : former.value();
        long events = Math.round(Increments.between(before, point.value()));
        if (events != 0) {
          to.accept(point.time(), events);
        }
      }
      former = point;
    }
  }

  /** Where nothing was counted at the limit: by the buckets, to within 4.5% of the limit. */
  private void histograms(Indicator.Latency latency, BiConsumer<Labels, Event> to) {
    var selector = Selectors.parse(latency.histogram());
    for (var series : series(selector.matchers())) {
      Point former = null;
      var levels = series.points().stream().filter(Point::isHistogram).toList();
      for (var point : setBacks.straightened(levels, p -> p.histogram().count())) {
        if (former != null && point.time() > from.toEpochMilli()) {
          var risen = Increments.between(former.histogram(), point.histogram());
          long total = Math.round(risen.count());
          double share = Quantiles.fraction(Double.NEGATIVE_INFINITY, latency.seconds(), risen);
          if (total > 0) {
            to.accept(
                plain(series),
                new Event(point.time(), new Counts(Math.round(share * total), total)));
          }
        }
        former = point;
      }
    }
  }

  private void values(Indicator.Threshold threshold, BiConsumer<Labels, Event> to) {
    var query = Parser.parse(threshold.query());
    long interval = SloWatch.INTERVAL.toMillis();
    long looks = Math.max(1, Duration.between(from, until).toMillis() / interval);
    long each = Math.ceilDiv(looks, LOOKS);
    for (long t = from.toEpochMilli() + each * interval;
        t <= until.toEpochMilli();
        t += each * interval) {
      for (var sample : evaluator.vectorAt(query, Instant.ofEpochMilli(t)).samples()) {
        if (!Double.isNaN(sample.value())) {
          boolean holds = threshold.comparison().holds(sample.value(), threshold.value());
          to.accept(sample.labels(), new Event(t, new Counts(holds ? each : 0, each)));
        }
      }
    }
  }

  private void chain(
      Indicator.Composite composite,
      Function<String, EventLog> parts,
      BiConsumer<Labels, Event> to) {
    var logs = composite.objectives().stream().map(parts).filter(Objects::nonNull).toList();
    var times = new TreeSet<Long>();
    for (var log : logs) {
      for (int i = 0; i < log.size(); i++) {
        if (log.time(i) > from.toEpochMilli() && log.time(i) <= until.toEpochMilli()) {
          times.add(log.time(i));
        }
      }
    }
    long before = from.toEpochMilli();
    for (long time : times) {
      var counts = new ArrayList<Counts>();
      for (var log : logs) {
        counts.add(log.between(before, time));
      }
      to.accept(Labels.NONE, new Event(time, Indicator.Composite.together(counts)));
      before = time;
    }
  }
}
