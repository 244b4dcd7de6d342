package dev.hivedeck.engine.service;

import dev.hivedeck.engine.config.gateway.GatewayConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where services are at this moment: those that Hivedeck runs, those that are configured with an
 * address, and those that registered. Answers from memory, so it may be asked for every request.
 */
public interface ServiceDirectory {
  /** The version of what {@code hive.yaml} runs, and of what names none. */
  String STABLE = GatewayConfig.ServiceRoute.FOUND;

  /**
   * A running copy of a service.
   *
   * @param service its name
   * @param instance its own name; one of a service
   * @param version by which traffic is split; {@link #STABLE} where it names none
   * @param host an IPv6 address is without brackets
   * @param healthy whether its checks are good
   * @param lost whether it registered, and its checks fail: nobody counts on it
   */
  record ServiceAddress(
      String service,
      String instance,
      String version,
      String host,
      int port,
      boolean healthy,
      boolean lost) {
    private static final Pattern HERE =
        Pattern.compile("localhost|::1|127(?:\\.\\d{1,3}){3}", Pattern.CASE_INSENSITIVE);

    /** One that is counted on. */
    public ServiceAddress(
        String service, String instance, String version, String host, int port, boolean healthy) {
      this(service, instance, version, host, port, healthy, false);
    }

    public ServiceAddress {
      host = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
      version = version.isEmpty() ? STABLE : version;
    }

    /** Whether both are one place on this machine. */
    public boolean isSame(ServiceAddress other) {
      return isHere() && other.isHere() && port == other.port;
    }

    /** Whether it is on this machine. */
    public boolean isHere() {
      return HERE.matcher(host).matches();
    }
  }

  /** The services that traffic may be led to: those with a route, and those that registered. */
  Set<String> names();

  /**
   * All instances of a service on this machine that have an address; empty where there is no such
   * service.
   */
  List<ServiceAddress> of(String service);

  /** An instance on this machine that is at an address, whatever its service is called. */
  default Optional<ServiceAddress> at(ServiceAddress address) {
    return Optional.empty();
  }

  /** The version of a service that has the traffic which no other is given. */
  String base(String service);

  /**
   * The paths that are to lead to services: the service by its path, as {@code hive.yaml} has it.
   */
  Map<String, String> routes();
}
