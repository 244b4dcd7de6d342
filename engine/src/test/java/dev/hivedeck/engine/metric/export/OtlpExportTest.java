package dev.hivedeck.engine.metric.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.hivedeck.engine.config.metrics.OtlpConfig;
import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.metric.exchange.OtlpProtobuf;
import dev.hivedeck.engine.metric.exchange.OtlpReader;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.time.VirtualTime;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent by OTLP is what was counted and what happened, also after the endpoint was away. */
class OtlpExportTest {
  private static final Duration EVERY = Duration.ofSeconds(30);

  private final VirtualTime time = new VirtualTime();
  private final MetricRegistry registry = new MetricRegistry();
  private final List<byte[]> metrics = new CopyOnWriteArrayList<>();
  private final List<byte[]> traces = new CopyOnWriteArrayList<>();
  private final List<String> keys = new CopyOnWriteArrayList<>();
  private volatile int status = 200;
  private HttpServer server;
  private OtlpExport export;

  @BeforeEach
  void begin() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        x -> {
          byte[] body = new GZIPInputStream(x.getRequestBody()).readAllBytes();
          if (status == 200) {
            keys.add(x.getRequestHeaders().getFirst("x-key"));
            (x.getRequestURI().getPath().equals("/in/v1/traces") ? traces : metrics).add(body);
          }
          x.getResponseHeaders().set("Content-Type", "application/x-protobuf");
          x.sendResponseHeaders(status, -1);
          x.close();
        });
    server.start();
    export =
        new OtlpExport(
            new OtlpConfig(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/in/"),
                Map.of(),
                EVERY),
            Map.of("x-key", "sesame"),
            () -> registry.read(time.clock().millis()),
            time,
            "1",
            "shop");
    export.begin();
  }

  @AfterEach
  void end() {
    export.close();
    server.stop(0);
    time.close();
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Lets it send once, and be done with it. */
  private void send() {
    var before = export.target().at();
    await(time::step);
    await(() -> !Objects.equals(before, export.target().at()));
  }

  private void happens(String type, Topic topic, String id, String data) {
    export.happened(
        List.of(
            Event.of(
                1,
                time.clock().instant(),
                "c",
                type,
                topic,
                id,
                null,
                Json.read(data, JsonNode.class))));
  }

  @Test
  void metricsArriveAsTheyWereCounted() {
    registry.counter(EngineMetric.ATTEMPTS.of("maker", "failed")).add(7);
    registry.histogram(EngineMetric.GATE_SECONDS.of("lint")).observe(0.3);
    registry.histogram(EngineMetric.GATE_SECONDS.of("lint")).observe(400);
    registry.gauge("level").set(2.5);
    send();
    assertThat(export.target().health()).isEqualTo("up");
    assertThat(keys).containsOnly("sesame");
    var read = OtlpReader.read(OtlpProtobuf.request(metrics.getFirst()), 5).samples();
    assertThat(read)
        .extracting(s -> s.labels().name())
        .containsExactlyInAnyOrder("hivedeck_attempts_total", "hivedeck_gate", "level");
    assertThat(read).noneMatch(OtlpReader.Sample::delta);
    for (var sample : read) {
      assertThat(sample.labels().get("job")).isEqualTo("hivedeck");
      assertThat(sample.labels().get("instance")).isEqualTo("shop");
      if (sample.point().isHistogram()) {
        var own = registry.histogram(EngineMetric.GATE_SECONDS.of("lint")).histogram();
        assertThat(sample.point().histogram().positive()).isEqualTo(own.positive());
        assertThat(sample.point().histogram().sum()).isEqualTo(own.sum());
      }
    }
  }

  @Test
  void spansWaitWhileNobodyTakesThemAndMakeOneTrace() throws Exception {
    status = 503;
    happens("attempt.checking", Topic.ATTEMPT, "T-1.1", "{}");
    String started = time.clock().instant().minusSeconds(60).toString();
    happens(
        "attempt.failed",
        Topic.ATTEMPT,
        "T-1.1",
        """
        {"agent":"maker","task":"T-1","state":"failed","reason":"gate","startedAt":"%s","tokensIn":5,
         "gates":[{"gate":"lint","outcome":"passed","seconds":1},{"gate":"test","outcome":"failed","seconds":2}]}
        """
            .formatted(started));
    happens(
        "change.merged",
        Topic.CHANGE,
        "C-1",
        "{\"attempt\":\"T-1.1\",\"title\":\"One\",\"merge\":\"abc\",\"openedAt\":\""
            + started
            + "\"}");
    send();
    assertThat(export.target().health()).isEqualTo("down");
    assertThat(export.target().error())
        .isEqualTo("metrics were not taken: it answers with status 503");
    assertThat(traces).isEmpty();
    status = 200;
    send();
    assertThat(export.target().health()).isEqualTo("up");
    var spans = spans();
    assertThat(spans)
        .extracting(Span::getName)
        .containsExactlyInAnyOrder("gate lint", "gate test", "invoke_agent maker", "merge");
    assertThat(spans).extracting(Span::getTraceId).containsOnly(spans.getFirst().getTraceId());
    var attempt =
        spans.stream().filter(s -> s.getName().startsWith("invoke")).findFirst().orElseThrow();
    assertThat(attempt.getParentSpanId()).isEmpty();
    assertThat(attempt.getEndTimeUnixNano() - attempt.getStartTimeUnixNano())
        .isEqualTo(Duration.ofSeconds(60).toNanos());
    assertThat(spans)
        .filteredOn(s -> s != attempt)
        .extracting(Span::getParentSpanId)
        .containsOnly(attempt.getSpanId());
    send();
    assertThat(traces).as("sent once").hasSize(1);
  }

  private List<Span> spans() throws Exception {
    var spans = new ArrayList<Span>();
    ExportTraceServiceRequest.parseFrom(traces.getLast())
        .getResourceSpansList()
        .forEach(r -> r.getScopeSpansList().forEach(s -> spans.addAll(s.getSpansList())));
    return spans;
  }

  @ParameterizedTest
  @ValueSource(strings = {"succeeded", "failed", "cancelled", "lost", "ended"})
  void howeverAnAttemptEndsItHasASpan(String how) throws Exception {
    happens("attempt." + how, Topic.ATTEMPT, "T-1.1", "{\"agent\":\"a\",\"state\":\"x\"}");
    send();
    assertThat(spans()).extracting(Span::getName).containsExactly("invoke_agent a");
  }

  @Test
  void whatCannotBeSentIsBounded() {
    status = 503;
    for (int i = 0; i < 3 * Spans.MOST; i++) {
      happens(
          "attempt.lost", Topic.ATTEMPT, "T-" + i + ".1", "{\"agent\":\"a\",\"state\":\"lost\"}");
    }
    send();
    status = 200;
    send();
    assertThat(traces).hasSize(1);
    send();
    assertThat(traces).hasSize(1);
    server.stop(0);
    send();
    assertThat(export.target().health()).isEqualTo("down");
  }

  @Test
  void whyNobodyTakesThemIsToldInWords() {
    registry.gauge("level").set(1);
    status = 307;
    send();
    assertThat(export.target().error())
        .contains("it answers with status 307; redirects are not followed");
  }

  @Test
  void thatNobodyListensIsToldInWords() {
    registry.gauge("level").set(1);
    server.stop(0);
    send();
    assertThat(export.target().error()).isEqualTo("metrics were not taken: nothing listens there");
  }
}
