package dev.hivedeck.engine.notify;

import dev.hivedeck.engine.metric.Labels;
import java.time.Instant;
import java.util.Map;

/**
 * An alert as routes see it, whatever raised it.
 *
 * @param labels who it is
 * @param source what raised it: {@code hivedeck}, or the name of another system
 * @param ended null while it fires
 * @param expires when it counts as ended without news; null for never
 * @param topic kind of the thing that it is about, empty for none
 * @param target that thing's id, empty for none
 */
public record RoutedAlert(
    Labels labels,
    Map<String, String> annotations,
    String source,
    Instant began,
    Instant ended,
    Instant expires,
    String topic,
    String target) {
  /** The topic of an objective's alerts. */
  public static final String OBJECTIVE = "objective";

  /** The topic of a rule's alerts. */
  public static final String RULE = "alert";

  /** What raises the engine's own alerts. */
  public static final String OWN = "hivedeck";

  public RoutedAlert {
    annotations = Map.copyOf(annotations);
  }

  /** One of the engine's own that fires. */
  public static RoutedAlert firing(
      Labels labels, String summary, Instant began, String topic, String target) {
    return new RoutedAlert(
        labels, Map.of("summary", summary), OWN, began, null, null, topic, target);
  }

  /** Whether an objective or a rule of the engine's own raised it: these say when it is over. */
  public boolean isWatched() {
    return source.equals(OWN) && (topic.equals(OBJECTIVE) || topic.equals(RULE));
  }

  public boolean isFiring() {
    return ended == null;
  }

  public RoutedAlert ended(Instant at) {
    return new RoutedAlert(labels, annotations, source, began, at, null, topic, target);
  }

  public String severity() {
    return labels.get("severity");
  }

  /** What it says, in a line. */
  public String summary() {
    String summary = annotations.getOrDefault("summary", "");
    return summary.isEmpty() ? labels.get("alertname") : summary;
  }
}
