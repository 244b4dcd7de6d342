package dev.hivedeck.engine.agent.dialect.acp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.agent.McpSetup;
import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.dialect.BoundedMap;
import dev.hivedeck.engine.agent.dialect.Dialect;
import dev.hivedeck.engine.agent.dialect.DialectEvent;
import dev.hivedeck.engine.agent.dialect.JsonRpcPeer;
import dev.hivedeck.engine.agent.dialect.RateLimitReset;
import dev.hivedeck.engine.agent.dialect.ToolUse;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** One conversation in the Agent Client Protocol, from the first word to the last turn. */
final class AcpSession implements Dialect.Reader {

  private final RunRequest request;
  private final Clock clock;
  private final JsonRpcPeer jsonRpcPeer = new JsonRpcPeer(this::met, this::gaveUp);
  private final AcpClientRequests errands;
  private final BoundedMap<AcpTool> tools = new BoundedMap<>();
  private final StringBuilder words = new StringBuilder();
  private String wordsOf = "";
  private JsonNode able = Json.object();
  private JsonNode ways = Json.object();
  private boolean signedIn;
  private boolean replaying;
  private String session;
  private boolean working;
  private boolean stopping;
  private Act.Spend spent;
  private Act.Spend turn = Act.Spend.UNPRICED;

  AcpSession(RunRequest request, Clock clock) {
    this.request = request;
    this.clock = clock;
    this.errands = new AcpClientRequests(AcpDialect.mayChange(request));
    this.spent =
        request.conversation() == null ? Act.Spend.UNPRICED : request.conversation().total();
  }

  // ── how it begins ───────────────────────────────────────────────────────────────────────────

  private List<DialectEvent> met(JsonNode agent) {
    int version = agent.path("protocolVersion").asInt();
    if (version != AcpDialect.VERSION) {
      return trouble(
          FailureReason.EXIT,
          "It speaks version "
              + version
              + " of the Agent Client Protocol, Hivedeck version "
              + AcpDialect.VERSION
              + ". Run a version of it that speaks that, too.");
    }
    able = agent.path("agentCapabilities");
    ways = agent.path("authMethods");
    return open();
  }

  private List<DialectEvent> open() {
    var where = Json.object().put("cwd", request.worktree().toString());
    boolean http = able.path("mcpCapabilities").path("http").asBoolean();
    where.set("mcpServers", McpSetup.acp(http ? request.environment() : Map.of()));
    if (request.conversation() == null) {
      return List.of(jsonRpcPeer.ask("session/new", where, this::opened, this::closed));
    }
    session = request.conversation().id();
    where.put("sessionId", session);
    if (able.path("sessionCapabilities").hasNonNull("resume")) {
      return List.of(jsonRpcPeer.ask("session/resume", where, this::opened, this::closed));
    }
    if (able.path("loadSession").asBoolean()) {
      replaying = true;
      return List.of(jsonRpcPeer.ask("session/load", where, this::opened, this::closed));
    }
    return trouble(FailureReason.NO_SESSION, "It cannot take up a conversation again.");
  }

  private List<DialectEvent> closed(JsonRpcPeer.Failure failure) {
    boolean locked = AcpDialect.reason(failure) == FailureReason.SIGN_IN;
    if (locked && !signedIn) {
      return signIn(failure);
    }
    if (locked) {
      return trouble(FailureReason.SIGN_IN, failure.text());
    }
    return request.conversation() == null
        ? gaveUp(failure)
        : trouble(FailureReason.NO_SESSION, failure.text());
  }

  /** With a key it signs in by itself; for anything else it needs a person. */
  private List<DialectEvent> signIn(JsonRpcPeer.Failure failure) {
    signedIn = true;
    var names = new ArrayList<String>();
    for (JsonNode way : ways) {
      String id = way.path("id").asText();
      if (id.toLowerCase(Locale.ROOT).matches(".*api.?key.*")) {
        return List.of(
            jsonRpcPeer.ask(
                "authenticate", Json.object().put("methodId", id), r -> open(), this::closed));
      }
      names.add(way.path("name").asText(id));
    }
    return trouble(
        FailureReason.SIGN_IN,
        failure.text() + (names.isEmpty() ? "" : ". It offers: " + String.join(", ", names)));
  }

