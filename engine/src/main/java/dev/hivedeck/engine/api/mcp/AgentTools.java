package dev.hivedeck.engine.api.mcp;

import static dev.hivedeck.engine.api.mcp.ToolInput.flag;
import static dev.hivedeck.engine.api.mcp.ToolInput.number;
import static dev.hivedeck.engine.api.mcp.ToolInput.text;
import static dev.hivedeck.engine.api.mcp.ToolInput.texts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Sender;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.time.Timers;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tools of an agent. In whose name they act is never an argument: it is the attempt of the
 * token. What changes something is a {@link Command} at the {@link EngineApi}, as from anybody
 * else.
 */
final class AgentTools {
  private static final int ID = 100;
  private static final int LINE = 300;
  private static final int PARAGRAPH = 4_000;
  private static final int PAGE = 20_000;
  private static final int SHOWN = 200;
  private static final int LINES = 800;
  private static final int MOST_LINES = 4_000;
  private static final Logger LOG = LoggerFactory.getLogger(AgentTools.class);

  private static final ToolInput.Field WAIT =
      number(
          "wait_seconds",
          "How long to wait for the answer before you are told that there is none yet. 30 if you"
              + " do not say.",
          0,
          (int) DecisionWaiter.LONGEST.toSeconds());

  private final EngineApi engine;
  private final McpEndpoint.Log log;
  private final DecisionWaiter decisionWaiter;

  AgentTools(EngineApi engine, McpEndpoint.Log log, Timers timers) {
    this.engine = engine;
    this.log = log;
    this.decisionWaiter = new DecisionWaiter(engine, timers);
  }

  /** What a tool does, for an attempt. */
  @FunctionalInterface
  private interface Doing {
    /**
     * @return text, or what is sent as JSON
     */
    Object run(String attempt, JsonNode in, Progress progress);
  }

  /** Tells the client that something still goes on. */
  @FunctionalInterface
  interface Progress {
    void tell(Duration since, Duration atMost, String what);
  }

