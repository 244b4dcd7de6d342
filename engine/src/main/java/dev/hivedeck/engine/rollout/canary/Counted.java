package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.protocol.rollout.RolloutMetric;

/**
 * Requests of a version.
 *
 * @param errors of those, that failed
 * @param slow of those, that took too long
 * @param untimed of those, of which nobody knows how long they took
 */
public record Counted(long requests, long errors, long slow, long untimed) {
  public static final Counted NONE = new Counted(0, 0, 0, 0);

  public Counted {
    // Counters are read while they run: an error may be there before its request is.
    errors = Math.min(errors, requests);
    untimed = Math.min(untimed, requests);
    slow = Math.min(slow, requests - untimed);
  }

  Counted plus(Counted more) {
    return new Counted(
        requests + more.requests, errors + more.errors, slow + more.slow, untimed + more.untimed);
  }

  /** What came since an earlier count; of a counter that begins anew, all. */
  Counted since(Counted before) {
    return before.requests > requests
            || before.errors > errors
            || before.slow > slow
            || before.untimed > untimed
        ? this
        : new Counted(
            requests - before.requests,
            errors - before.errors,
            slow - before.slow,
            untimed - before.untimed);
  }

  boolean isNone() {
    return requests == 0;
  }

  /** Of how many it is known whether it happened. */
  long known(RolloutMetric metric) {
    return switch (metric) {
      case ERRORS -> requests;
      case SLOW -> requests - untimed;
    };
  }

  long of(RolloutMetric metric) {
    return switch (metric) {
      case ERRORS -> errors;
      case SLOW -> slow;
    };
  }
}
