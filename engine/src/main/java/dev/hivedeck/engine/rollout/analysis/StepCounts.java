package dev.hivedeck.engine.rollout.analysis;

/**
 * What was counted of a metric in a step of a rollout until now: requests at which it happened, an
 * error say, of how many.
 *
 * @param share of the traffic that the canary is to have in it, between 0 and 1
 * @param limit the share of requests at which it may happen
 */
public record StepCounts(
    long canaryRequests,
    long canaryErrors,
    long stableRequests,
    long stableErrors,
    double share,
    double limit) {
  public StepCounts {
    if (canaryErrors > canaryRequests || stableErrors > stableRequests || canaryErrors < 0) {
      throw new IllegalArgumentException("more errors than requests");
    }
  }

  /** How much more often the canary errs; infinite where stable does not err at all. */
  double ratio() {
    double canary = canaryErrors / (double) Math.max(1, canaryRequests);
    double stable = stableErrors / (double) Math.max(1, stableRequests);
    return canaryErrors == 0 ? 0 : canary / stable;
  }

  /**
   * That the canary errs more often than stable. Where it had more requests than its share, since a
   * visitor who stays at it has many, that counts in its place: it would have more errors, too.
   */
  Evidence worse() {
    double observed = canaryRequests / (double) Math.max(1, canaryRequests + stableRequests);
    double most = Math.max(share, observed);
    return most < 1 && most > 0
        ? OneSidedTest.worse(canaryErrors, stableErrors, most)
        : Evidence.NONE;
  }

  /** That the canary errs more often than it may. */
  Evidence over() {
    return limit < 1
        ? OneSidedTest.above(canaryErrors, canaryRequests - canaryErrors, limit)
        : Evidence.NONE;
  }

  /** That the canary errs less often than it may. */
  Evidence below() {
    return OneSidedTest.above(canaryRequests - canaryErrors, canaryErrors, 1 - limit);
  }

  /** Whether more of the canary's requests erred than may. */
  boolean isOver() {
    return canaryErrors > limit * canaryRequests;
  }
}
