package dev.hivedeck.engine.agent.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Act;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code copilot --output-format json}. Of what it tells only for the moment nothing is kept.
 * Version 1.0.102 tells no tokens here; those that do are heard.
 */
final class CopilotReader implements Dialect.Reader {
  private final Clock clock;
  private final BoundedMap<ToolUse> begun = new BoundedMap<>();

  CopilotReader(Clock clock) {
    this.clock = clock;
  }

  @Override
  public List<DialectEvent> read(JsonNode e) {
    var data = e.path("data");
    String type = e.path("type").asText();
    return switch (type) {
      case "assistant.message" -> said(data);
      case "assistant.reasoning" -> DialectEvent.did(new Act.Think(data.path("content").asText()));
      case "assistant.usage" -> usage(data);
      case "tool.execution_start" -> {
        var use =
            new ToolUse(
                data.path("toolCallId").asText(),
                data.path("toolName").asText(),
                data.path("arguments"));
        begun.put(use.id(), use);
        yield List.of(use.begins());
      }
      case "tool.execution_complete" -> ended(e, data);
      case "model.call_failure" ->
          List.of(
              trouble(data.path("statusCode").asInt(), data.path("errorMessage").asText(), false));
      case "session.error" ->
          List.of(trouble(data.path("statusCode").asInt(), data.path("message").asText(), true));
      case "abort" ->
          List.of(
              trouble(0, "It was aborted: " + data.path("reason").asText("no reason told"), true));
      case "result" -> List.of(new DialectEvent.Idle());
      case "user.message", "assistant.turn_start", "assistant.turn_end" -> List.of();
      default ->
          e.path("ephemeral").asBoolean() || type.startsWith("session.")
              ? List.of()
              : DialectEvent.did(new Act.Raw(e.toString()));
    };
  }

  private static List<DialectEvent> said(JsonNode data) {
    var heard = new ArrayList<DialectEvent>();
    heard.add(new DialectEvent.Recovered());
    if (data.hasNonNull("model")) {
      heard.add(new DialectEvent.Model(data.get("model").asText()));
    }
    String thought = data.path("reasoningText").asText();
    if (!thought.isBlank()) {
      heard.add(new DialectEvent.Did(new Act.Think(thought)));
    }
    String content = data.path("content").asText();
    if (!content.isBlank()) {
      heard.add(new DialectEvent.Did(new Act.Say(content)));
    }
    return heard;
  }

  /** What it calls a cost is a share of a subscription, not of money. */
  private static List<DialectEvent> usage(JsonNode data) {
    var spend =
        new Act.Spend(
            data.path("inputTokens").asLong(),
            data.path("cacheReadTokens").asLong(),
            data.path("outputTokens").asLong(),
            null);
    return spend.tokens() == 0 ? List.of() : DialectEvent.did(spend);
  }

  private List<DialectEvent> ended(JsonNode e, JsonNode data) {
    var use = begun.remove(data.path("toolCallId").asText());
    if (use == null) {
      return DialectEvent.did(new Act.Raw(e.toString()));
    }
    boolean failed = !data.path("success").asBoolean();
    var exit = data.path("shellExecution").path("exitCode");
    return use.ends(
        failed
            ? data.path("error").path("message").asText()
            : data.path("result").path("content").asText(),
        failed,
        exit.isNumber() ? (Integer) exit.asInt() : null);
  }

  private DialectEvent trouble(int status, String message, boolean last) {
    return DialectEvent.Trouble.of(status, message, clock, last);
  }
}
