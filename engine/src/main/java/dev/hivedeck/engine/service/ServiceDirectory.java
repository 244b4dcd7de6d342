package dev.hivedeck.engine.service;

import java.util.List;
import java.util.Map;

/**
 * Where services are at this moment: those that Hivedeck runs, those that are configured with an
 * address, and those that registered. Answers from memory, so it may be asked for every request.
 */
public interface ServiceDirectory {
  /** The version of what {@code hive.yaml} runs, and of what names none. */
  String STABLE = "stable";

  /**
   * A running copy of a service.
   *
   * @param service its name
   * @param instance its own name; one of a service
   * @param version by which traffic is split; {@link #STABLE} where it names none
   * @param healthy whether its checks are good
   */
  record ServiceAddress(
      String service, String instance, String version, String host, int port, boolean healthy) {}

  /** All instances of a service that have an address; empty where there is no such service. */
  List<ServiceAddress> of(String service);

  /**
   * The paths that are to lead to services: the service by its path, as {@code hive.yaml} has it.
   */
  Map<String, String> routes();
}
