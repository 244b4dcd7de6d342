package dev.hivedeck.engine.agent.dialect.codex;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.hivedeck.engine.agent.dialect.BoundedMap;
import dev.hivedeck.engine.agent.dialect.DialectEvent;
import dev.hivedeck.engine.agent.dialect.EventParsing;
import dev.hivedeck.engine.agent.dialect.ToolUse;
import dev.hivedeck.engine.protocol.Act;
import java.util.ArrayList;
import java.util.List;

/** What a thread of codex is made of: messages, commands, changes of files, … */
final class CodexItems {

  /** One that is not over yet, with what came of it in pieces. */
  private static final class Begun {
    private final JsonNode item;
    private final StringBuilder text = new StringBuilder();

    Begun(JsonNode item) {
      this.item = item;
    }
  }

  private final BoundedMap<Begun> begun = new BoundedMap<>();

  List<DialectEvent> begun(JsonNode item) {
    String id = item.path("id").asText();
    begun.put(id, new Begun(item));
    return switch (item.path("type").asText()) {
      case "commandExecution" -> DialectEvent.did(new Act.Run(id, command(item), "", null));
      case "mcpToolCall", "dynamicToolCall", "collabAgentToolCall" ->
          DialectEvent.did(new Act.Tool(id, tool(item), input(item), "", null));
      default -> List.of();
    };
  }

  /** A piece of an item's text. */
  List<DialectEvent> more(String id, String piece) {
    var item = begun.get(id);
    if (item != null && item.text.length() < Act.LONG) {
      item.text.append(piece);
    }
    return List.of();
  }

  /** A change of files as it stands now. */
  List<DialectEvent> changed(JsonNode change) {
    begun.put(change.path("itemId").asText(), new Begun(change));
    return List.of();
  }

  /** The changes of files that an item is about. */
  JsonNode changes(String id) {
    var item = begun.get(id);
    return (item == null ? MissingNode.getInstance() : item.item).path("changes");
  }

  List<DialectEvent> over(JsonNode item) {
    String id = item.path("id").asText();
    var before = begun.remove(id);
    String type = item.path("type").asText();
    return switch (type) {
      case "agentMessage" ->
          List.of(
              new DialectEvent.Recovered(),
              new DialectEvent.Did(new Act.Say(item.path("text").asText())));
      case "plan" -> DialectEvent.did(new Act.Think(item.path("text").asText()));
      case "reasoning" -> thought(item);
      case "commandExecution" -> ran(id, item, before == null ? "" : before.text.toString());
      case "fileChange" -> changed(id, item);
      case "mcpToolCall", "dynamicToolCall", "collabAgentToolCall" ->
          DialectEvent.did(
              new Act.Tool(
                  id,
                  tool(item),
                  input(item),
                  result(item),
                  item.path("status").asText().equals("completed")));
      case "webSearch" -> DialectEvent.did(new Act.Read(item.path("query").asText()));
      case "imageView" -> DialectEvent.did(new Act.Read(item.path("path").asText()));
      case "userMessage",
          "hookPrompt",
          "functionCallOutput",
          "subAgentActivity",
          "sleep",
          "enteredReviewMode",
          "exitedReviewMode",
          "contextCompaction" ->
          List.of();
      default -> DialectEvent.did(new Act.Raw(item.toString()));
    };
  }

  /** What it was in the middle of saying. */
  List<DialectEvent> rest() {
    var heard = new ArrayList<DialectEvent>();
    for (var item : begun.values()) {
      if (item.item.path("type").asText().equals("agentMessage") && !item.text.isEmpty()) {
        heard.add(new DialectEvent.Did(new Act.Say(item.text.toString())));
      }
    }
    begun.clear();
    return heard;
  }

  private static List<DialectEvent> thought(JsonNode item) {
    var text = new ArrayList<String>();
    JsonNode parts = item.path("summary").isEmpty() ? item.path("content") : item.path("summary");
    parts.forEach(part -> text.add(part.asText()));
    return text.isEmpty() ? List.of() : DialectEvent.did(new Act.Think(String.join("\n", text)));
  }

  static String command(JsonNode item) {
    return EventParsing.unwrapped(item.path("command").asText());
  }

  private static List<DialectEvent> ran(String id, JsonNode item, String pieces) {
    var run =
        new Act.Run(
            id,
            command(item),
            item.path("aggregatedOutput").isTextual()
                ? item.get("aggregatedOutput").asText()
                : pieces,
            item.path("exitCode").isNumber() ? item.get("exitCode").asInt() : -1);
    return item.path("status").asText().equals("declined")
        ? List.of(
            new DialectEvent.Did(run),
            new DialectEvent.Refusal("it was not allowed to run " + run.text()))
        : List.of(new DialectEvent.Did(run));
  }

  private static List<DialectEvent> changed(String id, JsonNode item) {
    var heard = new ArrayList<DialectEvent>();
    String status = item.path("status").asText();
    Boolean done = status.equals("completed") ? true : null;
    for (JsonNode change : item.path("changes")) {
      heard.add(
          new DialectEvent.Did(
              new Act.Edit(id, change.path("path").asText(), change.path("diff").asText(), done)));
    }
    if (status.equals("declined")) {
      heard.add(new DialectEvent.Refusal("it was not allowed to change files"));
    }
    return heard;
  }

  private static String tool(JsonNode item) {
    String server = item.path("server").asText(item.path("namespace").asText(""));
    String tool = item.path("tool").asText();
    return server.isEmpty() ? tool : server + "." + tool;
  }

  private static String input(JsonNode item) {
    return EventParsing.text(
        item.hasNonNull("prompt") ? item.get("prompt") : item.path("arguments"));
  }

  private static String result(JsonNode item) {
    if (item.hasNonNull("error")) {
      return EventParsing.text(item.get("error").path("message"));
    }
    return EventParsing.text(
        item.hasNonNull("contentItems")
            ? item.get("contentItems")
            : item.path("result").path("content"));
  }

  static Act.Plan plan(JsonNode steps) {
    var todos = new ArrayList<Act.Todo>();
    steps.forEach(
        s ->
            todos.add(
                new Act.Todo(s.path("step").asText(), ToolUse.state(s.path("status").asText()))));
    return new Act.Plan(todos);
  }
}
