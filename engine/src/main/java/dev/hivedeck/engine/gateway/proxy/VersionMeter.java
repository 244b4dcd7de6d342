package dev.hivedeck.engine.gateway.proxy;

import dev.hivedeck.engine.metric.Counter;
import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.metric.HistogramMeter;
import dev.hivedeck.engine.metric.MetricRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a version of a service answers, and how long that takes. */
public final class VersionMeter {
  private static final int ERRORS = 500;

  private final MetricRegistry registry;
  private final String service;
  private final String version;
  private final HistogramMeter seconds;
  private final Map<Integer, Counter> byStatus = new ConcurrentHashMap<>();
  private final LongAdder requests = new LongAdder();
  private final LongAdder errors = new LongAdder();
  private final LongAdder missed = new LongAdder();
  private final List<Slower> slower = new CopyOnWriteArrayList<>();

  /** Answers that took longer. */
  private record Slower(long nanos, LongAdder count) {}

  VersionMeter(MetricRegistry registry, String service, String version) {
    this.registry = registry;
    this.service = service;
    this.version = version;
    this.seconds = registry.histogram(EngineMetric.GATEWAY_SECONDS.of(service, version));
  }

  /**
   * @param nanos until the answer began
   */
  void answered(int status, long nanos) {
    byStatus
        .computeIfAbsent(
            status,
            s ->
                registry.counter(
                    EngineMetric.GATEWAY_REQUESTS.of(service, version, Integer.toString(s))))
        .increment();
    seconds.observe(nanos / 1e9);
    requests.increment(); // the whole first, so that no part of it is ever more
    if (status >= ERRORS) {
      errors.increment();
    }
    for (var limit : slower) {
      if (nanos > limit.nanos()) {
        limit.count().increment();
      }
    }
  }

  /** Answered since the gateway was started. */
  public long requests() {
    return requests.sum();
  }

  /** Of those, answers with 500 and above, and where no answer came. */
  public long errors() {
    return errors.sum();
  }

  /** One that was this version's was answered by another. */
  void miss() {
    missed.increment();
  }

  /** How many that were this version's another answered, since no instance of it did. */
  public long missed() {
    return missed.sum();
  }

  /** How many took longer, of those that came since this was first asked. */
  public long slower(Duration limit) {
    long nanos = limit.toNanos();
    synchronized (slower) {
      for (var known : slower) {
        if (known.nanos() == nanos) {
          return known.count().sum();
        }
      }
      slower.add(new Slower(nanos, new LongAdder()));
      return 0;
    }
  }
}
