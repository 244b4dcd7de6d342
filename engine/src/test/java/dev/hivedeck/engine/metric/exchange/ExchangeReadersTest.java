package dev.hivedeck.engine.metric.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.metric.Histogram;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.intake.ForeignSamples;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Samples of others are taken in as they mean them, or refused with their place. */
class ExchangeReadersTest {
  private static final Path OTLP =
      Path.of(System.getProperty("hivedeck.fixtures", "../../shared/fixtures"))
          .resolve("otlp/metrics.json");
  private static final Labels ADDED = Labels.of("service", "orders");

  @Test
  void whatAServiceShowsIsReadAsPrometheusReadsIt() {
    var readings =
        ExpositionReader.read(
            """
            # HELP http_requests_total All of them.
            # TYPE http_requests_total counter
            http_requests_total{method="post",code="200"} 1027 1395066363000
            http_requests_total{ method = "get", code="400", } 3
            # TYPE seconds histogram
            seconds_bucket{le="+Inf"} 144320
            seconds_sum 53423.5
            load.1 NaN
            odd{path="C:\\\\DIR\\\\",text="a\\"b\\nc"} -Inf
            """,
            ADDED,
            5);
    assertThat(readings)
        .containsExactly(
            new Reading(
                Labels.metric(
                    "http_requests_total", "code", "200", "method", "post", "service", "orders"),
                MetricKind.COUNTER,
                new Point(1_395_066_363_000L, 1027)),
            new Reading(
                Labels.metric(
                    "http_requests_total", "code", "400", "method", "get", "service", "orders"),
                MetricKind.COUNTER,
                new Point(5, 3)),
            new Reading(
                Labels.metric("seconds_bucket", "le", "+Inf", "service", "orders"),
                MetricKind.COUNTER,
                new Point(5, 144_320)),
            new Reading(
                Labels.metric("seconds_sum", "service", "orders"),
                MetricKind.COUNTER,
                new Point(5, 53_423.5)),
            new Reading(
                Labels.metric("load.1", "service", "orders"),
                MetricKind.GAUGE,
                new Point(5, Double.NaN)),
            new Reading(
                Labels.metric("odd", "path", "C:\\DIR\\", "service", "orders", "text", "a\"b\nc"),
                MetricKind.GAUGE,
                new Point(5, Double.NEGATIVE_INFINITY)));
  }

  @Test
  void openMetricsHasSecondsFamiliesAndExemplars() {
    var readings =
        ExpositionReader.read(
            """
            # TYPE foo counter
            foo_total{a="b"} 17.0 1520879607.789 # {trace_id="x"} 0.5
            foo_created{a="b"} 1520872607.123
            # EOF
            """,
            Labels.NONE,
            5);
    assertThat(readings)
        .containsExactly(
            new Reading(
                Labels.metric("foo_total", "a", "b"),
                MetricKind.COUNTER,
                new Point(1_520_879_607_789L, 17)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a{b=\"c\" 1",
        "a{b=c} 1",
        "a{b} 1",
        "a",
        "a one",
        "{x=\"y\"} 1",
        "a 1 2 3",
        "a{b=\"c"
      })
  void whatIsNoSampleIsRefusedWithItsLine(String line) {
    assertThatThrownBy(() -> ExpositionReader.read("ok 1\n" + line + "\n", Labels.NONE, 5))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("Line 2");
  }

  @Test
  void pushedSamplesAreTakenAllOrNone() {
    var body =
        Json.read(
            """
            [{"metric_id":"requests_total","metric_type":"counter","value":12,"labels":{"code":"200"}},
             {"metric_id":"lag","metric_type":"gauge","value":-0.5,"timestamp":77}]
            """,
            JsonNode.class);
    assertThat(PushReader.read(body, 5))
        .containsExactly(
            new Reading(
                Labels.metric("requests_total", "code", "200"),
                MetricKind.COUNTER,
                new Point(5, 12)),
            new Reading(Labels.metric("lag"), MetricKind.GAUGE, new Point(77, -0.5)));
    for (String wrong :
        List.of(
            "[1]",
            "{\"metric_id\":\"a b\",\"metric_type\":\"gauge\",\"value\":1}",
            "{\"metric_id\":\"a\",\"metric_type\":\"timer\",\"value\":1}",
            "{\"metric_id\":\"a\",\"metric_type\":\"counter\",\"value\":-1}",
            "{\"metric_id\":\"a\",\"metric_type\":\"counter\",\"value\":1e400}",
            "{\"metric_id\":\"a\",\"metric_type\":\"gauge\",\"value\":1,\"timestamp\":600006}",
            "{\"metric_id\":\"a\",\"metric_type\":\"gauge\",\"value\":1,\"timestamp\":-3600000}",
            "{\"metric_id\":\"a\",\"metric_type\":\"gauge\",\"value\":1,\"timestamp\":1e40}",
            "{\"metric_id\":\"hivedeck_events_total\",\"metric_type\":\"counter\",\"value\":1}",
            "{\"metric_id\":\"ALERTS\",\"metric_type\":\"gauge\",\"value\":1}",
            "{\"metric_id\":\"a\",\"metric_type\":\"gauge\",\"value\":1,\"labels\":{\"x\":\""
                + "y".repeat(ForeignSamples.LONGEST_VALUE + 1)
                + "\"}}",
            "{\"metric_id\":\"a\",\"metric_type\":\"gauge\",\"value\":\"1\"}",
            "{\"metric_id\":\"a\",\"metric_type\":\"gauge\",\"value\":1,\"more\":2}",
            "{\"metric_id\":\"a\",\"metric_type\":\"gauge\",\"value\":1,\"labels\":{\"__x\":\"y\"}}")) {
      assertThatThrownBy(() -> PushReader.read(Json.read(wrong, JsonNode.class), 5))
          .as(wrong)
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.code()).isEqualTo("metrics-invalid"));
    }
  }

