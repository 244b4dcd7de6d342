package dev.hivedeck.engine.metric.export;

import dev.hivedeck.engine.metric.BucketCounts;
import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.metric.Histogram;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.Data;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramBuckets;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData;
import io.opentelemetry.sdk.metrics.data.GaugeData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.data.SumData;
import io.opentelemetry.sdk.resources.Resource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Readings as OpenTelemetry has them. A name loses what Prometheus adds to it by its unit and kind
 * (<a
 * href="https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/">Prometheus
 * and OpenMetrics compatibility</a>), so that a Prometheus server that takes them in gives them the
 * same name again.
 */
final class OtlpMetrics {
  private static final InstrumentationScopeInfo SCOPE = InstrumentationScopeInfo.create("hivedeck");
  private static final Map<String, String> HELP =
      Arrays.stream(EngineMetric.values())
          .collect(Collectors.toMap(EngineMetric::metric, EngineMetric::meaning));

  private final Resource resource;
  private final long since;
  private final long now;

  /**
   * @param since when counting began
   */
  OtlpMetrics(Resource resource, Instant since, Instant now) {
    this.resource = resource;
    this.since = nanos(since);
    this.now = nanos(now);
  }

  static long nanos(Instant instant) {
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
  }

  /** One metric, of the resource and the scope of all. */
  private record Metric(
      Resource resource,
      String name,
      String description,
      String unit,
      MetricDataType type,
      Data<?> data)
      implements MetricData {
    @Override
    public Resource getResource() {
      return resource;
    }

    @Override
    public InstrumentationScopeInfo getInstrumentationScopeInfo() {
      return SCOPE;
    }

    @Override
    public String getName() {
      return name;
    }

    @Override
    public String getDescription() {
      return description;
    }

    @Override
    public String getUnit() {
      return unit;
    }

    @Override
    public MetricDataType getType() {
      return type;
    }

    @Override
    public Data<?> getData() {
      return data;
    }
  }

  List<MetricData> of(List<Reading> readings) {
    var families = new TreeMap<String, List<Reading>>();
    for (var reading : readings) {
      families.computeIfAbsent(reading.labels().name(), k -> new ArrayList<>()).add(reading);
    }
    var all = new ArrayList<MetricData>();
    families.forEach((name, family) -> all.add(metric(name, family)));
    return all;
  }

  private MetricData metric(String name, List<Reading> family) {
    return switch (family.getFirst().kind()) {
      case COUNTER ->
          data(
              name,
              MetricDataType.LONG_SUM,
              SumData.createLongSumData(
                  true,
                  AggregationTemporality.CUMULATIVE,
                  family.stream()
                      .map(
                          r ->
                              LongPointData.create(
                                  since,
                                  now,
                                  attributes(r.labels()),
                                  Math.round(r.point().value())))
                      .toList()));
      case GAUGE ->
          data(
              name,
              MetricDataType.DOUBLE_GAUGE,
              GaugeData.createDoubleGaugeData(
                  family.stream()
                      .map(
                          r ->
                              DoublePointData.create(
                                  since, now, attributes(r.labels()), r.point().value(), List.of()))
                      .toList()));
      case HISTOGRAM ->
          data(
              name,
              MetricDataType.EXPONENTIAL_HISTOGRAM,
              ExponentialHistogramData.create(
                  AggregationTemporality.CUMULATIVE,
                  family.stream().map(r -> point(r.labels(), r.point().histogram())).toList()));
    };
  }

  private MetricData data(String name, MetricDataType type, Data<?> data) {
    String plain = name.endsWith("_total") ? name.substring(0, name.length() - 6) : name;
    String unit = "";
    if (plain.endsWith("_seconds")) {
      plain = plain.substring(0, plain.length() - "_seconds".length());
      unit = "s";
    }
    return new Metric(resource, plain, HELP.getOrDefault(name, ""), unit, type, data);
  }

  private ExponentialHistogramPointData point(Labels labels, Histogram histogram) {
    return ExponentialHistogramPointData.create(
        histogram.schema(),
        histogram.sum(),
        Math.round(histogram.zeroCount()),
        false,
        0,
        false,
        0,
        buckets(histogram.schema(), histogram.positive()),
        buckets(histogram.schema(), histogram.negative()),
        since,
        now,
        attributes(labels),
        List.of());
  }

  /** OTLP's bucket {@code i} is the one that Prometheus counts as i + 1, and leaves none out. */
  private static ExponentialHistogramBuckets buckets(int scale, BucketCounts counts) {
    if (counts.isEmpty()) {
      return ExponentialHistogramBuckets.create(scale, 0, List.of());
    }
    int first = counts.index(0);
    var all = new ArrayList<Long>();
    for (int i = 0; i < counts.size(); i++) {
      while (all.size() < counts.index(i) - first) {
        all.add(0L);
      }
      all.add(Math.round(counts.count(i)));
    }
    return ExponentialHistogramBuckets.create(scale, first - 1, all);
  }

  private static Attributes attributes(Labels labels) {
    var attributes = Attributes.builder();
    labels.withoutName().toMap().forEach(attributes::put);
    return attributes.build();
  }
}
