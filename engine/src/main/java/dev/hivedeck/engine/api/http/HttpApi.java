package dev.hivedeck.engine.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.api.AttemptApi;
import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.api.HeaderSize;
import dev.hivedeck.engine.api.OriginPolicy;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Results;
import dev.hivedeck.engine.protocol.Sender;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.security.TokenScope;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RoutingHandler;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP endpoint: {@code /health} for anybody on this machine, {@code /v1} with the token as
 * {@code Authorization: Bearer}, and whatever is mounted beside it. Errors are {@code {code,
 * message, hint}}.
 */
public final class HttpApi implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);
  private static final int LARGEST = 64 << 20;

  /** Requests of one attempt: at once, and a second after that. */
  private static final int BURST = 100;

  private static final int PER_SECOND = 20;

  /** Requests that are answered at once; beyond that one is told to come again. */
  private static final int MOST_AT_ONCE = 64;

  /** As RFC 6750 has it. */
  private static final String INSUFFICIENT_SCOPE = "Bearer error=\"insufficient_scope\"";

  /** Milliseconds that a request's head may take to come in. */
  private static final int PATIENCE = 10_000;

  /** What tells of the engine and what it stands on, not of what was asked. */
  private static final AttachmentKey<Authenticator.Caller> CALLER =
      AttachmentKey.create(Authenticator.Caller.class);

  private final EngineApi engine;
  private final Authenticator authenticator;
  private final String version;
  private final RateLimiter rateLimiter;

  /** Those that a token opens which may only push metrics. */
  private final List<HttpRoute> metricsRoutes =
      HttpRoutes.all().stream().filter(HttpRoute::takesMetrics).toList();

  private final Undertow server;

  /** More than the server's own: a question that hangs takes one of them, not the endpoint. */
  private final ExecutorService threads =
      new ThreadPoolExecutor(
          0,
          MOST_AT_ONCE,
          30,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().daemon().name("http-", 0).factory());

  private HttpApi(
      EngineApi engine,
      Authenticator authenticator,
      int port,
      String version,
      Clock clock,
      List<HttpEndpoint> mounts) {
    this.engine = engine;
    this.authenticator = authenticator;
    this.version = version;
    this.rateLimiter = new RateLimiter(clock, BURST, PER_SECOND);
    var answered = new BlockingHandler(failing(routes()));
    HttpHandler routes = x -> x.dispatch(threads, answered);
    this.server =
        Undertow.builder()
            .addHttpListener(port, "127.0.0.1")
            .setIoThreads(1)
            .setWorkerThreads(4)
            .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, (long) LARGEST)
            .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, PATIENCE)
            .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, 6 * PATIENCE)
            .setServerOption(UndertowOptions.IDLE_TIMEOUT, 6 * PATIENCE)
            .setHandler(failing(guarded(routes, mounts)))
            .build();
  }

  /**
   * @param port 0 for any free one
   * @param mounts what else is to be had at this endpoint
   * @throws HiveException {@code port-in-use}
   */
  public static HttpApi start(
      EngineApi engine,
      Authenticator authenticator,
      int port,
      String version,
      Clock clock,
      HttpEndpoint... mounts) {
    var api = new HttpApi(engine, authenticator, port, version, clock, List.of(mounts));
    try {
      api.server.start();
    } catch (RuntimeException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new HiveException(
          cause instanceof BindException ? ErrorCode.PORT_IN_USE : ErrorCode.HTTP_FAILED,
          "The HTTP endpoint cannot listen on port " + port + ": " + cause.getMessage(),
          "Choose another port with --api-port, or 0 for any free one.",
          e);
    }
    return api;
  }

  public String address() {
    var address = (InetSocketAddress) server.getListenerInfo().getFirst().getAddress();
    return "http://127.0.0.1:" + address.getPort();
  }

  private RoutingHandler routes() {
    var routes = Handlers.routing();
    routes.get("/health", this::health);
    routes.get("/v1/health", this::health);
    routes.get("/v1/openapi.yaml", HttpApi::openapi);
    HttpRoutes.all()
        .forEach(route -> routes.add(route.method(), route.path(), x -> answer(x, route)));
    routes.setFallbackHandler(
        x ->
            send(
                x,
                404,
                fault(
                    ErrorCode.NO_ROUTE,
                    "There is nothing at " + x.getRequestPath() + ".",
                    "GET /v1/openapi.yaml lists what there is.")));
    routes.setInvalidMethodHandler(
        x ->
            send(
                x,
                405,
                fault(
                    ErrorCode.NO_METHOD,
                    x.getRequestMethod() + " is not allowed for " + x.getRequestPath() + ".",
                    "GET /v1/openapi.yaml lists what is.")));
    return routes;
  }

  private void answer(HttpServerExchange x, HttpRoute route) throws IOException {
    for (String name : x.getQueryParameters().keySet()) {
      if (!route.path().contains("{" + name + "}")) {
        known(route, name, x.getQueryParameters().get(name).getFirst());
      }
    }
    var sent = route.body() == null ? Json.object() : any(x);
    var engine = door(x);
    send(x, 200, route.handler().answer(engine, new Request(x, engine, sent)));
  }

  /** A parameter that is not known, or has a value that it cannot have, is not passed over. */
  private static void known(HttpRoute route, String name, String value) {
    var parameter =
        route
            .parameter(name)
            .orElseThrow(
                () ->
                    new HiveException(
                        ErrorCode.BAD_PARAMETER,
                        route.path() + " has no parameter " + name + ".",
                        route.parameters().isEmpty()
                            ? "It has none."
                            : "It has " + names(route.parameters()) + "."));
    if (!parameter.words().isEmpty() && !parameter.words().contains(value)) {
      throw new HiveException(
          ErrorCode.BAD_PARAMETER,
          name + " cannot be \"" + value + "\".",
          "It is one of " + String.join(", ", parameter.words()) + ".");
    }
  }

  private static String names(List<HttpRoute.Parameter> parameters) {
    return parameters.stream().map(HttpRoute.Parameter::name).collect(Collectors.joining(", "));
  }

  /** A request as a route sees it. */
  private record Request(HttpServerExchange exchange, EngineApi door, JsonNode sent)
      implements HttpRoute.Call {
    @Override
    public String id() {
      // The server decodes all but this, since it would look like another path.
      return exchange
          .getQueryParameters()
          .get("id")
          .getLast()
          .replace("%2F", "/")
          .replace("%2f", "/");
    }

    @Override
    public ObjectNode body() {
      if (sent.isNull()) {
        return Json.object(); // how clients that are generated say nothing
      }
      if (!(sent instanceof ObjectNode object)) {
        throw new HiveException(
            ErrorCode.BAD_JSON, "The body is no JSON object.", "Send an object.");
      }
      return object;
    }

    @Override
    public Optional<String> parameter(String name) {
      return Optional.ofNullable(exchange.getQueryParameters().get(name)).map(Deque::getFirst);
    }

    @Override
    public Object execute(Command command) {
      var headers = exchange.getRequestHeaders();
      return door.execute(
          command, headers.getFirst("X-Correlation-Id"), headers.getFirst("Idempotency-Key"));
    }
  }

  /** Up is an engine that reads and writes its database. */
  private void health(HttpServerExchange x) {
    try {
      var now = Json.as(engine.query(new Query.Summary()), Query.Standing.class);
      send(x, 200, new Results.Health("up", version, now.seq(), null, null, null));
    } catch (HiveException e) {
      send(x, 503, new Results.Health("down", version, null, e.code(), e.getMessage(), e.hint()));
    }
  }

  /** What the caller's token opens. */
  private EngineApi door(HttpServerExchange x) {
    var caller = x.getAttachment(CALLER);
    return AttemptApi.of(engine.sentBy(caller.by(Sender.EntryPoint.HTTP)), caller);
  }

  private static JsonNode any(HttpServerExchange x) throws IOException {
    String text = new String(x.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return text.isBlank() ? Json.object() : Json.read(text, JsonNode.class);
  }

  /** Lets in who may come in, on a thread of the server; what takes time is done on others. */
  private HttpHandler guarded(HttpHandler routes, List<HttpEndpoint> mounts) {
    return x -> {
      HeaderSize.check(x);
      if (!OriginPolicy.allowed(x.getRequestHeaders().getFirst(Headers.ORIGIN))
          || !OriginPolicy.addressed(x.getRequestHeaders().getFirst(Headers.HOST))) {
        send(
            x,
            403,
            fault(
                ErrorCode.FOREIGN_ORIGIN,
                "A page from elsewhere may not come in.",
                "Call from this machine."));
        return;
      }
      if (x.getRequestPath().equals("/health")) {
        routes.handleRequest(x);
        return;
      }
      var mount = mounts.stream().filter(m -> m.serves(x.getRequestPath())).findFirst();
      if (mount.isPresent() && mount.get().isPublic()) {
        answer(x, mount.get(), null);
        return;
      }
      var caller = admitted(x, mount.map(HttpEndpoint::isLimited).orElse(true));
      if (caller.isEmpty()) {
        return;
      }
      var scope = caller.get().scope();
      if (scope != null && !mount.map(m -> m.opensTo(scope)).orElseGet(() -> opensTo(scope, x))) {
        x.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, INSUFFICIENT_SCOPE);
        throw caller.get().outOfScope();
      }
      if (mount.isPresent()) {
        answer(x, mount.get(), caller.get());
        return;
      }
      x.putAttachment(CALLER, caller.get());
      if (mayOnlyRead(x, caller.get())) {
        return;
      }
      routes.handleRequest(x);
    };
  }

  private boolean opensTo(TokenScope scope, HttpServerExchange x) {
    return metricsRoutes.stream()
        .anyMatch(
            route ->
                scope == TokenScope.METRICS_WRITE
                    && x.getRequestMethod().equalToString(route.method())
                    && x.getRequestPath().equals(route.path()));
  }

  private void answer(HttpServerExchange x, HttpEndpoint mount, Authenticator.Caller caller)
      throws Exception {
    if (mount.blocks()) {
      x.dispatch(threads, new BlockingHandler(failing(e -> mount.handle(e, caller))));
    } else {
      mount.handle(x, caller);
    }
  }

  private static HttpHandler failing(HttpHandler next) {
    return x -> {
      try {
        next.handleRequest(x);
      } catch (RejectedExecutionException e) {
        x.getResponseHeaders().put(Headers.RETRY_AFTER, 1);
        send(
            x,
            503,
            fault(
                ErrorCode.BUSY,
                MOST_AT_ONCE + " requests are being answered already.",
                "Ask again in a second."));
      } catch (HiveException e) {
        send(x, status(e), e.fault());
      } catch (Exception e) {
        LOG.error("{} {}", x.getRequestMethod(), x.getRequestPath(), e);
        send(x, 500, fault(ErrorCode.ENGINE, "The engine failed: " + e, "See its log."));
      }
    };
  }

  /** Who calls; empty when that is nobody, or comes too often, which has then been answered. */
  private Optional<Authenticator.Caller> admitted(HttpServerExchange x, boolean limited) {
    String header = x.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
    var caller =
        authenticator.check(
            header != null && header.startsWith("Bearer ") ? header.substring(7) : null);
    if (caller.isEmpty()) {
      x.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, "Bearer");
      send(
          x,
          401,
          fault(
              ErrorCode.UNAUTHORIZED,
              "This token is not valid.",
              "Send Authorization: Bearer with the token of endpoint.json."));
      return Optional.empty();
    }
    if (limited && !caller.get().isPerson() && !rateLimiter.allows(caller.get().name())) {
      x.getResponseHeaders().put(Headers.RETRY_AFTER, 1);
      send(
          x,
          429,
          fault(
              ErrorCode.TOO_MANY,
              caller.get().name() + " sends more than " + PER_SECOND + " requests a second.",
              "Wait a second, then send fewer."));
      return Optional.empty();
    }
    return caller;
  }

  private static boolean mayOnlyRead(HttpServerExchange x, Authenticator.Caller caller) {
    if (caller.attempt() == null || x.getRequestMethod().equals(Methods.GET)) {
      return false;
    }
    send(
        x,
        403,
        fault(
            ErrorCode.NOT_ALLOWED,
            "The token of attempt " + caller.attempt() + " may read, not steer.",
            "Use the tools at /mcp, or ask for a decision on standard output."));
    return true;
  }

  /** The status that an error is answered with. */
  public static int status(HiveException e) {
    return e.kind().orElse(ErrorCode.Kind.INVALID).http();
  }

  private static HiveException.Fault fault(ErrorCode code, String message, String hint) {
    return HiveException.Fault.of(code, message, hint);
  }

  /** Answers with JSON. */
  public static void send(HttpServerExchange x, int status, Object answer) {
    x.setStatusCode(status);
    x.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
    x.getResponseSender().send(Json.write(answer));
  }

  private static void openapi(HttpServerExchange x) {
    try (var in = HttpApi.class.getResourceAsStream("/hivedeck/schema/openapi.yaml")) {
      x.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/yaml");
      x.getResponseSender().send(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.stop();
    threads.shutdownNow();
  }
}
