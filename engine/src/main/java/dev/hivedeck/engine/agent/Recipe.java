package dev.hivedeck.engine.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a scripted agent does, as steps read from YAML. */
record Recipe(Path file, Duration pace, JsonNode root) {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m)");

  /** One thing it does. */
  sealed interface Step {
    /** {@code kind} is say, plan or read. */
    record Tell(String kind, String text) implements Step {}

    record Wait(Duration duration) implements Step {}

    record Write(String path, String text, boolean append) implements Step {}

    record Edit(String path, String replace, String with) implements Step {}

    record Delete(String path) implements Step {}

    record Run(String command) implements Step {}

    record Usage(long in, long out, double cost) implements Step {}

    record Stage(int percent) implements Step {}

    record Ask(Question question) implements Step {}

    record When(String answer, List<Step> steps) implements Step {}

    /** Ends badly on the first {@code turns} turns; always when 0. */
    record Fail(int turns, String reason, String text) implements Step {}

    record Hang(int turns) implements Step {}
  }

  /**
   * @throws HiveException {@code recipe-invalid}
   */
  static Recipe read(Path file) {
    try {
      JsonNode root = YAML.readTree(Files.readString(file));
      if (root == null || !root.isObject()) {
        throw invalid(file, "is no mapping");
      }
      Duration pace =
          root.has("pace") ? duration(file, root.get("pace").asText()) : Duration.ofSeconds(1);
      return new Recipe(file, pace, root);
    } catch (JsonProcessingException e) {
      throw invalid(file, "line " + e.getLocation().getLineNr() + ": " + e.getOriginalMessage());
    } catch (IOException e) {
      throw invalid(file, "cannot be read: " + e.getMessage());
    }
  }

  private static HiveException invalid(Path file, String what) {
    return new HiveException(
        "recipe-invalid",
        "The recipe " + file + " " + what + ".",
        "docs/recipes.md shows the steps there are.");
  }

  private static Duration duration(Path file, String text) {
    Matcher m = DURATION.matcher(text.strip());
    if (!m.matches()) {
      throw invalid(file, "has \"" + text + "\" where a time like 500ms or 2s belongs");
    }
    double millis =
        Double.parseDouble(m.group(1))
            * switch (m.group(2)) {
              case "ms" -> 1;
              case "s" -> 1_000;
              default -> 60_000;
            };
    return Duration.ofMillis((long) millis);
  }

  /** The steps for one turn at a task; {@code {{task}}} and {@code {{slug}}} are filled in. */
  List<Step> steps(String task, String slug, int turn) {
    JsonNode node = root.path("tasks").path(task);
    if (node.has("turns")) {
      JsonNode turns = node.get("turns");
      node = turns.path(Math.min(turn, turns.size()) - 1);
    }
    if (node.isMissingNode()) {
      node = root.path("default");
    }
    if (!node.isArray()) {
      throw invalid(file, "has no steps for " + task + " and no default");
    }
    return list(node, Map.of("{{task}}", task, "{{slug}}", slug));
  }

  private List<Step> list(JsonNode nodes, Map<String, String> fill) {
    var steps = new ArrayList<Step>();
    for (JsonNode node : nodes) {
      if (!node.isObject() || node.size() != 1) {
        throw invalid(file, "has a step that is not one \"verb: value\": " + node);
      }
      var entry = node.properties().iterator().next();
      steps.add(step(entry.getKey(), entry.getValue(), fill));
    }
    return steps;
  }

  private Step step(String verb, JsonNode v, Map<String, String> fill) {
    return switch (verb) {
      case "say", "plan", "read" -> new Step.Tell(verb, fill(v.asText(), fill));
      case "wait" -> new Step.Wait(duration(file, v.asText()));
      case "write" -> new Step.Write(need(v, "file", fill), need(v, "text", fill), false);
      case "append" -> new Step.Write(need(v, "file", fill), need(v, "text", fill), true);
      case "edit" ->
          new Step.Edit(need(v, "file", fill), need(v, "replace", fill), need(v, "with", fill));
      case "delete" -> new Step.Delete(fill(v.asText(), fill));
      case "run" -> new Step.Run(v.isObject() ? need(v, "command", fill) : fill(v.asText(), fill));
      case "usage" ->
          new Step.Usage(v.path("in").asLong(), v.path("out").asLong(), v.path("cost").asDouble());
      case "stage" -> new Step.Stage(v.asInt());
      case "ask" -> {
        var options = new ArrayList<String>();
        v.path("options").forEach(o -> options.add(o.asText()));
        yield new Step.Ask(
            new Question(
                v.path("kind").asText(null),
                need(v, "question", fill),
                v.path("detail").asText(null),
                options,
                v.path("fallback").asText(null)));
      }
      case "when" -> new Step.When(need(v, "answer", fill), list(v.path("steps"), fill));
      case "fail" ->
          new Step.Fail(
              v.path("turns").asInt(),
              "exit",
              "exit " + v.path("exit").asInt(1) + ": " + v.path("text").asText("failed"));
      case "crash" ->
          new Step.Fail(v.path("turns").asInt(), "crash", v.path("text").asText("crashed"));
      case "hang" -> new Step.Hang(v.path("turns").asInt());
      default -> throw invalid(file, "has the unknown step \"" + verb + "\"");
    };
  }

  private String need(JsonNode node, String key, Map<String, String> fill) {
    if (!node.hasNonNull(key)) {
      throw invalid(file, "has a step without " + key + ": " + node);
    }
    return fill(node.get(key).asText(), fill);
  }

  private static String fill(String text, Map<String, String> values) {
    String filled = text;
    for (var value : values.entrySet()) {
      filled = filled.replace(value.getKey(), value.getValue());
    }
    return filled;
  }
}
