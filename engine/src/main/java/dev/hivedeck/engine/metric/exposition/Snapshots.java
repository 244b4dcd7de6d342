package dev.hivedeck.engine.metric.exposition;

import dev.hivedeck.engine.metric.BucketCounts;
import dev.hivedeck.engine.metric.Histogram;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Readings as Prometheus' client has them. A native histogram is shown with classic buckets beside
 * its own, at powers of four: each of these is a bound of its buckets, so their counts are exact.
 * What is not a number is in none of them, and not in their count, as Prometheus wants it.
 */
final class Snapshots {
  /** From a sixteenth of a millisecond, 4^-7, to three days, 4^9, where the unit is seconds. */
  private static final int LEAST = -7;

  private static final int MOST = 9;

  /** The series of a counter in OpenMetrics; the family has no ending. */
  private static final String TOTAL = "_total";

  private Snapshots() {}

  static MetricSnapshots of(List<Reading> readings, Map<String, String> help) {
    var families = new TreeMap<String, List<Reading>>();
    Set<String> histograms = new HashSet<>();
    for (var reading : readings) {
      families.computeIfAbsent(reading.labels().name(), k -> new ArrayList<>()).add(reading);
      if (reading.kind() == MetricKind.HISTOGRAM) {
        histograms.add(reading.labels().name());
      }
    }
    var snapshots = new ArrayList<MetricSnapshot>();
    families.forEach(
        (name, family) -> {
          // What an objective counts of a histogram is part of that histogram.
          if (!histograms.contains(stem(name, "_bucket"))
              && !histograms.contains(stem(name, "_count"))) {
            snapshots.add(family(name, family, help.getOrDefault(name, "")));
          }
        });
    return new MetricSnapshots(snapshots);
  }

  private static String stem(String name, String ending) {
    return name.endsWith(ending) ? name.substring(0, name.length() - ending.length()) : "";
  }

  private static MetricSnapshot family(String name, List<Reading> family, String help) {
    return switch (family.getFirst().kind()) {
      case COUNTER -> counters(name, family, help);
      case GAUGE -> gauges(name, family, help);
      case HISTOGRAM -> histograms(name, family, help);
    };
  }

  private static MetricSnapshot counters(String name, List<Reading> family, String help) {
    var builder =
        CounterSnapshot.builder().name(name.endsWith(TOTAL) ? stem(name, TOTAL) : name).help(help);
    for (var reading : family) {
      builder.dataPoint(
          CounterDataPointSnapshot.builder()
              .labels(labels(reading.labels()))
              .value(reading.point().value())
              .build());
    }
    return builder.build();
  }

  private static MetricSnapshot gauges(String name, List<Reading> family, String help) {
    var builder = GaugeSnapshot.builder().name(name).help(help);
    for (var reading : family) {
      builder.dataPoint(
          GaugeDataPointSnapshot.builder()
              .labels(labels(reading.labels()))
              .value(reading.point().value())
              .build());
    }
    return builder.build();
  }

  private static MetricSnapshot histograms(String name, List<Reading> family, String help) {
    var builder = HistogramSnapshot.builder().name(name).help(help);
    for (var reading : family) {
      Histogram histogram = reading.point().histogram();
      builder.dataPoint(
          HistogramDataPointSnapshot.builder()
              .labels(labels(reading.labels()))
              .sum(histogram.sum())
              .classicHistogramBuckets(classic(histogram))
              .nativeSchema(histogram.schema())
              .nativeZeroThreshold(histogram.zeroThreshold())
              .nativeZeroCount(Math.round(histogram.zeroCount()))
              .nativeBucketsForPositiveValues(side(histogram.positive()))
              .nativeBucketsForNegativeValues(side(histogram.negative()))
              .build());
    }
    return builder.build();
  }

  private static NativeHistogramBuckets side(BucketCounts counts) {
    var builder = NativeHistogramBuckets.builder();
    for (int i = 0; i < counts.size(); i++) {
      builder.bucket(counts.index(i), Math.round(counts.count(i)));
    }
    return builder.build();
  }

  private static ClassicHistogramBuckets classic(Histogram histogram) {
    var counts = new long[MOST - LEAST + 2];
    for (var bucket : histogram.buckets()) {
      counts[slot(bucket.upper())] += Math.round(bucket.count());
    }
    var builder = ClassicHistogramBuckets.builder();
    for (int i = 0; i < counts.length; i++) {
      builder.bucket(
          i == counts.length - 1 ? Double.POSITIVE_INFINITY : Math.scalb(1.0, 2 * (LEAST + i)),
          counts[i]);
    }
    return builder.build();
  }

  private static int slot(double upper) {
    int slot = 0;
    while (slot <= MOST - LEAST && upper > Math.scalb(1.0, 2 * (LEAST + slot))) {
      slot++;
    }
    return slot;
  }

  private static io.prometheus.metrics.model.snapshots.Labels labels(Labels labels) {
    var builder = io.prometheus.metrics.model.snapshots.Labels.builder();
    labels.withoutName().toMap().forEach(builder::label);
    return builder.build();
  }
}
