package dev.hivedeck.engine.notify;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.notify.channel.Message;
import java.util.List;
import java.util.TreeMap;

/** What is said of alerts, bounded however many and long they are. */
final class MessageText {
  /** Of a group more alerts than these are only counted. */
  static final int MOST = 50;

  /** Lines of text for people. */
  private static final int LINES = 10;

  private static final int LONGEST = 1_000;

  private MessageText() {}

  /**
   * Of a group, or of several alerts at once.
   *
   * @param most alerts that are told; the others are counted
   */
  static Message of(
      int most,
      String group,
      Labels labels,
      String reason,
      List<RoutedAlert> firing,
      List<RoutedAlert> resolved) {
    var first = firing.isEmpty() ? resolved.getFirst() : firing.getFirst();
    boolean alone =
        firing.stream().map(RoutedAlert::target).distinct().count() <= 1
            && resolved.stream().allMatch(a -> a.target().equals(first.target()));
    int left = Math.max(0, firing.size() - most) + Math.max(0, resolved.size() - most);
    return new Message(
        group,
        labels.toMap(),
        reason,
        title(firing, resolved),
        text(firing, resolved),
        firing.stream().anyMatch(a -> a.severity().equals("page")) ? "page" : first.severity(),
        first.source(),
        first.topic(),
        alone ? first.target() : "",
        items(firing, most),
        items(resolved, most),
        left,
        null);
  }

  private static List<Message.Item> items(List<RoutedAlert> alerts, int most) {
    return alerts.stream()
        .limit(most)
        .map(
            a -> {
              var annotations = new TreeMap<String, String>();
              a.annotations().forEach((k, v) -> annotations.put(k, cut(v)));
              return new Message.Item(a.labels().toMap(), annotations, a.began(), a.ended());
            })
        .toList();
  }

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
  }

  private static String title(List<RoutedAlert> firing, List<RoutedAlert> resolved) {
    if (firing.isEmpty()) {
      return resolved.size() == 1
          ? "Resolved: " + cut(resolved.getFirst().summary())
          : "Resolved: " + resolved.size() + " alerts";
    }
    String first = cut(firing.getFirst().summary());
    return firing.size() == 1 ? first : first + " (and " + (firing.size() - 1) + " more)";
  }

  private static String text(List<RoutedAlert> firing, List<RoutedAlert> resolved) {
    var text = new StringBuilder();
    firing.stream().limit(LINES).forEach(a -> line(text, "", a));
    if (firing.size() > LINES) {
      text.append("and ").append(firing.size() - LINES).append(" more\n");
    }
    if (!firing.isEmpty()) {
      resolved.stream().limit(LINES).forEach(a -> line(text, "Resolved: ", a));
    } else if (resolved.size() > 1) {
      resolved.stream().limit(LINES).forEach(a -> line(text, "", a));
    }
    return text.toString().strip();
  }

  private static void line(StringBuilder text, String before, RoutedAlert alert) {
    text.append(before).append(cut(alert.summary())).append('\n');
    for (String key : List.of("meaning", "description", "runbook_url")) {
      String more = alert.annotations().getOrDefault(key, "");
      if (!more.isEmpty()) {
        text.append(cut(more)).append('\n');
      }
    }
  }
}
