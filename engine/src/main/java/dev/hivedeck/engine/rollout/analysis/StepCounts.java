package dev.hivedeck.engine.rollout.analysis;

/**
 * What was counted in a step of a rollout until now.
 *
 * @param share of the traffic that the canary has in it, between 0 and 1
 */
public record StepCounts(
    long canaryRequests, long canaryErrors, long stableRequests, long stableErrors, double share) {
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
}
