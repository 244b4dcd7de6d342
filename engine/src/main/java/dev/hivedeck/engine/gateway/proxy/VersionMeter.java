package dev.hivedeck.engine.gateway.proxy;

import dev.hivedeck.engine.metric.Counter;
import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.metric.HistogramMeter;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.rollout.traffic.Traffic.Counts;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts what a version of a service answers, and how long that takes. */
public final class VersionMeter {
  private static final int ERRORS = 500;

  private final MetricRegistry registry;
  private final String service;
  private final String version;
  private final HistogramMeter seconds;
  private final Map<Integer, Counter> byStatus = new ConcurrentHashMap<>();
  // All of these are of one moment: whoever takes the difference of two finds no part above the
  // whole.
  private final Map<Long, Long> slower = new HashMap<>();
  private Served all = Served.NONE;
  private Served split = Served.NONE;
  private long missed;

  /**
   * What was answered since the gateway was started.
   *
   * @param errors of those, answers with 500 and above, and where no answer came
   */
  public record Served(long requests, long errors) {
    private static final Served NONE = new Served(0, 0);

    private Served with(boolean error) {
      return new Served(requests + 1, error ? errors + 1 : errors);
    }
  }

  VersionMeter(MetricRegistry registry, String service, String version) {
    this.registry = registry;
    this.service = service;
    this.version = version;
    this.seconds = registry.histogram(EngineMetric.GATEWAY_SECONDS.of(service, version));
  }

  /**
   * @param forced whether a header named the version: it says nothing of who has it by the split
   * @param nanos until the answer began
   */
  void answered(int status, boolean forced, long nanos) {
    byStatus
        .computeIfAbsent(
            status,
            s ->
                registry.counter(
                    EngineMetric.GATEWAY_REQUESTS.of(service, version, Integer.toString(s))))
        .increment();
    seconds.observe(nanos / 1e9);
    boolean error = status >= ERRORS;
    synchronized (this) {
      all = all.with(error);
      if (!forced) {
        split = split.with(error);
        slower.replaceAll((limit, count) -> nanos > limit ? count + 1 : count);
      }
    }
  }

  /** One that was this version's was answered by another. */
  synchronized void miss() {
    missed++;
  }

  /** All that it answered, also what a header sent to it. */
  public synchronized Served all() {
    return all;
  }

  /**
   * What it answered of the requests that the split gave it.
   *
   * @param limit from when on an answer is slow, of those that came since this was first asked
   */
  public synchronized Counts counts(Duration limit) {
    long slow = slower.computeIfAbsent(limit.toNanos(), _ -> 0L);
    return new Counts(split.requests(), split.errors(), slow, missed);
  }
}
