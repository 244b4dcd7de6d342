package dev.hivedeck.engine.agent.dialect.codex;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.agent.FailureClassifier;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.dialect.Dialect;
import dev.hivedeck.engine.agent.dialect.DialectEvent;
import dev.hivedeck.engine.agent.dialect.JsonRpcPeer;
import dev.hivedeck.engine.agent.dialect.RateLimitReset;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.FailureReason;
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
final class CodexThread implements Dialect.Reader {
  private static final int MOST_THREADS = 1_000;

  private final RunRequest request;
  private final Clock clock;
  private final JsonRpcPeer jsonRpcPeer = new JsonRpcPeer(this::met, this::gaveUp);
  private final CodexItems items = new CodexItems();
  private final Map<String, Act.Spend> spent = new HashMap<>();
  private final Deque<String> unsaid = new ArrayDeque<>();
  private String thread;
  private String turn;
  private boolean stopping;
  private Instant reset;

  CodexThread(RunRequest request, Clock clock) {
    this.request = request;
    this.clock = clock;
  }

  // ── how it begins ───────────────────────────────────────────────────────────────────────────

  private List<DialectEvent> met(JsonNode server) {
    return List.of(
        new DialectEvent.Send(JsonRpcPeer.notice("initialized", Json.object())),
        jsonRpcPeer.ask(
            request.conversation() == null ? "thread/start" : "thread/resume",
            CodexAppServerDialect.thread(request),
            this::opened,
            this::gaveUp));
  }

  private List<DialectEvent> opened(JsonNode result) {
    thread = result.path("thread").path("id").asText();
    return List.of(new DialectEvent.Session(thread), turn(request.words()));
  }

  private DialectEvent.Send turn(String text) {
    turn = "";
    return jsonRpcPeer.ask("turn/start", input(text), this::begun, this::gaveUp);
  }

  private List<DialectEvent> begun(JsonNode result) {
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
        jsonRpcPeer
            .ask(
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
    return Optional.of(
        jsonRpcPeer.ask("turn/interrupt", params, r -> List.of(), f -> List.of()).line());
  }

  // ── what it says ────────────────────────────────────────────────────────────────────────────

  @Override
  public List<DialectEvent> read(JsonNode message) {
    return jsonRpcPeer
        .answered(message)
        .orElseGet(
            () ->
                message.has("id") && message.has("method")
                    ? CodexApprovals.asked(message, items)
                    : told(message, message.path("params")));
  }

  @Override
  public List<DialectEvent> pause() {
    return items.rest();
  }

  private List<DialectEvent> told(JsonNode message, JsonNode params) {
    String method = message.path("method").asText();
    boolean ours = Objects.equals(params.path("threadId").asText(thread), thread);
    return switch (method) {
      case "item/started" -> items.begun(params.path("item"));
      case "item/completed" -> items.over(params.path("item"));
      case "item/agentMessage/delta", "item/commandExecution/outputDelta" ->
          items.more(params.path("itemId").asText(), params.path("delta").asText());
      case "item/fileChange/patchUpdated" -> items.changed(params);
      case "turn/plan/updated" -> DialectEvent.did(CodexItems.plan(params.path("plan")));
      case "thread/tokenUsage/updated" -> total(params);
      case "account/rateLimits/updated" -> limits(params.path("rateLimits"));
      case "turn/started" -> ours ? begun(params) : List.of();
      case "turn/completed" -> ours ? rested(params.path("turn")) : List.of();
      case "error" ->
          ours ? List.of(trouble(params, params.path("willRetry").asBoolean())) : List.of();
      case "warning", "guardianWarning", "deprecationNotice" ->
          DialectEvent.did(
              new Act.Raw(params.path("message").asText(params.path("summary").asText())));
      case "configWarning" -> DialectEvent.did(new Act.Raw(params.path("summary").asText()));
      default -> quiet(method) ? List.of() : DialectEvent.did(new Act.Raw(message.toString()));
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
  private List<DialectEvent> total(JsonNode params) {
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
        new DialectEvent.Recovered(),
        new DialectEvent.Total(
            spent.values().stream().reduce(Act.Spend.UNPRICED, Act.Spend::plus)));
  }

  /** When a limit that is reached will be lifted. */
  private List<DialectEvent> limits(JsonNode limits) {
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

  private List<DialectEvent> rested(JsonNode ended) {
    turn = null;
    var heard = new ArrayList<>(items.rest());
    switch (ended.path("status").asText()) {
      case "completed" -> heard.add(new DialectEvent.Recovered());
      case "failed" -> heard.add(trouble(ended, false));
      default -> {
        if (!stopping) {
          heard.add(
              new DialectEvent.Trouble(
                  FailureReason.EXIT, "Its turn was interrupted.", null, true));
        }
      }
    }
    heard.add(unsaid.isEmpty() ? new DialectEvent.Idle() : turn(unsaid.poll()));
    return heard;
  }

  private DialectEvent.Trouble trouble(JsonNode of, boolean tryingAgain) {
    JsonNode error = of.path("error");
    String more = error.path("additionalDetails").asText("");
    String text =
        error.path("message").asText("it failed without a word")
            + (more.isEmpty() ? "" : ": " + more);
    var failureReason = fault(error.path("codexErrorInfo"), text);
    Instant until = RateLimitReset.in(text, clock);
    return new DialectEvent.Trouble(
        failureReason,
        text,
        until == null && failureReason == FailureReason.QUOTA ? reset : until,
        !tryingAgain);
  }

  private static FailureReason fault(JsonNode info, String text) {
    for (var kind : info.properties()) {
      int status = kind.getValue().path("httpStatusCode").asInt();
      var failureReason = FailureClassifier.of(status, text);
      return failureReason == FailureReason.EXIT ? FailureReason.UNREACHABLE : failureReason;
    }
    return switch (info.asText()) {
      case "contextWindowExceeded" -> FailureReason.CONTEXT;
      case "usageLimitExceeded", "rateLimitExceeded", "sessionBudgetExceeded" ->
          FailureReason.QUOTA;
      case "serverOverloaded", "internalServerError", "flexUnavailable" -> FailureReason.OVERLOAD;
      case "unauthorized" -> FailureReason.SIGN_IN;
      case "tooManyDenials", "cyberPolicy", "misalignmentPolicyViolation" -> FailureReason.REFUSED;
      default -> FailureClassifier.of(0, text);
    };
  }

  private List<DialectEvent> gaveUp(JsonRpcPeer.Failure failure) {
    turn = null;
    var failureReason = FailureClassifier.of(0, failure.text());
    return List.of(
        new DialectEvent.Trouble(
            failureReason, failure.text(), RateLimitReset.in(failure.text(), clock), true),
        new DialectEvent.Idle());
  }
}
