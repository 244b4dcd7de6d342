package dev.hivedeck.engine.forge.sync;

import dev.hivedeck.engine.forge.RateLimit;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How long there is between two whole looks at least, so that the requests that are left do. */
final class LookPace {
  /** However much is told: GitHub is not asked for all more often. */
  static final Duration LEAST = Duration.ofSeconds(10);

  /** Part of what is left that looks use; people and other programs have the rest. */
  private static final int SHARE = 2;

  private LookPace() {}

  /**
   * @param limit as GitHub said last; null while unknown
   * @param requests that a look takes
   */
  static Duration gap(@Nullable RateLimit limit, int requests, Instant now) {
    if (limit == null || !limit.resetsAt().isAfter(now)) {
      return LEAST;
    }
    var until = Duration.between(now, limit.resetsAt());
    var gap = until.multipliedBy((long) SHARE * requests).dividedBy(Math.max(1, limit.remaining()));
    return gap.compareTo(LEAST) < 0 ? LEAST : gap.compareTo(until) > 0 ? until : gap;
  }
}
