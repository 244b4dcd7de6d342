package dev.hivedeck.engine.slo.alert;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import java.time.Instant;
import java.util.Map;

/**
 * One alert of a rule; its labels, after templates, are who it is.
 *
 * @param activeAt since when its condition has held, counted for the rule's {@code for}
 * @param firedAt since when it fires
 * @param keptSince since when it fires only because the rule keeps it for a while
 * @param resolvedAt when it ended
 * @param seenAt when its condition was last evaluated
 */
public record Alert(
    Labels labels,
    Map<String, String> annotations,
    AlertState state,
    double value,
    Instant activeAt,
    Instant firedAt,
    Instant keptSince,
    Instant resolvedAt,
    Instant seenAt) {

  public Alert {
    annotations = Map.copyOf(annotations);
  }

  static Alert begun(Labels labels, Map<String, String> annotations, double value, Instant now) {
    return new Alert(labels, annotations, AlertState.PENDING, value, now, null, null, null, now);
  }

  public boolean isActive() {
    return state != AlertState.RESOLVED;
  }

  Alert seen(Map<String, String> annotations, double value, Instant now) {
    return new Alert(labels, annotations, state, value, activeAt, firedAt, null, resolvedAt, now);
  }

  Alert at(AlertState state, Instant firedAt, Instant resolvedAt) {
    return new Alert(
        labels,
        annotations,
        state,
        value,
        activeAt,
        firedAt,
        state == AlertState.PENDING ? null : keptSince,
        resolvedAt,
        seenAt);
  }

  Alert kept(Instant since, Instant now) {
    return new Alert(labels, annotations, state, value, activeAt, firedAt, since, resolvedAt, now);
  }

  Alert activeSince(Instant activeAt) {
    return new Alert(
        labels, annotations, state, value, activeAt, firedAt, keptSince, resolvedAt, seenAt);
  }
}
