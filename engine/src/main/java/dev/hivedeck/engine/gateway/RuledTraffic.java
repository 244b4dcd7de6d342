package dev.hivedeck.engine.gateway;

import dev.hivedeck.engine.gateway.proxy.ServiceTraffic;
import dev.hivedeck.engine.gateway.proxy.VersionedService;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.rollout.traffic.Traffic;
import dev.hivedeck.engine.service.ServiceDirectory.ServiceAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps what code rules, and what is counted, for as long as the engine runs. */
final class RuledTraffic implements Traffic {
  private final MetricRegistry registry;
  private final Supplier<Map<String, VersionedService>> services;
  private final Map<String, ServiceTraffic> known = new ConcurrentHashMap<>();

  /**
   * @param services that the gateway leads to, at this moment
   */
  RuledTraffic(MetricRegistry registry, Supplier<Map<String, VersionedService>> services) {
    this.registry = registry;
    this.services = services;
  }

  ServiceTraffic of(String service) {
    return known.computeIfAbsent(service, s -> new ServiceTraffic(registry, s));
  }

  private @Nullable VersionedService led(String service) {
    return services.get().get(service);
  }

  @Override
  public Set<String> services() {
    return services.get().keySet();
  }

  @Override
  public Set<String> versions(String service) {
    var led = led(service);
    return led == null ? Set.of() : led.versions();
  }

  @Override
  public Set<String> present(String service) {
    var led = led(service);
    return led == null ? Set.of() : led.present();
  }

  @Override
  public boolean isHealthy(String service, String version) {
    var led = led(service);
    return led != null && led.instances(version).stream().anyMatch(ServiceAddress::healthy);
  }

  @Override
  public Optional<Split> split(String service) {
    return Optional.ofNullable(led(service)).map(VersionedService::split);
  }

  @Override
  public boolean isRuled(String service) {
    var traffic = known.get(service);
    return traffic != null && traffic.rule() != null;
  }

  @Override
  public Split weigh(String service, Map<String, Integer> buckets) {
    var led = led(service);
    if (led == null) {
      throw new IllegalArgumentException("The gateway leads to no service " + service + ".");
    }
    return of(service).rule(() -> led.split().to(buckets));
  }

  @Override
  public void restore(String service, Split split) {
    of(service).rule(() -> split);
  }

  @Override
  public void release(String service) {
    var led = led(service);
    if (led != null) {
      led.settle();
    }
    of(service).release();
  }

  @Override
  public Counts counts(String service, String version, Duration limit) {
    return of(service).meter(version).counts(limit);
  }
}
