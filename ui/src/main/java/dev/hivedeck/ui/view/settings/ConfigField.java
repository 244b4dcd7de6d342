package dev.hivedeck.ui.view.settings;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * One key of {@code hive.yaml} that has a field in a form.
 *
 * @param key below its thing, as a pointer: {@code limits/cost}
 * @param options to choose from; empty where anything may be written
 */
record ConfigField(String key, Kind kind, List<String> options) {

  /** How a value is written in a field. */
  enum Kind {
    TEXT,
    /** A number, or a text such as 400k. */
    NUMBER,
    /** Several, with commas between. */
    WORDS,
    CHOICE,
    /** On or off. */
    SWITCH,
    /** Names with a number each: gpu: 1, db: 2. */
    NUMBERS
  }

  static final List<ConfigField> AGENT =
      List.of(
          text("role"),
          choice(
              "driver",
              "codex",
              "claude",
              "gemini",
              "opencode",
              "acp",
              "codex-app",
              "command",
              "scripted"),
          text("run"),
          text("recipe"),
          text("model"),
          choice("sandbox", "read-only", "workspace", "full"),
          number("parallel"),
          words("capabilities"),
          words("owns"),
          words("fallback"),
          text("limits/timeout"),
          number("limits/tokens"),
          number("limits/cost"),
          text("limits/memory"));

  static final List<ConfigField> GATE =
      List.of(
          text("run"),
          choice("builtin", "owners", "size", "placeholders"),
          words("at"),
          text("timeout"),
          choice("checkout", "clean", "attempt"),
          number("warn"),
          number("max"));

  static final List<ConfigField> QUEUE =
      List.of(
          new ConfigField("queue/parallel", Kind.NUMBERS, List.of()),
          number("queue/limit"),
          text("queue/memory"),
          number("queue/load"),
          new ConfigField("schedule/choice", Kind.SWITCH, List.of("on", "off")));

  static final List<ConfigField> CHANNEL =
      List.of(
          choice("type", "webhook", "slack", "email", "alertmanager"),
          text("url"),
          text("sign"),
          text("bearer"),
          text("host"),
          number("port"),
          choice("tls", "starttls", "tls", "none"),
          text("from"),
          words("to"),
          text("user"),
          text("password"));

  private static ConfigField text(String key) {
    return new ConfigField(key, Kind.TEXT, List.of());
  }

  static ConfigField number(String key) {
    return new ConfigField(key, Kind.NUMBER, List.of());
  }

  private static ConfigField words(String key) {
    return new ConfigField(key, Kind.WORDS, List.of());
  }

  private static ConfigField choice(String key, String... options) {
    return new ConfigField(key, Kind.CHOICE, List.of(options));
  }

  /** The last part of its key, for texts. */
  String name() {
    return key.replace('/', '-');
  }

  /** A value as it is written in the field; empty for none. */
  String shown(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "";
    }
    if (kind == Kind.SWITCH && value.isBoolean()) {
      return value.asBoolean() ? "on" : "off";
    }
    if (value.isArray()) {
      return StreamSupport.stream(value.spliterator(), false)
          .map(v -> v.isValueNode() ? v.asText() : Json.write(v))
          .collect(Collectors.joining(", "));
    }
    if (kind == Kind.NUMBERS && value.isObject()) {
      return value.properties().stream()
          .map(e -> e.getKey() + ": " + e.getValue().asText())
          .collect(Collectors.joining(", "));
    }
    return value.isValueNode() ? value.asText() : Json.write(value);
  }

  /**
   * Whether the field can hold what is there: what it shows, read again, is the same. A list where
   * a word is usual is not, nor a word with a comma in it.
   */
  boolean holds(JsonNode value) {
    if (value.isArray()) {
      return kind == Kind.WORDS && (value.isEmpty() || value.equals(read(shown(value))));
    }
    return !value.isObject() || kind == Kind.NUMBERS;
  }

  /** What is written in the field; null for nothing. */
  JsonNode read(String written) {
    String text = kind == Kind.TEXT ? written : written.strip();
    if (text.isBlank()) {
      return null;
    }
    return switch (kind) {
      case TEXT, CHOICE -> Json.tree(text);
      case SWITCH -> Json.tree(text.equals("on"));
      case NUMBER -> scalar(text);
      case WORDS ->
          Json.tree(
              Arrays.stream(text.split(",")).map(String::strip).filter(w -> !w.isEmpty()).toList());
      case NUMBERS -> {
        var map = Json.object();
        for (var pair : text.split(",")) {
          int colon = pair.lastIndexOf(':');
          map.set(
              pair.substring(0, Math.max(colon, 0)).strip(),
              scalar(pair.substring(colon + 1).strip()));
        }
        yield map;
      }
    };
  }

  private static JsonNode scalar(String text) {
    if (text.matches("-?\\d{1,9}")) {
      return Json.tree(Integer.valueOf(text));
    }
    return text.matches("-?\\d{1,15}(\\.\\d{1,9})?")
        ? Json.tree(new BigDecimal(text).doubleValue())
        : Json.tree(text);
  }
}
