package dev.hivedeck.engine.config;

import java.time.Duration;
import java.util.List;

/**
 * What holds for every task unless it says otherwise.
 *
 * @param attempts tries per agent before its fallback
 * @param backoff delays between tries; the last one repeats
 * @param quiet no output and no file change for this long counts as stuck
 */
public record TaskDefaults(int attempts, List<Duration> backoff, Duration timeout, Duration quiet) {
  static final TaskDefaults STANDARD =
      new TaskDefaults(
          3,
          List.of(Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(30)),
          Duration.ofMinutes(20),
          Duration.ofMinutes(5));
}
