package dev.hivedeck.engine.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.simulator.Scenario.Call;
import dev.hivedeck.engine.simulator.Scenario.Step;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** How agents ask a model and are answered: one API of one vendor. */
sealed interface ModelApi
    permits OpenAiChatCompletions, OpenAiResponses, AnthropicMessages, GeminiGenerateContent {

  /** The one that is served at a path. */
  static Optional<ModelApi> at(String path) {
    return Stream.<ModelApi>of(
            new OpenAiChatCompletions(),
            new OpenAiResponses(),
            new AnthropicMessages(),
            new GeminiGenerateContent())
        .filter(api -> api.serves(path))
        .findFirst();
  }

  boolean serves(String path);

  /** Its name in the log. */
  String word();

  ModelRequest turn(String path, JsonNode request);

  /**
   * What is said where no tool is offered, for then the agent wants no work done but a title or the
   * like; null when it offers tools always.
   */
  String aside();

  /** The answer as server-sent events. */
  List<String> events(ModelRequest turn, ScriptedReply reply, ResponseIds responseIds);

  /** The answer as one document. */
  JsonNode document(ModelRequest turn, ScriptedReply reply, ResponseIds responseIds);

  /** An error in its shape. */
  default ObjectNode error(Step.Failure failure, ResponseIds responseIds) {
    var error =
        Json.object()
            .put("type", failure.type())
            .put("message", failure.message())
            .put("code", failure.code());
    if (failure.reset() != null) {
      long seconds = failure.reset().toSeconds();
      error.put("resets_in_seconds", seconds).put("resets_at", responseIds.seconds() + seconds);
    }
    return Json.object().set("error", error);
  }

  /** An event without a name. */
  static String data(Object data) {
    return "data: " + (data instanceof String text ? text : Json.write(data)) + "\n\n";
  }

  /** An event that is named by its type. */
  static String typed(ObjectNode data) {
    return "event: " + data.path("type").asText() + "\n" + data(data);
  }

  /** The arguments as agents of OpenAI's APIs want them: JSON in a text. */
  static String arguments(Call.Function call) {
    return Json.write(call.arguments());
  }
}
