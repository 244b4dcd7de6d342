package dev.hivedeck.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.SampleValue;
import dev.hivedeck.engine.metric.collect.History;
import dev.hivedeck.engine.metric.intake.ForeignSamples;
import dev.hivedeck.engine.metric.query.MetricQueries;
import dev.hivedeck.engine.metric.store.MetricStore;
import dev.hivedeck.engine.metric.store.SampleRetention;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.MetricViews;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What there is to ask of metrics: the series that are kept, and where they come from. */
final class Metrics {
  private static final Duration STEP = Duration.ofMinutes(1);

  /** Samples that are written in one transaction, so that others get their turn. */
  private static final int AT_ONCE = 2_000;

  private final MetricRegistry registry;
  private final MetricQueries queries;
  private final Supplier<List<MetricViews.Target>> targets;
  private final Clock clock;

  /**
   * @param registry what the engine counts of itself
   * @param targets where metrics are taken from, as they stand
   */
  Metrics(
      Ledger ledger,
      MetricRegistry registry,
      Supplier<List<MetricViews.Target>> targets,
      Clock clock) {
    this.registry = registry;
    this.queries = new MetricQueries(new MetricStore(ledger, SampleRetention.DEFAULT), clock);
    this.targets = targets;
    this.clock = clock;
  }

  /** What sources of the past read and add to. */
  static History history(Store store, Clock clock) {
    var series = new MetricStore(store, SampleRetention.DEFAULT);
    return new History() {
      @Override
      public long newest(String metric, String source, Instant since) {
        return series
            .select(
                List.of(
                    LabelMatcher.equal(Labels.NAME, metric), LabelMatcher.equal("source", source)),
                since.toEpochMilli() - 1,
                clock.millis())
            .stream()
            .mapToLong(s -> s.points().getLast().time())
            .max()
            .orElse(0);
      }

      @Override
      public void append(String source, List<Reading> given) {
        var readings =
            given.stream().filter(r -> ForeignSamples.refusal(r.labels()).isEmpty()).toList();
        for (int from = 0; from < readings.size(); from += AT_ONCE) {
          var part = readings.subList(from, Math.min(readings.size(), from + AT_ONCE));
          store.update("metrics", tx -> MetricStore.append(tx.sql(), "server " + source, part));
        }
      }
    };
  }

  /** Registers metrics. */
  Area area() {
    return Area.named("metric")
        .queries(
            Query.MetricQueries.class,
            query ->
                switch (query) {
                  case Query.Metrics q -> newest(q.selector());
                  case Query.MetricQuery q -> query(q);
                  case Query.MetricTargets _ -> targets();
                })
        .build();
  }

  MetricQueries queries() {
    return queries;
  }

  /** What the engine counts of itself, as it is now. */
  List<Reading> own() {
    return registry.read(clock.millis());
  }

  List<MetricViews.Target> targets() {
    return targets.get();
  }

  List<MetricViews.Newest> newest(String selector) {
    var newest = new ArrayList<MetricViews.Newest>();
    queries
        .newest(selector == null ? List.of() : List.of(selector))
        .forEach(
            (labels, point) -> {
              var histogram = point.histogram();
              newest.add(
                  new MetricViews.Newest(
                      labels.toString(),
                      labels.name(),
                      labels.withoutName().toMap(),
                      SampleValue.text(histogram == null ? point.value() : histogram.count()),
                      histogram == null || histogram.count() == 0
                          ? null
                          : (Double) (histogram.sum() / histogram.count()),
                      Instant.ofEpochMilli(point.time())));
            });
    return newest;
  }

  ObjectNode query(Query.MetricQuery query) {
    if (query.start() == null) {
      return queries.instant(query.promql(), query.end());
    }
    return queries.range(
        query.promql(),
        query.start(),
        query.end() == null ? clock.instant() : query.end(),
        query.step() == null ? STEP : Duration.ofMillis(Math.round(query.step() * 1e3)));
  }
}
