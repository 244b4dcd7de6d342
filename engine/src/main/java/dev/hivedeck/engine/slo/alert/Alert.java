package dev.hivedeck.engine.slo.alert;

import dev.hivedeck.engine.metric.Labels;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * One alert of a rule; its labels, after templates, are who it is.
 *
 * @param activeAt since when its condition has held, counted for the rule's {@code for}
 * @param firedAt since when it fires
 * @param keptSince since when it fires only because the rule keeps it for a while
 * @param resolvedAt when it ended
 * @param sentAt when it was last sent
 * @param seenAt when its condition was last evaluated
 */
public record Alert(
    Labels labels,
    Map<String, String> annotations,
    State state,
    double value,
    Instant activeAt,
    Instant firedAt,
    Instant keptSince,
    Instant resolvedAt,
    Instant sentAt,
    Instant seenAt) {

  public enum State {
    /** The condition holds, not yet for long enough. */
    PENDING,
    FIRING,
    /** It fired, and no longer does; it is still told for a while. */
    RESOLVED
  }

  public Alert {
    annotations = Map.copyOf(annotations);
  }

  static Alert begun(Labels labels, Map<String, String> annotations, double value, Instant now) {
    return new Alert(labels, annotations, State.PENDING, value, now, null, null, null, null, now);
  }

  public boolean isActive() {
    return state != State.RESOLVED;
  }

  Alert seen(Map<String, String> annotations, double value, Instant now) {
    return new Alert(
        labels, annotations, state, value, activeAt, firedAt, null, resolvedAt, sentAt, now);
  }

  Alert at(State state, Instant firedAt, Instant resolvedAt) {
    return new Alert(
        labels,
        annotations,
        state,
        value,
        activeAt,
        firedAt,
        state == State.PENDING ? null : keptSince,
        resolvedAt,
        state == State.PENDING ? null : sentAt,
        seenAt);
  }

  Alert kept(Instant since, Instant now) {
    return new Alert(
        labels, annotations, state, value, activeAt, firedAt, since, resolvedAt, sentAt, now);
  }

  Alert activeSince(Instant activeAt) {
    return new Alert(
        labels,
        annotations,
        state,
        value,
        activeAt,
        firedAt,
        keptSince,
        resolvedAt,
        sentAt,
        seenAt);
  }

  public Alert sent(Instant now) {
    return new Alert(
        labels, annotations, state, value, activeAt, firedAt, keptSince, resolvedAt, now, seenAt);
  }

  /** Whether it is to be told: when it fires or has ended since, and then again and again. */
  public boolean isDue(Instant now, Duration again) {
    if (state == State.PENDING || state == State.RESOLVED && sentAt == null) {
      return false; // nobody was told that it began
    }
    if (sentAt == null || resolvedAt != null && resolvedAt.isAfter(sentAt)) {
      return true;
    }
    return sentAt.plus(again).isBefore(now);
  }
}
