package dev.hivedeck.engine.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.simulator.Scenario.Call;
import dev.hivedeck.engine.simulator.Scenario.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a scenario from YAML or JSON and refuses what cannot be played, all of it at once. */
final class ScenarioReader {
  private static final List<String> REPLY = List.of("text", "run", "write", "tool", "custom");
  private static final List<String> FAILURE =
      List.of("status", "error", "code", "message", "headers", "reset_s");

  private final YamlSource source;

  private ScenarioReader(YamlSource source) {
    this.source = source;
  }

  /**
   * @param file its name, for messages
   * @throws dev.hivedeck.engine.protocol.HiveException {@code scenario-invalid}, with every line
   *     that is wrong
   */
  static Scenario read(String name, String file, String text) {
    var source = new YamlSource(file, text, ErrorCode.SCENARIO_INVALID);
    source.validate("scenario.schema.json");
    source.check("The guide to the flight simulator lists what a step may hold.");
    var scenario = new ScenarioReader(source).scenario(name);
    source.check("Correct these lines; nothing of the scenario is played before.");
    return scenario;
  }

  private Scenario scenario(String name) {
    JsonNode root = source.root();
    var steps = new ArrayList<Step>();
    for (int i = 0; i < root.path("steps").size(); i++) {
      steps.add(step(root.path("steps").get(i), "/steps/" + i));
    }
    boolean repeats = root.path("repeatLast").asBoolean();
    if (repeats && steps.isEmpty()) {
      source.wrong("/repeatLast", "there is no step to repeat; add one to steps");
    }
    return new Scenario(
        name,
        root.path("about").asText(""),
        List.copyOf(steps),
        root.path("resumes").asBoolean(),
        repeats,
        root.path("final").asText("Done."));
  }

  private Step step(JsonNode n, String at) {
    var delay = Duration.ofMillis(n.path("delay_ms").asLong());
    boolean replies = has(n, REPLY);
    boolean fails = has(n, FAILURE);
    boolean hangs = n.has("hang");
    int ways = (replies ? 1 : 0) + (fails ? 1 : 0) + (hangs ? 1 : 0);
    if (ways != 1) {
      source.wrong(
          at,
          ways == 0
              ? "this step does nothing; give it text, run, write, tool, status or hang: true"
              : "a step answers, fails or hangs; make several steps of this one");
    }
    if (fails && !n.has("status")) {
      source.wrong(at, "an error without status; say status: 429 or the like");
    }
    if (n.has("run") && n.has("write")) {
      source.wrong(at, "a step uses one tool; make two steps of run and write");
    }
    if (fails) {
      return failure(n, delay);
    }
    return hangs
        ? new Step.Hang(delay)
        : new Step.Reply(delay, n.path("text").asText(""), calls(n, at));
  }

  private static boolean has(JsonNode step, List<String> keys) {
    return keys.stream().anyMatch(step::has);
  }

  private static Step failure(JsonNode n, Duration delay) {
    var headers = new LinkedHashMap<String, String>();
    n.path("headers").properties().forEach(e -> headers.put(e.getKey(), e.getValue().asText()));
    return new Step.Failure(
        delay,
        n.path("status").asInt(),
        n.path("error").asText("server_error"),
        n.path("code").asText(null),
        n.path("message").asText("scripted failure"),
        Map.copyOf(headers),
        n.has("reset_s") ? Duration.ofSeconds(n.path("reset_s").asLong()) : null);
  }

  private List<Call> calls(JsonNode n, String at) {
    var calls = new ArrayList<Call>();
    n.path("tool")
        .properties()
        .forEach(e -> calls.add(new Call.Function(e.getKey(), e.getValue())));
    if (n.has("custom")) {
      var custom = n.get("custom");
      calls.add(new Call.Freeform(custom.path("name").asText(), custom.path("input").asText()));
    }
    if (n.has("run")) {
      calls.addAll(ToolCalls.run(n.get("run").asText()));
    }
    if (n.has("write")) {
      var write = n.get("write");
      String file = write.path("file").asText();
      if (file.startsWith("/") || List.of(file.split("[/\\\\]")).contains("..")) {
        source.wrong(
            at + "/write/file", "\"" + file + "\" leaves the agent's folder; paths start there");
      }
      calls.addAll(ToolCalls.write(file, write.path("text").asText()));
    }
    return List.copyOf(calls);
  }
}
