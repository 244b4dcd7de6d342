package dev.hivedeck.engine.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.api.Access;
import dev.hivedeck.engine.api.AttemptDoor;
import dev.hivedeck.engine.api.Origins;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Door;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Requests;
import dev.hivedeck.engine.protocol.Topic;
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
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP door: {@code /health} for anybody on this machine, {@code /v1} with the token as {@code
 * Authorization: Bearer}, and whatever is mounted beside it. Errors are {@code {code, message,
 * hint}}.
 */
public final class HttpApi implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);
  private static final int LARGEST = 64 << 20;

  /** Requests of one attempt: at once, and a second after that. */
  private static final int BURST = 100;

  private static final int PER_SECOND = 20;

  /** Requests that are answered at once; beyond that one is told to come again. */
  private static final int MOST_AT_ONCE = 64;

  /** Milliseconds that a request's head may take to come in. */
  private static final int PATIENCE = 10_000;

  private static final Map<String, Topic> LISTS =
      Map.of(
          "requirements", Topic.REQUIREMENT,
          "tasks", Topic.TASK,
          "agents", Topic.AGENT,
          "attempts", Topic.ATTEMPT,
          "changes", Topic.CHANGE,
          "decisions", Topic.DECISION,
          "kept", Topic.KEPT,
          "drift", Topic.DRIFT,
          "failures", Topic.LESSON);

  /** What tells of the engine and what it stands on, not of what was asked. */
  private static final Pattern UNWELL =
      Pattern.compile(
          "engine|stopping|(store|git|disk|home|repository|objects|log|backup|mcp|feed)-.+"
              + "|lock-held|work-unreadable|no-(home|main|repository|engine|answer)");

  private static final AttachmentKey<Access.Caller> CALLER =
      AttachmentKey.create(Access.Caller.class);

  private final Door door;
  private final Access access;
  private final String version;
  private final Pace pace;
  private final Undertow server;

  /** More than the server's own: a question that hangs takes one of them, not the door. */
  private final ExecutorService threads =
      new ThreadPoolExecutor(
          0,
          MOST_AT_ONCE,
          30,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().daemon().name("http-", 0).factory());

  private HttpApi(
      Door door, Access access, int port, String version, Clock clock, List<Mount> mounts) {
    this.door = door;
    this.access = access;
    this.version = version;
    this.pace = new Pace(clock, BURST, PER_SECOND);
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
   * @param mounts what else is to be had at this door
   * @throws HiveException {@code port-in-use}
   */
  public static HttpApi start(
      Door door, Access access, int port, String version, Clock clock, Mount... mounts) {
    var api = new HttpApi(door, access, port, version, clock, List.of(mounts));
    try {
      api.server.start();
    } catch (RuntimeException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new HiveException(
          cause instanceof BindException ? "port-in-use" : "http-failed",
          "The HTTP door cannot listen on port " + port + ": " + cause.getMessage(),
          "Choose another port with --api-port, or 0 for any free one.",
          e);
    }
    return api;
  }

  public String address() {
    var address = (InetSocketAddress) server.getListenerInfo().getFirst().getAddress();
    return "http://127.0.0.1:" + address.getPort();
  }

  /** One route: its answer is sent as JSON. */
  @FunctionalInterface
  private interface Route {
    Object answer(HttpServerExchange exchange) throws IOException;
  }

  private RoutingHandler routes() {
    var routes = Handlers.routing();
    routes.get("/health", this::health);
    routes.get("/v1/health", this::health);
    read(routes, "/v1/summary", x -> door(x).query(new Query.Summary()));
    read(routes, "/v1/workspace", x -> one(x, Topic.WORKSPACE, null));
    read(routes, "/v1/stats", x -> door(x).stats());
    LISTS.forEach(
        (name, topic) -> {
          read(routes, "/v1/" + name, x -> list(x, topic));
          read(routes, "/v1/" + name + "/{id}", x -> one(x, topic, id(x)));
        });
    read(
        routes,
        "/v1/events",
        x -> door(x).query(new Query.Events(number(x, "after", 0), (int) number(x, "limit", 500))));
    read(routes, "/v1/plan", x -> door(x).query(new Query.Export()));
    read(routes, "/v1/clis", x -> door(x).query(new Query.Clis()));
    read(routes, "/v1/definitions", x -> door(x).query(new Query.Definitions()));
    read(routes, "/v1/config", x -> door(x).query(new Query.ConfigSource()));
    read(routes, "/v1/tasks/{id}/prompt", x -> door(x).query(new Query.Prompt(id(x))));
    read(routes, "/v1/tasks/{id}/why", x -> door(x).query(new Query.Why(id(x))));
    read(routes, "/v1/tasks/{id}/subtasks", x -> door(x).query(new Query.Subtasks(id(x))));
    read(
        routes,
        "/v1/lessons",
        x -> door(x).query(new Query.Lessons((int) number(x, "limit", 500))));
    read(routes, "/v1/objectives", x -> door(x).query(new Query.Objectives()));
    read(routes, "/v1/alerts", x -> door(x).query(new Query.Alerts((int) number(x, "limit", 500))));
    read(routes, "/v1/tasks/{id}/attempts", x -> door(x).query(new Query.Attempts(id(x))));
    read(
        routes,
        "/v1/changes/{id}/diff",
        x ->
            door(x)
                .query(new Query.Diff(id(x), null, word(x, "file"), (int) number(x, "from", 0))));
    read(
        routes,
        "/v1/attempts/{id}/log",
        x ->
            door(x)
                .query(
                    new Query.Log(
                        id(x),
                        number(x, "from", 0),
                        (int) number(x, "limit", 500),
                        number(x, "raw", 0) != 0)));
    read(routes, "/v1/permissions", x -> door(x).query(new Query.Permissions()));
    write(routes, "/v1/commands", (x, body) -> Requests.command(body));
    steer(routes);
    routes.setFallbackHandler(
        x ->
            send(
                x,
                404,
                fault(
                    "no-route",
                    "There is nothing at " + x.getRequestPath() + ".",
                    "GET /v1/openapi.yaml lists what there is.")));
    routes.setInvalidMethodHandler(
        x ->
            send(
                x,
                405,
                fault(
                    "no-method",
                    x.getRequestMethod() + " does not go here.",
                    "GET /v1/openapi.yaml lists what there is.")));
    routes.get("/v1/openapi.yaml", HttpApi::openapi);
    return routes;
  }

  private void steer(RoutingHandler routes) {
    write(routes, "/v1/tasks", (x, b) -> typed("task.add", b));
    for (String verb : List.of("retry", "take", "change", "cancel", "pause", "resume")) {
      write(
          routes, "/v1/tasks/{id}/" + verb, (x, b) -> typed("task." + verb, with(b, "id", id(x))));
    }
    for (String verb : List.of("pause", "resume", "stop", "say")) {
      write(
          routes,
          "/v1/agents/{id}/" + verb,
          (x, b) -> typed("agent." + verb, with(b, "name", id(x))));
    }
    for (String verb : List.of("approve", "return", "merge", "close")) {
      write(
          routes,
          "/v1/changes/{id}/" + verb,
          (x, b) -> typed("change." + verb, with(b, "id", id(x))));
    }
    write(routes, "/v1/decisions/{id}", (x, b) -> typed("decision.decide", with(b, "id", id(x))));
    write(routes, "/v1/drift/{id}/repair", (x, b) -> typed("drift.repair", with(b, "id", id(x))));
    write(routes, "/v1/permissions", (x, b) -> typed("permission.set", b));
    write(
        routes,
        "/v1/permissions/{id}/remove",
        (x, b) -> typed("permission.remove", with(b, "id", id(x))));
    write(routes, "/v1/plan", (x, b) -> typed("plan.import", b));
    write(routes, "/v1/definitions", (x, b) -> typed("agent.import", b));
    write(routes, "/v1/config", (x, b) -> typed(b.has("text") ? "config.write" : "config.edit", b));
    ask(routes, "/v1/config/preview", "config.preview");
    write(routes, "/v1/kept/drop", (x, b) -> typed("kept.drop", b));
    write(routes, "/v1/kept/restore", (x, b) -> typed("kept.restore", b));
    write(routes, "/v1/update", (x, b) -> typed("workspace.update-checkout", b));
    write(routes, "/v1/work", (x, b) -> typed("workspace.work", b));
    write(routes, "/v1/rest", (x, b) -> typed("workspace.rest", b));
    write(routes, "/v1/stop", (x, b) -> typed("engine.stop", b));
  }

  /** A question that has a body; it changes nothing. */
  private void ask(RoutingHandler routes, String path, String type) {
    routes.post(path, x -> send(x, 200, door(x).query(Requests.query(body(x).put("type", type)))));
  }

  private static ObjectNode with(ObjectNode body, String key, String value) {
    return body.put(key, value);
  }

  private static Command typed(String type, ObjectNode body) {
    return Requests.command(body.put("type", type));
  }

  private static String id(HttpServerExchange x) {
    return x.getQueryParameters().get("id").getFirst();
  }

  private static String word(HttpServerExchange x, String name) {
    var values = x.getQueryParameters().get(name);
    return values == null ? null : values.getFirst();
  }

  private static long number(HttpServerExchange x, String name, long otherwise) {
    var values = x.getQueryParameters().get(name);
    try {
      return values == null ? otherwise : Long.parseLong(values.getFirst());
    } catch (NumberFormatException e) {
      throw new HiveException("bad-number", name + " is no number.", "Give a whole number.");
    }
  }

  /** Up is an engine that reads and writes its database. */
  private void health(HttpServerExchange x) {
    try {
      var now = Json.as(door.query(new Query.Summary()), Query.Standing.class);
      send(x, 200, Map.of("status", "up", "engine", version, "seq", now.seq()));
    } catch (HiveException e) {
      send(
          x,
          503,
          Map.of(
              "status", "down",
              "engine", version,
              "code", e.code(),
              "message", e.getMessage(),
              "hint", e.hint()));
    }
  }

  /** What the caller's token opens. */
  private Door door(HttpServerExchange x) {
    return AttemptDoor.of(door, x.getAttachment(CALLER));
  }

  private Object list(HttpServerExchange x, Topic topic) {
    return door(x).snapshot(EnumSet.of(topic)).things().get(topic);
  }

  private Object one(HttpServerExchange x, Topic topic, String id) {
    return id == null
        ? door(x).snapshot(Set.of(topic)).things().get(topic).getFirst()
        : door(x).query(new Query.Thing(topic, id));
  }

  private void read(RoutingHandler routes, String path, Route route) {
    routes.get(path, x -> send(x, 200, route.answer(x)));
  }

  /** Makes a command of a request. */
  @FunctionalInterface
  private interface Steer {
    Command command(HttpServerExchange exchange, ObjectNode body);
  }

  private void write(RoutingHandler routes, String path, Steer steer) {
    routes.post(
        path,
        x -> {
          var body = body(x);
          String correlation = x.getRequestHeaders().getFirst("X-Correlation-Id");
          send(
              x,
              200,
              door(x)
                  .execute(
                      steer.command(x, body),
                      correlation,
                      x.getRequestHeaders().getFirst("Idempotency-Key")));
        });
  }

  private static ObjectNode body(HttpServerExchange x) throws IOException {
    String text = new String(x.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    JsonNode body = text.isBlank() ? Json.object() : Json.read(text, JsonNode.class);
    if (!(body instanceof ObjectNode object)) {
      throw new HiveException("bad-json", "The body is no JSON object.", "Send an object.");
    }
    return object;
  }

  /** Lets in who may come in, on a thread of the server; what takes time is done on others. */
  private HttpHandler guarded(HttpHandler routes, List<Mount> mounts) {
    return x -> {
      if (!Origins.allowed(x.getRequestHeaders().getFirst(Headers.ORIGIN))
          || !Origins.addressed(x.getRequestHeaders().getFirst(Headers.HOST))) {
        send(
            x,
            403,
            fault(
                "foreign-origin",
                "A page from elsewhere may not come in.",
                "Call from this machine."));
        return;
      }
      if (x.getRequestPath().equals("/health")) {
        routes.handleRequest(x);
        return;
      }
      var caller = admitted(x);
      if (caller.isEmpty()) {
        return;
      }
      for (Mount mount : mounts) {
        if (x.getRequestPath().equals(mount.path())) {
          mount.handle(x, caller.get());
          return;
        }
      }
      x.putAttachment(CALLER, caller.get());
      if (mayOnlyRead(x, caller.get())) {
        return;
      }
      routes.handleRequest(x);
    };
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
                "busy",
                MOST_AT_ONCE + " requests are being answered already.",
                "Ask again in a second."));
      } catch (HiveException e) {
        send(x, status(e), e.fault());
      } catch (Exception e) {
        LOG.error("{} {}", x.getRequestMethod(), x.getRequestPath(), e);
        send(x, 500, fault("engine", "The engine failed: " + e, "See its log."));
      }
    };
  }

  /** Who calls; empty when that is nobody, or comes too often, which has then been answered. */
  private Optional<Access.Caller> admitted(HttpServerExchange x) {
    String header = x.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
    var caller =
        access.check(header != null && header.startsWith("Bearer ") ? header.substring(7) : null);
    if (caller.isEmpty()) {
      x.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, "Bearer");
      send(
          x,
          401,
          fault(
              "unauthorized",
              "This token opens nothing.",
              "Send Authorization: Bearer with the token of endpoint.json."));
      return Optional.empty();
    }
    if (!caller.get().isPerson() && !pace.allows(caller.get().attempt())) {
      x.getResponseHeaders().put(Headers.RETRY_AFTER, 1);
      send(
          x,
          429,
          fault(
              "too-many",
              caller.get().attempt() + " sends more than " + PER_SECOND + " requests a second.",
              "Wait a second, then send fewer."));
      return Optional.empty();
    }
    return caller;
  }

  private static boolean mayOnlyRead(HttpServerExchange x, Access.Caller caller) {
    if (caller.isPerson() || x.getRequestMethod().equals(Methods.GET)) {
      return false;
    }
    send(
        x,
        403,
        fault(
            "not-allowed",
            "The token of attempt " + caller.attempt() + " may read, not steer.",
            "Use the tools at /mcp, or ask for a decision on standard output."));
    return true;
  }

  private static int status(HiveException e) {
    String code = e.code();
    if (e.outage() || UNWELL.matcher(code).matches()) {
      return code.equals("engine") ? 500 : 503;
    }
    if (code.startsWith("no-") && !Set.of("no-option", "no-comment", "no-title").contains(code)) {
      return 404;
    }
    return switch (code) {
      case "not-now",
          "at-work",
          "merged",
          "second-engine",
          "consent-changed",
          "config-changed",
          "change-moved",
          "drift-changed" ->
          409;
      case "not-trusted", "not-allowed" -> 403;
      case "too-many" -> 429;
      default -> 400;
    };
  }

  private static HiveException.Fault fault(String code, String message, String hint) {
    return new HiveException.Fault(code, message, hint);
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
