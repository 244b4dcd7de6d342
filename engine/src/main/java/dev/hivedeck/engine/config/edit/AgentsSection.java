package dev.hivedeck.engine.config.edit;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.yaml.NestingLimit;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * The section {@code agents} in the text of a valid {@code hive.yaml}: agents are written below the
 * last one and taken out again line by line, so that everything else, comments too, stays as it is.
 */
final class AgentsSection {
  private static final String KEY = "agents";
  private static final int INDENT = 2;

  /** A section without agents, on one line. */
  private static final Pattern EMPTY =
      Pattern.compile("(agents\\s*:)\\s*(?:\\{\\s*\\}|~|null)?(\\s+#.*|\\s*)");

  private final List<String> lines;
  private final String end;
  private final NodeTuple section;

  /**
   * @param from the first of the lines written or taken out, from 1; 0 for none
   * @param to the last of them
   */
  record Edit(String text, int from, int to) {}

  private AgentsSection(String text) {
    this.end = text.contains("\r\n") ? "\r\n" : "\n";
    this.lines = new ArrayList<>(Arrays.asList(text.split("\\r?\\n", -1)));
    if (lines.getLast().isEmpty()) {
      lines.removeLast();
    }
    var options = new LoaderOptions();
    options.setCodePointLimit(Integer.MAX_VALUE);
    Node root = NestingLimit.composer(text, options).getSingleNode();
    if (root instanceof MappingNode mapping && mapping.getFlowStyle() == FlowStyle.FLOW) {
      throw unwritable(1, "the whole file is written in braces");
    }
    this.section = root instanceof MappingNode mapping ? YamlSource.entry(mapping, KEY) : null;
  }

  static Edit add(String text, List<AgentEntry> agents) {
    return agents.isEmpty() ? new Edit(text, 0, 0) : new AgentsSection(text).add(agents);
  }

  /** Takes out those there are. */
  static Edit remove(String text, Set<String> names) {
    return new AgentsSection(text).remove(names);
  }

  private Edit add(List<AgentEntry> agents) {
    int indent = INDENT;
    int at = lines.size();
    if (section == null) {
      if (!lines.isEmpty() && !lines.getLast().isBlank()) {
        lines.add("");
        at++;
      }
      lines.add(KEY + ":");
      at++;
    } else if (agentsThere() instanceof MappingNode there) {
      indent = column(there.getValue().getFirst());
      at = last(line(there.getValue().getFirst()), there.getEndMark().getLine(), indent) + 1;
    } else {
      int line = line(section);
      Matcher empty = EMPTY.matcher(lines.get(line));
      boolean below = section.getValueNode().getEndMark().getLine() != line;
      if (!empty.matches() || below && section.getValueNode() instanceof MappingNode) {
        throw unwritable(line + 1, "the section agents is written in an unusual way");
      }
      lines.set(line, empty.group(1) + empty.group(2).stripTrailing());
      at = line + 1;
    }
    var written = new ArrayList<String>();
    for (AgentEntry agent : agents) {
      written.addAll(agent.lines(indent));
    }
    lines.addAll(at, written);
    return new Edit(text(), at + 1, at + written.size());
  }

  private Edit remove(Set<String> names) {
    if (!(section != null && agentsThere() instanceof MappingNode there)) {
      return new Edit(text(), 0, 0);
    }
    int indent = column(there.getValue().getFirst());
    var gone = new HashSet<Integer>();
    var entries = there.getValue();
    boolean left = false;
    for (int i = 0; i < entries.size(); i++) {
      if (!names.contains(key(entries.get(i)))) {
        left = true;
        continue;
      }
      int from = line(entries.get(i));
      int before =
          i + 1 < entries.size() ? line(entries.get(i + 1)) - 1 : there.getEndMark().getLine();
      int to = last(from, before, indent + 1);
      for (int line = from; line <= Math.max(from, to); line++) {
        gone.add(line);
      }
    }
    if (gone.isEmpty()) {
      return new Edit(text(), 0, 0);
    }
    if (!left) {
      int line = line(section);
      lines.set(line, lines.get(line).replaceFirst(":", ": {}"));
    }
    var kept = new ArrayList<String>();
    for (int i = 0; i < lines.size(); i++) {
      if (!gone.contains(i)) {
        kept.add(lines.get(i));
      }
    }
    lines.clear();
    lines.addAll(kept);
    return new Edit(
        text(),
        gone.stream().min(Integer::compare).orElseThrow() + 1,
        gone.stream().max(Integer::compare).orElseThrow() + 1);
  }

  /** The agents that are written one below the other, or null when there are none. */
  private MappingNode agentsThere() {
    if (section.getValueNode() instanceof MappingNode mapping && !mapping.getValue().isEmpty()) {
      if (mapping.getFlowStyle() == FlowStyle.FLOW) {
        throw unwritable(line(section) + 1, "the section agents is written in braces");
      }
      return mapping;
    }
    return null;
  }

  private static HiveException unwritable(int line, String why) {
    return new HiveException(
        ErrorCode.CONFIG_UNWRITABLE,
        HiveConfig.FILE + ":" + line + ": " + why + ", so no agents can be added to it.",
        "Write each key on a line of its own, or add the agents yourself.");
  }

  /** The last line from one to another that stands in at least so far, blank ones aside. */
  private int last(int from, int to, int indent) {
    int last = from;
    for (int i = from; i <= Math.min(to, lines.size() - 1); i++) {
      String line = lines.get(i);
      if (!line.isBlank() && line.length() - line.stripLeading().length() >= indent) {
        last = i;
      }
    }
    return last;
  }

  private String text() {
    return String.join(end, lines) + end;
  }

  private static String key(NodeTuple entry) {
    return entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
  }

  private static int line(NodeTuple entry) {
    return entry.getKeyNode().getStartMark().getLine();
  }

  private static int column(NodeTuple entry) {
    return entry.getKeyNode().getStartMark().getColumn();
  }
}
