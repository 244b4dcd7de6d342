package dev.hivedeck.engine.service.registry;

import dev.hivedeck.engine.service.ServiceDirectory.ServiceAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which version of each service that registers itself has the traffic that no other is given: the
 * one that was there first. It stays the base while its instances are away, since one that begins
 * anew is gone for a while, and would find all its traffic at another version.
 */
final class BaseVersions {
  /** How often in a row an instance may miss its time to live before it is not awaited any more. */
  private static final int AWAITED = 10;

  private final Map<String, Base> bases = new HashMap<>();

  /**
   * @param ttl the longest that an instance of it had
   * @param until it is awaited; null while an instance of it is there
   */
  private record Base(String version, Duration ttl, @Nullable Instant until) {}

  /**
   * Takes instances as they are now.
   *
   * @param ttls of services, the longest of their instances
   */
  void follow(
      Map<String, List<ServiceAddress>> addresses, Map<String, Duration> ttls, Instant now) {
    var names = new TreeSet<>(bases.keySet());
    names.addAll(addresses.keySet());
    for (String service : names) {
      var next =
          next(
              bases.get(service),
              addresses.getOrDefault(service, List.of()),
              ttls.getOrDefault(service, Duration.ZERO),
              now);
      if (next == null) {
        bases.remove(service);
      } else {
        bases.put(service, next);
      }
    }
  }

  private static @Nullable Base next(
      @Nullable Base before, List<ServiceAddress> there, Duration ttl, Instant now) {
    if (before != null && there.stream().anyMatch(a -> a.version().equals(before.version()))) {
      return new Base(before.version(), ttl, null);
    }
    if (before != null) {
      var until = before.until() != null ? before.until() : now.plus(awaited(before.ttl()));
      if (now.isBefore(until)) {
        return new Base(before.version(), before.ttl(), until);
      }
    }
    return there.isEmpty() ? null : new Base(there.getFirst().version(), ttl, null);
  }

  private static Duration awaited(Duration ttl) {
    return ttl.multipliedBy(AWAITED);
  }

  /** Whether one of them is awaited no longer. */
  boolean isDue(Instant now) {
    return bases.values().stream().anyMatch(b -> b.until() != null && !now.isBefore(b.until()));
  }

  /** A person took the service away. */
  void forget(String service) {
    bases.remove(service);
  }

  /** The base of each service. */
  Map<String, String> versions() {
    return bases.entrySet().stream()
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> e.getValue().version()));
  }
}
