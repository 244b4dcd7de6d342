package dev.hivedeck.engine.rollout.control;

import dev.hivedeck.engine.rollout.traffic.Traffic;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/** How many requests a minute services have had of late. */
final class TrafficRate {
  private static final Duration WINDOW = Duration.ofMinutes(10);
  private static final Duration LEAST = Duration.ofSeconds(30);
  private static final Duration ANY = Duration.ofSeconds(1);

  private final Traffic traffic;
  private final Clock clock;
  private final Map<String, Deque<Total>> totals = new HashMap<>();

  private record Total(Instant at, long requests) {}

  TrafficRate(Traffic traffic, Clock clock) {
    this.traffic = traffic;
    this.clock = clock;
  }

  /** Notes how many there were until now. */
  synchronized void look(Collection<String> services) {
    var now = clock.instant();
    totals.keySet().retainAll(services);
    for (String service : services) {
      var seen = totals.computeIfAbsent(service, s -> new ArrayDeque<>());
      seen.addLast(new Total(now, requests(service)));
      while (seen.size() > 2 && seen.getFirst().at().isBefore(now.minus(WINDOW))) {
        seen.removeFirst();
      }
    }
  }

  private long requests(String service) {
    return traffic.versions(service).stream()
        .mapToLong(version -> traffic.counts(service, version, ANY).requests())
        .sum();
  }

  /** Requests a minute; empty where it has not been looked for long, or there were none. */
  synchronized OptionalDouble perMinute(String service) {
    var seen = totals.get(service);
    if (seen == null || seen.isEmpty()) {
      return OptionalDouble.empty();
    }
    var time = Duration.between(seen.getFirst().at(), seen.getLast().at());
    long requests = seen.getLast().requests() - seen.getFirst().requests();
    return time.compareTo(LEAST) < 0 || requests <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(requests * 60_000.0 / time.toMillis());
  }
}