  private List<DialectEvent> opened(JsonNode result) {
    session = result.path("sessionId").asText(session);
    replaying = false;
    var heard = new ArrayList<DialectEvent>();
    heard.add(new DialectEvent.Session(session));
    heard.add(begin(result));
    return heard;
  }

  /** Its first turn, with the model that it is to use before it, if it is another. */
  private DialectEvent begin(JsonNode choices) {
    String model = request.setup().model();
    if (model == null) {
      return turn(request.words());
    }
    var choose = Json.object().put("sessionId", session);
    for (JsonNode option : choices.path("configOptions")) {
      if (option.path("category").asText().equals("model")) {
        choose.put("configId", option.path("id").asText()).put("value", model);
        return option.path("currentValue").asText().equals(model)
            ? turn(request.words())
            : jsonRpcPeer.ask("session/set_config_option", choose, r -> words(), this::gaveUp);
      }
    }
    String now = choices.path("models").path("currentModelId").asText(model);
    return now.equals(model)
        ? turn(request.words())
        : jsonRpcPeer.ask(
            "session/set_model", choose.put("modelId", model), r -> words(), this::gaveUp);
  }

  private List<DialectEvent> words() {
    return List.of(turn(request.words()));
  }

  private DialectEvent.Send turn(String text) {
    working = true;
    var prompt = Json.object().put("sessionId", session);
    prompt.putArray("prompt").addObject().put("type", "text").put("text", text);
    return jsonRpcPeer.ask("session/prompt", prompt, this::rested, this::gaveUp);
  }

  // ── what a person says ──────────────────────────────────────────────────────────────────────

  /** Between its turns only. */
  @Override
  public boolean listens() {
    return session != null && !working && !replaying;
  }

  @Override
  public Optional<String> say(String text) {
    return Optional.of(turn(text).line());
  }

  @Override
  public Optional<String> stop() {
    if (!working) {
      return Optional.empty();
    }
    stopping = true;
    return Optional.of(
        JsonRpcPeer.notice("session/cancel", Json.object().put("sessionId", session)));
  }

  // ── what it says ────────────────────────────────────────────────────────────────────────────

  @Override
  public List<DialectEvent> read(JsonNode message) {
    var params = message.path("params");
    var update = params.path("update");
    if (message.path("method").asText().equals("session/update")) {
      if (replaying) {
        return List.of();
      }
      String kind = update.path("sessionUpdate").asText();
      var heard =
          kind.equals("agent_message_chunk") || kind.equals("agent_thought_chunk")
              ? chunk(kind, update)
              : after(update(kind, update));
      return used(update.path("_meta").path("usage"), heard);
    }
    return after(jsonRpcPeer.answered(message).orElseGet(() -> asked(message, params)));
  }

  /** What it was saying comes first. */
  private List<DialectEvent> after(List<DialectEvent> news) {
    if (words.isEmpty()) {
      return news;
    }
    var heard = new ArrayList<>(pause());
    heard.addAll(news);
    return heard;
  }

  private List<DialectEvent> chunk(String kind, JsonNode update) {
    String of = kind + update.path("messageId").asText();
    var heard = of.equals(wordsOf) ? List.<DialectEvent>of() : pause();
    wordsOf = of;
    var content = update.path("content");
    if (words.length() < Act.LONG) {
      words.append(
          content.hasNonNull("text")
              ? content.path("text").asText()
              : "[" + content.path("uri").asText(content.path("type").asText()) + "]");
    }
    return heard;
  }

