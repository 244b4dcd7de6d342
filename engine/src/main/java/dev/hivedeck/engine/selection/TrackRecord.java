package dev.hivedeck.engine.selection;

import java.time.Duration;
import java.time.Instant;

/**
 * An agent's attempts at a kind of work, as they are kept.
 *
 * @param evidence what they say of the agent
 * @param doubt whether it still is that agent
 */
record TrackRecord(Evidence evidence, ChangeDetector doubt) {
  static final TrackRecord NONE = new TrackRecord(Evidence.NONE, ChangeDetector.NONE);

  /** With one more attempt, which is the {@code round}-th at the kind. */
  TrackRecord with(boolean passed, Duration took, double dollars, long round, Instant at) {
    var next = doubt.with(passed, evidence.asOf(round, at));
    var all = evidence.with(passed, took, dollars, round, at);
    return next.alarmed()
        ? new TrackRecord(all.onlyOf(next.verified(), next.failed()), ChangeDetector.NONE)
        : new TrackRecord(all, next);
  }
}
