package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.protocol.rollout.RolloutMetric;

/**
 * Requests of a version.
 *
 * @param errors of those, that failed
 * @param slow of those, that took too long
 */
public record Counted(long requests, long errors, long slow) {
  public static final Counted NONE = new Counted(0, 0, 0);

  public Counted {
    // Counters are read while they run: an error may be there before its request is.
    errors = Math.min(errors, requests);
    slow = Math.min(slow, requests);
  }

  Counted plus(Counted more) {
    return new Counted(requests + more.requests, errors + more.errors, slow + more.slow);
  }

  /** What came since an earlier count; of a counter that begins anew, all. */
  Counted since(Counted before) {
    return before.requests > requests || before.errors > errors || before.slow > slow
        ? this
        : new Counted(requests - before.requests, errors - before.errors, slow - before.slow);
  }

  boolean isNone() {
    return requests == 0;
  }

  long of(RolloutMetric metric) {
    return switch (metric) {
      case ERRORS -> errors;
      case SLOW -> slow;
    };
  }
}
