package dev.hivedeck.engine.agent.dialect.codex;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.agent.McpSetup;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.dialect.Dialect;
import dev.hivedeck.engine.agent.dialect.DialectEvent;
import dev.hivedeck.engine.agent.dialect.EventParsing;
import dev.hivedeck.engine.protocol.Act;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * {@code codex exec --json}. It cannot ask, so its own sandbox decides what it may do. Its tokens
 * count over the whole thread, and it names no price.
 */
public final class CodexDialect implements Dialect {
  /** How a command fails that the sandbox let run, but not write. */
  private static final Pattern HELD =
      Pattern.compile("Read-only file system|Operation not permitted|Permission denied");

  private final Clock clock;

  public CodexDialect(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Launch launch(RunRequest request) {
    var setup = request.setup();
    var command = setup.command("codex");
    command.addAll(List.of("exec", "--json", "--skip-git-repo-check", "--color", "never"));
    command.addAll(
        switch (setup.sandbox()) {
          case READ_ONLY -> List.of("--sandbox", "read-only");
          case WORKSPACE -> List.of("--sandbox", "workspace-write");
          case FULL -> List.of("--dangerously-bypass-approvals-and-sandbox");
        });
    command.addAll(List.of("-C", request.worktree().toString()));
    if (setup.model() != null) {
      command.addAll(List.of("-m", setup.model()));
    }
    command.addAll(McpSetup.codex(request.environment()).arguments());
    command.addAll(setup.args());
    if (request.conversation() != null) {
      command.addAll(List.of("resume", request.conversation().id()));
    }
    command.add("-");
    return new Launch(List.copyOf(command), Map.of(), List.of(request.words()), false);
  }

  @Override
  public boolean tellsTurns() {
    return false;
  }

  @Override
  public Reader reading(RunRequest request) {
    return this::read;
  }

  private List<DialectEvent> read(JsonNode e) {
    return switch (e.path("type").asText()) {
      case "thread.started" -> List.of(new DialectEvent.Session(e.path("thread_id").asText()));
      case "turn.started" -> List.of();
      case "item.started", "item.updated", "item.completed" -> item(e, e.path("item"));
      case "turn.completed" ->
          List.of(
              new DialectEvent.Idle(),
              new DialectEvent.Recovered(),
              new DialectEvent.Total(spend(e.path("usage"))));
      case "turn.failed" -> trouble(e.path("error").path("message").asText(), true);
      case "error" -> trouble(e.path("message").asText(), false);
      default -> DialectEvent.did(new Act.Raw(e.toString()));
    };
  }

  private List<DialectEvent> item(JsonNode e, JsonNode item) {
    boolean over = e.path("type").asText().equals("item.completed");
    String id = item.path("id").asText();
    return switch (item.path("type").asText()) {
      case "agent_message" ->
          over
              ? List.of(
                  new DialectEvent.Recovered(),
                  new DialectEvent.Did(new Act.Say(item.path("text").asText())))
              : List.of();
      case "reasoning" ->
          over ? DialectEvent.did(new Act.Think(item.path("text").asText())) : List.of();
      case "command_execution" -> command(id, item, over);
      case "file_change" -> over ? changes(id, item) : List.of();
      case "mcp_tool_call" ->
          DialectEvent.did(
              new Act.Tool(
                  id,
                  item.path("server").asText() + "." + item.path("tool").asText(),
                  EventParsing.text(item.path("arguments")),
                  EventParsing.text(
                      item.hasNonNull("error") ? item.get("error") : item.path("result")),
                  over ? item.path("status").asText().equals("completed") : null));
      case "web_search" ->
          over ? DialectEvent.did(new Act.Read(item.path("query").asText())) : List.of();
      case "todo_list" -> DialectEvent.did(new Act.Plan(todos(item.path("items"))));
      case "error" -> List.of(new DialectEvent.Did(new Act.Raw(item.path("message").asText())));
      default -> DialectEvent.did(new Act.Raw(e.toString()));
    };
  }

  private static List<DialectEvent> command(String id, JsonNode item, boolean over) {
    String status = item.path("status").asText();
    Integer exit = over ? (Integer) item.path("exit_code").asInt(-1) : null;
    var run =
        new DialectEvent.Did(
            new Act.Run(
                id,
                EventParsing.unwrapped(item.path("command").asText()),
                item.path("aggregated_output").asText(),
                exit));
    boolean held =
        over && exit != 0 && HELD.matcher(item.path("aggregated_output").asText()).find();
    return held || status.equals("declined")
        ? List.of(
            run, new DialectEvent.Refusal("its sandbox did not let it run " + run.act().text()))
        : List.of(run);
  }

  private static List<DialectEvent> changes(String id, JsonNode item) {
    var heard = new ArrayList<DialectEvent>();
    boolean done = item.path("status").asText().equals("completed");
    for (JsonNode change : item.path("changes")) {
      heard.add(
          new DialectEvent.Did(
              new Act.Edit(
                  id,
                  change.path("path").asText(),
                  change.path("diff").asText(),
                  done ? true : null)));
    }
    if (!done) {
      heard.add(new DialectEvent.Refusal("its change of files was not taken"));
    }
    return heard;
  }

  private static List<Act.Todo> todos(JsonNode items) {
    var todos = new ArrayList<Act.Todo>();
    items.forEach(
        i ->
            todos.add(
                new Act.Todo(
                    i.path("text").asText(),
                    i.path("completed").asBoolean() ? Act.Todo.State.DONE : Act.Todo.State.OPEN)));
    return todos;
  }

  private static Act.Spend spend(JsonNode usage) {
    return new Act.Spend(
        usage.path("input_tokens").asLong(),
        usage.path("cached_input_tokens").asLong(),
        usage.path("output_tokens").asLong(),
        null);
  }

  private List<DialectEvent> trouble(String message, boolean last) {
    return List.of(DialectEvent.Trouble.of(0, message, clock, last));
  }
}
