package dev.hivedeck.engine.agent.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Act;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * {@code pi -p --mode json}. Each answer of its model comes whole, with what it took. It ends with
 * 0 whatever went wrong, and tells that in its last answer.
 */
final class PiReader implements Dialect.Reader {
  private static final Pattern EXIT = Pattern.compile("exited with code (\\d{1,9})");

  private final Clock clock;
  private final BoundedMap<ToolUse> begun = new BoundedMap<>();

  PiReader(Clock clock) {
    this.clock = clock;
  }

  @Override
  public List<DialectEvent> read(JsonNode e) {
    return switch (e.path("type").asText()) {
      case "message_end" ->
          e.path("message").path("role").asText().equals("assistant")
              ? answered(e.path("message"))
              : List.of();
      case "tool_execution_start" -> {
        var use =
            new ToolUse(e.path("toolCallId").asText(), e.path("toolName").asText(), e.path("args"));
        begun.put(use.id(), use);
        yield List.of(use.begins());
      }
      case "tool_execution_end" -> ended(e);
      case "auto_retry_start" -> trouble(e.path("errorMessage").asText(), false);
      case "agent_end" -> List.of(new DialectEvent.Idle());
      case "session",
          "agent_start",
          "turn_start",
          "turn_end",
          "message_start",
          "message_update",
          "tool_execution_update",
          "queue_update",
          "compaction_start",
          "compaction_end",
          "auto_retry_end" ->
          List.of();
      default -> DialectEvent.did(new Act.Raw(e.toString()));
    };
  }

  private List<DialectEvent> answered(JsonNode message) {
    var heard = new ArrayList<DialectEvent>();
    String model = message.path("model").asText();
    if (!model.isEmpty()) {
      heard.add(new DialectEvent.Model(model));
    }
    String reason = message.path("stopReason").asText();
    if (!reason.equals("error") && !reason.equals("aborted")) {
      heard.add(new DialectEvent.Recovered());
    }
    for (JsonNode part : message.path("content")) {
      switch (part.path("type").asText()) {
        case "text" -> heard.add(new DialectEvent.Did(new Act.Say(part.path("text").asText())));
        case "thinking" ->
            heard.add(new DialectEvent.Did(new Act.Think(part.path("thinking").asText())));
        case "toolCall" -> {
          // Told when it begins.
        }
        default -> heard.add(new DialectEvent.Did(new Act.Raw(part.toString())));
      }
    }
    var spend = spend(message.path("usage"));
    if (spend.tokens() > 0) {
      heard.add(new DialectEvent.Did(spend));
    }
    if (reason.equals("error") || reason.equals("aborted")) {
      heard.addAll(trouble(message.path("errorMessage").asText("its answer was " + reason), true));
    }
    return heard;
  }

  /** A price of nothing is that of a model whose price it does not know. */
  private static Act.Spend spend(JsonNode usage) {
    long cached = usage.path("cacheRead").asLong();
    double cost = usage.path("cost").path("total").asDouble();
    return new Act.Spend(
        usage.path("input").asLong() + cached + usage.path("cacheWrite").asLong(),
        cached,
        usage.path("output").asLong(),
        cost > 0 ? (Double) cost : null);
  }

  private List<DialectEvent> ended(JsonNode e) {
    var use = begun.remove(e.path("toolCallId").asText());
    if (use == null) {
      return DialectEvent.did(new Act.Raw(e.toString()));
    }
    String output = EventParsing.text(e.path("result").path("content"));
    return use.ends(output, e.path("isError").asBoolean(), EventParsing.exit(EXIT, output));
  }

  private List<DialectEvent> trouble(String message, boolean last) {
    return List.of(DialectEvent.Trouble.of(0, message, clock, last));
  }
}
