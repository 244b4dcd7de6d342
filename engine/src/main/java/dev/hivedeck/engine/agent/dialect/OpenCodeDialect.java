package dev.hivedeck.engine.agent.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.agent.FailureClassifier;
import dev.hivedeck.engine.agent.McpSetup;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.config.AgentSpec.Sandbox;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.regex.Pattern;

/**
 * {@code opencode run --format json}. What it may do is settled before it starts, for in this mode
 * it takes a question to nobody for a no. Tokens and cost count per step.
 */
public final class OpenCodeDialect implements Dialect {
  /** A failure of its provider that it tries again after, without a word on its output. */
  private static final Pattern RETRIED =
      Pattern.compile("level=ERROR .*message=\"stream error\".* error\\.error=\"([^\"]*)");

  private final Clock clock;

  public OpenCodeDialect(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Launch launch(RunRequest request) {
    var setup = request.setup();
    var command = setup.command("opencode");
    command.addAll(List.of("run", "--format", "json", "--title", request.task()));
    command.addAll(List.of("--print-logs", "--log-level", "ERROR"));
    if (setup.sandbox() == Sandbox.FULL) {
      command.add("--auto");
    }
    if (setup.model() != null) {
      command.addAll(List.of("-m", setup.model()));
    }
    if (request.conversation() != null) {
      command.addAll(List.of("--session", request.conversation().id()));
    }
    command.addAll(setup.args());
    var environment = new HashMap<>(McpSetup.opencode(request.environment()).environment());
    environment.put("OPENCODE_DISABLE_AUTOUPDATE", "1");
    environment.put("OPENCODE_PERMISSION", permissions(setup.sandbox()).toString());
    return new Launch(List.copyOf(command), environment, List.of(request.words()), false);
  }

  /** What it would have to ask for is refused, and said; what is denied is not even offered. */
  private static ObjectNode permissions(Sandbox sandbox) {
    String change = sandbox == Sandbox.READ_ONLY ? "ask" : "allow";
    return Json.object()
        .put("edit", change)
        .put("bash", change)
        .put("webfetch", "allow")
        .put("external_directory", sandbox == Sandbox.FULL ? "allow" : "ask");
  }

  @Override
  public Reader reading(RunRequest request) {
    return new OpenCodeReader();
  }

  private final class OpenCodeReader implements Reader {
    private String session;

    @Override
    public List<DialectEvent> aside(String line) {
      var error = RETRIED.matcher(line);
      if (!error.find()) {
        return List.of();
      }
      var failureReason = FailureClassifier.of(0, error.group(1));
      return List.of(
          new DialectEvent.Trouble(
              failureReason == FailureReason.EXIT ? FailureReason.OVERLOAD : failureReason,
              error.group(1),
              RateLimitReset.in(error.group(1), clock),
              false));
    }

    @Override
    public List<DialectEvent> read(JsonNode e) {
      var heard = new ArrayList<DialectEvent>();
      String id = e.path("sessionID").asText();
      if (!id.isEmpty() && !id.equals(session)) {
        session = id;
        heard.add(new DialectEvent.Session(id));
      }
      heard.addAll(event(e, e.path("part")));
      return heard;
    }

    private List<DialectEvent> event(JsonNode e, JsonNode part) {
      return switch (e.path("type").asText()) {
        case "step_start" -> List.of();
        case "step_finish" ->
            part.path("reason").asText().equals("stop")
                ? List.of(new DialectEvent.Idle(), new DialectEvent.Did(spend(part)))
                : List.of(new DialectEvent.Did(spend(part)));
        case "text" ->
            part.path("synthetic").asBoolean()
                ? List.of()
                : List.of(new DialectEvent.Did(new Act.Say(part.path("text").asText())));
        case "reasoning" -> DialectEvent.did(new Act.Think(part.path("text").asText()));
        case "tool_use" -> tool(part);
        case "error" -> trouble(e.path("error"));
        default -> DialectEvent.did(new Act.Raw(e.toString()));
      };
    }

    /** Told when the tool is done. */
    private static List<DialectEvent> tool(JsonNode part) {
      var state = part.path("state");
      var use =
          new ToolUse(
              part.path("callID").asText(), part.path("tool").asText(), state.path("input"));
      boolean failed = state.path("status").asText().equals("error");
      var meta = state.path("metadata");
      var heard = new ArrayList<DialectEvent>();
      heard.add(new DialectEvent.Recovered());
      heard.add(use.begins());
      heard.addAll(
          use.ends(
              EventParsing.text(failed ? state.path("error") : state.path("output")),
              failed,
              meta.path("exit").isNumber() ? (Integer) meta.get("exit").asInt() : null));
      return heard;
    }

    private static Act.Spend spend(JsonNode part) {
      var tokens = part.path("tokens");
      long cached = tokens.path("cache").path("read").asLong();
      return new Act.Spend(
          tokens.path("input").asLong() + cached + tokens.path("cache").path("write").asLong(),
          cached,
          tokens.path("output").asLong() + tokens.path("reasoning").asLong(),
          part.path("cost").isNumber() ? part.get("cost").asDouble() : null);
    }

    private List<DialectEvent> trouble(JsonNode error) {
      var data = error.path("data");
      String message =
          data.path("message").asText(error.path("name").asText("it failed without a word"));
      String all = error.path("name").asText() + " " + message + " " + data.path("responseBody");
      var until = RateLimitReset.in(all, clock);
      String wait = data.path("responseHeaders").path("retry-after").asText();
      if (until == null && wait.matches("\\d{1,7}")) {
        until = clock.instant().plusSeconds(Long.parseLong(wait));
      }
      return List.of(
          new DialectEvent.Trouble(
              FailureClassifier.of(data.path("statusCode").asInt(), all), message, until, true));
    }
  }
}