  @Override
  public List<DialectEvent> pause() {
    if (words.isEmpty()) {
      return List.of();
    }
    var act =
        wordsOf.startsWith("agent_thought")
            ? new Act.Think(words.toString())
            : new Act.Say(words.toString());
    words.setLength(0);
    return List.of(new DialectEvent.Recovered(), new DialectEvent.Did(act));
  }

  private List<DialectEvent> update(String kind, JsonNode update) {
    return switch (kind) {
      case "tool_call", "tool_call_update" -> {
        var tool = tool(update);
        var heard = tool.news(update, errands::printed);
        if (tool.over()) {
          tools.remove(update.path("toolCallId").asText());
        }
        yield heard;
      }
      case "plan" -> DialectEvent.did(plan(update.path("entries")));
      case "usage_update" -> cost(update.path("cost"));
      case "user_message_chunk",
          "available_commands_update",
          "current_mode_update",
          "config_option_update",
          "session_info_update" ->
          List.of();
      default -> DialectEvent.did(new Act.Raw(update.toString()));
    };
  }

  private AcpTool tool(JsonNode call) {
    String id = call.path("toolCallId").asText();
    var tool = tools.get(id);
    if (tool == null) {
      tool = new AcpTool(id);
      tools.put(id, tool);
    }
    return tool;
  }

  private static Act.Plan plan(JsonNode entries) {
    var todos = new ArrayList<Act.Todo>();
    entries.forEach(
        e ->
            todos.add(
                new Act.Todo(
                    e.path("content").asText(), ToolUse.state(e.path("status").asText()))));
    return new Act.Plan(todos);
  }

  /** It counts over the whole conversation. */
  private List<DialectEvent> cost(JsonNode cost) {
    if (!cost.path("amount").isNumber() || !cost.path("currency").asText("USD").equals("USD")) {
      return List.of();
    }
    double amount = cost.get("amount").asDouble();
    if (spent.cost() != null && spent.cost() == amount) {
      return List.of();
    }
    spent = new Act.Spend(spent.in(), spent.cached(), spent.out(), amount);
    return List.of(new DialectEvent.Total(spent));
  }

  // ── what it asks for ────────────────────────────────────────────────────────────────────────

  private List<DialectEvent> asked(JsonNode message, JsonNode params) {
    String method = message.path("method").asText();
    if (method.isEmpty() || !message.has("id")) {
      return method.startsWith("$/")
          ? List.of()
          : DialectEvent.did(new Act.Raw(message.toString()));
    }
    JsonNode id = message.get("id");
    if (method.equals("session/request_permission")) {
      var tool = tool(params.path("toolCall"));
      tool.learn(params.path("toolCall"));
      return List.of(
          new DialectEvent.PermissionWanted(
              tool.permission(),
              tool.changes(),
              answer -> JsonRpcPeer.answer(id, outcome(params.path("options"), answer))));
    }
    return errands
        .of(method, id, params)
        .map(List::<DialectEvent>of)
        .orElseGet(
            () ->
                List.of(
                    new DialectEvent.Did(new Act.Raw(message.toString())),
                    new DialectEvent.Send(
                        JsonRpcPeer.refusal(
                            id, JsonRpcPeer.NO_METHOD, "Hivedeck knows no " + method + "."))));
  }

  /**
   * What always is allowed Hivedeck answers by itself from then on: what an agent makes of an
   * always may be more than was asked.
   */
  private static ObjectNode outcome(JsonNode options, Permission.Answer answer) {
    var kinds =
        answer == Permission.Answer.NO
            ? List.of("reject_once", "reject_always")
            : List.of("allow_once", "allow_always");
    var outcome = Json.object();
    for (String kind : kinds) {
      for (JsonNode option : options) {
        if (option.path("kind").asText().equals(kind)) {
          outcome
              .putObject("outcome")
              .put("outcome", "selected")
              .set("optionId", option.path("optionId"));
          return outcome;
        }
      }
    }
    outcome.putObject("outcome").put("outcome", "cancelled");
    return outcome;
  }

