package dev.hivedeck.engine.config.edit;

import dev.hivedeck.engine.protocol.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An agent as it is written into {@code hive.yaml}.
 *
 * @param values by key, in order: texts and lists of texts
 */
public record AgentEntry(String name, Map<String, Object> values) {
  /** What YAML takes for the text that it is, without quotes. */
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z./][A-Za-z0-9_./ +-]*[A-Za-z0-9_./+-]");

  private static final Pattern WORD =
      Pattern.compile(
          "(?i)true|false|null|yes|no|on|off|\\.nan|[-+]?\\.inf|[.0-9+-]+(e[-+]?\\d+)?");

  /** Collects values, leaving out those that say nothing. */
  public static final class Builder {
    private final String name;
    private final Map<String, Object> values = new LinkedHashMap<>();

    private Builder(String name) {
      this.name = name;
    }

    public Builder with(String key, String value) {
      if (value != null && !value.isBlank()) {
        values.put(key, value);
      }
      return this;
    }

    public Builder with(String key, List<String> value) {
      if (!value.isEmpty()) {
        values.put(key, List.copyOf(value));
      }
      return this;
    }

    public AgentEntry build() {
      return new AgentEntry(name, values);
    }
  }

  public static Builder named(String name) {
    return new Builder(name);
  }

  /**
   * Its lines, without line breaks.
   *
   * @param indent how far its name stands in
   */
  List<String> lines(int indent) {
    var lines = new ArrayList<String>();
    lines.add(" ".repeat(indent) + name + ":");
    values.forEach(
        (key, value) ->
            lines.add(
                " ".repeat(indent + 2)
                    + key
                    + ": "
                    + (value instanceof List<?> list
                        ? list.stream()
                            .map(v -> text((String) v))
                            .collect(Collectors.joining(", ", "[", "]"))
                        : text((String) value))));
    return lines;
  }

  private static String text(String value) {
    return PLAIN.matcher(value).matches() && !WORD.matcher(value).matches()
        ? value
        : Json.write(value);
  }
}
