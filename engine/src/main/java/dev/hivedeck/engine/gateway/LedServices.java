package dev.hivedeck.engine.gateway;

import dev.hivedeck.engine.config.gateway.GatewayConfig;
import dev.hivedeck.engine.config.gateway.GatewayConfig.ServiceRoute;
import dev.hivedeck.engine.service.ServiceDirectory;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway leads to: services whose addresses {@code gateway} in {@code hive.yaml} says,
 * and those that are found. What the file says of one that is found holds of it too.
 */
final class LedServices implements ServiceDirectory {
  private final Map<String, ServiceRoute> settings = new LinkedHashMap<>();
  private final Map<String, List<ServiceAddress>> addresses = new HashMap<>();
  private final Map<String, String> routes = new HashMap<>();
  private final @Nullable ServiceDirectory found;

  /**
   * @param found where others are; null for none
   */
  LedServices(GatewayConfig config, @Nullable ServiceDirectory found) {
    this.found = found;
    if (config.isOn() && found != null) {
      var paths = new HashMap<String, String>();
      found.routes().forEach((route, name) -> paths.put(name, route));
      found
          .names()
          .forEach(
              name ->
                  settings.put(name, ServiceRoute.usual(name, paths.get(name), found.base(name))));
      routes.putAll(found.routes());
    }
    config
        .services()
        .forEach(
            (name, service) -> {
              if (!service.versions().isEmpty()) {
                addresses.put(name, addresses(service));
              }
              var other = settings.get(name);
              settings.put(
                  name,
                  service.route() == null && other != null ? service.at(other.route()) : service);
              if (service.route() != null) {
                routes.put(service.route(), name);
              }
            });
  }

  private static List<ServiceAddress> addresses(ServiceRoute service) {
    return service.versions().entrySet().stream()
        .flatMap(
            version ->
                version.getValue().stream()
                    .map(
                        at ->
                            new ServiceAddress(
                                service.name(),
                                at.getHostString() + ":" + at.getPort(),
                                version.getKey(),
                                at.getHostString(),
                                at.getPort(),
                                true)))
        .toList();
  }

  /** What holds of each. */
  Collection<ServiceRoute> settings() {
    return settings.values();
  }

  @Override
  public Set<String> names() {
    return settings.keySet();
  }

  @Override
  public List<ServiceAddress> of(String service) {
    var written = addresses.get(service);
    return written != null ? written : found == null ? List.of() : found.of(service);
  }

  @Override
  public String base(String service) {
    var known = settings.get(service);
    return known == null ? STABLE : known.base();
  }

  @Override
  public Map<String, String> routes() {
    return routes;
  }
}
