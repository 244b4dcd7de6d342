package dev.hivedeck.engine.agent.discovery;

import dev.hivedeck.engine.config.yaml.NestingLimit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * The head of a Markdown file between two lines of three hyphens, in YAML, and the text below it.
 *
 * @param values those that are one word or text; lists and the like are left out
 * @param body below the head; the whole text where there is no head
 */
record FrontMatter(Map<String, String> values, String body) {
  private static final String FENCE = "---";

  /** A line such as {@code description: Use it when: always}, which is no YAML and yet common. */
  private static final Pattern LOOSE =
      Pattern.compile(
          "([A-Za-z_][\\w-]*:[ \\t]+)([^\"'\\[{|>&*!%@`#\\s].*:.*|.*[^\"'\\]}\\s].* #.*)");

  /** Why there is none, and where. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;
    private final int line;

    Malformed(int line, String message) {
      super(message);
      this.line = line;
    }

    /** From 1. */
    int line() {
      return line;
    }
  }

  static FrontMatter of(String text) throws Malformed {
    String[] lines = text.split("\\R", -1);
    if (!lines[0].stripTrailing().equals(FENCE)) {
      return new FrontMatter(Map.of(), text);
    }
    int end = 1;
    while (end < lines.length && !lines[end].stripTrailing().equals(FENCE)) {
      end++;
    }
    if (end == lines.length) {
      throw new Malformed(1, "the head begins here and has no end");
    }
    String head = join(lines, 1, end);
    return new FrontMatter(values(head), join(lines, end + 1, lines.length));
  }

  private static String join(String[] lines, int from, int to) {
    return String.join("\n", java.util.Arrays.asList(lines).subList(from, to));
  }

  String value(String key) {
    String value = values.get(key);
    return value == null || value.isBlank() ? null : value.strip();
  }

  private static Map<String, String> values(String head) throws Malformed {
    try {
      return read(head);
    } catch (Malformed strict) {
      // The agents themselves take a colon within a value for a part of it.
      String loose = head.lines().map(FrontMatter::quoted).collect(Collectors.joining("\n"));
      try {
        return read(loose);
      } catch (Malformed still) {
        throw strict;
      }
    }
  }

  private static String quoted(String line) {
    var m = LOOSE.matcher(line);
    return m.matches()
        ? m.group(1) + "'" + m.group(2).stripTrailing().replace("'", "''") + "'"
        : line;
  }

  private static Map<String, String> read(String head) throws Malformed {
    var options = new LoaderOptions();
    options.setMaxAliasesForCollections(10);
    try {
      Node node = NestingLimit.composer(head, options).getSingleNode();
      var values = new LinkedHashMap<String, String>();
      if (node == null) {
        return values;
      }
      if (!(node instanceof MappingNode mapping)) {
        throw new Malformed(2, "the head is no list of \"key: value\"");
      }
      for (var entry : mapping.getValue()) {
        if (entry.getKeyNode() instanceof ScalarNode key
            && entry.getValueNode() instanceof ScalarNode value
            && values.put(key.getValue(), value.getValue()) != null) {
          throw new Malformed(
              key.getStartMark().getLine() + 2, "\"" + key.getValue() + "\" is there twice");
        }
      }
      return values;
    } catch (MarkedYAMLException e) {
      // Of the head's lines the first is the file's second, and marks count from 0.
      int line = e.getProblemMark() == null ? 2 : e.getProblemMark().getLine() + 2;
      throw new Malformed(line, "the head is no valid YAML: " + e.getProblem());
    } catch (YAMLException e) {
      throw new Malformed(
          2, "the head is no valid YAML: " + e.getMessage().lines().findFirst().orElse(""));
    }
  }
}
