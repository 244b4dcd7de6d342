package dev.hivedeck.engine.gateway;

import dev.hivedeck.engine.config.gateway.GatewayConfig;
import dev.hivedeck.engine.config.gateway.GatewayConfig.ServiceRoute;
import dev.hivedeck.engine.service.ServiceDirectory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The services whose addresses {@code gateway} in {@code hive.yaml} says. */
final class ConfiguredServices implements ServiceDirectory {
  private final Map<String, List<ServiceAddress>> addresses = new HashMap<>();
  private final Map<String, String> routes = new HashMap<>();

  ConfiguredServices(GatewayConfig config) {
    config
        .services()
        .forEach(
            (name, service) -> {
              addresses.put(name, addresses(service));
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

  @Override
  public List<ServiceAddress> of(String service) {
    return addresses.getOrDefault(service, List.of());
  }

  @Override
  public Map<String, String> routes() {
    return routes;
  }
}
