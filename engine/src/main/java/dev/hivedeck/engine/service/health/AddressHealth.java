package dev.hivedeck.engine.service.health;

import dev.hivedeck.engine.config.service.ServiceConfig.HealthRule;
import dev.hivedeck.engine.service.health.HealthProbe.Checked;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether addresses that {@code hive.yaml} says are well: of those nobody else knows it. Whoever
 * asks gets what is known, and has it looked at again beside; nobody waits for a connection.
 */
public final class AddressHealth {
  private static final Duration FRESH = Duration.ofSeconds(1);

  /** What is older says nothing any more. */
  private static final Duration STALE = Duration.ofSeconds(10);

  private final Clock clock;
  private final Map<Place, Seen> seen = new ConcurrentHashMap<>();
  private final Set<Place> asked = ConcurrentHashMap.newKeySet();

  private record Place(HealthRule rule, String host, int port) {}

  private record Seen(Checked checked, Instant at) {
    boolean isOlder(Duration age, Instant now) {
      return Duration.between(at, now).abs().compareTo(age) >= 0;
    }
  }

  public AddressHealth(Clock clock) {
    this.clock = clock;
  }

  /** What is known of an address; empty before it was asked. */
  public Optional<Checked> of(HealthRule rule, String host, int port) {
    var place = new Place(rule, host, port);
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
      var checked = HealthProbe.check(place.rule(), place.host(), place.port());
      seen.put(place, new Seen(checked, clock.instant()));
    } finally {
      asked.remove(place);
    }
  }
}
