package dev.hivedeck.engine.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  private final Map<Labels, Meter> meters = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> sizes = new ConcurrentHashMap<>();

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
    return meter(labels, HistogramMeter.class, HistogramMeter::new);
  }

  private <M extends Meter> M meter(Labels labels, Class<M> type, Supplier<M> maker) {
    Meter meter = meters.get(labels);
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
        (labels, meter) -> readings.add(new Reading(labels, meter.kind(), meter.read(time))));
    return readings;
  }
}
