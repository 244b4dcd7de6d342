package dev.hivedeck.engine.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.simulator.Scenario.Call;
import dev.hivedeck.engine.simulator.Scenario.Step;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Google's Gemini: {@code generateContent} and {@code streamGenerateContent}. */
record GeminiGenerateContent() implements ModelApi {
  private static final Pattern PATH =
      Pattern.compile(".*/([^/:]+):(generateContent|streamGenerateContent)");

  /** A signature that nobody checks; the agent sends it back as it is. */
  private static final String SIGNATURE = "c2NyaXB0ZWQ=";

  private static final ModelRequest.Reader READING =
      new ModelRequest.Reader() {
        /** One for all in an item: after a resume gemini sends the same result twice in it. */
        @Override
        public int results(JsonNode item) {
          return item.path("parts").valueStream().anyMatch(part -> part.has("functionResponse"))
              ? 1
              : 0;
        }

        @Override
        public boolean prompt(JsonNode item) {
          return item.path("role").asText().equals("user");
        }
      };

  @Override
  public boolean serves(String path) {
    return PATH.matcher(path).matches();
  }

  @Override
  public String word() {
    return "gemini";
  }

  @Override
  public ModelRequest turn(String path, JsonNode request) {
    var asked = PATH.matcher(path);
    asked.matches();
    return ModelRequest.of(
        asked.group(1),
        request
            .path("tools")
            .valueStream()
            .flatMap(tool -> tool.path("functionDeclarations").valueStream())
            .map(function -> function.path("name")),
        request.path("contents"),
        READING,
        asked.group(2).startsWith("stream"));
  }

  @Override
  public String aside() {
    return "{}";
  }

  @Override
  public List<String> events(ModelRequest turn, ScriptedReply reply, ResponseIds responseIds) {
    return List.of(ModelApi.data(document(turn, reply, responseIds)));
  }

  @Override
  public JsonNode document(ModelRequest turn, ScriptedReply reply, ResponseIds responseIds) {
    var document = Json.object();
    var candidate =
        document.putArray("candidates").addObject().put("finishReason", "STOP").put("index", 0);
    var parts = candidate.putObject("content").put("role", "model").putArray("parts");
    if (!reply.text().isEmpty()) {
      parts.addObject().put("text", reply.text());
    }
    if (reply.call() != null) {
      parts.addObject().put("thoughtSignature", SIGNATURE).set("functionCall", call(reply.call()));
    }
    document
        .putObject("usageMetadata")
        .put("promptTokenCount", ScriptedReply.IN)
        .put("candidatesTokenCount", ScriptedReply.OUT)
        .put("totalTokenCount", ScriptedReply.IN + ScriptedReply.OUT)
        .put("cachedContentTokenCount", ScriptedReply.CACHED);
    return document.put("modelVersion", turn.model()).put("responseId", responseIds.next("g"));
  }

  private static JsonNode call(Call call) {
    var node = Json.object().put("name", call.tool());
    return switch (call) {
      case Call.Function f -> node.set("args", f.arguments());
      case Call.Freeform f -> node.set("args", Json.object().put("input", f.input()));
    };
  }

  private static final Map<Integer, String> STATUS =
      Map.of(
          400, "INVALID_ARGUMENT",
          401, "UNAUTHENTICATED",
          403, "PERMISSION_DENIED",
          404, "NOT_FOUND",
          429, "RESOURCE_EXHAUSTED",
          500, "INTERNAL",
          503, "UNAVAILABLE",
          504, "DEADLINE_EXCEEDED");

  @Override
  public ObjectNode error(Step.Failure failure, ResponseIds responseIds) {
    var error =
        Json.object()
            .put("code", failure.status())
            .put("message", failure.message())
            .put("status", STATUS.getOrDefault(failure.status(), "UNKNOWN"));
    if (failure.reset() != null) {
      error
          .putArray("details")
          .addObject()
          .put("@type", "type.googleapis.com/google.rpc.RetryInfo")
          .put("retryDelay", failure.reset().toSeconds() + "s");
    }
    return Json.object().set("error", error);
  }
}
