package dev.hivedeck.engine.agent.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.agent.FailureClassifier;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** {@code cline --json}: what each answer of its model took is told before the answer. */
final class ClineReader implements Dialect.Reader {
  private static final Pattern EXIT = Pattern.compile("exited with code (\\d{1,9})");

  private final Clock clock;
  private final BoundedMap<ToolUse> begun = new BoundedMap<>();
  private double paid;

  ClineReader(Clock clock) {
    this.clock = clock;
  }

  @Override
  public List<DialectEvent> read(JsonNode e) {
    return switch (e.path("type").asText()) {
      case "agent_event" -> event(e.path("event"));
      case "run_result" -> result(e);
      case "error" -> trouble(e.path("message").asText(), true);
      case "hook_event" -> List.of();
      default -> DialectEvent.did(new Act.Raw(e.toString()));
    };
  }

  private List<DialectEvent> event(JsonNode e) {
    return switch (e.path("type").asText()) {
      case "content_start" -> e.path("contentType").asText().equals("tool") ? begun(e) : List.of();
      case "content_end" -> ended(e);
      case "usage" -> usage(e);
      case "error" -> failed(e);
      case "content_update", "iteration_start", "iteration_end", "done" -> List.of();
      default -> DialectEvent.did(new Act.Raw(e.toString()));
    };
  }

  private List<DialectEvent> begun(JsonNode e) {
    var use =
        new ToolUse(e.path("toolCallId").asText(), e.path("toolName").asText(), e.path("input"));
    begun.put(use.id(), use);
    return List.of(use.begins());
  }

  private List<DialectEvent> ended(JsonNode e) {
    return switch (e.path("contentType").asText()) {
      case "text" -> DialectEvent.did(new Act.Say(e.path("text").asText()));
      case "reasoning" ->
          DialectEvent.did(new Act.Think(e.path("reasoning").asText(e.path("text").asText())));
      case "tool" -> {
        var use = begun.remove(e.path("toolCallId").asText());
        yield use == null
            ? DialectEvent.did(new Act.Raw(e.toString()))
            : use.ends(output(e), broke(e), exit(e));
      }
      default -> DialectEvent.did(new Act.Raw(e.toString()));
    };
  }

  /** Commands that are run together are told together. */
  private static String output(JsonNode e) {
    if (e.hasNonNull("error")) {
      return e.get("error").asText();
    }
    var output = e.path("output");
    if (!output.isArray()) {
      return EventParsing.text(output);
    }
    var text = new StringBuilder();
    output.forEach(part -> text.append(part.path("result").asText(part.toString())));
    return text.toString();
  }

  private static boolean broke(JsonNode e) {
    boolean failed = e.hasNonNull("error");
    for (JsonNode part : e.path("output")) {
      failed |= part.has("success") && !part.get("success").asBoolean();
    }
    return failed;
  }

  private static Integer exit(JsonNode e) {
    return EventParsing.exit(EXIT, e.path("output").toString());
  }

  private List<DialectEvent> usage(JsonNode e) {
    double now = e.path("totalCost").asDouble();
    var spend =
        new Act.Spend(
            e.path("inputTokens").asLong(),
            e.path("cacheReadTokens").asLong(),
            e.path("outputTokens").asLong(),
            now > 0 ? (Double) Math.max(0, now - paid) : null);
    paid = now;
    return List.of(new DialectEvent.Recovered(), new DialectEvent.Did(spend));
  }

  /** That a tool failed it told with the tool, and goes on. */
  private List<DialectEvent> failed(JsonNode e) {
    String message = e.path("error").path("message").asText();
    boolean last = !e.path("recoverable").asBoolean();
    boolean own = FailureClassifier.of(0, message) == FailureReason.EXIT;
    return !last && own ? List.of() : trouble(message, last);
  }

  private List<DialectEvent> result(JsonNode e) {
    var heard = new ArrayList<DialectEvent>();
    String name = e.path("model").path("id").asText();
    if (!name.isEmpty()) {
      heard.add(new DialectEvent.Model(name));
    }
    heard.add(new DialectEvent.Idle());
    if (!e.path("finishReason").asText("completed").equals("completed")) {
      heard.addAll(trouble(e.path("text").asText(e.path("finishReason").asText()), true));
    }
    return heard;
  }

  private List<DialectEvent> trouble(String message, boolean last) {
    return List.of(DialectEvent.Trouble.of(0, message, clock, last));
  }
}
