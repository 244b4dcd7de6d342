package dev.hivedeck.engine.agent.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.agent.Job;
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
public final class Gemini implements Dialect {
  /** A failure that it tries again after, without a word on its output. */
  private static final Pattern RETRIED = Pattern.compile("^Attempt \\d+ failed(?: with|:) (.*)");

  private final Clock clock;

  public Gemini(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Launch launch(Job job) {
    var setup = job.setup();
    var command = setup.command("gemini");
    command.addAll(List.of("-o", "stream-json", "--skip-trust"));
    command.addAll(
        List.of("--approval-mode", setup.sandbox() == Sandbox.READ_ONLY ? "default" : "yolo"));
    if (setup.model() != null) {
      command.addAll(List.of("-m", setup.model()));
    }
    if (job.conversation() != null) {
      command.addAll(List.of("--resume", job.conversation().id()));
    }
    command.addAll(setup.args());
    return new Launch(List.copyOf(command), Map.of(), List.of(job.words()), false);
  }

  @Override
  public boolean tellsTurns() {
    return false;
  }

  @Override
  public Reading reading(Job job) {
    return new Ears();
  }

  private final class Ears implements Reading {
    private final Latest<ToolUse> begun = new Latest<>();
    private final StringBuilder saying = new StringBuilder();

    @Override
    public List<Heard> aside(String line) {
      var attempt = RETRIED.matcher(line);
      return attempt.find() ? trouble(attempt.group(1), false) : List.of();
    }

    @Override
    public List<Heard> read(JsonNode e) {
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
    public List<Heard> pause() {
      if (saying.isEmpty()) {
        return List.of();
      }
      var said = new Act.Say(saying.toString());
      saying.setLength(0);
      return List.of(new Heard.Well(), new Heard.Did(said));
    }

    private List<Heard> event(JsonNode e) {
      return switch (e.path("type").asText()) {
        case "init" ->
            List.of(
                new Heard.Session(e.path("session_id").asText()),
                new Heard.Model(e.path("model").asText()));
        case "message" ->
            e.path("role").asText().equals("user")
                ? List.of()
                : Heard.did(new Act.Say(e.path("content").asText()));
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
        default -> Heard.did(new Act.Raw(e.toString()));
      };
    }

    private List<Heard> ended(JsonNode e) {
      var use = begun.remove(e.path("tool_id").asText());
      if (use == null) {
        return Heard.did(new Act.Raw(e.toString()));
      }
      boolean failed = !e.path("status").asText().equals("success");
      String output =
          Events.text(
              failed && e.path("error").hasNonNull("message")
                  ? e.path("error").get("message")
                  : e.path("output"));
      return use.ends(output, failed, null);
    }

    private List<Heard> result(JsonNode e) {
      var heard = new ArrayList<Heard>();
      var stats = e.path("stats");
      heard.add(new Heard.Rests());
      long in = stats.path("input_tokens").asLong();
      long out = stats.path("output_tokens").asLong();
      if (in + out > 0) {
        heard.add(new Heard.Did(new Act.Spend(in, stats.path("cached").asLong(), out, null)));
      }
      if (!e.path("status").asText().equals("success")) {
        heard.addAll(trouble(e.path("error").path("message").asText("it failed"), true));
      }
      return heard;
    }

    private List<Heard> trouble(String message, boolean last) {
      return List.of(Heard.Trouble.of(0, message, clock, last));
    }
  }
}
