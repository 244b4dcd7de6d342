package dev.hivedeck.engine.metric.collect;

import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.protocol.HiveException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What sources ask with.
 *
 * @param secrets the value behind a reference such as {@code env:TOKEN}; refuses with the remedy
 * @param history samples of the past, which a source may add to
 * @param registry what the engine counts of itself
 * @param tried what was tried since the engine began
 */
record Context(
    Fetcher fetcher,
    UnaryOperator<String> secrets,
    History history,
    MetricRegistry registry,
    Clock clock,
    Set<Check> tried) {

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
    try {
      return "Bearer " + secrets.apply(reference);
    } catch (HiveException e) {
      throw new FetchException(e.getMessage() + " " + e.hint());
    }
  }
}
