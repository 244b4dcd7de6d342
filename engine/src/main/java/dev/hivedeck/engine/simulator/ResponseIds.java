package dev.hivedeck.engine.simulator;

import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;

/** Names for what is answered, unlike any before, also of an earlier server. */
final class ResponseIds {
  private static final int BASE = 36;

  private final Clock clock;
  private final AtomicLong count = new AtomicLong();

  ResponseIds(Clock clock) {
    this.clock = clock;
  }

  String next(String kind) {
    return kind
        + "_"
        + Long.toString(clock.millis(), BASE)
        + Long.toString(count.getAndIncrement(), BASE);
  }

  /** Seconds since 1970. */
  long seconds() {
    return clock.instant().getEpochSecond();
  }
}
