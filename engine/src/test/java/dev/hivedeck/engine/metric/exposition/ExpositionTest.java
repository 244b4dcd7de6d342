package dev.hivedeck.engine.metric.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.exchange.ExpositionReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is shown is what was counted, in the format that was asked for. */
class ExpositionTest {
  private static final String TEXT = "text/plain";
  private static final Map<String, String> HELP =
      Map.of(EngineMetric.ATTEMPTS.metric(), EngineMetric.ATTEMPTS.meaning());

  private final MetricRegistry registry = new MetricRegistry();

  private String shown(String accept) {
    var page = Exposition.write(registry.read(5), HELP, accept);
    return new String(page.bytes(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|text/plain; version=0.0.4",
        "*/*|text/plain; version=0.0.4",
        "application/openmetrics-text; version=1.0.0|application/openmetrics-text; version=1.0.0",
        "application/openmetrics-text;q=0.2, text/plain;q=0.9|text/plain; version=0.0.4",
        "application/openmetrics-text;q=0.9, text/plain;q=0.2|application/openmetrics-text",
        "application/openmetrics-text;q=0, text/html|text/plain; version=0.0.4",
        "text/plain;q=often|text/plain; version=0.0.4",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
            + "encoding=delimited;q=0.6,text/plain;q=0.2|application/vnd.google.protobuf",
        "application/json|text/plain; version=0.0.4",
      })
  void theFormatIsTheOneThatIsWantedMost(String accept, String type) {
    assertThat(Exposition.write(List.of(), HELP, accept).contentType()).startsWith(type);
  }

  @Test
  void whatIsShownIsReadBackAsItWas() {
    registry.counter(EngineMetric.ATTEMPTS.of("a\"\\\n", "failed")).add(7);
    registry.gauge("queue_length").set(-0.5);
    registry.gauge("never_set");
    for (String accept : List.of(TEXT, "application/openmetrics-text")) {
      var read = ExpositionReader.read(shown(accept), Labels.NONE, 5);
      assertThat(read)
          .as(accept)
          .contains(
              new Reading(
                  EngineMetric.ATTEMPTS.of("a\"\\\n", "failed"),
                  MetricKind.COUNTER,
                  new Point(5, 7)),
              new Reading(Labels.metric("queue_length"), MetricKind.GAUGE, new Point(5, -0.5)));
    }
    assertThat(shown(TEXT)).contains("# HELP hivedeck_attempts_total Attempts that ended");
  }

  @Test
  void classicBucketsOfANativeHistogramAreExact() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var meter = registry.histogram("seconds");
    var values = random.doubles(2_000, -8, 12).map(e -> Math.pow(4, e)).toArray();
    for (double value : values) {
      meter.observe(value);
    }
    for (double value : List.of(0.0, 0.25, 1.0, 4.0, Math.pow(4, 9))) {
      meter.observe(value);
    }
    meter.observe(Double.NaN);
    registry.countUpTo("seconds", 3); // what an objective counts is no second histogram
    for (var reading : ExpositionReader.read(shown(TEXT), Labels.NONE, 5)) {
      String le = reading.labels().get("le");
      if (!le.isEmpty() && !le.equals("+Inf")) {
        double limit = Double.parseDouble(le);
        long expected =
            Arrays.stream(values).filter(v -> v <= limit).count()
                + List.of(0.0, 0.25, 1.0, 4.0, Math.pow(4, 9)).stream()
                    .filter(v -> v <= limit)
                    .count();
        assertThat(reading.point().value()).as("le %s, seed %d", le, seed).isEqualTo(expected);
      }
    }
    assertThat(shown(TEXT))
        .contains("seconds_count 2005", "le=\"+Inf\"} 2005")
        .doesNotContain("\"3");
  }

  @Test
  void whatIsNoNumberOrWithoutEndIsShown() {
    registry.gauge("up").set(Double.POSITIVE_INFINITY);
    registry.gauge("none").set(Double.NaN);
    assertThat(shown(TEXT)).contains("up +Inf", "none NaN");
  }

  @Test
  @Tag("promtool")
  void promtoolFindsNothingToSay(@TempDir Path folder) throws Exception {
    for (var metric : EngineMetric.values()) {
      var labels = metric.of(metric.labels().toArray(String[]::new));
      switch (metric.kind()) {
        case COUNTER -> registry.counter(labels).increment();
        case GAUGE -> registry.gauge(labels).set(1);
        case HISTOGRAM -> registry.histogram(labels).observe(0.3);
      }
    }
    var help =
        Arrays.stream(EngineMetric.values())
            .collect(Collectors.toMap(EngineMetric::metric, EngineMetric::meaning));
    var page = Exposition.write(registry.read(5), help, TEXT);
    Path file = Files.write(folder.resolve("metrics.txt"), page.bytes());
    var process =
        new ProcessBuilder("promtool", "check", "metrics")
            .redirectInput(file.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said).isBlank();
  }
}
