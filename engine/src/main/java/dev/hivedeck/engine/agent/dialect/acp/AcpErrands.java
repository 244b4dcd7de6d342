package dev.hivedeck.engine.agent.dialect.acp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.agent.dialect.Heard;
import dev.hivedeck.engine.agent.dialect.Latest;
import dev.hivedeck.engine.agent.dialect.Rpc;
import dev.hivedeck.engine.agent.request.Errand;
import dev.hivedeck.engine.agent.request.Errand.Outcome;
import dev.hivedeck.engine.protocol.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Optional;
import java.util.function.Function;

/** What an agent has done for it, in the words of the Agent Client Protocol. */
final class AcpErrands {
  private static final int MISSING = -32002;

  private final boolean changes;
  private final Latest<Outcome.Output> printed = new Latest<>();

  /**
   * @param changes whether more is done than reading
   */
  AcpErrands(boolean changes) {
    this.changes = changes;
  }

  /** What a terminal had printed when that was last asked for; null when it never was. */
  Outcome.Output printed(String terminal) {
    return printed.get(terminal);
  }

  /** Empty for a method that is none of these. */
  Optional<Heard.Call> of(String method, JsonNode id, JsonNode params) {
    String path = params.path("path").asText();
    String terminal = params.path("terminalId").asText();
    Errand errand =
        switch (method) {
          case "fs/read_text_file" ->
              new Errand.ReadFile(
                  path,
                  params.path("line").asInt(1),
                  params.hasNonNull("limit")
                      ? Math.max(0, params.get("limit").asInt())
                      : Integer.MAX_VALUE);
          case "fs/write_text_file" ->
              changes ? new Errand.WriteFile(path, params.path("content").asText()) : null;
          case "terminal/create" -> changes ? start(params) : null;
          case "terminal/output" -> new Errand.Look(terminal);
          case "terminal/wait_for_exit" -> new Errand.Await(terminal);
          case "terminal/kill" -> new Errand.Kill(terminal);
          case "terminal/release" -> new Errand.Release(terminal);
          default -> null;
        };
    return Optional.ofNullable(errand)
        .map(e -> new Heard.Call(e, outcome -> reply(terminal, id, outcome)));
  }

  private static Errand.Start start(JsonNode params) {
    var arguments = new ArrayList<String>();
    params.path("args").forEach(word -> arguments.add(word.asText()));
    var environment = new HashMap<String, String>();
    for (JsonNode variable : params.path("env")) {
      String name = variable.path("name").asText();
      if (name.matches("[A-Za-z_]\\w*")) {
        environment.put(name, variable.path("value").asText());
      }
    }
    return new Errand.Start(
        params.path("command").asText(),
        arguments,
        environment,
        params.hasNonNull("cwd") ? params.get("cwd").asText() : null,
        params.path("outputByteLimit").asInt(Integer.MAX_VALUE));
  }

  private String reply(String terminal, JsonNode id, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Text(String text) -> Rpc.answer(id, Json.object().put("content", text));
      case Outcome.Started(String name) -> Rpc.answer(id, Json.object().put("terminalId", name));
      case Outcome.Done() -> Rpc.answer(id, Json.object());
      case Outcome.Ended(int exit) -> {
        note(terminal, seen -> new Outcome.Output(seen.text(), seen.cut(), exit));
        yield Rpc.answer(id, exit(exit));
      }
      case Outcome.Output output -> {
        note(terminal, seen -> output);
        var result = Json.object().put("output", output.text()).put("truncated", output.cut());
        if (output.exit() != null) {
          result.set("exitStatus", exit(output.exit()));
        }
        yield Rpc.answer(id, result);
      }
      case Outcome.Missing(String what) -> Rpc.refusal(id, MISSING, "There is no " + what + ".");
      case Outcome.Refused(String why) -> Rpc.refusal(id, Rpc.BAD_PARAMS, why);
    };
  }

  private void note(String terminal, Function<Outcome.Output, Outcome.Output> news) {
    var seen = printed.get(terminal);
    printed.put(terminal, news.apply(seen == null ? new Outcome.Output("", false, null) : seen));
  }

  private static ObjectNode exit(int code) {
    return Json.object().put("exitCode", code).putNull("signal");
  }
}