  List<SyncToolSpecification> all() {
    return List.of(
        reading(
            "task_get",
            "Your task",
            "What you are to do: the task with its prompt, the requirements it serves with their"
                + " acceptance criteria, the paths you may change, what had to be done first, and"
                + " what happened in earlier attempts. Call it when you begin, or have lost track.",
            ToolInput.of(),
            (attempt, in, progress) -> engine.query(new Query.Brief(attempt))),
        writing(
            "progress_report",
            "Report progress",
            "Tells the person how far you are. Call it when you reach a stage: 25 when the files"
                + " are written, 50 when it builds, 75 when it runs and its tests pass. What you"
                + " have by then is kept as a checkpoint. A stage never goes down.",
            ToolInput.of(
                number("stage", "Percent: 25, 50 or 75.", 0, 100),
                text("text", "What you are at, in a line or two.", PARAGRAPH)),
            this::progress),
        writing(
            "decision_ask",
            "Ask a person",
            "Asks the person something that you cannot decide by the task, its requirements or the"
                + " code. Your time stands still meanwhile. If no answer comes within wait_seconds"
                + " you get the decision's id: ask again with decision_get, go on with what does"
                + " not depend on it, or end – your next attempt is told the answer.",
            ToolInput.of(
                text("question", "The question, in one sentence.", LINE).must(),
                text("detail", "What the person must know to answer, and what you would do.", PAGE),
                texts("options", "Answers to choose from, the one you would take first.", 8, LINE),
                text("kind", "What it is about, for example architecture or security.", ID),
                text("fallback", "The option to take when nobody answers in time.", LINE),
                WAIT),
            this::ask),
        reading(
            "decision_get",
            "Look up an answer",
            "The answer to something that you asked or proposed before, by the decision's id.",
            ToolInput.of(text("id", "For example D-3.", ID).must(), WAIT),
            (attempt, in, progress) ->
                decisionWaiter.await(attempt, in.get("id").asText(), wait(in), progress)),
        reading(
            "subtasks_list",
            "Sub-tasks",
            "The sub-tasks of your task: those proposed, and those that the person has added to"
                + " the plan, with who has them.",
            ToolInput.of(),
            (attempt, in, progress) ->
                Json.object().set("subtasks", engine.query(new Query.Subtasks(task(attempt))))),
        writing(
            "subtask_claim",
            "Claim a sub-task",
            "Gives a sub-task of your task to you before another agent takes it. You get it as a"
                + " task of its own after this one, in a fresh worktree: do not do it now.",
            ToolInput.of(text("id", "Id of the sub-task, from subtasks_list.", ID).must()),
            (attempt, in, progress) -> {
              as(attempt).execute(new Command.ClaimSubtask(attempt, in.get("id").asText()), null);
              return engine.query(new Query.Thing(Topic.TASK, in.get("id").asText()));
            }),
        writing(
            "task_propose",
            "Propose a task",
            "Proposes work that should be done but is not part of your task: a defect you came"
                + " across, something that others need. The person decides whether it joins the"
                + " plan; you go on meanwhile. Do not do that work yourself.",
            ToolInput.of(
                text("title", "What is to be done, in a few words.", LINE).must(),
                text("prompt", "What the agent that does it is to be told. Be exact.", PAGE).must(),
                text("why", "To the person: why it should be done.", PARAGRAPH),
                text("agent", "Who should do it; leave it out for any that can.", ID),
                texts("capabilities", "What the agent must be able to do.", 20, ID),
                texts("needs", "Ids of tasks that must be on main first.", 50, ID),
                texts("requirements", "Ids of requirements that it serves.", 20, ID),
                number("priority", "1 is first, 9 last; 5 if you do not say.", 1, 9),
                flag("subtask", "Whether it is a part of your own task, better done apart.")),
            this::propose),
        reading(
            "change_diff",
            "Read a change",
            "The diff of another agent's change, or of what it merged, as a unified diff.",
            ToolInput.of(
                text("id", "Id of the change, C-3, or of its task.", ID).must(),
                text("path", "Only this file, or the files of this folder.", PARAGRAPH),
                number("max_lines", LINES + " if you do not say.", 1, MOST_LINES)),
            (attempt, in, progress) -> diff(in)),
        writing(
            "lesson_record",
            "Record a lesson",
            "Keeps something that you learned and that would have saved you time: a command that"
                + " works, a trap in this repository, a cause that was hard to find. One lesson at"
                + " a time, so that somebody else can use it without knowing your task.",
            ToolInput.of(text("text", "The lesson, in a few sentences.", PARAGRAPH).must()),
            (attempt, in, progress) ->
                as(attempt)
                    .execute(new Command.RecordLesson(attempt, in.get("text").asText()), null)));
  }

  // ── what they do ────────────────────────────────────────────────────────────────────────────

  private Object progress(String attempt, JsonNode in, Progress progress) {
    if (in.isEmpty()) {
      throw new HiveException(
          ErrorCode.BAD_ARGUMENTS, "There is nothing to report.", "Give stage, text, or both.");
    }
    as(attempt)
        .execute(
            new Command.Progress(
                attempt, in.has("stage") ? in.get("stage").asInt() : null, words(in, "text")),
            null);
    return Json.object().put("reported", true);
  }

  private Object ask(String attempt, JsonNode in, Progress progress) {
    var asked =
        as(attempt)
            .execute(
                new Command.Ask(
                    attempt,
                    words(in, "question"),
                    words(in, "detail"),
                    list(in, "options"),
                    words(in, "kind"),
                    words(in, "fallback")),
                null);
    return decisionWaiter.await(attempt, asked.get("id").asText(), wait(in), progress);
  }

  private Object propose(String attempt, JsonNode in, Progress progress) {
    return ((ObjectNode)
            as(attempt)
                .execute(
                    new Command.ProposeTask(
                        attempt,
                        words(in, "title"),
                        words(in, "prompt"),
                        words(in, "why"),
                        words(in, "agent"),
                        list(in, "capabilities"),
                        list(in, "needs"),
                        list(in, "requirements"),
                        in.has("priority") ? in.get("priority").asInt() : null,
                        in.path("subtask").asBoolean()),
                    null))
        .put("next", "A person decides. Go on; decision_get tells the answer, once there is one.");
  }

