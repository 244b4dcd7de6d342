package dev.hivedeck.engine.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.notify.AlertGroup.Told;
import dev.hivedeck.engine.notify.Forwarding.Sent;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Routed alerts and their groups in the engine's database. */
final class NotifyStore {
  /** Before the name of a channel, where what was forwarded to it is kept. */
  static final String FORWARD = "forward/";

  private NotifyStore() {}

  // ── alerts ──────────────────────────────────────────────────────────────────────────────────

  static Map<Labels, RoutedAlert> alerts(Sql sql) throws SQLException {
    var all = new TreeMap<Labels, RoutedAlert>();
    for (var alert : sql.list("SELECT alert FROM routed_alert", r -> alert(r.text("alert")))) {
      all.put(alert.labels(), alert);
    }
    return all;
  }

  static void put(Sql sql, RoutedAlert alert) throws SQLException {
    sql.update(
        "INSERT INTO routed_alert(labels, source, alert) VALUES (?, ?, ?)"
            + " ON CONFLICT(labels) DO UPDATE SET source = excluded.source, alert = excluded.alert",
        key(alert.labels()),
        alert.source(),
        text(alert));
  }

  static void remove(Sql sql, Labels labels) throws SQLException {
    sql.update("DELETE FROM routed_alert WHERE labels = ?", key(labels));
  }

  private static String key(Labels labels) {
    return Json.tree(labels.toMap()).toString();
  }

  private static String text(RoutedAlert alert) {
    ObjectNode node = Json.object();
    node.set("labels", Json.tree(alert.labels().toMap()));
    node.set("annotations", Json.tree(alert.annotations()));
    node.put("source", alert.source());
    time(node, "began", alert.began());
    time(node, "ended", alert.ended());
    time(node, "expires", alert.expires());
    node.put("topic", alert.topic()).put("target", alert.target());
    return node.toString();
  }

  private static RoutedAlert alert(String text) {
    var node = Json.read(text, JsonNode.class);
    return new RoutedAlert(
        labels(node.path("labels")),
        texts(node.path("annotations")),
        node.path("source").asText(),
        time(node, "began"),
        time(node, "ended"),
        time(node, "expires"),
        node.path("topic").asText(),
        node.path("target").asText());
  }

  // ── groups ──────────────────────────────────────────────────────────────────────────────────

  static Map<String, AlertGroup> groups(Sql sql) throws SQLException {
    var all = new TreeMap<String, AlertGroup>();
    for (String text :
        sql.list(
            "SELECT content FROM alert_group WHERE substr(name, 1, ?) <> ?",
            r -> r.text("content"),
            FORWARD.length(),
            FORWARD)) {
      var group = group(Json.read(text, JsonNode.class));
      all.put(group.name(), group);
    }
    return all;
  }

  static void put(Sql sql, AlertGroup group) throws SQLException {
    put(sql, group.name(), text(group));
  }

  private static void put(Sql sql, String name, String content) throws SQLException {
    sql.update(
        "INSERT INTO alert_group(name, content) VALUES (?, ?)"
            + " ON CONFLICT(name) DO UPDATE SET content = excluded.content",
        name,
        content);
  }

  static void remove(Sql sql, String group) throws SQLException {
    sql.update("DELETE FROM alert_group WHERE name = ?", group);
  }

  static Map<Labels, Sent> forwarded(Sql sql, String channel) throws SQLException {
    var sent = new TreeMap<Labels, Sent>();
    var text =
        sql.one(
            "SELECT content FROM alert_group WHERE name = ?",
            r -> r.text("content"),
            FORWARD + channel);
    if (text.isPresent()) {
      for (var each : Json.read(text.get(), JsonNode.class)) {
        sent.put(labels(each.path("labels")), new Sent(time(each, "at"), time(each, "ended")));
      }
    }
    return sent;
  }

  static void forwarded(Sql sql, String channel, Map<Labels, Sent> sent) throws SQLException {
    if (sent.isEmpty()) {
      remove(sql, FORWARD + channel);
      return;
    }
    var all = Json.MAPPER.createArrayNode();
    sent.forEach(
        (labels, s) -> {
          var each = all.addObject();
          each.set("labels", Json.tree(labels.toMap()));
          time(each, "at", s.at());
          time(each, "ended", s.ended());
        });
    put(sql, FORWARD + channel, all.toString());
  }

  private static String text(AlertGroup group) {
    ObjectNode node = Json.object();
    node.put("route", group.route());
    node.set("labels", Json.tree(group.labels().toMap()));
    time(node, "due", group.due());
    node.put("flushed", group.flushed());
    time(node, "episode", group.episode());
    node.put("level", group.level());
    time(node, "escalated", group.escalated());
    node.put("repeats", group.repeats());
    time(node, "idle", group.idle());
    var told = node.putObject("told");
    group
        .told()
        .forEach(
            (channel, t) -> {
              var each = told.putObject(channel);
              time(each, "at", t.at());
              each.set("firing", list(t.firing()));
              each.set("resolved", list(t.resolved()));
            });
    var settled = node.putArray("settled");
    group
        .settled()
        .forEach(
            (labels, ended) -> {
              var each = settled.addObject();
              each.set("labels", Json.tree(labels.toMap()));
              time(each, "ended", ended);
            });
    return node.toString();
  }

  private static AlertGroup group(JsonNode node) {
    var told = new HashMap<String, Told>();
    node.path("told")
        .properties()
        .forEach(
            e ->
                told.put(
                    e.getKey(),
                    new Told(
                        time(e.getValue(), "at"),
                        set(e.getValue().path("firing")),
                        set(e.getValue().path("resolved")))));
    var settled = new HashMap<Labels, Instant>();
    node.path("settled")
        .forEach(each -> settled.put(labels(each.path("labels")), time(each, "ended")));
    return new AlertGroup(
        node.path("route").asText(),
        labels(node.path("labels")),
        time(node, "due"),
        node.path("flushed").asBoolean(),
        time(node, "episode"),
        node.path("level").asInt(),
        time(node, "escalated"),
        node.path("repeats").asInt(),
        told,
        settled,
        time(node, "idle"));
  }

  private static JsonNode list(Set<Labels> all) {
    return Json.tree(all.stream().sorted().map(Labels::toMap).toList());
  }

  private static Set<Labels> set(JsonNode list) {
    var all = new HashSet<Labels>();
    list.forEach(each -> all.add(labels(each)));
    return all;
  }

  private static Labels labels(JsonNode node) {
    return Labels.of(texts(node));
  }

  private static Map<String, String> texts(JsonNode node) {
    var texts = new TreeMap<String, String>();
    node.properties().forEach(e -> texts.put(e.getKey(), e.getValue().asText()));
    return texts;
  }

  private static void time(ObjectNode node, String name, Instant time) {
    if (time != null) {
      node.put(name, time.toString());
    }
  }

  private static Instant time(JsonNode node, String name) {
    return node.has(name) ? Instant.parse(node.path(name).asText()) : null;
  }
}
