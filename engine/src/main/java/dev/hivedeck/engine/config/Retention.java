package dev.hivedeck.engine.config;

import java.time.Duration;

/**
 * How long what is over is kept.
 *
 * @param events what happened; the number of them is limited too, but those of the last day stay
 * @param logs the files of attempts at tasks that are finished
 * @param kept work that was kept aside, of tasks that are finished
 */
public record Retention(Duration events, Duration logs, Duration kept) {
  static final Retention STANDARD =
      new Retention(Duration.ofDays(30), Duration.ofDays(30), Duration.ofDays(90));

  static final Duration LEAST = Duration.ofDays(1);
}
