package dev.hivedeck.engine.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.simulator.Scenario.Call;
import dev.hivedeck.engine.simulator.Scenario.Step;
import java.util.ArrayList;
import java.util.List;

/** Anthropic's messages. */
record AnthropicMessages() implements ModelApi {
  private static final ModelRequest.Reader READING =
      new ModelRequest.Reader() {
        @Override
        public int results(JsonNode item) {
          return (int)
              item.path("content")
                  .valueStream()
                  .filter(part -> part.path("type").asText().equals("tool_result"))
                  .count();
        }

        @Override
        public boolean prompt(JsonNode item) {
          return item.path("role").asText().equals("user");
        }
      };

  @Override
  public boolean serves(String path) {
    return path.endsWith("/messages");
  }

  @Override
  public String word() {
    return "messages";
  }

  @Override
  public ModelRequest turn(String path, JsonNode request) {
    return ModelRequest.of(
        request.path("model").asText(),
        request.path("tools").valueStream().map(tool -> tool.path("name")),
        request.path("messages"),
        READING,
        request.path("stream").asBoolean());
  }

  @Override
  public String aside() {
    return "{\"title\":\"Scripted title\",\"isNewTopic\":true}";
  }

  @Override
  public List<String> events(ModelRequest turn, ScriptedReply reply, ResponseIds responseIds) {
    var events = new ArrayList<String>();
    var begun = head(turn, responseIds).putNull("stop_reason");
    begun.putArray("content");
    begun.set("usage", usage().put("output_tokens", 1));
    events.add(ModelApi.typed(Json.object().put("type", "message_start").set("message", begun)));
    var content = content(reply, responseIds);
    for (int i = 0; i < content.size(); i++) {
      events.addAll(block(i, content.get(i)));
    }
    var end = Json.object().put("type", "message_delta");
    end.putObject("delta").put("stop_reason", stop(reply)).putNull("stop_sequence");
    end.putObject("usage").put("output_tokens", ScriptedReply.OUT);
    events.add(ModelApi.typed(end));
    events.add(ModelApi.typed(Json.object().put("type", "message_stop")));
    return events;
  }

  private static List<String> block(int index, ObjectNode block) {
    boolean text = block.path("type").asText().equals("text");
    var begun = block.deepCopy();
    var delta = Json.object();
    if (text) {
      begun.put("text", "");
      delta.put("type", "text_delta").put("text", block.path("text").asText());
    } else {
      begun.putObject("input");
      delta.put("type", "input_json_delta").put("partial_json", Json.write(block.path("input")));
    }
    return List.of(
        ModelApi.typed(at(index, "content_block_start").set("content_block", begun)),
        ModelApi.typed(at(index, "content_block_delta").set("delta", delta)),
        ModelApi.typed(at(index, "content_block_stop")));
  }

  private static ObjectNode at(int index, String type) {
    return Json.object().put("type", type).put("index", index);
  }

  @Override
  public JsonNode document(ModelRequest turn, ScriptedReply reply, ResponseIds responseIds) {
    var document = head(turn, responseIds).put("stop_reason", stop(reply));
    document.putArray("content").addAll(content(reply, responseIds));
    return document.set("usage", usage());
  }

  @Override
  public ObjectNode error(Step.Failure failure, ResponseIds responseIds) {
    return ModelApi.super.error(failure, responseIds).put("type", "error");
  }

  private static ObjectNode head(ModelRequest turn, ResponseIds responseIds) {
    return Json.object()
        .put("id", responseIds.next("msg"))
        .put("type", "message")
        .put("role", "assistant")
        .put("model", turn.model())
        .putNull("stop_sequence");
  }

  private static List<ObjectNode> content(ScriptedReply reply, ResponseIds responseIds) {
    var content = new ArrayList<ObjectNode>();
    if (!reply.text().isEmpty()) {
      content.add(Json.object().put("type", "text").put("text", reply.text()));
    }
    if (reply.call() != null) {
      var use =
          Json.object()
              .put("type", "tool_use")
              .put("id", responseIds.next("toolu"))
              .put("name", reply.call().tool());
      content.add(
          switch (reply.call()) {
            case Call.Function f -> use.set("input", f.arguments());
            case Call.Freeform f -> use.set("input", Json.object().put("input", f.input()));
          });
    }
    return content;
  }

  private static String stop(ScriptedReply reply) {
    return reply.call() == null ? "end_turn" : "tool_use";
  }

  private static ObjectNode usage() {
    return Json.object()
        .put("input_tokens", ScriptedReply.IN - ScriptedReply.CACHED) // which here are told apart
        .put("output_tokens", ScriptedReply.OUT)
        .put("cache_read_input_tokens", ScriptedReply.CACHED)
        .put("cache_creation_input_tokens", 0);
  }
}
