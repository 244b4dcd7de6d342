package dev.hivedeck.engine.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.simulator.Scenario.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** OpenAI's responses, as codex speaks them. */
record OpenAiResponses() implements ModelApi {
  /** A tool of an MCP server, and the server. */
  private static final Pattern SERVER = Pattern.compile("(mcp__\\w+?)__(\\w+)");

  /** What codex tells in the user's name. */
  private static final Pattern ADDED =
      Pattern.compile("<(environment_context|permissions|user_instructions|turn_aborted|skills)");

  private static final ModelRequest.Reader READING =
      new ModelRequest.Reader() {
        @Override
        public int results(JsonNode item) {
          return item.path("type").asText().endsWith("_output") ? 1 : 0;
        }

        @Override
        public boolean prompt(JsonNode item) {
          return item.path("role").asText().equals("user")
              && !ADDED.matcher(ModelRequest.text(item).strip()).lookingAt();
        }
      };

  @Override
  public boolean serves(String path) {
    return path.endsWith("/responses");
  }

  @Override
  public String word() {
    return "responses";
  }

  @Override
  public ModelRequest turn(String path, JsonNode request) {
    JsonNode input = request.path("input");
    return ModelRequest.of(
        request.path("model").asText(),
        request.path("tools").valueStream().flatMap(OpenAiResponses::names),
        input.isTextual()
            ? List.of(Json.object().put("role", "user").set("content", input))
            : input,
        READING,
        request.path("stream").asBoolean());
  }

  /** The tools of an MCP server come together, under its name. */
  private static Stream<JsonNode> names(JsonNode tool) {
    String name = tool.path(tool.has("name") ? "name" : "type").asText();
    Stream<String> names =
        tool.path("type").asText().equals("namespace")
            ? tool.path("tools").valueStream().map(t -> name + "__" + t.path("name").asText())
            : Stream.of(name);
    return names.map(TextNode::valueOf);
  }

  @Override
  public String aside() {
    return null;
  }

  @Override
  public List<String> events(ModelRequest turn, ScriptedReply reply, ResponseIds responseIds) {
    var events = new Numbered(new ArrayList<>());
    var begun = head(turn, responseIds, "in_progress");
    begun.putArray("output");
    events.add(Json.object().put("type", "response.created").set("response", begun));
    var items = items(reply, responseIds);
    for (int i = 0; i < items.size(); i++) {
      item(events, items.get(i), i, reply);
    }
    var done = begun.deepCopy().put("status", "completed").set("usage", usage());
    ((ObjectNode) done).putArray("output").addAll(items);
    events.add(Json.object().put("type", "response.completed").set("response", done));
    return events.list();
  }

  private static void item(Numbered events, ObjectNode item, int index, ScriptedReply reply) {
    boolean message = item.path("type").asText().equals("message");
    var added = item.deepCopy();
    if (message) {
      added.put("status", "in_progress").putArray("content");
    }
    events.add(
        Json.object()
            .put("type", "response.output_item.added")
            .put("output_index", index)
            .set("item", added));
    if (message) {
      for (String piece : reply.pieces()) {
        events.add(
            Json.object()
                .put("type", "response.output_text.delta")
                .put("item_id", item.path("id").asText())
                .put("output_index", index)
                .put("content_index", 0)
                .put("delta", piece));
      }
    }
    events.add(
        Json.object()
            .put("type", "response.output_item.done")
            .put("output_index", index)
            .set("item", item));
  }

  @Override
  public JsonNode document(ModelRequest turn, ScriptedReply reply, ResponseIds responseIds) {
    var document = head(turn, responseIds, "completed");
    document.putArray("output").addAll(items(reply, responseIds));
    return document.set("usage", usage());
  }

  private static ObjectNode head(ModelRequest turn, ResponseIds responseIds, String status) {
    return Json.object()
        .put("id", responseIds.next("resp"))
        .put("object", "response")
        .put("created_at", responseIds.seconds())
        .put("status", status)
        .put("model", turn.model());
  }

  private static List<ObjectNode> items(ScriptedReply reply, ResponseIds responseIds) {
    return Stream.of(message(reply, responseIds), call(reply.call(), responseIds))
        .filter(item -> item != null)
        .toList();
  }

  private static ObjectNode message(ScriptedReply reply, ResponseIds responseIds) {
    if (reply.text().isEmpty()) {
      return null;
    }
    var message =
        Json.object()
            .put("id", responseIds.next("msg"))
            .put("type", "message")
            .put("role", "assistant")
            .put("status", "completed");
    message
        .putArray("content")
        .addObject()
        .put("type", "output_text")
        .put("text", reply.text())
        .putArray("annotations");
    return message;
  }

  private static ObjectNode call(Call call, ResponseIds responseIds) {
    return switch (call) {
      case null -> null;
      case Call.Function f -> {
        var item =
            Json.object()
                .put("id", responseIds.next("fc"))
                .put("type", "function_call")
                .put("call_id", responseIds.next("call"));
        var apart = SERVER.matcher(f.tool());
        boolean served = apart.matches();
        if (served) {
          item.put("namespace", apart.group(1));
        }
        yield item.put("name", served ? apart.group(2) : f.tool())
            .put("arguments", ModelApi.arguments(f))
            .put("status", "completed");
      }
      case Call.Freeform(String tool, String input) ->
          Json.object()
              .put("id", responseIds.next("ctc"))
              .put("type", "custom_tool_call")
              .put("call_id", responseIds.next("call"))
              .put("name", tool)
              .put("input", input)
              .put("status", "completed");
    };
  }

  private static ObjectNode usage() {
    var usage = Json.object().put("input_tokens", ScriptedReply.IN);
    usage.putObject("input_tokens_details").put("cached_tokens", ScriptedReply.CACHED);
    usage.put("output_tokens", ScriptedReply.OUT);
    usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
    return usage.put("total_tokens", ScriptedReply.IN + ScriptedReply.OUT);
  }

  /** Events that count themselves. */
  private record Numbered(List<String> list) {
    void add(JsonNode event) {
      list.add(ModelApi.typed(((ObjectNode) event).put("sequence_number", list.size())));
    }
  }
}
