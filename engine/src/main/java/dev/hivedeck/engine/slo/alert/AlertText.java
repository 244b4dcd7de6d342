package dev.hivedeck.engine.slo.alert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** An alert as it is stored, with times to the nanosecond. */
public final class AlertText {
  private AlertText() {}

  public static String write(Alert alert) {
    ObjectNode node = Json.object();
    node.set("labels", Json.tree(alert.labels().toMap()));
    node.set("annotations", Json.tree(alert.annotations()));
    node.put("state", alert.state().word());
    node.put("value", Double.toString(alert.value())); // JSON has no infinity
    put(node, "activeAt", alert.activeAt());
    put(node, "firedAt", alert.firedAt());
    put(node, "keptSince", alert.keptSince());
    put(node, "resolvedAt", alert.resolvedAt());
    put(node, "seenAt", alert.seenAt());
    return node.toString();
  }

  private static void put(ObjectNode node, String name, Instant time) {
    if (time != null) {
      node.put(name, time.toString());
    }
  }

  public static Alert read(String text) {
    var node = Json.read(text, JsonNode.class);
    return new Alert(
        labels(node.path("labels")),
        texts(node.path("annotations")),
        AlertState.of(node.path("state").asText()),
        Double.parseDouble(node.path("value").asText()),
        time(node, "activeAt"),
        time(node, "firedAt"),
        time(node, "keptSince"),
        time(node, "resolvedAt"),
        time(node, "seenAt"));
  }

  static Labels labels(JsonNode node) {
    return Labels.of(texts(node));
  }

  private static Map<String, String> texts(JsonNode node) {
    var texts = new TreeMap<String, String>();
    node.properties().forEach(e -> texts.put(e.getKey(), e.getValue().asText()));
    return texts;
  }

  private static Instant time(JsonNode node, String name) {
    return node.has(name) ? Instant.parse(node.path(name).asText()) : null;
  }
}
