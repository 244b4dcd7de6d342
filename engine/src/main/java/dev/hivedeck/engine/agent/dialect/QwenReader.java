package dev.hivedeck.engine.agent.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Act;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * {@code qwen -o stream-json}. Its events have the shape of Claude's, but each piece of an answer
 * is a message of its own, what came from a cache counts within what was read, and an error of its
 * provider is the text of a success.
 */
final class QwenReader implements Dialect.Reader {
  private static final Pattern EXIT = Pattern.compile("(?:exited with code|Exit Code): (\\d{1,9})");
  private static final Pattern ERROR =
      Pattern.compile("\\[API Error: (.*?)\\]?\\s*$", Pattern.DOTALL);

  private final Clock clock;
  private final BoundedMap<ToolUse> begun = new BoundedMap<>();
  private Act.Spend soFar = Act.Spend.UNPRICED;

  QwenReader(Clock clock) {
    this.clock = clock;
  }

  @Override
  public List<DialectEvent> read(JsonNode e) {
    return switch (e.path("type").asText()) {
      case "system" ->
          e.path("subtype").asText().equals("init")
              ? List.of(new DialectEvent.Model(e.path("model").asText()))
              : DialectEvent.did(new Act.Raw(e.toString()));
      case "assistant" -> answered(e.path("message"));
      case "user" -> results(e.path("message").path("content"));
      case "result" -> result(e);
      case "stream_event" -> List.of();
      default -> DialectEvent.did(new Act.Raw(e.toString()));
    };
  }

  private List<DialectEvent> answered(JsonNode message) {
    var heard = new ArrayList<DialectEvent>();
    for (JsonNode part : message.path("content")) {
      switch (part.path("type").asText()) {
        case "text" -> heard.addAll(said(part.path("text").asText()));
        case "thinking" ->
            heard.add(new DialectEvent.Did(new Act.Think(part.path("thinking").asText())));
        case "tool_use" -> {
          var use =
              new ToolUse(part.path("id").asText(), part.path("name").asText(), part.path("input"));
          begun.put(use.id(), use);
          heard.add(use.begins());
        }
        default -> heard.add(new DialectEvent.Did(new Act.Raw(part.toString())));
      }
    }
    var spend = spend(message.path("usage"));
    if (spend.tokens() > 0) {
      soFar = soFar.plus(spend);
      heard.add(new DialectEvent.Recovered());
      heard.add(new DialectEvent.SpendSoFar(soFar));
    }
    return heard;
  }

  private List<DialectEvent> said(String text) {
    var error = ERROR.matcher(text);
    return error.lookingAt() ? trouble(error.group(1)) : DialectEvent.did(new Act.Say(text));
  }

  private static Act.Spend spend(JsonNode usage) {
    return new Act.Spend(
        usage.path("input_tokens").asLong(),
        usage.path("cache_read_input_tokens").asLong(),
        usage.path("output_tokens").asLong(),
        null);
  }

  private List<DialectEvent> results(JsonNode content) {
    var heard = new ArrayList<DialectEvent>();
    for (JsonNode part : content) {
      var use = begun.remove(part.path("tool_use_id").asText());
      if (part.path("type").asText().equals("tool_result") && use != null) {
        String output = EventParsing.text(part.path("content"));
        heard.addAll(
            use.ends(output, part.path("is_error").asBoolean(), EventParsing.exit(EXIT, output)));
      } else if (!part.path("type").asText().equals("text")) {
        heard.add(new DialectEvent.Did(new Act.Raw(part.toString())));
      }
    }
    return heard;
  }

  private List<DialectEvent> result(JsonNode e) {
    var heard = new ArrayList<DialectEvent>();
    var total = spend(e.path("usage"));
    var spend = total.tokens() >= soFar.tokens() ? total : soFar;
    soFar = Act.Spend.UNPRICED;
    if (spend.tokens() > 0) {
      heard.add(new DialectEvent.Did(spend));
    }
    heard.addAll(EventParsing.denied(e));
    String text = e.path("result").asText(e.path("error").path("message").asText());
    var error = ERROR.matcher(text);
    if (error.lookingAt()) {
      heard.addAll(trouble(error.group(1)));
    } else if (e.path("is_error").asBoolean()) {
      heard.addAll(trouble(text.isEmpty() ? e.path("subtype").asText() : text));
    }
    heard.add(new DialectEvent.Idle());
    return heard;
  }

  private List<DialectEvent> trouble(String message) {
    return List.of(DialectEvent.Trouble.of(0, message, clock, true));
  }
}