  // ── how it ends ─────────────────────────────────────────────────────────────────────────────

  private List<DialectEvent> rested(JsonNode result) {
    working = false;
    var heard = new ArrayList<DialectEvent>(tokens(result));
    switch (result.path("stopReason").asText()) {
      case "end_turn" -> heard.add(new DialectEvent.Recovered());
      case "cancelled" -> {
        if (!stopping) {
          heard.add(last(FailureReason.EXIT, "Its turn was cancelled."));
        }
      }
      case "max_tokens" ->
          heard.add(last(FailureReason.CONTEXT, "Its model reached its limit of tokens."));
      case "max_turn_requests" ->
          heard.add(
              last(
                  FailureReason.RUNAWAY, "It asked its model more often than it may in one turn."));
      case "refusal" -> heard.add(last(FailureReason.REFUSED, "It refuses to go on with this."));
      default -> heard.add(last(FailureReason.EXIT, "Its turn ended otherwise: " + result));
    }
    heard.add(new DialectEvent.Idle());
    return heard;
  }

  /** What one answer of its model took, where it tells that beside what it says. */
  private List<DialectEvent> used(JsonNode usage, List<DialectEvent> heard) {
    var answer = spend(usage);
    if (answer.tokens() == 0) {
      return heard;
    }
    turn = turn.plus(answer);
    var all = new ArrayList<>(heard);
    all.add(new DialectEvent.SpendSoFar(turn));
    return all;
  }

  /**
   * What the turn took, where it tells that: the protocol leaves open how. Else the sum of what its
   * answers took.
   */
  private List<DialectEvent> tokens(JsonNode result) {
    var meta = result.path("_meta");
    var told =
        List.of(result.path("usage"), meta.path("usage"), meta.path("quota").path("token_count"))
            .stream()
            .map(AcpSession::spend)
            .filter(spend -> spend.tokens() > 0)
            .findFirst()
            .orElse(Act.Spend.UNPRICED);
    var took = told.tokens() >= turn.tokens() ? told : turn;
    turn = Act.Spend.UNPRICED;
    if (took.tokens() == 0) {
      return List.of();
    }
    spent =
        new Act.Spend(
            spent.in() + took.in(),
            spent.cached() + took.cached(),
            spent.out() + took.out(),
            spent.cost());
    return List.of(new DialectEvent.Total(spent));
  }

  /**
   * Some count what came from a cache, and what was thought, apart; others within what was read and
   * written. The total tells.
   */
  private static Act.Spend spend(JsonNode usage) {
    if (usage.has("input_tokens")) {
      return new Act.Spend(
          usage.path("input_tokens").asLong(), 0, usage.path("output_tokens").asLong(), null);
    }
    long read = usage.path("inputTokens").asLong();
    long cached = usage.path("cachedReadTokens").asLong();
    long written = usage.path("outputTokens").asLong();
    long in = read + cached + usage.path("cachedWriteTokens").asLong();
    long out = written + usage.path("thoughtTokens").asLong();
    long total = usage.path("totalTokens").asLong();
    if (in + out != total && total > 0) {
      in = read + out == total || read + written == total ? read : in;
      out = in + written == total ? written : out;
    }
    return new Act.Spend(in, cached, out, null);
  }

  private List<DialectEvent> gaveUp(JsonRpcPeer.Failure failure) {
    working = false;
    var until = RateLimitReset.in(failure.text(), clock);
    return List.of(
        new DialectEvent.Trouble(AcpDialect.reason(failure), failure.text(), until, true),
        new DialectEvent.Idle());
  }

  private static List<DialectEvent> trouble(FailureReason failureReason, String detail) {
    return List.of(last(failureReason, detail), new DialectEvent.Idle());
  }

  private static DialectEvent.Trouble last(FailureReason failureReason, String detail) {
    return new DialectEvent.Trouble(failureReason, detail, null, true);
  }
}