  private Object diff(JsonNode in) {
    String id = words(in, "id");
    if (!id.startsWith("C-")) {
      String task = id;
      id = engine.query(new Query.Thing(Topic.TASK, task)).path("change").asText(null);
      if (id == null) {
        throw new HiveException(
            ErrorCode.NO_CHANGE,
            task + " has no change yet.",
            "Look again when it has been verified.");
      }
    }
    var diffs = Json.as(engine.query(new Query.Diff(id, null)), Query.FileDiffs.class);
    return UnifiedDiff.of(diffs, words(in, "path"), in.path("max_lines").asInt(LINES));
  }

  /** The engine, for what an attempt does by its tools. */
  private EngineApi as(String attempt) {
    return engine.sentBy(new Sender(Sender.EntryPoint.MCP, attempt));
  }

  private String task(String attempt) {
    return engine.query(new Query.Thing(Topic.ATTEMPT, attempt)).get("task").asText();
  }

  private static Duration wait(JsonNode in) {
    return Duration.ofSeconds(in.path("wait_seconds").asInt(30));
  }

  private static String words(JsonNode in, String name) {
    return in.path(name).asText(null);
  }

  private static List<String> list(JsonNode in, String name) {
    var all = new ArrayList<String>();
    in.path(name).forEach(value -> all.add(value.asText()));
    return all;
  }

  // ── how they are called ─────────────────────────────────────────────────────────────────────

  private SyncToolSpecification reading(
      String name, String title, String description, ToolInput toolInput, Doing doing) {
    return tool(name, title, description, true, toolInput, doing);
  }

  private SyncToolSpecification writing(
      String name, String title, String description, ToolInput toolInput, Doing doing) {
    return tool(name, title, description, false, toolInput, doing);
  }

  private SyncToolSpecification tool(
      String name,
      String title,
      String description,
      boolean reads,
      ToolInput toolInput,
      Doing doing) {
    var tool =
        McpSchema.Tool.builder(name, toolInput.schema())
            .title(title)
            .description(description)
            .annotations(
                ToolAnnotations.builder()
                    .readOnlyHint(reads)
                    .destructiveHint(false)
                    .openWorldHint(false)
                    .build())
            .build();
    return new SyncToolSpecification(
        tool, (exchange, request) -> call(name, toolInput, doing, exchange, request));
  }

  private CallToolResult call(
      String name,
      ToolInput toolInput,
      Doing doing,
      McpSyncServerExchange exchange,
      CallToolRequest request) {
    String attempt = (String) exchange.transportContext().get(McpEndpoint.ATTEMPT);
    JsonNode in = request.arguments() == null ? Json.object() : Json.tree(request.arguments());
    log.line(attempt, "tool", name + (in.isEmpty() ? "" : " " + shown(in)));
    try {
      toolInput.check(in);
      return result(doing.run(attempt, in, told(exchange, request)));
    } catch (HiveException e) {
      return refused(attempt, name, e.fault());
    } catch (RuntimeException e) {
      LOG.error("tool {} of {}", name, attempt, e);
      return refused(
          attempt,
          name,
          HiveException.Fault.of(ErrorCode.ENGINE, "The engine failed: " + e, "Go on without it."));
    }
  }

  private static String shown(JsonNode in) {
    String text = in.toString();
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }

  private static Progress told(McpSyncServerExchange exchange, CallToolRequest request) {
    Object token = request.progressToken();
    if (token == null) {
      return (since, atMost, what) -> {};
    }
    return (since, atMost, what) ->
        exchange.progressNotification(
            McpSchema.ProgressNotification.builder(token, since.toSeconds())
                .total((double) atMost.toSeconds())
                .message(what)
                .build());
  }

  private static CallToolResult.Builder said(String words) {
    return CallToolResult.builder(List.of(TextContent.builder(words).build()));
  }

  private static CallToolResult result(Object answer) {
    if (answer instanceof String words) {
      return said(words).isError(false).build();
    }
    var json = Json.tree(answer);
    return said(json.toString())
        .structuredContent(Json.MAPPER.convertValue(json, Object.class))
        .isError(false)
        .build();
  }

  private CallToolResult refused(String attempt, String name, HiveException.Fault fault) {
    log.line(attempt, "tool", name + " refused: " + fault.message());
    return said(fault.message() + "\n" + fault.hint() + "\n(" + fault.code() + ")")
        .isError(true)
        .build();
  }
}
