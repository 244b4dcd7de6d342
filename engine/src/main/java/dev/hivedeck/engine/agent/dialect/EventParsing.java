package dev.hivedeck.engine.agent.dialect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What the events of several kinds of agents have in common. */
public final class EventParsing {
  /**
   * An event has few parts, of which some are long. One of millions of small parts would take a
   * hundred times its length in memory: it is kept as text.
   */
  private static final ObjectMapper EVENTS =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxTokenCount(250_000)
                      .maxNestingDepth(200)
                      .build())
              .build());

  private static final Pattern SHELL =
      Pattern.compile("^(?:/\\S*/)?(?:ba|z|da)?sh -l?c (['\"]?)(.*)\\1$", Pattern.DOTALL);

  private static final Pattern NOT_LET =
      Pattern.compile(
          "rejected permission|permission (was )?denied|was blocked|requested permissions? to"
              + "|not allowed|denied by|user (rejected|declined|doesn't want)|permission rule",
          Pattern.CASE_INSENSITIVE);

  private static final Set<String> READING =
      Set.of(
          "read",
          "view",
          "find",
          "read_files",
          "search_codebase",
          "fetch_web_content",
          "read_file",
          "read_many_files",
          "glob",
          "grep",
          "grep_search",
          "search_file_content",
          "ls",
          "list",
          "list_directory",
          "notebookread",
          "webfetch",
          "web_fetch",
          "websearch",
          "google_web_search",
          "fetch",
          "search");
  private static final Set<String> EDITING =
      Set.of(
          "edit",
          "editor",
          "create",
          "str_replace",
          "multiedit",
          "write",
          "notebookedit",
          "replace",
          "write_file",
          "patch",
          "apply_patch");
  private static final Set<String> RUNNING =
      Set.of("bash", "run_shell_command", "run_commands", "shell", "execute");
  private static final Set<String> PLANNING =
      Set.of("todowrite", "todo_write", "write_todos", "update_plan");

  /** So many lines of a diff that did not change are shown on each side. */
  private static final int AROUND = 3;

  private EventParsing() {}

  /** A line as an event; null when it is none. */
  public static JsonNode event(String text) {
    if (!text.startsWith("{")) {
      return null;
    }
    try {
      JsonNode node = EVENTS.readTree(text);
      return node.isObject() ? node : null;
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  /** What a tool of that name is for, in the words of an act. */
  public static String kind(String tool) {
    String name = tool.toLowerCase(java.util.Locale.ROOT);
    return READING.contains(name)
        ? "read"
        : EDITING.contains(name)
            ? "edit"
            : RUNNING.contains(name) ? "run" : PLANNING.contains(name) ? "plan" : "tool";
  }

  /** Text as it is, anything else as JSON; empty for nothing. */
  public static String text(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return "";
    }
    if (node.isTextual()) {
      return node.asText();
    }
    if (node.isArray() && !node.isEmpty() && node.get(0).path("text").isTextual()) {
      var text = new StringBuilder();
      node.forEach(part -> text.append(part.path("text").asText()));
      return text.toString();
    }
    return node.toString();
  }

  /** The first of these that it has, as text; empty when it has none. */
  static String first(JsonNode node, List<String> keys) {
    return keys.stream()
        .filter(node::hasNonNull)
        .map(k -> text(node.get(k)))
        .findFirst()
        .orElse("");
  }

  /** With which a command ended, as its output tells it in words; null when it does not. */
  static Integer exit(Pattern told, String output) {
    var code = told.matcher(output);
    return code.find() ? Integer.valueOf(code.group(1)) : null;
  }

  /** What it was not let do, as Claude and its kin tell it at the end. */
  static List<DialectEvent> denied(JsonNode result) {
    var heard = new ArrayList<DialectEvent>();
    for (JsonNode one : result.path("permission_denials")) {
      heard.add(
          new DialectEvent.Refusal(
              one.path("tool_name").asText() + " " + text(one.path("tool_input"))));
    }
    return heard;
  }

  /** A command without the shell around it. */
  public static String unwrapped(String command) {
    var matcher = SHELL.matcher(command);
    return matcher.matches() ? matcher.group(2).replace("\\\\", "\\") : command;
  }

  /** Whether a tool's error says that it was not let do its work. */
  public static boolean refused(String error) {
    return NOT_LET.matcher(error).find();
  }

  /** How a text changed: what differs, with the lines around it, as one part of a diff. */
  public static String change(String before, String after) {
    var old = before.lines().toList();
    var now = after.lines().toList();
    int least = Math.min(old.size(), now.size());
    int head = 0;
    while (head < least && old.get(head).equals(now.get(head))) {
      head++;
    }
    int tail = 0;
    while (tail < least - head
        && old.get(old.size() - 1 - tail).equals(now.get(now.size() - 1 - tail))) {
      tail++;
    }
    int from = Math.max(0, head - AROUND);
    int rest = Math.max(0, tail - AROUND);
    var diff = new StringBuilder();
    diff.append("@@ -").append(place(from, old.size() - rest));
    diff.append(" +").append(place(from, now.size() - rest)).append(" @@\n");
    lines(diff, ' ', old.subList(from, head));
    lines(diff, '-', old.subList(head, old.size() - tail));
    lines(diff, '+', now.subList(head, now.size() - tail));
    lines(diff, ' ', now.subList(now.size() - tail, now.size() - rest));
    return diff.toString();
  }

  /**
   * The first line, from 1, and how many they are; a part without lines begins before its place.
   */
  private static String place(int from, int to) {
    return (to == from ? from : from + 1) + "," + (to - from);
  }

  private static void lines(StringBuilder diff, char sign, List<String> lines) {
    lines.forEach(line -> diff.append(sign).append(line).append('\n'));
  }

  /** What was replaced, as a diff without places. */
  public static String diff(String before, String after) {
    var diff = new StringBuilder();
    before.lines().forEach(line -> diff.append('-').append(line).append('\n'));
    after.lines().forEach(line -> diff.append('+').append(line).append('\n'));
    return diff.toString();
  }
}
