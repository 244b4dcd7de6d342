package dev.hivedeck.engine.agent.dialect.codex;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.agent.Fault;
import dev.hivedeck.engine.agent.Job;
import dev.hivedeck.engine.agent.dialect.Dialect;
import dev.hivedeck.engine.agent.dialect.Heard;
import dev.hivedeck.engine.agent.dialect.Resets;
import dev.hivedeck.engine.agent.dialect.Rpc;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Json;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** One thread of {@code codex app-server}, with those that it starts for parts of its work. */
final class CodexReading implements Dialect.Reading {
  private static final int MOST_THREADS = 1_000;

  private final Job job;
  private final Clock clock;
  private final Rpc rpc = new Rpc(this::met, this::gaveUp);
  private final CodexItems items = new CodexItems();
  private final Map<String, Act.Spend> spent = new HashMap<>();
  private final Deque<String> unsaid = new ArrayDeque<>();
  private String thread;
  private String turn;
  private boolean stopping;
  private Instant reset;

  CodexReading(Job job, Clock clock) {
    this.job = job;
    this.clock = clock;
  }

  // ── how it begins ───────────────────────────────────────────────────────────────────────────

  private List<Heard> met(JsonNode server) {
    return List.of(
        new Heard.Send(Rpc.notice("initialized", Json.object())),
        rpc.ask(
            job.conversation() == null ? "thread/start" : "thread/resume",
            CodexApp.thread(job),
            this::opened,
            this::gaveUp));
  }

  private List<Heard> opened(JsonNode result) {
    thread = result.path("thread").path("id").asText();
    return List.of(new Heard.Session(thread), turn(job.words()));
  }

  private Heard.Send turn(String text) {
    turn = "";
    return rpc.ask("turn/start", input(text), this::begun, this::gaveUp);
  }

  private List<Heard> begun(JsonNode result) {
    turn = result.path("turn").path("id").asText();
    return List.of();
  }

  private ObjectNode input(String text) {
    var input = Json.object().put("threadId", thread);
    input.putArray("input").addObject().put("type", "text").put("text", text);
    return input;
  }

  // ── what a person says ──────────────────────────────────────────────────────────────────────

  /** Not while a turn is about to begin, for that has no name yet. */
  @Override
  public boolean listens() {
    return thread != null && (turn == null || !turn.isEmpty());
  }

  @Override
  public Optional<String> say(String text) {
    if (turn == null) {
      return Optional.of(turn(text).line());
    }
    return Optional.of(
        rpc.ask(
                "turn/steer",
                input(text).put("expectedTurnId", turn),
                result -> List.of(),
                failure -> {
                  unsaid.add(text); // some turns do not listen
                  return turn == null ? List.of(turn(unsaid.poll())) : List.of();
                })
            .line());
  }

  @Override
  public Optional<String> stop() {
    if (turn == null || turn.isEmpty()) {
      return Optional.empty();
    }
    stopping = true;
    var params = Json.object().put("threadId", thread).put("turnId", turn);
    return Optional.of(rpc.ask("turn/interrupt", params, r -> List.of(), f -> List.of()).line());
  }

  // ── what it says ────────────────────────────────────────────────────────────────────────────

  @Override
  public List<Heard> read(JsonNode message) {
    return rpc.answered(message)
        .orElseGet(
            () ->
                message.has("id") && message.has("method")
                    ? CodexApprovals.asked(message, items)
                    : told(message, message.path("params")));
  }

  @Override
  public List<Heard> pause() {
    return items.rest();
  }

  private List<Heard> told(JsonNode message, JsonNode params) {
    String method = message.path("method").asText();
    boolean ours = Objects.equals(params.path("threadId").asText(thread), thread);
    return switch (method) {
      case "item/started" -> items.begun(params.path("item"));
      case "item/completed" -> items.over(params.path("item"));
      case "item/agentMessage/delta", "item/commandExecution/outputDelta" ->
          items.more(params.path("itemId").asText(), params.path("delta").asText());
      case "item/fileChange/patchUpdated" -> items.changed(params);
      case "turn/plan/updated" -> Heard.did(CodexItems.plan(params.path("plan")));
      case "thread/tokenUsage/updated" -> total(params);
      case "account/rateLimits/updated" -> limits(params.path("rateLimits"));
      case "turn/started" -> ours ? begun(params) : List.of();
      case "turn/completed" -> ours ? rested(params.path("turn")) : List.of();
      case "error" ->
          ours ? List.of(trouble(params, params.path("willRetry").asBoolean())) : List.of();
      case "warning", "guardianWarning", "deprecationNotice" ->
          Heard.did(new Act.Raw(params.path("message").asText(params.path("summary").asText())));
      case "configWarning" -> Heard.did(new Act.Raw(params.path("summary").asText()));
      default -> quiet(method) ? List.of() : Heard.did(new Act.Raw(message.toString()));
    };
  }

