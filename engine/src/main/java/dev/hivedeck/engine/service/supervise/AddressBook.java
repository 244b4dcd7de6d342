package dev.hivedeck.engine.service.supervise;

import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.service.ServiceDirectory;
import java.util.ArrayList;
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
      var own = new ArrayList<ServiceAddress>();
      for (var i : group.views()) {
        boolean healthy = i.state() == ServiceState.HEALTHY;
        if (i.port() > 0 && i.state() != ServiceState.STOPPED) {
          own.add(new ServiceAddress(name, i.name(), i.version(), i.host(), i.port(), healthy));
        }
        meter.up(name, i.name(), healthy);
      }
      all.put(name, List.copyOf(own));
      if (group.config().route() != null) {
        paths.put(group.config().route(), name);
      }
    }
    addresses = all;
    routes = paths;
  }
}
