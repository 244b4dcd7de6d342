package dev.hivedeck.engine.gateway;

import dev.hivedeck.engine.gateway.proxy.ServiceTraffic;
import dev.hivedeck.engine.gateway.proxy.VersionedService;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.rollout.traffic.Traffic;
import dev.hivedeck.engine.service.ServiceDirectory.ServiceAddress;
import dev.hivedeck.engine.service.health.HealthProbe.Checked;
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
    boolean written = !led.settings().versions().isEmpty();
    return health(
        service,
        version,
        led.instances(version).stream()
            .map(at -> written ? written(at) : Optional.of(found(at)))
            .toList());
  }

  /** A service that is found at the address knows best; where there is none, it is asked. */
  private Optional<Checked> written(ServiceAddress at) {
    return found.apply(at).map(RuledTraffic::found).or(() -> addresses.of(at));
  }

  private static Checked found(ServiceAddress at) {
    return new Checked(at.healthy(), "", null);
  }

  private Health health(String service, String version, List<Optional<Checked>> instances) {
    int all = instances.size();
    var known = instances.stream().flatMap(Optional::stream).toList();
    var bad = known.stream().filter(c -> !c.good()).toList();
    String why = "";
    if (all == 0) {
      why = gone(service, version);
    } else if (!bad.isEmpty()) {
      String said = bad.getFirst().said();
      why =
          (bad.size() == all
                  ? version + " has no healthy instance"
                  : "not all instances of " + version + " are healthy")
              + (said.isEmpty() ? "" : ": " + said);
    } else if (known.size() < all) {
      why = "the health of " + version + " is not known yet";
    }
    return new Health(all, known.size() - bad.size(), bad.size(), why);
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
