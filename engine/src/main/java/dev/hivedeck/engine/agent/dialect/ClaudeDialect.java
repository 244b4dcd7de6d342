package dev.hivedeck.engine.agent.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.agent.FailureClassifier;
import dev.hivedeck.engine.agent.McpSetup;
import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Json;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * {@code claude -p} with JSON both ways: it asks for permission on its output and is answered on
 * its input, and may be told more while it works. Its tokens and its cost count per run.
 */
public final class ClaudeDialect implements Dialect {
  private static final String ADDING = "TaskCreate";

  /** The tools with which it keeps its to-do list. */
  private static final Set<String> LISTING = Set.of(ADDING, "TaskUpdate");

  private static final Pattern EXIT = Pattern.compile("Exit code (\\d{1,9})\\b");

  private final Clock clock;

  public ClaudeDialect(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Launch launch(RunRequest job) {
    var setup = job.setup();
    var command = setup.command("claude");
    command.addAll(
        List.of(
            "-p",
            "--output-format",
            "stream-json",
            "--input-format",
            "stream-json",
            "--verbose",
            "--permission-prompt-tool",
            "stdio",
            "--permission-mode",
            switch (setup.sandbox()) {
              case READ_ONLY -> "default";
              case WORKSPACE -> "acceptEdits";
              case FULL -> "bypassPermissions";
            }));
    if (setup.model() != null) {
      command.addAll(List.of("--model", setup.model()));
    }
    if (job.conversation() != null) {
      command.addAll(List.of("--resume", job.conversation().id()));
    }
    command.addAll(McpSetup.claude(job.environment()).arguments());
    command.addAll(setup.args());
    var begin = Json.object().put("type", "control_request").put("request_id", "hivedeck");
    begin.putObject("request").put("subtype", "initialize");
    return new Launch(
        List.copyOf(command),
        Map.of("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1", "DISABLE_AUTOUPDATER", "1"),
        List.of(begin.toString(), user(job.words())),
        true);
  }

  private static String user(String text) {
    var line = Json.object().put("type", "user");
    line.putObject("message").put("role", "user").put("content", text);
    return line.put("session_id", "").putNull("parent_tool_use_id").toString();
  }

  @Override
  public Reader reading(RunRequest job) {
    return new ClaudeReader();
  }

  private final class ClaudeReader implements Reader {
    private final BoundedMap<ToolUse> begun = new BoundedMap<>();
    private Act.Spend before = Act.Spend.NOTHING;
    private Act.Spend soFar = Act.Spend.UNPRICED;
    private final BoundedMap<Act.Spend> answers = new BoundedMap<>();
    private final BoundedMap<Act.Todo> todos = new BoundedMap<>();

    @Override
    public Optional<String> say(String text) {
      return Optional.of(user(text));
    }

    @Override
    public List<DialectEvent> read(JsonNode e) {
      return switch (e.path("type").asText()) {
        case "system" -> system(e);
        case "assistant" -> assistant(e.path("message"));
        case "user" -> results(e.path("message").path("content"), e.path("tool_use_result"));
        case "result" -> result(e);
        case "control_request" -> asks(e);
        case "control_response", "control_cancel_request", "keep_alive", "rate_limit_event" ->
            List.of();
        default -> DialectEvent.did(new Act.Raw(e.toString()));
      };
    }

    private List<DialectEvent> system(JsonNode e) {
      return switch (e.path("subtype").asText()) {
        case "init" ->
            List.of(
                new DialectEvent.Session(e.path("session_id").asText()),
                new DialectEvent.Model(e.path("model").asText()));
        case "api_retry" -> {
          String detail =
              "%s (HTTP %d)".formatted(e.path("error").asText(), e.path("error_status").asInt());
          yield List.of(
              new DialectEvent.Trouble(
                  FailureClassifier.of(e.path("error_status").asInt(), detail),
                  detail,
                  e.path("retry_delay_ms").isNumber()
                      ? clock.instant().plusMillis(e.get("retry_delay_ms").asLong())
                      : null,
                  false));
        }
        case "status", "compact_boundary" -> List.of();
        default -> DialectEvent.did(new Act.Raw(e.toString()));
      };
    }

    private List<DialectEvent> assistant(JsonNode message) {
      var heard = new ArrayList<DialectEvent>();
      if (!message.path("model").asText().equals("<synthetic>")) {
        heard.add(new DialectEvent.Recovered());
        heard.addAll(answered(message));
      }
      for (JsonNode part : message.path("content")) {
        switch (part.path("type").asText()) {
          case "text" -> heard.add(new DialectEvent.Did(new Act.Say(part.path("text").asText())));
          case "thinking" ->
              heard.add(new DialectEvent.Did(new Act.Think(part.path("thinking").asText())));
          case "tool_use" -> {
            var use =
                new ToolUse(
                    part.path("id").asText(), part.path("name").asText(), part.path("input"));
            begun.put(use.id(), use);
            if (!LISTING.contains(use.name())) {
              heard.add(use.begins());
            }
          }
          default -> heard.add(new DialectEvent.Did(new Act.Raw(part.toString())));
        }
      }
      return heard;
    }

    /**
     * An answer comes in pieces, each with what the whole of it takes, and between them those of
     * agents that it has started.
     */
    private List<DialectEvent> answered(JsonNode message) {
      String id = message.path("id").asText();
      if (id.isEmpty() || answers.get(id) != null) {
        return List.of();
      }
      var taken = tokens(message.path("usage"), null);
      answers.put(id, taken);
      soFar = soFar.plus(taken);
      return List.of(new DialectEvent.SpendSoFar(soFar));
    }

    private static Act.Spend tokens(JsonNode usage, Double cost) {
      long cached = usage.path("cache_read_input_tokens").asLong();
      return new Act.Spend(
          usage.path("input_tokens").asLong()
              + cached
              + usage.path("cache_creation_input_tokens").asLong(),
          cached,
          usage.path("output_tokens").asLong(),
          cost);
    }

    private List<DialectEvent> results(JsonNode content, JsonNode outcome) {
      if (content.isTextual()) {
        return List.of(); // what it was told
      }
      var heard = new ArrayList<DialectEvent>();
      for (JsonNode part : content) {
        var use = begun.remove(part.path("tool_use_id").asText());
        if (part.path("type").asText().equals("tool_result") && use != null) {
          String output = EventParsing.text(part.path("content"));
          heard.addAll(
              LISTING.contains(use.name())
                  ? planned(use, outcome)
                  : use.ends(output, part.path("is_error").asBoolean(), exit(output)));
        } else if (!part.path("type").asText().equals("text")) {
          heard.add(new DialectEvent.Did(new Act.Raw(part.toString())));
        }
      }
      return heard;
    }

    /** Its to-do list is told one entry at a time. */
    private List<DialectEvent> planned(ToolUse use, JsonNode outcome) {
      boolean added = use.name().equals(ADDING);
      String id = (added ? outcome.path("task").path("id") : outcome.path("taskId")).asText();
      var known = added ? new Act.Todo("", Act.Todo.State.OPEN) : todos.get(id);
      if (id.isEmpty() || known == null || outcome.has("error")) {
        return List.of();
      }
      String status = use.input().path("status").asText();
      if (status.equals("deleted")) {
        todos.remove(id);
      } else {
        todos.put(
            id,
            new Act.Todo(
                use.input().path("subject").asText(known.text()),
                status.isEmpty() ? known.state() : ToolUse.state(status)));
      }
      return DialectEvent.did(new Act.Plan(List.copyOf(todos.values())));
    }

    /** With which a command failed, as the first line of its output has it; else null. */
    private static Integer exit(String output) {
      var code = EXIT.matcher(output);
      return code.lookingAt() ? Integer.valueOf(code.group(1)) : null;
    }

    /** The end of a turn. It may call itself a success and be none. */
    private List<DialectEvent> result(JsonNode e) {
      var heard = new ArrayList<DialectEvent>();
      var total = e.path("total_cost_usd");
      var now = tokens(e.path("usage"), total.isNumber() ? total.asDouble() : null);
      // Tokens are of the turn, the cost is of all turns of the run.
      heard.add(
          new DialectEvent.Did(
              new Act.Spend(now.in(), now.cached(), now.out(), now.since(before).cost())));
      before = now;
      soFar = Act.Spend.UNPRICED;
      heard.addAll(EventParsing.denied(e));
      if (e.path("is_error").asBoolean()) {
        String text = e.path("result").asText(e.path("subtype").asText());
        heard.add(DialectEvent.Trouble.of(e.path("api_error_status").asInt(), text, clock, true));
      }
      heard.add(new DialectEvent.Idle());
      return heard;
    }

    private List<DialectEvent> asks(JsonNode e) {
      var request = e.path("request");
      String id = e.path("request_id").asText();
      if (!request.path("subtype").asText().equals("can_use_tool")) {
        return List.of(
            new DialectEvent.Did(new Act.Raw(e.toString())),
            new DialectEvent.Send(answer(id, Json.object()).toString()));
      }
      var use =
          new ToolUse(
              request.path("tool_use_id").asText(),
              request.path("tool_name").asText(),
              request.path("input"));
      return List.of(
          new DialectEvent.PermissionWanted(
              use.permission(request.path("blocked_path").asText(null)),
              answer -> answer(id, verdict(request, answer)).toString()));
    }

    private static ObjectNode verdict(JsonNode request, Permission.Answer answer) {
      if (answer == Permission.Answer.NO) {
        return Json.object()
            .put("behavior", "deny")
            .put(
                "message", "The user does not allow this. Find another way, or say what you need.");
      }
      var allowed = Json.object().put("behavior", "allow");
      allowed.set("updatedInput", request.path("input"));
      return allowed;
    }

    private static ObjectNode answer(String id, ObjectNode response) {
      var line = Json.object().put("type", "control_response");
      line.putObject("response")
          .put("subtype", "success")
          .put("request_id", id)
          .set("response", response);
      return line;
    }
  }
}
