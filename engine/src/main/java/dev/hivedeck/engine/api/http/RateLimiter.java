package dev.hivedeck.engine.api.http;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How fast each of many may come: so many at once, then so many a second. The generic cell rate
 * algorithm (ITU-T I.371): of each only the moment is kept at which all it has taken is paid back.
 */
public final class RateLimiter {
  private static final int CROWD = 1_024;

  private final Clock clock;
  private final long each;
  private final long burst;
  private final Map<String, Long> paidBack = new ConcurrentHashMap<>();

  /**
   * @param burst how many at once
   * @param perSecond how many after that
   */
  public RateLimiter(Clock clock, int burst, int perSecond) {
    this.clock = clock;
    this.each = Duration.ofSeconds(1).toNanos() / perSecond;
    this.burst = each * burst;
  }

  /** Whether one more of them may come now; if so, it counts. */
  public boolean allows(String who) {
    var instant = clock.instant();
    long now = Duration.ofSeconds(instant.getEpochSecond(), instant.getNano()).toNanos();
    if (paidBack.size() > CROWD) {
      paidBack.values().removeIf(at -> at <= now);
    }
    boolean[] allowed = new boolean[1];
    paidBack.compute(
        who,
        (name, at) -> {
          // A clock that was set back leaves nobody in debt for longer than a burst.
          long debt = at == null ? now : Math.clamp(at, now, now + burst);
          long next = debt + each;
          allowed[0] = next - now <= burst;
          return allowed[0] ? Long.valueOf(next) : at;
        });
    return allowed[0];
  }
}
