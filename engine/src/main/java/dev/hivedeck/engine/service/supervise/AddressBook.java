package dev.hivedeck.engine.service.supervise;

import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.service.ServiceDirectory;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where the instances of configured services are; replaced as a whole after each look. */
final class AddressBook implements ServiceDirectory {
  private volatile Map<String, List<ServiceAddress>> addresses = Map.of();
  private volatile Map<String, String> routes = Map.of();

  @Override
  public List<ServiceAddress> of(String service) {
    return addresses.getOrDefault(service, List.of());
  }

  @Override
  public Map<String, String> routes() {
    return routes;
  }

  void follow(Collection<ServiceGroup> groups, ServiceMeter meter) {
    var all = new LinkedHashMap<String, List<ServiceAddress>>();
    var paths = new LinkedHashMap<String, String>();
    for (var group : groups) {
      String name = group.config().name();
      group.views().forEach(i -> meter.up(name, i.name(), i.state() == ServiceState.HEALTHY));
      all.put(name, group.addresses());
      if (group.config().route() != null) {
        paths.put(group.config().route(), name);
      }
    }
    addresses = all;
    routes = paths;
  }
}
