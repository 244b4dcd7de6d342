package dev.hivedeck.engine.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.api.feed.FeedServer;
import dev.hivedeck.engine.api.http.HttpApi;
import dev.hivedeck.engine.api.http.HttpEndpoint;
import dev.hivedeck.engine.api.http.HttpRoute;
import dev.hivedeck.engine.api.http.HttpRoutes;
import dev.hivedeck.engine.api.mcp.McpEndpoint;
import dev.hivedeck.engine.api.metrics.ExpositionEndpoint;
import dev.hivedeck.engine.api.metrics.OtlpEndpoint;
import dev.hivedeck.engine.api.metrics.PrometheusEndpoint;
import dev.hivedeck.engine.metric.intake.Refused;
import dev.hivedeck.engine.metric.query.MetricQueries;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Results;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.security.Redactor;
import dev.hivedeck.engine.security.TokenScope;
import dev.hivedeck.engine.security.TokenStore;
import dev.hivedeck.engine.time.SystemTimers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.handshake.ServerHandshake;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A token that may push metrics opens that, and nothing else of HTTP, MCP and the feed. */
class MetricsTokenTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final String SAMPLE =
      "{\"metric_id\": \"lag\", \"metric_type\": \"gauge\", \"value\": 1}";

  @TempDir Path folder;
  private final SystemTimers timers = new SystemTimers();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<JsonNode> pushed = new ArrayList<>();
  private final IdleEngineApi door =
      new IdleEngineApi() {
        @Override
        public Results.SamplesTaken push(JsonNode samples) {
          pushed.add(samples);
          return new Results.SamplesTaken(1, List.of());
        }
      };
  private final List<HttpEndpoint> mounts =
      List.of(
          new ExpositionEndpoint(List::of, () -> false),
          new PrometheusEndpoint(
              new MetricQueries((matchers, after, until) -> List.of(), timers.clock()),
              List::of,
              "1"),
          new OtlpEndpoint((_, _) -> Refused.NONE, timers.clock()),
          new McpEndpoint(door, () -> true, (_, _, _) -> {}, "1", timers));
  private TokenStore tokens;
  private String token;
  private HttpApi http;

  @BeforeEach
  void begin() {
    tokens = new TokenStore(folder);
    token = tokens.add("shop", TokenScope.METRICS_WRITE, NOW);
    http =
        HttpApi.start(door, this::check, 0, "1", unlimited(), mounts.toArray(HttpEndpoint[]::new));
  }

  /** A clock by which a second passes between requests, so that there are never too many. */
  private static Clock unlimited() {
    var seconds = new AtomicInteger();
    return new Clock() {
      @Override
      public Instant instant() {
        return NOW.plusSeconds(seconds.incrementAndGet());
      }

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
  }

  @AfterEach
  void end() {
    http.close();
    client.close();
    timers.close();
  }

  private Optional<Authenticator.Caller> check(String presented) {
    return tokens.find(presented).map(t -> Authenticator.Caller.scoped(t.name(), t.scope()));
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(http.address() + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private void isRefused(String method, String path) throws Exception {
    var answer = send(method, path, method.equals("GET") ? null : "{}");
    assertThat(answer.statusCode()).as("%s %s: %s", method, path, answer.body()).isEqualTo(403);
    assertThat(Json.read(answer.body(), JsonNode.class).path("code").asText())
        .isEqualTo("not-allowed");
    assertThat(answer.body()).contains("The token shop may push metrics, nothing else.");
    assertThat(answer.headers().firstValue("WWW-Authenticate"))
        .contains("Bearer error=\"insufficient_scope\"");
  }

  @Test
  void itPushesInBothWays() throws Exception {
    assertThat(send("POST", "/v1/metrics", SAMPLE).statusCode()).isEqualTo(200);
    assertThat(pushed).hasSize(1);
    assertThat(send("POST", OtlpEndpoint.PATH, "{\"resourceMetrics\":[]}").statusCode())
        .isEqualTo(200);
  }

  @Test
  void allElseIsRefused() throws Exception {
    var routes = HttpRoutes.all();
    assertThat(routes).hasSizeGreaterThan(80);
    assertThat(routes.stream().filter(HttpRoute::takesMetrics))
        .extracting(HttpRoute::path)
        .containsExactly("/v1/metrics");
    for (var route : routes) {
      if (!route.takesMetrics()) {
        isRefused(route.method(), route.path().replace("{id}", "x"));
      }
    }
    for (String path :
        List.of(
            "/v1/health",
            "/v1/openapi.yaml",
            "/v1/nothing",
            "/v1/metrics",
            "/v1/metrics/",
            "/metrics",
            "/api/v1/query?query=up",
            "/api/v1/targets",
            "/mcp",
            "/")) {
      isRefused("GET", path);
    }
    isRefused("POST", "/mcp");
    isRefused("POST", "/api/v1/query");
    isRefused("DELETE", "/v1/metrics");
    assertThat(pushed).isEmpty();
    assertThat(send("GET", "/health", null).statusCode()).as("open to anybody").isNotEqualTo(403);
  }

  @Test
  void theFeedTakesNoHelloWithItAndAnswersNothing() throws Exception {
    try (var feed = FeedServer.start(door, this::check, 0, "1", timers)) {
      var hello = Json.object().put("jsonrpc", "2.0").put("id", 1).put("method", "hello");
      hello.putObject("params").put("token", token);
      var answer = ask(feed, hello);
      assertThat(answer.at("/error/data/code").asText()).isEqualTo("not-allowed");
      for (String method : List.of("subscribe", "follow", "execute", "query", "stats")) {
        var other = hello.deepCopy().put("method", method);
        assertThat(ask(feed, other).at("/error/data/code").asText())
            .as(method)
            .isEqualTo("unauthorized");
      }
    }
  }

  private static JsonNode ask(FeedServer feed, JsonNode request) throws Exception {
    var answered = new CompletableFuture<JsonNode>();
    var socket =
        new WebSocketClient(URI.create(feed.address())) {
          @Override
          public void onOpen(ServerHandshake handshake) {
            send(request.toString());
          }

          @Override
          public void onMessage(String text) {
            answered.complete(Json.read(text, JsonNode.class));
          }

          @Override
          public void onClose(int code, String reason, boolean remote) {}

          @Override
          public void onError(Exception e) {
            answered.completeExceptionally(e);
          }
        };
    try {
      assertThat(socket.connectBlocking(30, TimeUnit.SECONDS)).isTrue();
      return answered.get(60, TimeUnit.SECONDS);
    } finally {
      socket.closeBlocking();
    }
  }

  /** What a route that was let through by mistake would call. */
  @Test
  void behindItIsAnApiThatOnlyPushes() {
    var api = AttemptApi.of(door, Authenticator.Caller.scoped("shop", TokenScope.METRICS_WRITE));
    assertThat(api.push(Json.object()).taken()).isOne();
    for (Runnable call :
        List.<Runnable>of(
            () -> api.execute(null, null, null),
            () -> api.query(null),
            () -> api.snapshot(Set.of()),
            () -> api.subscribe(0, _ -> {}),
            () -> api.follow(_ -> {}),
            api::stats)) {
      assertThatThrownBy(call::run)
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.code()).isEqualTo("not-allowed"));
    }
    assertThat(Authenticator.Caller.scoped("shop", TokenScope.METRICS_WRITE).isPerson()).isFalse();
    assertThat(Authenticator.Caller.scoped(View.YOU, TokenScope.METRICS_WRITE).isPerson())
        .isFalse();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void onlyItsHashIsKeptAndItIsMaskedWhereverItTurnsUp() throws Exception {
    String kept = Files.readString(folder.resolve("tokens.json"));
    assertThat(kept).contains("shop", "metrics:write").doesNotContain(token.substring(8));
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("tokens.json"))))
        .isEqualTo("rw-------");
    assertThat(new Redactor(Set::of).redact("sent " + token + " to it")).doesNotContain(token);
  }

  @Test
  void oneThatWasTakenBackOpensNothingAtOnce() throws Exception {
    new TokenStore(folder).revoke("shop"); // by another process
    assertThat(send("POST", "/v1/metrics", SAMPLE).statusCode()).isEqualTo(401);
    assertThat(tokens.revoke("shop")).isFalse();
    assertThat(tokens.list()).isEmpty();
  }

  @Test
  void aNameIsGivenOnce() {
    assertThatThrownBy(() -> tokens.add("shop", TokenScope.METRICS_WRITE, NOW))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("token-exists"));
    assertThat(tokens.list())
        .containsExactly(new TokenStore.Entry("shop", TokenScope.METRICS_WRITE, NOW));
    assertThat(tokens.find("hdt_" + "A".repeat(32))).isEmpty();
    assertThat(tokens.find(null)).isEmpty();
  }

  @Test
  void aFileThatCannotBeReadOpensNothing() throws Exception {
    Files.writeString(folder.resolve("tokens.json"), "{");
    assertThat(send("POST", "/v1/metrics", SAMPLE).statusCode()).isEqualTo(401);
    assertThatThrownBy(tokens::list)
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("tokens-unreadable"));
  }
}
