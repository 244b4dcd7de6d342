package dev.hivedeck.engine.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.simulator.Scenario.Call;
import java.util.ArrayList;
import java.util.List;

/** OpenAI's chat completions, which many others speak too. */
record OpenAiChatCompletions() implements ModelApi {
  private static final ModelRequest.Reader READING =
      new ModelRequest.Reader() {
        @Override
        public int results(JsonNode item) {
          return item.path("role").asText().equals("tool") ? 1 : 0;
        }

        @Override
        public boolean prompt(JsonNode item) {
          return item.path("role").asText().equals("user");
        }
      };

  @Override
  public boolean serves(String path) {
    return path.endsWith("/chat/completions");
  }

  @Override
  public String word() {
    return "chat";
  }

  @Override
  public ModelRequest turn(String path, JsonNode request) {
    return ModelRequest.of(
        request.path("model").asText(),
        request.path("tools").valueStream().map(tool -> tool.at("/function/name")),
        request.path("messages"),
        READING,
        request.path("stream").asBoolean());
  }

  @Override
  public String aside() {
    return "Scripted title";
  }

  @Override
  public List<String> events(ModelRequest turn, ScriptedReply reply, ResponseIds responseIds) {
    var head = head("chat.completion.chunk", turn, responseIds);
    var events = new ArrayList<String>();
    events.add(chunk(head, Json.object().put("role", "assistant").put("content", ""), null));
    reply.pieces().forEach(p -> events.add(chunk(head, Json.object().put("content", p), null)));
    if (reply.call() != null) {
      events.add(chunk(head, Json.object().set("tool_calls", calls(reply, responseIds)), null));
    }
    events.add(chunk(head, Json.object(), finish(reply)));
    var usage = head.deepCopy();
    usage.putArray("choices");
    events.add(ModelApi.data(usage.set("usage", usage())));
    events.add(ModelApi.data("[DONE]"));
    return events;
  }

  private static String chunk(ObjectNode head, JsonNode delta, String finish) {
    var chunk = head.deepCopy();
    chunk
        .putArray("choices")
        .addObject()
        .put("index", 0)
        .put("finish_reason", finish)
        .set("delta", delta);
    return ModelApi.data(chunk);
  }

  @Override
  public JsonNode document(ModelRequest turn, ScriptedReply reply, ResponseIds responseIds) {
    var message = Json.object().put("role", "assistant").put("content", reply.text());
    if (reply.call() != null) {
      message.set("tool_calls", calls(reply, responseIds));
    }
    var document = head("chat.completion", turn, responseIds);
    document
        .putArray("choices")
        .addObject()
        .put("index", 0)
        .put("finish_reason", finish(reply))
        .set("message", message);
    return document.set("usage", usage());
  }

  private static ObjectNode head(String object, ModelRequest turn, ResponseIds responseIds) {
    return Json.object()
        .put("id", responseIds.next("chatcmpl"))
        .put("object", object)
        .put("created", responseIds.seconds())
        .put("model", turn.model());
  }

  private static ArrayNode calls(ScriptedReply reply, ResponseIds responseIds) {
    var calls = Json.MAPPER.createArrayNode();
    var call = calls.addObject().put("index", 0).put("id", responseIds.next("call"));
    switch (reply.call()) {
      case Call.Function f ->
          call.put("type", "function")
              .putObject("function")
              .put("name", f.tool())
              .put("arguments", ModelApi.arguments(f));
      case Call.Freeform(String tool, String input) ->
          call.put("type", "custom").putObject("custom").put("name", tool).put("input", input);
    }
    return calls;
  }

  private static String finish(ScriptedReply reply) {
    return reply.call() == null ? "stop" : "tool_calls";
  }

  private static ObjectNode usage() {
    var usage =
        Json.object()
            .put("prompt_tokens", ScriptedReply.IN)
            .put("completion_tokens", ScriptedReply.OUT)
            .put("total_tokens", ScriptedReply.IN + ScriptedReply.OUT);
    usage.putObject("prompt_tokens_details").put("cached_tokens", ScriptedReply.CACHED);
    return usage;
  }
}
