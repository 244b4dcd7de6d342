package dev.hivedeck.engine.metric;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * All that is being counted, by its labels. A metric may have at most so many series; what goes
 * beyond is counted together, in one series whose other labels say {@link #OTHER}, so that no sum
 * is ever wrong and no label can fill the memory.
 */
public final class MetricRegistry {
  /** The value of each label of the series that takes what is beyond the limit. */
  public static final String OTHER = "other";

  /** Series that one metric may have, unless told otherwise. */
  public static final int MOST_SERIES = 1_000;

  private final int mostSeries;
  private final Map<Labels, Instrument> meters = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> sizes = new ConcurrentHashMap<>();
  private final Map<String, Set<Double>> limits = new ConcurrentHashMap<>();

  public MetricRegistry() {
    this(MOST_SERIES);
  }

  public MetricRegistry(int mostSeries) {
    this.mostSeries = mostSeries;
  }

  /** The counter of these labels; keep it where it is used often. */
  public Counter counter(String name, String... labels) {
    return counter(Labels.metric(name, labels));
  }

  public Counter counter(Labels labels) {
    return meter(labels, Counter.class, Counter::new);
  }

  public Gauge gauge(String name, String... labels) {
    return gauge(Labels.metric(name, labels));
  }

  public Gauge gauge(Labels labels) {
    return meter(labels, Gauge.class, Gauge::new);
  }

  public HistogramMeter histogram(String name, String... labels) {
    return histogram(Labels.metric(name, labels));
  }

  public HistogramMeter histogram(Labels labels) {
    return meter(labels, HistogramMeter.class, () -> newHistogram(labels.name()));
  }

  /**
   * Counts of a histogram, exactly, how many observations are at most so large, as the series
   * {@code NAME_bucket} with the limit as {@code le}, beside {@code NAME_count}: all of that name,
   * also those to come.
   */
  public void countUpTo(String histogram, double limit) {
    limits.computeIfAbsent(histogram, k -> ConcurrentHashMap.newKeySet()).add(limit);
    meters.forEach(
        (labels, meter) -> {
          if (labels.name().equals(histogram) && meter instanceof HistogramMeter h) {
            h.countUpTo(limit);
          }
        });
  }

  private HistogramMeter newHistogram(String name) {
    var meter = new HistogramMeter();
    limits.getOrDefault(name, Set.of()).forEach(meter::countUpTo);
    return meter;
  }

  private <M extends Instrument> M meter(Labels labels, Class<M> type, Supplier<M> maker) {
    Instrument meter = meters.get(labels);
    if (meter == null) {
      meter = meters.computeIfAbsent(bounded(labels), k -> maker.get());
    }
    if (!type.isInstance(meter)) {
      throw new IllegalArgumentException(labels + " is a " + meter.kind());
    }
    return type.cast(meter);
  }

  private Labels bounded(Labels labels) {
    var size = sizes.computeIfAbsent(labels.name(), k -> new AtomicInteger());
    if (size.getAndUpdate(n -> Math.min(n + 1, mostSeries)) < mostSeries) {
      return labels;
    }
    var others = labels.toMap();
    others.replaceAll((name, value) -> name.equals(Labels.NAME) ? value : OTHER);
    return Labels.of(others);
  }

  /** A series and what it is now. */
  public record Reading(Labels labels, MetricKind kind, Point point) {}

  public List<Reading> read(long time) {
    var readings = new ArrayList<Reading>(meters.size());
    meters.forEach(
        (labels, meter) -> {
          readings.add(new Reading(labels, meter.kind(), meter.read(time)));
          if (meter instanceof HistogramMeter histogram) {
            readLimits(labels, histogram, time, readings);
          }
        });
    return readings;
  }

  private static void readLimits(
      Labels labels, HistogramMeter histogram, long time, List<Reading> readings) {
    var upTo = histogram.upTo();
    if (upTo.isEmpty()) {
      return;
    }
    upTo.forEach(
        (limit, count) ->
            readings.add(
                counted(labels.with("le", bound(limit)), "_bucket", new Point(time, count))));
    // Read last: whoever counts first counts an observation in its buckets before in all.
    readings.add(counted(labels, "_count", new Point(time, histogram.histogram().count())));
  }

  private static Reading counted(Labels labels, String suffix, Point point) {
    return new Reading(labels.with(Labels.NAME, labels.name() + suffix), MetricKind.COUNTER, point);
  }

  /** A limit as a label's value. */
  public static String bound(double limit) {
    return new BigDecimal(Double.toString(limit)).stripTrailingZeros().toPlainString();
  }
}
