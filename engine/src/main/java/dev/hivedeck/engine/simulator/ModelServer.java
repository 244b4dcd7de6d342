package dev.hivedeck.engine.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.security.Redactor;
import dev.hivedeck.engine.simulator.Scenario.Step;
import dev.hivedeck.engine.time.Timers;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scripted model, served on this machine only. An agent whose base URL is {@code
 * http://127.0.0.1:PORT/s/edit/v1} (Gemini: without {@code /v1}) talks to the scenario {@code
 * edit}; so does a prompt with {@code [[scenario:edit]]} in it, which goes first.
 */
public final class ModelServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelServer.class);
  private static final Pattern CHOSEN = Pattern.compile("/s/([\\w-]+)/.*");
  private static final Set<String> KEYS = Set.of("authorization", "x-api-key", "x-goog-api-key");
  private static final long LARGEST = 64L << 20;

  /** Requests that the log holds; a runaway agent makes some hundred a minute. */
  private static final int KEPT = 10_000;

  /** Milliseconds that open connections have when it is closed. */
  private static final int PARTING = 500;

  private final Scenarios scenarios;
  private final Timers timers;
  private final Consumer<RequestRecord> listener;
  private final ResponseIds responseIds;
  private final Redactor redactor = new Redactor(Set.of());
  private final Deque<RequestRecord> log = new ArrayDeque<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Undertow server;

  private ModelServer(
      Scenarios scenarios, Timers timers, int port, Consumer<RequestRecord> listener) {
    this.scenarios = scenarios;
    this.timers = timers;
    this.listener = listener;
    this.responseIds = new ResponseIds(timers.clock());
    this.server =
        Undertow.builder()
            .addHttpListener(port, "127.0.0.1")
            .setIoThreads(1)
            .setWorkerThreads(1)
            .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, LARGEST)
            .setServerOption(UndertowOptions.SHUTDOWN_TIMEOUT, PARTING)
            .setHandler(
                x ->
                    x.dispatch(
                        body -> timers.start("flight", body), (HttpServerExchange y) -> serve(y)))
            .build();
  }

  /**
   * @param port 0 for any free one
   * @param listener hears of every request when its answer is known, from many threads
   * @throws HiveException {@code port-in-use}
   */
  public static ModelServer start(
      Scenarios scenarios, Timers timers, int port, Consumer<RequestRecord> listener) {
    var server = new ModelServer(scenarios, timers, port, listener);
    try {
      server.server.start();
    } catch (RuntimeException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new HiveException(
          cause instanceof BindException ? ErrorCode.PORT_IN_USE : ErrorCode.HTTP_FAILED,
          "The scripted model cannot listen on port " + port + ": " + cause.getMessage(),
          "Choose another port with --port, or 0 for any free one.",
          e);
    }
    return server;
  }

  /** {@code http://127.0.0.1:PORT}. */
  public String address() {
    var address = (InetSocketAddress) server.getListenerInfo().getFirst().getAddress();
    return "http://127.0.0.1:" + address.getPort();
  }

  /** Where a scenario is played, without the {@code /v1} that most agents want after it. */
  public String address(String scenario) {
    return address() + "/s/" + scenarios.find(scenario).name();
  }

  /** The latest requests, the oldest first. */
  public List<RequestRecord> asked() {
    synchronized (log) {
      return List.copyOf(log);
    }
  }

  private void serve(HttpServerExchange x) throws IOException {
    x.startBlocking();
    String path = x.getRequestPath();
    try {
      String body = new String(x.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      var api = ModelApi.at(path);
      if (api.isPresent() && x.getRequestMethod().toString().equals("POST")) {
        converse(x, api.get(), body.isBlank() ? Json.object() : Json.read(body, JsonNode.class));
      } else {
        beside(x, path);
      }
    } catch (HiveException e) {
      int status = e.is(ErrorCode.NO_SCENARIO) ? 404 : 400;
      note(x, "other", null, -1, List.of(), "none", status);
      var fault =
          Json.object().put("type", e.code()).put("message", e.getMessage() + " " + e.hint());
      send(x, status, Json.object().set("error", fault));
    } catch (IOException e) {
      LOG.debug("{} went away: {}", path, e.toString());
      x.getConnection().close();
    } catch (InterruptedException e) {
      x.getConnection().close();
    }
  }

  /** What agents ask besides. */
  private void beside(HttpServerExchange x, String path) throws IOException {
    if (path.endsWith("/models")) {
      var model = Map.of("id", "scripted", "object", "model", "created", 0, "owned_by", "local");
      note(x, "models", null, -1, List.of(), "none", 200);
      send(x, 200, Map.of("object", "list", "data", List.of(model), "models", List.of()));
    } else if (path.endsWith("/messages/count_tokens")) {
      note(x, "count", null, -1, List.of(), "none", 200);
      send(x, 200, Map.of("input_tokens", ScriptedReply.IN));
    } else if (path.endsWith(":countTokens")) {
      note(x, "count", null, -1, List.of(), "none", 200);
      send(x, 200, Map.of("totalTokens", ScriptedReply.IN));
    } else {
      note(x, "other", null, -1, List.of(), "none", 404);
      send(x, 404, Map.of("error", Map.of("message", "not scripted")));
    }
  }

  private void converse(HttpServerExchange x, ModelApi api, JsonNode request)
      throws IOException, InterruptedException {
    ModelRequest turn = api.turn(x.getRequestPath(), request);
    Scenario scenario = scenario(x.getRequestPath(), turn);
    int number = scenario.resumes() ? turn.all() : turn.since();
    boolean aside = api.aside() != null && turn.tools().isEmpty();
    Step step =
        aside
            ? new Step.Reply(Duration.ZERO, api.aside(), List.of())
            : WorkingFolder.fill(scenario.step(number), WorkingFolder.of(request));
    note(
        x,
        api.word(),
        scenario.name(),
        number,
        turn.tools(),
        aside ? "aside" : answer(step, turn),
        status(step));
    if (step.delay().isPositive()) {
      timers.sleep(step.delay());
    }
    switch (step) {
      case Step.Hang _ -> {
        closed.await();
        x.getConnection().close();
      }
      case Step.Failure failure -> fail(x, api, failure);
      case Step.Reply reply -> {
        var spoken = ScriptedReply.of(reply, turn.tools());
        if (turn.streams()) {
          stream(x, api.events(turn, spoken, responseIds));
        } else {
          send(x, 200, api.document(turn, spoken, responseIds));
        }
      }
    }
  }

  private Scenario scenario(String path, ModelRequest turn) {
    Matcher chosen = CHOSEN.matcher(path);
    String name = turn.wanted() != null ? turn.wanted() : chosen.matches() ? chosen.group(1) : null;
    if (name != null) {
      return scenarios.find(name);
    }
    return scenarios
        .standard()
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.NO_SCENARIO,
                    "Which scenario to play is not said.",
                    "Put it into the base URL, as in " + address() + "/s/edit/v1."));
  }

  private static int status(Step step) {
    return switch (step) {
      case Step.Reply _ -> 200;
      case Step.Failure failure -> failure.status();
      case Step.Hang _ -> 0;
    };
  }

  private static String answer(Step step, ModelRequest turn) {
    return switch (step) {
      case Step.Hang _ -> "hang";
      case Step.Failure _ -> "failure";
      case Step.Reply reply -> {
        var call = ScriptedReply.of(reply, turn.tools()).call();
        yield call == null ? "text" : "tool " + call.tool();
      }
    };
  }

  private void fail(HttpServerExchange x, ModelApi api, Step.Failure failure) throws IOException {
    failure.headers().forEach((name, value) -> put(x, name, value));
    if (failure.reset() != null && !failure.headers().containsKey("retry-after")) {
      put(x, "retry-after", Long.toString(failure.reset().toSeconds()));
    }
    send(x, failure.status(), api.error(failure, responseIds));
  }

  private static void put(HttpServerExchange x, String header, String value) {
    x.getResponseHeaders().put(new HttpString(header), value);
  }

  private static void stream(HttpServerExchange x, List<String> events) throws IOException {
    x.getResponseHeaders()
        .put(Headers.CONTENT_TYPE, "text/event-stream")
        .put(Headers.CACHE_CONTROL, "no-cache");
    try (var out = x.getOutputStream()) {
      for (String event : events) {
        out.write(event.getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    }
  }

  private static void send(HttpServerExchange x, int status, Object answer) throws IOException {
    x.setStatusCode(status);
    x.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
    try (var out = x.getOutputStream()) {
      out.write(Json.write(answer).getBytes(StandardCharsets.UTF_8));
    }
  }

  private void note(
      HttpServerExchange x,
      String api,
      String scenario,
      int step,
      List<String> tools,
      String answer,
      int status) {
    String client = x.getRequestHeaders().getFirst(Headers.USER_AGENT);
    var requestRecord =
        new RequestRecord(
            timers.clock().instant(),
            x.getRequestMethod().toString(),
            redactor.redact(x.getRequestPath()),
            api,
            scenario,
            step,
            tools,
            Stream.of(x.getRequestHeaders().getHeaderNames().toArray(HttpString[]::new))
                .anyMatch(name -> KEYS.contains(name.toString().toLowerCase(Locale.ROOT))),
            client == null ? null : redactor.redact(client),
            answer,
            status);
    synchronized (log) {
      log.add(requestRecord);
      if (log.size() > KEPT) {
        log.poll();
      }
    }
    listener.accept(requestRecord);
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop();
  }
}
