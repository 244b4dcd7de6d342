package dev.hivedeck.engine.config.yaml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Values as a person would write them into a YAML file. */
final class YamlText {
  /** What is longer is written below its key. */
  private static final int WIDE = 76;

  /** Deeper than an agent or a gate everything is small. */
  private static final int NAMED = 2;

  private static final Pattern CALM = Pattern.compile("[A-Za-z0-9./~_$][A-Za-z0-9./~_ +@%=$*()-]*");

  /** Some readers take them for true and false. */
  private static final Set<String> ODD = Set.of("yes", "no", "on", "off", "y", "n", "null", "~");

  private YamlText() {}

  /** A value read by itself. */
  static JsonNode read(String text) {
    try {
      return YamlSource.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      return YamlSource.MAPPER.missingNode();
    }
  }

  /** Whether a mapping goes below its key, key by key. */
  static boolean isLong(JsonNode value, int depth) {
    return value.isObject()
        && !value.isEmpty()
        && (depth < NAMED
            || depth == NAMED && value.size() > 3
            || value.properties().stream().anyMatch(e -> isLiteral(e.getValue()))
            || inline(value, false).length() > WIDE);
  }

  /** Whether a text goes below its key, line by line. */
  static boolean isLiteral(JsonNode value) {
    if (!value.isTextual() || !value.asText().contains("\n")) {
      return false;
    }
    String text = value.asText();
    return !text.startsWith(" ")
        && !text.startsWith("\n")
        && !text.endsWith("\n\n")
        && text.codePoints().allMatch(c -> c == '\n' || c == '\t' || isPrintable(c))
        && text.lines().noneMatch(l -> l.startsWith("\t"));
  }

  /**
   * A key with its value behind it, or below it where the value is a text of several lines.
   *
   * @param name the key with its colon
   * @param indent of lines below
   */
  static List<String> value(String name, JsonNode value, int indent) {
    if (!isLiteral(value)) {
      return List.of(name + " " + inline(value, false));
    }
    var lines = new ArrayList<String>();
    lines.add(name + (value.asText().endsWith("\n") ? " |" : " |-"));
    value
        .asText()
        .lines()
        .forEach(line -> lines.add(line.isEmpty() ? "" : " ".repeat(indent) + line));
    return lines;
  }

  /** On one line. */
  static String inline(JsonNode value, boolean flow) {
    if (value.isArray()) {
      return StreamSupport.stream(value.spliterator(), false)
          .map(item -> inline(item, true))
          .collect(Collectors.joining(", ", "[", "]"));
    }
    if (value.isObject()) {
      return value.isEmpty()
          ? "{}"
          : value.properties().stream()
              .map(e -> scalar(Json.tree(e.getKey()), true) + ": " + inline(e.getValue(), true))
              .collect(Collectors.joining(", ", "{ ", " }"));
    }
    return scalar(value, flow);
  }

  /** On one line, in quotes where the value was that stood there. */
  static String like(Node old, JsonNode value, boolean flow) {
    if (old instanceof ScalarNode scalar) {
      if (value.isTextual() && scalar.getScalarStyle() == ScalarStyle.DOUBLE_QUOTED) {
        return quoted(value.asText());
      }
      if (value.isTextual()
          && scalar.getScalarStyle() == ScalarStyle.SINGLE_QUOTED
          && value.asText().codePoints().allMatch(YamlText::isPrintable)) {
        return "'" + value.asText().replace("'", "''") + "'";
      }
      if (value.isBoolean()) {
        return switch (scalar.getValue().toLowerCase(Locale.ROOT)) {
          case "on", "off" -> value.asBoolean() ? "on" : "off";
          case "yes", "no" -> value.asBoolean() ? "yes" : "no";
          default -> value.asText();
        };
      }
    }
    return inline(value, flow);
  }

  static String scalar(JsonNode value, boolean flow) {
    if (value.isTextual()) {
      return isPlain(value.asText(), flow) ? value.asText() : quoted(value.asText());
    }
    return value.isFloatingPointNumber() && Double.isFinite(value.doubleValue())
        ? value.decimalValue().toPlainString()
        : value.asText();
  }

  private static boolean isPlain(String text, boolean flow) {
    return CALM.matcher(text).matches()
        && !text.endsWith(" ")
        && !ODD.contains(text.toLowerCase(Locale.ROOT))
        && read((flow ? "[" + text + "]" : "- " + text)).path(0).equals(Json.tree(text));
  }

  /** JSON's quotes are YAML's too, but for what YAML breaks lines at or does not print. */
  private static String quoted(String text) {
    var quoted = new StringBuilder();
    Json.write(text)
        .codePoints()
        .forEach(
            c -> {
              if (isPrintable(c)) {
                quoted.appendCodePoint(c);
              } else {
                quoted.append(String.format("\\u%04x", c));
              }
            });
    return quoted.toString();
  }

  private static boolean isPrintable(int c) {
    return c >= 0x20 && c < 0x7f
        || c >= 0xa0 && c < 0xd800 && c != 0x2028 && c != 0x2029
        || c >= 0xe000 && c < 0xfffe && c != 0xfeff
        || c >= 0x10000;
  }
}
