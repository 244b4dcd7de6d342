package dev.hivedeck.engine.metric.collect;

import dev.hivedeck.engine.metric.MetricRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * What sources ask with.
 *
 * @param secrets the value behind a reference such as {@code env:TOKEN}
 * @param history samples of the past, which a source may add to
 * @param registry what the engine counts of itself
 */
record Context(
    Fetcher fetcher,
    Function<String, Optional<String>> secrets,
    History history,
    MetricRegistry registry,
    Clock clock) {

  /** How long it has taken; 0 where the clock was set back meanwhile. */
  double secondsSince(Instant at) {
    return Math.max(0, Duration.between(at, clock.instant()).toMillis() / 1e3);
  }

  /**
   * The value of {@code Authorization}, or null where no token is wanted.
   *
   * @throws FetchException when it is not there
   */
  String authorization(String reference) throws FetchException {
    if (reference == null) {
      return null;
    }
    return "Bearer "
        + secrets
            .apply(reference)
            .filter(token -> !token.isBlank())
            .orElseThrow(
                () -> new FetchException("there is no " + reference + "; set it, then restart"));
  }
}
