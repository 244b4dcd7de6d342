package dev.hivedeck.engine.agent.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.config.AgentSpec.Sandbox;
import dev.hivedeck.engine.protocol.Act;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * {@code gemini -o stream-json}. Without a person at its terminal it hides the tools that it would
 * have to ask for. What it says comes in pieces, its tokens at the end of each run, without a
 * price.
 */
public final class GeminiDialect implements Dialect {
  /** A failure that it tries again after, without a word on its output. */
  private static final Pattern RETRIED = Pattern.compile("^Attempt \\d+ failed(?: with|:) (.*)");

  private final Clock clock;

  public GeminiDialect(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Launch launch(RunRequest request) {
    var setup = request.setup();
    var command = setup.command("gemini");
    command.addAll(List.of("-o", "stream-json", "--skip-trust"));
    command.addAll(
        List.of("--approval-mode", setup.sandbox() == Sandbox.READ_ONLY ? "default" : "yolo"));
    if (setup.model() != null) {
      command.addAll(List.of("-m", setup.model()));
    }
    if (request.conversation() != null) {
      command.addAll(List.of("--resume", request.conversation().id()));
    }
    command.addAll(setup.args());
    return new Launch(List.copyOf(command), Map.of(), List.of(request.words()), false);
  }

  @Override
  public boolean tellsTurns() {
    return false;
  }

  @Override
  public Reader reading(RunRequest request) {
    return new GeminiReader();
  }

  private final class GeminiReader implements Reader {
    private final BoundedMap<ToolUse> begun = new BoundedMap<>();
    private final StringBuilder saying = new StringBuilder();

    @Override
    public List<DialectEvent> aside(String line) {
      var attempt = RETRIED.matcher(line);
      return attempt.find() ? trouble(attempt.group(1), false) : List.of();
    }

    @Override
    public List<DialectEvent> read(JsonNode e) {
      if (e.path("type").asText().equals("message") && e.path("delta").asBoolean()) {
        if (saying.length() < Act.LONG) {
          saying.append(e.path("content").asText());
        }
        return List.of();
      }
      var heard = new ArrayList<>(pause());
      heard.addAll(event(e));
      return heard;
    }

    @Override
    public List<DialectEvent> pause() {
      if (saying.isEmpty()) {
        return List.of();
      }
      var said = new Act.Say(saying.toString());
      saying.setLength(0);
      return List.of(new DialectEvent.Recovered(), new DialectEvent.Did(said));
    }

    private List<DialectEvent> event(JsonNode e) {
      return switch (e.path("type").asText()) {
        case "init" ->
            List.of(
                new DialectEvent.Session(e.path("session_id").asText()),
                new DialectEvent.Model(e.path("model").asText()));
        case "message" ->
            e.path("role").asText().equals("user")
                ? List.of()
                : DialectEvent.did(new Act.Say(e.path("content").asText()));
        case "tool_use" -> {
          var use =
              new ToolUse(
                  e.path("tool_id").asText(), e.path("tool_name").asText(), e.path("parameters"));
          begun.put(use.id(), use);
          yield List.of(use.begins());
        }
        case "tool_result" -> ended(e);
        case "error" -> trouble(e.path("message").asText(), false);
        case "result" -> result(e);
        default -> DialectEvent.did(new Act.Raw(e.toString()));
      };
    }

    private List<DialectEvent> ended(JsonNode e) {
      var use = begun.remove(e.path("tool_id").asText());
      if (use == null) {
        return DialectEvent.did(new Act.Raw(e.toString()));
      }
      boolean failed = !e.path("status").asText().equals("success");
      String output =
          EventParsing.text(
              failed && e.path("error").hasNonNull("message")
                  ? e.path("error").get("message")
                  : e.path("output"));
      return use.ends(output, failed, null);
    }

    private List<DialectEvent> result(JsonNode e) {
      var heard = new ArrayList<DialectEvent>();
      var stats = e.path("stats");
      heard.add(new DialectEvent.Idle());
      long in = stats.path("input_tokens").asLong();
      long out = stats.path("output_tokens").asLong();
      if (in + out > 0) {
        heard.add(
            new DialectEvent.Did(new Act.Spend(in, stats.path("cached").asLong(), out, null)));
      }
      if (!e.path("status").asText().equals("success")) {
        heard.addAll(trouble(e.path("error").path("message").asText("it failed"), true));
      }
      return heard;
    }

    private List<DialectEvent> trouble(String message, boolean last) {
      return List.of(DialectEvent.Trouble.of(0, message, clock, last));
    }
  }
}
