package dev.hivedeck.engine.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.simulator.Scenario.Call;
import dev.hivedeck.engine.simulator.Scenario.Step;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder that an agent works in. Editors want absolute paths, which a scenario cannot know: so
 * it is read out of what every agent tells its model about where it is.
 */
final class WorkingFolder {
  static final String PLACEHOLDER = "{{cwd}}";

  private static final String ABSOLUTE = "((?:/|[A-Za-z]:[\\\\/])[^\\n<\"`]*)";

  /** As codex, then opencode and claude, then gemini say it. */
  private static final List<Pattern> TOLD =
      Stream.of(
              "<cwd>",
              "[Ww]orking directory: *",
              "Workspace Director(?:ies|y):?\\**\\s*-? *",
              "(?:working|running) in the directory: *")
          .map(before -> Pattern.compile(before + ABSOLUTE))
          .toList();

  private WorkingFolder() {}

  /** Where the sender of a request works; {@code .} when it does not tell. */
  static String of(JsonNode request) {
    return TOLD.stream()
        .map(pattern -> texts(request).map(pattern::matcher).filter(Matcher::find).findFirst())
        .flatMap(Optional::stream)
        .map(found -> found.group(1).strip())
        .findFirst()
        .orElse(".");
  }

  private static Stream<String> texts(JsonNode node) {
    return node.isTextual()
        ? Stream.of(node.asText())
        : node.valueStream().flatMap(WorkingFolder::texts);
  }

  /** The step with the folder in all its words. */
  static Step fill(Step step, String folder) {
    return step instanceof Step.Reply(var delay, String text, var calls)
        ? new Step.Reply(
            delay, fill(text, folder), calls.stream().map(call -> fill(call, folder)).toList())
        : step;
  }

  private static Call fill(Call call, String folder) {
    return switch (call) {
      case Call.Function(String tool, JsonNode arguments) ->
          new Call.Function(tool, fill(arguments, folder));
      case Call.Freeform(String tool, String input) -> new Call.Freeform(tool, fill(input, folder));
    };
  }

  private static JsonNode fill(JsonNode node, String folder) {
    return switch (node) {
      case TextNode text -> TextNode.valueOf(fill(text.asText(), folder));
      case ObjectNode object -> {
        var filled = Json.object();
        object.properties().forEach(e -> filled.set(e.getKey(), fill(e.getValue(), folder)));
        yield filled;
      }
      case ArrayNode array -> {
        var filled = array.arrayNode();
        array.forEach(item -> filled.add(fill(item, folder)));
        yield filled;
      }
      default -> node;
    };
  }

  private static String fill(String text, String folder) {
    return text.replace(PLACEHOLDER, folder);
  }
}
