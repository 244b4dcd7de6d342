package dev.hivedeck.engine.gateway.proxy;

import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.rollout.bucketing.Split;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a service while the engine runs, also when it leaves the configuration and comes
 * back: the split that code rules, and what was counted of its versions.
 */
public final class ServiceTraffic {
  private final MetricRegistry registry;
  private final String service;
  private final Map<String, VersionMeter> meters = new ConcurrentHashMap<>();
  private volatile @Nullable Split rule;
  private volatile @Nullable String standIn;
  private volatile List<TrafficFault> faults = List.of();

  public ServiceTraffic(MetricRegistry registry, String service) {
    this.registry = registry;
    this.service = service;
  }

  /** The split that code gave; null where the configuration's holds. */
  public @Nullable Split rule() {
    return rule;
  }

  /** Gives another split; it holds from the next request on. */
  public synchronized Split rule(Supplier<Split> next) {
    var split = next.get();
    rule = split;
    return split;
  }

  /** The version that answers in the place of another; null for none in particular. */
  @Nullable String standIn() {
    return standIn;
  }

  /** Has a version answer in the place of another that cannot. */
  public synchronized void standIn(String version) {
    standIn = version;
  }

  /** From now on the configuration's holds. */
  public synchronized void release() {
    rule = null;
    standIn = null;
  }

  /** Has requests suffer a fault, in place of what its version suffered before. */
  public synchronized void suffer(TrafficFault fault) {
    clear(fault.version().isEmpty() ? null : fault.version());
    var all = new ArrayList<>(faults);
    all.add(fault);
    faults = List.copyOf(all);
  }

  /**
   * Ends faults.
   *
   * @param version null for those of all
   */
  public synchronized void clear(@Nullable String version) {
    faults = faults.stream().filter(f -> version != null && !f.version().equals(version)).toList();
  }

  /** Those that are not over. */
  public List<TrafficFault> faults(Instant now) {
    return faults.stream().filter(f -> !f.isOver(now)).toList();
  }

  /** What a request to a version suffers now; null for nothing. */
  @Nullable TrafficFault fault(String version, Clock clock) {
    var known = faults;
    if (known.isEmpty()) {
      return null;
    }
    var now = clock.instant();
    return known.stream()
        .filter(f -> f.suffers(version) && !f.isOver(now))
        .findFirst()
        .orElse(null);
  }

  /** What is counted of a version. */
  public VersionMeter meter(String version) {
    var known = meters.get(version);
    return known != null
        ? known
        : meters.computeIfAbsent(version, v -> new VersionMeter(registry, service, v));
  }
}
