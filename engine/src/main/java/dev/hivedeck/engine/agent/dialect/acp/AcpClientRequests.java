package dev.hivedeck.engine.agent.dialect.acp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.agent.dialect.BoundedMap;
import dev.hivedeck.engine.agent.dialect.DialectEvent;
import dev.hivedeck.engine.agent.dialect.JsonRpcPeer;
import dev.hivedeck.engine.agent.request.ClientRequest;
import dev.hivedeck.engine.agent.request.ClientRequest.Outcome;
import dev.hivedeck.engine.protocol.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Optional;
import java.util.function.Function;

/** What an agent has done for it, in the words of the Agent Client Protocol. */
final class AcpClientRequests {
  private static final int MISSING = -32002;

  private final boolean changes;
  private final BoundedMap<Outcome.Output> printed = new BoundedMap<>();

  /**
   * @param changes whether more is done than reading
   */
  AcpClientRequests(boolean changes) {
    this.changes = changes;
  }

  /** What a terminal had printed when that was last asked for; null when it never was. */
  Outcome.Output printed(String terminal) {
    return printed.get(terminal);
  }

  /** Empty for a method that is none of these. */
  Optional<DialectEvent.Call> of(String method, JsonNode id, JsonNode params) {
    String path = params.path("path").asText();
    String terminal = params.path("terminalId").asText();
    ClientRequest clientRequest =
        switch (method) {
          case "fs/read_text_file" ->
              new ClientRequest.ReadFile(
                  path,
                  params.path("line").asInt(1),
                  params.hasNonNull("limit")
                      ? Math.max(0, params.get("limit").asInt())
                      : Integer.MAX_VALUE);
          case "fs/write_text_file" ->
              changes ? new ClientRequest.WriteFile(path, params.path("content").asText()) : null;
          case "terminal/create" -> changes ? start(params) : null;
          case "terminal/output" -> new ClientRequest.ReadOutput(terminal);
          case "terminal/wait_for_exit" -> new ClientRequest.Await(terminal);
          case "terminal/kill" -> new ClientRequest.Kill(terminal);
          case "terminal/release" -> new ClientRequest.Release(terminal);
          default -> null;
        };
    return Optional.ofNullable(clientRequest)
        .map(e -> new DialectEvent.Call(e, outcome -> reply(terminal, id, outcome)));
  }

  private static ClientRequest.Start start(JsonNode params) {
    var arguments = new ArrayList<String>();
    params.path("args").forEach(word -> arguments.add(word.asText()));
    var environment = new HashMap<String, String>();
    for (JsonNode variable : params.path("env")) {
      String name = variable.path("name").asText();
      if (name.matches("[A-Za-z_]\\w*")) {
        environment.put(name, variable.path("value").asText());
      }
    }
    return new ClientRequest.Start(
        params.path("command").asText(),
        arguments,
        environment,
        params.hasNonNull("cwd") ? params.get("cwd").asText() : null,
        params.path("outputByteLimit").asInt(Integer.MAX_VALUE));
  }

  private String reply(String terminal, JsonNode id, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Text(String text) -> JsonRpcPeer.answer(id, Json.object().put("content", text));
      case Outcome.Started(String name) ->
          JsonRpcPeer.answer(id, Json.object().put("terminalId", name));
      case Outcome.Done() -> JsonRpcPeer.answer(id, Json.object());
      case Outcome.Ended(int exit) -> {
        note(terminal, seen -> new Outcome.Output(seen.text(), seen.cut(), exit));
        yield JsonRpcPeer.answer(id, exit(exit));
      }
      case Outcome.Output output -> {
        note(terminal, seen -> output);
        var result = Json.object().put("output", output.text()).put("truncated", output.cut());
        if (output.exit() != null) {
          result.set("exitStatus", exit(output.exit()));
        }
        yield JsonRpcPeer.answer(id, result);
      }
      case Outcome.Missing(String what) ->
          JsonRpcPeer.refusal(id, MISSING, "There is no " + what + ".");
      case Outcome.Refused(String why) -> JsonRpcPeer.refusal(id, JsonRpcPeer.BAD_PARAMS, why);
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
