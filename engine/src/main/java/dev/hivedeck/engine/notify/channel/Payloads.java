package dev.hivedeck.engine.notify.channel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Messages as others write them. */
final class Payloads {
  private static final String NEVER = "0001-01-01T00:00:00Z";

  /** As much as Slack shows of an attachment without a click. */
  private static final int SLACK_TEXT = 3_000;

  private Payloads() {}

  /** Alertmanager's webhook, version 4. */
  static ObjectNode webhook(Message m, String receiver) {
    var all = new ArrayList<Message.Item>(m.firing());
    all.addAll(m.resolved());
    var node = Json.object().put("version", "4").put("groupKey", m.group());
    node.put("truncatedAlerts", m.left())
        .put("status", m.fires() ? "firing" : "resolved")
        .put("receiver", receiver);
    node.set("groupLabels", Json.tree(m.labels()));
    node.set("commonLabels", Json.tree(common(all.stream().map(Message.Item::labels).toList())));
    node.set(
        "commonAnnotations",
        Json.tree(common(all.stream().map(Message.Item::annotations).toList())));
    node.put("externalURL", "");
    var alerts = node.putArray("alerts");
    m.firing().forEach(item -> alert(alerts, item, "firing"));
    m.resolved().forEach(item -> alert(alerts, item, "resolved"));
    return node;
  }

  private static void alert(ArrayNode alerts, Message.Item item, String status) {
    var alert = alerts.addObject().put("status", status);
    alert.set("labels", Json.tree(item.labels()));
    alert.set("annotations", Json.tree(item.annotations()));
    alert
        .put("startsAt", item.began().toString())
        .put("endsAt", item.ended() == null ? NEVER : item.ended().toString())
        .put("generatorURL", "")
        .put("fingerprint", fingerprint(item.labels()));
  }

  private static Map<String, String> common(List<Map<String, String>> all) {
    var common = new TreeMap<>(all.getFirst());
    all.forEach(each -> common.entrySet().retainAll(each.entrySet()));
    return common;
  }

  /** FNV-1a over the sorted labels, as Prometheus' {@code model.LabelSet.Fingerprint} has it. */
  static String fingerprint(Map<String, String> labels) {
    long hash = 0xcbf29ce484222325L;
    for (var label : new TreeMap<>(labels).entrySet()) {
      hash = fnv(fnv(hash, label.getKey()), label.getValue());
    }
    return "%016x".formatted(hash);
  }

  private static long fnv(long hash, String text) {
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return (hash ^ 0xff) * 0x100000001b3L;
  }

  /**
   * Alerts as {@code /api/v2/alerts} of Alertmanager takes them; without an end they go on there
   * for its {@code resolve_timeout}.
   */
  static ArrayNode alerts(Message m) {
    var alerts = Json.MAPPER.createArrayNode();
    for (var item : m.firing()) {
      posted(alerts, item, m.until());
    }
    for (var item : m.resolved()) {
      posted(alerts, item, item.ended());
    }
    return alerts;
  }

  private static void posted(ArrayNode alerts, Message.Item item, Instant ends) {
    var alert = alerts.addObject();
    alert.set("labels", Json.tree(item.labels()));
    alert.set("annotations", Json.tree(item.annotations()));
    alert.put("startsAt", item.began().toString());
    if (ends != null) {
      alert.put("endsAt", ends.toString());
    }
  }

  /** A message of Slack's incoming webhooks. */
  static ObjectNode slack(Message m) {
    String title = (m.fires() ? "" : ":white_check_mark: ") + escaped(m.title());
    var node = Json.object().put("text", title);
    var attachment = node.putArray("attachments").addObject();
    attachment
        .put("color", !m.fires() ? "good" : m.severity().equals("page") ? "danger" : "warning")
        .put("fallback", escaped(m.title()))
        .put("text", shortened(escaped(m.text())));
    var fields = attachment.putArray("fields");
    m.labels()
        .forEach(
            (name, value) ->
                fields
                    .addObject()
                    .put("title", name)
                    .put("value", escaped(value))
                    .put("short", true));
    return node;
  }

  private static String shortened(String text) {
    return text.length() <= SLACK_TEXT ? text : text.substring(0, SLACK_TEXT) + "…";
  }

  /** Or a text of ours could mention everybody. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
