package dev.hivedeck.engine.gateway.proxy;

import dev.hivedeck.engine.service.ServiceDirectory.ServiceAddress;
import java.time.Clock;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The places that are known, by their addresses: kept for as long as anything leads there. */
public final class Backends {
  private record Place(String host, int port) {}

  private final Clock clock;
  private final Map<Place, Backend> known = new ConcurrentHashMap<>();

  public Backends(Clock clock) {
    this.clock = clock;
  }

  Backend of(ServiceAddress address) {
    return known.computeIfAbsent(
        new Place(address.host(), address.port()), p -> new Backend(p.host(), p.port(), clock));
  }

  /** Takes on a request at the one with the fewest; null where none takes it. */
  @Nullable Backend pick(Collection<ServiceAddress> addresses, Predicate<Backend> besides) {
    return addresses.stream()
        .map(this::of)
        .filter(besides.negate())
        .sorted(Comparator.comparingInt(Backend::open))
        .filter(Backend::takes)
        .findFirst()
        .orElse(null);
  }

  /** Ends connections to what is no more. */
  public void keep(Collection<ServiceAddress> addresses) {
    Set<Place> needed =
        addresses.stream().map(a -> new Place(a.host(), a.port())).collect(Collectors.toSet());
    known
        .entrySet()
        .removeIf(
            e -> {
              boolean gone = !needed.contains(e.getKey());
              if (gone) {
                e.getValue().close();
              }
              return gone;
            });
  }

  /** Ends connections to all; it goes on with new ones. */
  public void disconnect() {
    keep(List.of());
  }
}