  @Test
  void whyPushedSamplesAreRefusedIsToldWithCountAndExample() {
    var body =
        Json.read(
            """
            [{"metric_id":"a b","metric_type":"gauge","value":1},
             {"metric_id":"ok","metric_type":"gauge","value":1},
             {"metric_id":"old","metric_type":"gauge","value":1,"timestamp":0},
             {"metric_id":"c d","metric_type":"gauge","value":1}]
            """,
            JsonNode.class);
    assertThatThrownBy(() -> PushReader.read(body, 7_200_000))
        .hasMessage(
            "The metrics cannot be taken in, 2 samples left out: it is no name of a metric, as"
                + " [0].metric_id \"a b\"; 1 sample left out: it is older than an hour, as"
                + " [2].timestamp.");
    assertThatThrownBy(() -> PushReader.read(body.get(0), 5))
        .hasMessage(
            "The metrics cannot be taken in, .metric_id \"a b\": it is no name of a metric.");
  }

  @Test
  void theExampleOfOpenTelemetryIsTakenExactly() throws IOException {
    assumeTrue(Files.exists(OTLP), "no fixture " + OTLP);
    var samples = OtlpReader.read(Json.read(Files.readString(OTLP), JsonNode.class), 5).samples();
    assertThat(samples)
        .extracting(s -> s.labels().name())
        .containsExactly(
            "my_counter_total", "my_gauge", "my_histogram", "my_exponential_histogram");
    assertThat(samples.get(0).labels())
        .isEqualTo(
            Labels.metric(
                "my_counter_total", "job", "my.service", "my_counter_attr", "some value"));
    assertThat(samples.get(0).delta()).isTrue();
    assertThat(samples.get(0).point()).isEqualTo(new Point(1_544_712_660_300L, 5));
    assertThat(samples.get(1).kind()).isEqualTo(MetricKind.GAUGE);
    assertThat(samples.get(2).point().histogram().buckets())
        .containsExactly(
            new Histogram.Bucket(Double.NEGATIVE_INFINITY, 1, 1),
            new Histogram.Bucket(1, Double.POSITIVE_INFINITY, 1));
    // offset 1, so that the second of its buckets holds what is above 4 and at most 8
    assertThat(samples.get(3).point().histogram().buckets())
        .containsExactly(new Histogram.Bucket(-0.0, 0, 1), new Histogram.Bucket(4, 8, 2));
  }
}
