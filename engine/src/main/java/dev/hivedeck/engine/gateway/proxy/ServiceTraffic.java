package dev.hivedeck.engine.gateway.proxy;

import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.rollout.bucketing.Split;
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

  /** From now on the configuration's holds. */
  public synchronized void release() {
    rule = null;
  }

  /** What is counted of a version. */
  public VersionMeter meter(String version) {
    var known = meters.get(version);
    return known != null
        ? known
        : meters.computeIfAbsent(version, v -> new VersionMeter(registry, service, v));
  }
}
