package dev.hivedeck.engine.gateway;

import dev.hivedeck.engine.config.service.ServiceConfig.HealthRule;
import dev.hivedeck.engine.gateway.proxy.ServiceTraffic;
import dev.hivedeck.engine.gateway.proxy.VersionedService;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.protocol.service.ServiceViews.CheckKind;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.rollout.traffic.Traffic;
import dev.hivedeck.engine.service.ServiceDirectory.ServiceAddress;
import dev.hivedeck.engine.service.health.AddressHealth;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps what code rules, and what is counted, for as long as the engine runs. */
final class RuledTraffic implements Traffic {
  private final MetricRegistry registry;
  private final Supplier<Map<String, VersionedService>> services;
  private final Function<ServiceAddress, Optional<ServiceAddress>> found;
  private final AddressHealth addresses;
  private final Map<String, ServiceTraffic> known = new ConcurrentHashMap<>();

  /**
   * @param services that the gateway leads to, at this moment
   * @param found what else is known of an address
   */
  RuledTraffic(
      MetricRegistry registry,
      Supplier<Map<String, VersionedService>> services,
      Function<ServiceAddress, Optional<ServiceAddress>> found,
      AddressHealth addresses) {
    this.registry = registry;
    this.services = services;
    this.found = found;
    this.addresses = addresses;
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
  public Health health(String service, String version) {
    var led = led(service);
    if (led == null) {
      return new Health(0, 0, 0, gone(service));
    }
    var settings = led.settings();
    var instances =
        settings.versions().isEmpty()
            ? expected(led.instances(version)).stream().map(at -> Optional.of(found(at))).toList()
            : led.instances(version).stream().map(at -> written(settings.health(), at)).toList();
    return Health.of(version, instances, gone(service, version));
  }

  /**
   * Without those that registered and whose checks fail: nobody said how many there are to be, so
   * that whoever is well is all there is.
   */
  private static List<ServiceAddress> expected(List<ServiceAddress> instances) {
    var rest = instances.stream().filter(at -> !at.lost()).toList();
    return rest.isEmpty() ? instances : rest;
  }

  /**
   * A service that is found at the address knows best; where there is none, or a path is to be
   * asked for, it is asked.
   */
  private Optional<Health.Seen> written(HealthRule rule, ServiceAddress at) {
    return found
        .apply(at)
        .filter(known -> rule.kind() != CheckKind.HTTP || !known.healthy())
        .map(RuledTraffic::found)
        .or(
            () ->
                addresses
                    .of(rule, at.host(), at.port())
                    .map(checked -> new Health.Seen(checked.good(), checked.said())));
  }

  private static Health.Seen found(ServiceAddress at) {
    return new Health.Seen(at.healthy(), "");
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
  public void standIn(String service, String version) {
    of(service).standIn(version);
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
