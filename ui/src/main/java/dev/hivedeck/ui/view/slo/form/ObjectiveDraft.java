package dev.hivedeck.ui.view.slo.form;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An objective as a person writes it in a form, against what {@code hive.yaml} has. What the form
 * has no field for stays as it is.
 *
 * @param before as it is in the file; missing for a new one
 * @param values by their pointers below the objective; empty for none
 */
record ObjectiveDraft(String name, JsonNode before, Map<String, String> values) {

  /** What is counted. */
  enum Kind {
    GOOD("good", "total"),
    BAD("bad", "total"),
    LATENCY("latency/histogram", "latency/below"),
    BELOW("query", "below"),
    ABOVE("query", "above");

    private final String first;
    private final String second;

    Kind(String first, String second) {
      this.first = first;
      this.second = second;
    }

    /** The pointers of its two fields below the indicator. */
    String first() {
      return first;
    }

    String second() {
      return second;
    }

    /** That of an indicator; empty of one that the form has no fields for. */
    static Optional<Kind> of(JsonNode indicator) {
      for (var kind : values()) {
        if (!indicator.at("/" + kind.first).isMissingNode()
            && !indicator.at("/" + kind.second).isMissingNode()) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }

    /** That of values by their pointers below an objective. */
    static Optional<Kind> of(Map<String, String> values) {
      return Arrays.stream(values())
          .filter(
              k ->
                  values.containsKey("indicator/" + k.first)
                      && values.containsKey("indicator/" + k.second))
          .findFirst();
    }
  }

  /** A name that needs no escapes anywhere. */
  static boolean isName(String name) {
    return name.matches("[A-Za-z][A-Za-z0-9_.-]{0,62}");
  }

  /** The edit of hive.yaml that it comes to. */
  List<Config.Change> changes() {
    if (before.isMissingNode()) {
      return List.of(new Config.Change(at(), whole()));
    }
    var changes = new ArrayList<Config.Change>();
    var whole = whole();
    for (var key : List.of("description", "indicator", "target", "window", "runbook")) {
      var now = whole.path(key);
      if (!now.equals(before.path(key))) {
        changes.add(new Config.Change(at() + "/" + key, now.isMissingNode() ? null : now));
      }
    }
    return changes;
  }

  /** The keys that are others, for a replay. */
  ObjectNode replayed() {
    var changes = Json.object();
    for (var change : changes()) {
      if (change.at().equals(at())) {
        return whole();
      }
      var key = change.at().substring(at().length() + 1);
      changes.set(key, change.value() == null ? NullNode.getInstance() : change.value());
    }
    return changes;
  }

  private String at() {
    return "/objectives/" + name.replace("~", "~0").replace("/", "~1");
  }

  private ObjectNode whole() {
    ObjectNode node = before instanceof ObjectNode there ? there.deepCopy() : Json.object();
    values.forEach((at, value) -> set(node, at, value));
    return node;
  }

  private static void set(ObjectNode root, String at, String value) {
    var steps = at.split("/");
    var node = root;
    for (int i = 0; i < steps.length - 1; i++) {
      node = node.get(steps[i]) instanceof ObjectNode child ? child : node.putObject(steps[i]);
    }
    var key = steps[steps.length - 1];
    if (value.isBlank()) {
      node.remove(key);
    } else if (!node.path(key).asText().equals(value)) {
      boolean number = (key.equals("below") || key.equals("above")) && steps.length == 2;
      node.set(key, number ? number(value) : Json.tree(value));
    }
  }

  /** A number however large; what is none stays as it was written, for the engine to refuse. */
  private static JsonNode number(String text) {
    var written = text.strip();
    if (written.matches("-?\\d{1,9}")) {
      return Json.tree(Integer.valueOf(written));
    }
    return written.matches("-?\\d+(\\.\\d+)?([eE][+-]?\\d{1,3})?")
        ? Json.tree(new BigDecimal(written))
        : Json.tree(text);
  }
}
