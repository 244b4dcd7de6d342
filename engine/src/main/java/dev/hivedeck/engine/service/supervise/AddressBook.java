package dev.hivedeck.engine.service.supervise;

import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.service.ServiceDirectory;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where the instances of configured services are; replaced as a whole after each look. */
final class AddressBook implements ServiceDirectory {
  private volatile Map<String, List<ServiceAddress>> addresses = Map.of();
  private volatile Map<String, String> routes = Map.of();

  @Override
  public List<ServiceAddress> of(String service) {
    return addresses.getOrDefault(service, List.of());
  }

  @Override
  public Optional<ServiceAddress> at(ServiceAddress address) {
    return addresses.values().stream()
        .flatMap(List::stream)
        .filter(known -> known.isSame(address))
        .findFirst();
  }

  @Override
  public String base(String service) {
    return STABLE;
  }

  @Override
  public Map<String, String> routes() {
    return routes;
  }

  @Override
  public Set<String> names() {
    return Set.copyOf(routes.values());
  }

  /**
   * Takes them as they are now.
   *
   * @return whether they are otherwise than before
   */
  boolean follow(Collection<ServiceGroup> groups, ServiceMeter meter) {
    var all = new LinkedHashMap<String, List<ServiceAddress>>();
    var paths = new LinkedHashMap<String, String>();
    for (var group : groups) {
      String name = group.config().name();
      group.views().forEach(i -> meter.up(name, i.name(), i.state() == ServiceState.HEALTHY));
      all.put(name, group.addresses().stream().filter(ServiceAddress::isHere).toList());
      if (group.config().route() != null) {
        paths.put(group.config().route(), name);
      }
    }
    boolean moved = !all.equals(addresses) || !paths.equals(routes);
    addresses = all;
    routes = paths;
    return moved;
  }
}
