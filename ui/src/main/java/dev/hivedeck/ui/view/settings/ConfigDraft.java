package dev.hivedeck.ui.view.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Changes of {@code hive.yaml} that a person has made and not applied yet. */
final class ConfigDraft {
  private Config.Source source;
  private final Map<String, JsonNode> changes = new LinkedHashMap<>();

  /** The file as it is; null while nobody knows. */
  Config.Source source() {
    return source;
  }

  /** It is so now; what says the same as the file by now is no change. */
  void on(Config.Source now) {
    source = now;
    changes.entrySet().removeIf(e -> says(e.getKey(), e.getValue()));
  }

  /**
   * Notes what is to stand at a place.
   *
   * @param value null for nothing
   */
  void put(String at, JsonNode value) {
    changes.keySet().removeIf(key -> key.startsWith(at + "/"));
    changes.remove(at);
    var wanted = value == null ? NullNode.getInstance() : value;
    if (!says(at, wanted) || !values().at(at).equals(source.values().at(at))) {
      changes.put(at, wanted);
    }
  }

  private boolean says(String at, JsonNode value) {
    var there = source == null ? Json.object() : source.values().at(at);
    return value.isNull() ? there.isMissingNode() : there.equals(value);
  }

  void clear() {
    changes.clear();
  }

  boolean isEmpty() {
    return changes.isEmpty();
  }

  List<Config.Change> changes() {
    return changes.entrySet().stream()
        .map(e -> new Config.Change(e.getKey(), e.getValue()))
        .toList();
  }

  /** What the file would say. */
  JsonNode values() {
    JsonNode all = source == null ? Json.object() : source.values().deepCopy();
    changes.forEach((at, value) -> set((ObjectNode) all, at, value));
    return all;
  }

  private static void set(ObjectNode root, String at, JsonNode value) {
    var node = root;
    var path = new ArrayList<>(List.of(at.substring(1).split("/")));
    path.replaceAll(step -> step.replace("~1", "/").replace("~0", "~"));
    for (var key : path.subList(0, path.size() - 1)) {
      node = node.get(key) instanceof ObjectNode child ? child : node.putObject(key);
    }
    if (value.isNull()) {
      node.remove(path.getLast());
    } else {
      node.set(path.getLast(), value);
    }
  }

  /** As it is kept between starts; empty for nothing. */
  String text() {
    return isEmpty() ? "" : Json.write(changes());
  }

  /** What was kept between starts. */
  void text(String kept) {
    changes.clear();
    try {
      for (var change : Json.read(kept.isEmpty() ? "[]" : kept, Config.Change[].class)) {
        changes.put(change.at(), change.value() == null ? NullNode.getInstance() : change.value());
      }
    } catch (HiveException e) {
      changes.clear(); // Written by another version.
    }
  }
}
