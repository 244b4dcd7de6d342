package dev.hivedeck.engine.remote;

import dev.hivedeck.engine.time.TimeScale;
import java.time.Duration;
import java.time.Instant;

/** How long a remote that does not answer is left alone: longer each time. One thread at a time. */
final class Backoff {
  private static final Duration FIRST = Duration.ofSeconds(30);
  private static final Duration LONGEST = Duration.ofMinutes(30);

  private final double speed;
  private Instant until = Instant.MIN;
  private Duration wait = FIRST;

  Backoff(double speed) {
    this.speed = speed;
  }

  boolean holds(Instant now) {
    return now.isBefore(until);
  }

  void failed(Instant now) {
    until = now.plus(TimeScale.shorten(wait, speed));
    var twice = wait.multipliedBy(2);
    wait = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
  }

  void reset() {
    until = Instant.MIN;
    wait = FIRST;
  }
}
