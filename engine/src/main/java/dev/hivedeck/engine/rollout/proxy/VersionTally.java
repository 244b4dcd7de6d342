package dev.hivedeck.engine.rollout.proxy;

import dev.hivedeck.engine.rollout.traffic.Traffic.Counts;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** What a proxy counted of a version while the engine looked. */
final class VersionTally {
  private final Map<Long, Long> slower = new HashMap<>();
  private long requests;
  private long errors;
  private long missed;
  private long untimed;

  /** Requests of which nobody knows how long they took. */
  synchronized void add(long moreRequests, long moreErrors, long moreMissed) {
    requests += moreRequests;
    errors += moreErrors;
    missed += moreMissed;
    untimed += moreRequests;
  }

  /** One whose answer began after that time. */
  synchronized void answered(boolean error, double seconds) {
    requests++;
    errors += error ? 1 : 0;
    slower.replaceAll((limit, count) -> seconds * 1e9 > limit ? count + 1 : count);
  }

  /**
   * All of it.
   *
   * @param limit from when on an answer is slow, of those that came since this was first asked
   */
  synchronized Counts counts(Duration limit) {
    long slow = slower.computeIfAbsent(limit.toNanos(), _ -> 0L);
    return new Counts(requests, errors, slow, missed, untimed);
  }
}
