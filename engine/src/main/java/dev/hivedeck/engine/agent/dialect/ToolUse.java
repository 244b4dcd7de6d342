package dev.hivedeck.engine.agent.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.protocol.Act;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * A tool that an agent uses, by the name and the input that it gave it: most agents have the same
 * few under slightly different names.
 */
public record ToolUse(String id, String name, JsonNode input) {
  private static final List<String> PATHS =
      List.of("file_path", "filePath", "absolute_path", "path", "notebook_path", "target_file");

  /** What it means to do. */
  DialectEvent begins() {
    return new DialectEvent.Did(
        switch (EventParsing.kind(name)) {
          case "read" -> new Act.Read(subject());
          case "edit" -> edit(true);
          case "run" -> new Act.Run(id, command(), "", null);
          case "plan" -> new Act.Plan(todos());
          default -> new Act.Tool(id, name, EventParsing.text(input), "", null);
        });
  }

  /** What came of it; empty when that adds nothing. */
  List<DialectEvent> ends(String output, boolean failed, Integer exit) {
    var heard = new ArrayList<DialectEvent>();
    switch (EventParsing.kind(name)) {
      case "run" ->
          heard.add(
              new DialectEvent.Did(
                  new Act.Run(
                      id, command(), output, exit != null ? exit : (Integer) (failed ? -1 : 0))));
      case "edit" -> {
        if (failed) {
          heard.add(new DialectEvent.Did(edit(null)));
        }
      }
      case "read", "plan" -> {
        // What it read is in the file, and what it plans was told.
      }
      default ->
          heard.add(
              new DialectEvent.Did(
                  new Act.Tool(id, name, EventParsing.text(input), output, !failed)));
    }
    if (failed && EventParsing.refused(output)) {
      heard.add(new DialectEvent.Refusal(name + ": " + output));
    }
    return heard;
  }

  /** What it wants to be allowed. */
  Permission permission(String where) {
    return switch (EventParsing.kind(name)) {
      case "run" -> new Permission(name, command(), where, null);
      case "edit" -> new Permission(name, subject(), where, edit(true).diff());
      case "read" -> new Permission(name, subject(), where, null);
      default -> new Permission(name, EventParsing.text(input), where, null);
    };
  }

  private String command() {
    var several = input.path("commands");
    return several.isArray()
        ? StreamSupport.stream(several.spliterator(), false)
            .map(one -> one.path("command").asText(EventParsing.text(one)))
            .collect(Collectors.joining("\n"))
        : EventParsing.first(input, List.of("command", "cmd", "script"));
  }

  private String subject() {
    String path = EventParsing.first(input, PATHS);
    String wanted =
        EventParsing.first(input, List.of("pattern", "query", "url", "prompt", "glob", "regex"));
    return wanted.isEmpty() ? path : path.isEmpty() ? wanted : wanted + " in " + path;
  }

  private Act.Edit edit(Boolean done) {
    String diff = EventParsing.first(input, List.of("diff", "patch", "patchText"));
    if (diff.isEmpty()) {
      var all = new StringBuilder();
      for (JsonNode one : input.path("edits")) {
        all.append(
            EventParsing.diff(
                EventParsing.first(one, List.of("old_string", "oldString", "oldText")),
                EventParsing.first(one, List.of("new_string", "newString", "newText"))));
      }
      diff =
          all.isEmpty()
              ? EventParsing.diff(
                  EventParsing.first(
                      input, List.of("old_string", "oldString", "old_str", "old_text")),
                  EventParsing.first(
                      input,
                      List.of(
                          "new_string",
                          "newString",
                          "new_str",
                          "new_text",
                          "content",
                          "file_text",
                          "new_source")))
              : all.toString();
    }
    return new Act.Edit(id, EventParsing.first(input, PATHS), diff, done);
  }

  private List<Act.Todo> todos() {
    var todos = new ArrayList<Act.Todo>();
    var items = input.hasNonNull("todos") ? input.get("todos") : input.path("plan");
    for (JsonNode item : items) {
      todos.add(
          new Act.Todo(
              EventParsing.first(item, List.of("content", "description", "step", "text")),
              state(item.path("status").asText())));
    }
    return todos;
  }

  public static Act.Todo.State state(String word) {
    return switch (word) {
      case "completed", "done" -> Act.Todo.State.DONE;
      case "in_progress", "inProgress" -> Act.Todo.State.DOING;
      default -> Act.Todo.State.OPEN;
    };
  }
}