  /** Known, and nothing to anybody who looks on. */
  private static boolean quiet(String method) {
    return List.of(
                "turn/diff/updated",
                "turn/moderationMetadata",
                "serverRequest/resolved",
                "skills/changed",
                "item/plan/delta",
                "item/fileChange/outputDelta",
                "item/mcpToolCall/progress",
                "item/commandExecution/terminalInteraction")
            .contains(method)
        || List.of(
                "thread/",
                "hook/",
                "account/",
                "mcpServer/",
                "remoteControl/",
                "item/reasoning/",
                "model/")
            .stream()
            .anyMatch(method::startsWith);
  }

  /** Counts over a whole thread, and over each of those that it started. */
  private List<Heard> total(JsonNode params) {
    if (spent.size() < MOST_THREADS) {
      var total = params.path("tokenUsage").path("total");
      spent.put(
          params.path("threadId").asText(),
          new Act.Spend(
              total.path("inputTokens").asLong(),
              total.path("cachedInputTokens").asLong(),
              total.path("outputTokens").asLong(),
              null));
    }
    return List.of(
        new Heard.Well(),
        new Heard.Total(spent.values().stream().reduce(Act.Spend.UNPRICED, Act.Spend::plus)));
  }

  /** When a limit that is reached will be lifted. */
  private List<Heard> limits(JsonNode limits) {
    reset = null;
    for (String window : List.of("primary", "secondary")) {
      JsonNode limit = limits.path(window);
      if (limit.path("usedPercent").asDouble() >= 100 && limit.path("resetsAt").isNumber()) {
        Instant at = Instant.ofEpochSecond(Math.clamp(limit.get("resetsAt").asLong(), 0, 1L << 40));
        reset = reset == null || at.isAfter(reset) ? at : reset;
      }
    }
    return List.of();
  }

  // ── how it ends ─────────────────────────────────────────────────────────────────────────────

  private List<Heard> rested(JsonNode ended) {
    turn = null;
    var heard = new ArrayList<>(items.rest());
    switch (ended.path("status").asText()) {
      case "completed" -> heard.add(new Heard.Well());
      case "failed" -> heard.add(trouble(ended, false));
      default -> {
        if (!stopping) {
          heard.add(new Heard.Trouble(Fault.EXIT, "Its turn was interrupted.", null, true));
        }
      }
    }
    heard.add(unsaid.isEmpty() ? new Heard.Rests() : turn(unsaid.poll()));
    return heard;
  }

  private Heard.Trouble trouble(JsonNode of, boolean tryingAgain) {
    JsonNode error = of.path("error");
    String more = error.path("additionalDetails").asText("");
    String text =
        error.path("message").asText("it failed without a word")
            + (more.isEmpty() ? "" : ": " + more);
    var fault = fault(error.path("codexErrorInfo"), text);
    Instant until = Resets.in(text, clock);
    return new Heard.Trouble(
        fault, text, until == null && fault == Fault.QUOTA ? reset : until, !tryingAgain);
  }

  private static Fault fault(JsonNode info, String text) {
    for (var kind : info.properties()) {
      int status = kind.getValue().path("httpStatusCode").asInt();
      var fault = Fault.of(status, text);
      return fault == Fault.EXIT ? Fault.UNREACHABLE : fault;
    }
    return switch (info.asText()) {
      case "contextWindowExceeded" -> Fault.CONTEXT;
      case "usageLimitExceeded", "rateLimitExceeded", "sessionBudgetExceeded" -> Fault.QUOTA;
      case "serverOverloaded", "internalServerError", "flexUnavailable" -> Fault.OVERLOAD;
      case "unauthorized" -> Fault.SIGN_IN;
      case "tooManyDenials", "cyberPolicy", "misalignmentPolicyViolation" -> Fault.REFUSED;
      default -> Fault.of(0, text);
    };
  }

  private List<Heard> gaveUp(Rpc.Failure failure) {
    turn = null;
    var fault = Fault.of(0, failure.text());
    return List.of(
        new Heard.Trouble(fault, failure.text(), Resets.in(failure.text(), clock), true),
        new Heard.Rests());
  }
}
