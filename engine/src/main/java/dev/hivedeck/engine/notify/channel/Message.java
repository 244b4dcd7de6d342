package dev.hivedeck.engine.notify.channel;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a channel is told, apart from how.
 *
 * @param group what its alerts are grouped as
 * @param labels that they have alike
 * @param reason why it is told, in a word
 * @param title in a line
 * @param text in several
 * @param severity of the gravest alert that fires
 * @param topic kind of the thing that it is about, empty for none
 * @param target that thing's id, empty for none
 * @param left how many more alerts there are than fit
 * @param until when what fires counts as ended where nothing more is heard of it; null for never
 */
public record Message(
    String group,
    Map<String, String> labels,
    String reason,
    String title,
    String text,
    String severity,
    String source,
    String topic,
    String target,
    List<Item> firing,
    List<Item> resolved,
    int left,
    Instant until) {

  /** One alert. */
  public record Item(
      Map<String, String> labels, Map<String, String> annotations, Instant began, Instant ended) {}

  public Message {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels)); // in one order: a repeat is alike
    firing = List.copyOf(firing);
    resolved = List.copyOf(resolved);
  }

  /** The same, with what fires taken to go on until then. */
  public Message until(Instant end) {
    return new Message(
        group, labels, reason, title, text, severity, source, topic, target, firing, resolved, left,
        end);
  }

  /** Whether it tells of alerts that fire, not only of their end. */
  public boolean fires() {
    return !firing.isEmpty();
  }
}
