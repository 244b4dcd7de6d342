package dev.hivedeck.engine.api.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.api.http.HttpApi;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.Series;
import dev.hivedeck.engine.metric.intake.Refused;
import dev.hivedeck.engine.metric.query.MetricQueries;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.view.MetricViews;
import dev.hivedeck.engine.time.VirtualTime;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Metrics over HTTP: in the formats of others, for those who may, whatever they send. */
class MetricsEndpointsTest {
  private static final Authenticator TOKENS =
      token ->
          switch (token == null ? "" : token) {
            case "mine" -> Optional.of(Authenticator.Caller.person());
            case "agents" -> Optional.of(Authenticator.Caller.attempt("T-1.1"));
            default -> Optional.empty();
          };

  private final VirtualTime time = new VirtualTime();
  private final MetricRegistry registry = new MetricRegistry();
  private final List<Reading> taken = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private boolean isPublic;
  private HttpApi api;

  @BeforeEach
  void begin() {
    registry.counter("a_total", "code", "200").add(7);
    var series =
        List.of(
            new Series(
                Labels.metric("up", "job", "api"), List.of(new Point(time.clock().millis(), 1))));
    var target =
        new MetricViews.Target(
            "scrape",
            "api",
            "http://h/m",
            Map.of("job", "api"),
            "down",
            "gone",
            null,
            null,
            0,
            30,
            10);
    api =
        HttpApi.start(
            null,
            TOKENS,
            0,
            "1",
            time.clock(),
            new ExpositionEndpoint(() -> registry.read(time.clock().millis()), () -> isPublic),
            new PrometheusEndpoint(
                new MetricQueries((matchers, after, until) -> series, time.clock()),
                () -> List.of(target),
                "1"),
            new OtlpEndpoint(
                (_, readings) -> {
                  taken.addAll(readings);
                  return Refused.NONE;
                },
                time.clock()));
  }

  @AfterEach
  void end() {
    api.close();
    client.close();
    time.close();
  }

  private HttpRequest.Builder request(String path, String token) {
    var builder = HttpRequest.newBuilder(URI.create(api.address() + path));
    return token == null ? builder : builder.header("Authorization", "Bearer " + token);
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static JsonNode json(HttpResponse<byte[]> response) {
    return Json.read(new String(response.body(), StandardCharsets.UTF_8), JsonNode.class);
  }

  private static byte[] zipped(byte[] bytes, int times) throws IOException {
    var zipped = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(zipped)) {
      for (int i = 0; i < times; i++) {
        gzip.write(bytes);
      }
    }
    return zipped.toByteArray();
  }

  @Test
  void whatIsCountedIsShownToWhoMaySeeIt() throws Exception {
    assertThat(send(request("/metrics", null)).statusCode()).isEqualTo(401);
    var plain = send(request("/metrics", "agents"));
    assertThat(new String(plain.body(), StandardCharsets.UTF_8))
        .contains("a_total{code=\"200\"} 7.0");
    var small =
        send(
            request("/metrics", "mine")
                .header("Accept-Encoding", "br;q=1, gzip;q=0.5")
                .header("Accept", "application/openmetrics-text;version=1.0.0"));
    assertThat(small.headers().firstValue("Content-Encoding")).contains("gzip");
    try (var in = new GZIPInputStream(new ByteArrayInputStream(small.body()))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).endsWith("# EOF\n");
    }
    var refused = request("/metrics", "mine").header("Accept-Encoding", "gzip;q=0");
    assertThat(send(refused).headers().firstValue("Content-Encoding")).isEmpty();
    assertThat(send(request("/metrics", "mine").POST(BodyPublishers.noBody())).statusCode())
        .isEqualTo(405);
    isPublic = true;
    assertThat(send(request("/metrics", null)).statusCode()).isEqualTo(200);
    assertThat(send(request("/api/v1/labels", null)).statusCode()).as("only this").isEqualTo(401);
  }

  @Test
  void grafanaAsksByFormAndByAddress() throws Exception {
    var posted =
        send(
            request("/api/v1/query", "mine")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("query=up%7Bjob%3D%22api%22%7D&time=1767614400")));
    assertThat(json(posted).at("/data/result/0/value/1").asText()).isEqualTo("1");
    assertThat(json(send(request("/api/v1/targets", "mine"))).at("/data/activeTargets/0/health"))
        .isEqualTo(Json.tree("down"));
    for (String wrong :
        List.of(
            "query",
            "query?query=",
            "query?query=up&time=soon",
            "query?query=up&time=1e",
            "query_range?query=up&start=1&end=2&step=x",
            "query_range?query=up&start=1&end=2",
            "query_range?query=up&start=2&end=1&step=1",
            "series",
            "series?match[]=sum(up)")) {
      var answer = send(request("/api/v1/" + wrong.replace("[]", "%5B%5D"), "mine"));
      assertThat(answer.statusCode()).as(wrong).isEqualTo(400);
      assertThat(json(answer).path("status").asText()).isEqualTo("error");
      assertThat(json(answer).path("errorType").asText()).isEqualTo("bad_data");
    }
    assertThat(send(request("/api/v1/nothing", "mine")).statusCode()).isEqualTo(404);
    var large =
        request("/api/v1/query", "mine")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofByteArray(new byte[2 << 20]));
    assertThat(send(large).statusCode()).isEqualTo(400);
  }

  private HttpRequest.Builder otlp(String type, byte[] body) {
    return request(OtlpEndpoint.PATH, "mine")
        .header("Content-Type", type)
        .POST(BodyPublishers.ofByteArray(body));
  }

  @Test
  void otlpIsTakenOrRefusedInItsOwnWay() throws Exception {
    String gauge =
        "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"g\",\"gauge\":"
            + "{\"dataPoints\":[{\"asDouble\":2},{\"asDouble\":\"x\"}]}}]}]}]}";
    byte[] body = gauge.getBytes(StandardCharsets.UTF_8);
    var partly = send(otlp("application/json; charset=utf-8", body));
    assertThat(json(partly).at("/partialSuccess/rejectedDataPoints").asText()).isEqualTo("1");
    assertThat(taken).hasSize(1);
    assertThat(
            send(otlp("application/json", zipped(body, 1)).header("Content-Encoding", "gzip"))
                .statusCode())
        .isEqualTo(200);
    assertThat(taken).hasSize(2);
    var empty = ExportMetricsServiceRequest.getDefaultInstance().toByteArray();
    var answer = send(otlp("application/x-protobuf", empty));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(ExportMetricsServiceResponse.parseFrom(answer.body()).hasPartialSuccess()).isFalse();
    var bomb = zipped(new byte[1 << 20], 64);
    assertThat(
            send(otlp("application/x-protobuf", bomb).header("Content-Encoding", "gzip"))
                .statusCode())
        .isEqualTo(413);
    for (var wrong :
        Map.of(
                otlp("application/json", "[1".getBytes(StandardCharsets.UTF_8)), 400,
                otlp("application/json", body).header("Content-Encoding", "gzip"), 400,
                otlp("application/x-protobuf", new byte[] {1, 2, 3}), 400,
                otlp("text/plain", body), 415,
                request(OtlpEndpoint.PATH, "mine").header("Content-Type", "application/json"), 405,
                otlp("application/json", body).setHeader("Authorization", "Bearer agents"), 403)
            .entrySet()) {
      assertThat(send(wrong.getKey()).statusCode()).isEqualTo(wrong.getValue());
    }
    assertThat(taken).as("nothing of what was refused").hasSize(2);
  }
}
