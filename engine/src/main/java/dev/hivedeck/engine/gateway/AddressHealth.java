package dev.hivedeck.engine.gateway;

import dev.hivedeck.engine.config.service.ServiceConfig.HealthRule;
import dev.hivedeck.engine.protocol.service.ServiceViews.CheckKind;
import dev.hivedeck.engine.service.ServiceDirectory.ServiceAddress;
import dev.hivedeck.engine.service.health.HealthProbe;
import dev.hivedeck.engine.service.health.HealthProbe.Checked;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether anything answers at addresses that {@code hive.yaml} says: of those nobody else knows it.
 * Whoever asks gets what is known, and has it looked at again beside; nobody waits for a
 * connection.
 */
final class AddressHealth {
  private static final Duration FRESH = Duration.ofSeconds(1);

  /** What is older says nothing any more. */
  private static final Duration STALE = Duration.ofSeconds(10);

  private final Clock clock;
  private final HealthRule rule = HealthRule.NONE.of(CheckKind.TCP, "");
  private final Map<Place, Seen> seen = new ConcurrentHashMap<>();
  private final Set<Place> asked = ConcurrentHashMap.newKeySet();

  private record Place(String host, int port) {}

  private record Seen(Checked checked, Instant at) {
    boolean isOlder(Duration age, Instant now) {
      return Duration.between(at, now).abs().compareTo(age) >= 0;
    }
  }

  AddressHealth(Clock clock) {
    this.clock = clock;
  }

  /** What is known of an address; empty before it was asked. */
  Optional<Checked> of(ServiceAddress address) {
    var place = new Place(address.host(), address.port());
    var now = clock.instant();
    var last = seen.get(place);
    if ((last == null || last.isOlder(FRESH, now)) && asked.add(place)) {
      Thread.ofVirtual().name("address").start(() -> ask(place));
    }
    return last == null || last.isOlder(STALE, now)
        ? Optional.empty()
        : Optional.of(last.checked());
  }

  private void ask(Place place) {
    try {
      var checked = HealthProbe.check(rule, place.host(), place.port());
      seen.put(place, new Seen(checked, clock.instant()));
    } finally {
      asked.remove(place);
    }
  }
}
