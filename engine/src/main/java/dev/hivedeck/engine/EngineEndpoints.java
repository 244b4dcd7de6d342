package dev.hivedeck.engine;

import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.api.feed.FeedServer;
import dev.hivedeck.engine.api.forge.WebhookEndpoint;
import dev.hivedeck.engine.api.http.HttpApi;
import dev.hivedeck.engine.api.http.HttpEndpoint;
import dev.hivedeck.engine.api.mcp.McpEndpoint;
import dev.hivedeck.engine.execution.LocalAttemptExecutor;
import dev.hivedeck.engine.forge.sync.Webhooks;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.event.AttemptEvent;
import dev.hivedeck.engine.security.EndpointFile;
import dev.hivedeck.engine.security.SecretValues;
import dev.hivedeck.engine.security.Token;
import dev.hivedeck.engine.security.TokenStore;
import dev.hivedeck.engine.time.BackgroundTasks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/** Where the engine listens, and whose token opens what. */
final class EngineEndpoints {
  private final EngineOptions options;
  private final Path folder;
  private final SecretValues secrets;
  private final BooleanSupplier mcpOn;
  private final String token = Token.random();
  private final Map<String, String> attemptTokens = new ConcurrentHashMap<>();
  private final TokenStore tokens;
  private FeedServer feed;
  private HttpApi http;
  private McpEndpoint mcp;

  /**
   * @param folder of the workspace's data, where clients find the addresses
   * @param secrets what is masked: tokens are
   * @param mcpOn whether agents are given tools
   */
  EngineEndpoints(EngineOptions options, Path folder, SecretValues secrets, BooleanSupplier mcpOn) {
    this.options = options;
    this.folder = folder;
    this.secrets = secrets;
    this.mcpOn = mcpOn;
    this.tokens = new TokenStore(folder);
    secrets.add(List.of(token));
  }

  /**
   * Listens.
   *
   * @param log where what an agent does by its tools is noted
   * @param metrics further endpoints for HTTP
   * @param webhooks takes those of GitHub
   * @throws dev.hivedeck.engine.protocol.HiveException {@code port-in-use}
   */
  void start(EngineApi engine, McpEndpoint.Log log, List<HttpEndpoint> metrics, Webhooks webhooks) {
    Authenticator authenticator = this::caller;
    var timers = options.timers();
    feed = FeedServer.start(engine, authenticator, options.feedPort(), Engine.VERSION, timers);
    mcp = new McpEndpoint(engine, mcpOn, log, Engine.VERSION, timers);
    var mounts = new ArrayList<HttpEndpoint>();
    mounts.add(mcp);
    mounts.addAll(metrics);
    mounts.add(new WebhookEndpoint(webhooks));
    http =
        HttpApi.start(
            engine,
            authenticator,
            options.apiPort(),
            Engine.VERSION,
            timers.clock(),
            mounts.toArray(HttpEndpoint[]::new));
    EndpointFile.write(folder, file());
  }

  private Optional<Authenticator.Caller> caller(String presented) {
    if (Token.same(token, presented)) {
      return Optional.of(Authenticator.Caller.person());
    }
    return attemptTokens.entrySet().stream()
        .filter(e -> Token.same(e.getValue(), presented))
        .map(e -> Authenticator.Caller.attempt(e.getKey()))
        .findFirst()
        .or(
            () ->
                tokens.find(presented).map(t -> Authenticator.Caller.scoped(t.name(), t.scope())));
  }

  /** The token of an attempt: the same as long as it is at work. */
  String token(String attempt) {
    return attemptTokens.computeIfAbsent(
        attempt,
        id -> {
          String fresh = Token.random();
          secrets.hold(id, Set.of(fresh));
          return fresh;
        });
  }

  /** Takes back what an attempt was given, once it is over. */
  void happened(Event event, BackgroundTasks background) {
    if (AttemptEvent.ends(event.type())) {
      ended(event.id(), background);
    }
  }

  private void ended(String attempt, BackgroundTasks background) {
    attemptTokens.remove(attempt);
    secrets.forget(attempt);
    if (mcp != null) {
      background.start("mcp-end", () -> mcp.ended(attempt));
    }
  }

  /** Where an agent of this engine finds it. */
  LocalAttemptExecutor.Endpoints forAgents() {
    return new LocalAttemptExecutor.Endpoints(
        api(), http == null || !mcpOn.getAsBoolean() ? null : api() + McpEndpoint.PATH);
  }

  /** Address of the HTTP endpoint; empty when there is none. */
  String api() {
    return http == null ? "" : http.address();
  }

  /** Address of the feed; empty when there is none. */
  String feed() {
    return feed == null ? "" : feed.address();
  }

  /** Desktops that hear this engine. */
  FeedServer.Desktops desktops() {
    return feed == null ? FeedServer.Desktops.NONE : feed.desktops();
  }

  /** What clients find. */
  EndpointFile file() {
    return new EndpointFile(feed(), api(), token, ProcessHandle.current().pid());
  }

  /** What ends it, in order. */
  List<Runnable> closing() {
    var closing = new ArrayList<Runnable>();
    if (http != null) {
      closing.add(http::close);
      closing.add(mcp::close);
    }
    if (feed != null) {
      closing.add(feed::close);
      closing.add(() -> EndpointFile.remove(folder));
    }
    return closing;
  }
}
