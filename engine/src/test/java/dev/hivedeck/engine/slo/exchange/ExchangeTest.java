package dev.hivedeck.engine.slo.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.promql.MemorySeries;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.Budgeting;
import dev.hivedeck.engine.slo.BurnWindow;
import dev.hivedeck.engine.slo.Guard;
import dev.hivedeck.engine.slo.Indicator;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.SampleObjective;
import dev.hivedeck.engine.slo.Target;
import dev.hivedeck.engine.slo.Window;
import dev.hivedeck.engine.slo.alert.Alert;
import dev.hivedeck.engine.slo.rule.GracePeriod;
import dev.hivedeck.engine.slo.rule.RuleEvaluation;
import dev.hivedeck.engine.slo.rule.RuleFile;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Objectives go to others and come back, and mean the same there. */
class ExchangeTest {
  private static final Path FIXTURES =
      Path.of(System.getProperty("hivedeck.fixtures", "../../shared/fixtures"));
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Pattern NUMBER = Pattern.compile("(?<![\\w.])\\d+\\.\\d+");

  private static String fixture(String name) throws IOException {
    Path file = FIXTURES.resolve(name);
    assumeTrue(Files.exists(file), "no fixture " + file);
    return Files.readString(file);
  }

  @ParameterizedTest(name = "{0} over {2} days")
  @CsvSource({
    "in-base.yaml, out-base.yaml.tpl, 30",
    "in-base.yaml, out-base-28d.yaml.tpl, 28",
    "in-openslo.yaml, out-openslo.yaml.tpl, 30"
  })
  void rulesAreThoseThatSlothWrites(String in, String out, int days) throws IOException {
    String input = fixture("sloth/" + in);
    var slos =
        input.contains("openslo/v1alpha")
            ? openSloAlpha(input)
            : SlothSpec.read(input, Duration.ofDays(days));
    String expected =
        fixture("sloth/" + out)
            .replaceFirst("(?s)^---\\n", "")
            .replace("{{ .version }}", "v1")
            .replaceAll("\\{\\{\"(\\{\\{.*?}})\"}}", "$1");
    assertThat(rules(SlothRules.write(slos))).containsExactlyElementsOf(rules(expected));
  }

  /**
   * Reads objectives of OpenSLO's first draft, {@code openslo/v1alpha}, as Sloth does: each
   * objective of a document is one, with its number behind the name.
   */
  private static List<PrometheusSlo> openSloAlpha(String text) {
    var slos = new ArrayList<PrometheusSlo>();
    for (var document : Yaml.documents(text, ErrorCode.OPENSLO_INVALID)) {
      var spec = document.path("spec");
      var window = spec.path("timeWindows").path(0);
      assertThat(window.path("unit").asText()).isEqualTo("Day");
      for (int i = 0; i < spec.path("objectives").size(); i++) {
        var objective = spec.path("objectives").path(i);
        var ratio = objective.path("ratioMetrics");
        slos.add(
            new PrometheusSlo(
                spec.path("service").asText(),
                document.path("metadata").path("name").asText() + "-" + i,
                spec.path("description").asText(),
                new Target(objective.path("target").decimalValue()),
                Duration.ofDays(window.path("count").asLong()),
                Map.of(),
                new PrometheusSlo.Sli.Good(
                    ratio.path("good").path("query").asText(),
                    ratio.path("total").path("query").asText()),
                BurnWindow.standard(),
                List.of()));
      }
    }
    return slos;
  }

  /** Rules as texts, with what a version or rounding makes of them left out. */
  private static List<String> rules(String text) throws IOException {
    var rules = new ArrayList<String>();
    for (var group : YAML.readTree(text).path("groups")) {
      for (var rule : group.path("rules")) {
        String labels =
            rule.path("labels").properties().stream()
                .filter(e -> !e.getKey().matches("sloth_(version|mode|spec)"))
                .map(e -> e.getKey() + "=" + e.getValue().asText())
                .sorted()
                .toList()
                .toString();
        rules.add(
            group.path("name").asText()
                + " "
                + rule.path("record").asText()
                + rule.path("alert").asText()
                + " "
                + rounded(rule.path("expr").asText().replaceAll("\\s+", ""))
                + " "
                + labels
                + " "
                + sorted(rule.path("annotations")));
      }
    }
    return rules;
  }

  private static String sorted(JsonNode node) {
    return node.properties().stream()
        .map(e -> e.getKey() + "=" + e.getValue().asText())
        .sorted()
        .toList()
        .toString();
  }

  private static String rounded(String query) {
    return NUMBER
        .matcher(query)
        .replaceAll(
            m ->
                new BigDecimal(m.group())
                    .round(new MathContext(9))
                    .stripTrailingZeros()
                    .toPlainString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alert_conditions",
        "alert_notification_targets",
        "alert_policies",
        "data_sources",
        "services",
        "slis",
        "slos"
      })
  void openSloFilesComeBackAsTheyWere(String name) throws IOException {
    var first = OpenSlo.read(fixture("openslo/" + name + ".yaml"));
    var second = OpenSlo.read(first.write());
    assertThat(second.documents()).isEqualTo(first.documents()).isNotEmpty();
    var objectives = first.objectives();
    assertThat(OpenSlo.read(OpenSlo.write(objectives)).objectives()).isEqualTo(objectives);
    if (name.equals("slos")) {
      var objective = objectives.getFirst();
      assertThat(objective.target().percent()).isEqualTo("99.5%");
      assertThat(objective.budgeting())
          .isEqualTo(new Budgeting.TimeSlices(Duration.ofMinutes(1), new BigDecimal("0.95")));
      assertThat(objective.window().start(Instant.parse("2022-01-10T00:00:00Z")))
          .isEqualTo(Instant.parse("2022-01-08T17:00:00Z"));
      assertThat(objective.indicator())
          .isEqualTo(
              new Indicator.Ratio(
                  "http_requests{k8s_cluster=\"prod\",component=\"web\",code=~\"2xx|4xx\"}",
                  null,
                  "http_requests{k8s_cluster=\"prod\",component=\"web\"}"));
    }
  }

  @Test
  void objectivesOfEachKindComeBackFromOpenSlo() {
    var plain = SampleObjective.of("99.9%", SampleObjective.days(30));
    var month =
        new Objective(
            "web-latency",
            "Answers in time",
            "web",
            "latency",
            new Indicator.Latency("http_seconds{job=\"web\"}", 0.4),
            Target.parse("99%"),
            Window.Calendar.of(Period.ofMonths(1), ZoneId.of("Europe/Berlin")),
            new Budgeting.RatioTimeSlices(Duration.ofMinutes(5)),
            List.of(BurnWindow.of(BurnWindow.Severity.PAGE, Duration.ofHours(2), "0.03")),
            Guard.DEFAULT,
            "https://example.org/runbook",
            Map.of("env", "prod,dev"));
    var lag =
        new Objective(
            "lag",
            "",
            "outbox",
            "lag",
            new Indicator.Threshold("max(lag_seconds)", Indicator.Comparison.AT_MOST, 5),
            Target.parse("99%"),
            SampleObjective.days(7),
            Budgeting.OCCURRENCES,
            BurnWindow.standard(),
            Guard.DEFAULT,
            "",
            Map.of());
    var all = List.of(plain, month, lag);
    assertThat(OpenSlo.read(OpenSlo.write(all)).objectives()).isEqualTo(all);
  }

  @ParameterizedTest
  @CsvSource({
    "kind: Slo, openslo-invalid",
    "apiVersion: openslo/v2, openslo-invalid",
    "target: 1.0, target-total",
    "op: sum(rate(a[5m])) / sum(rate(b[5m])), openslo-unsupported",
    "type: Datadog, openslo-unsupported",
    "duration: 1M, openslo-invalid"
  })
  void whatCannotBeTakenInIsRefused(String change, String code) {
    String text =
        """
        apiVersion: openslo/v1
        kind: SLO
        metadata: {name: web}
        spec:
          service: web
          indicator:
            spec:
              ratioMetric:
                good: {metricSource: {type: Prometheus, spec: {query: 'sum(a)'}}}
                total: {metricSource: {type: Prometheus, spec: {query: 'sum(b)'}}}
          timeWindow: [{duration: 30d, isRolling: true}]
          objectives: [{target: 0.99}]
        """;
    String changed =
        switch (change.split(":")[0]) {
          case "kind" -> text.replace("kind: SLO", change);
          case "apiVersion" -> text.replace("apiVersion: openslo/v1", change);
          case "target" -> text.replace("target: 0.99", change);
          case "op" -> text.replace("sum(a)", change.substring(4));
          case "type" -> text.replaceFirst("type: Prometheus", change);
          default -> text.replace("duration: 30d", change);
        };
    assertThat(OpenSlo.read(text).objectives()).hasSize(1);
    assertThatThrownBy(() -> OpenSlo.read(changed).objectives())
        .isInstanceOfSatisfying(HiveException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void twoObjectivesOfOneNameAreRefused() {
    String text =
        """
        version: prometheus/v1
        service: a
        slos:
        - {name: x, objective: 99, sli: {raw: {error_ratio_query: 'a'}}}
        - {name: x, objective: 98, sli: {raw: {error_ratio_query: 'b'}}}
        """;
    assertThatThrownBy(() -> SlothSpec.read(text, Duration.ofDays(30)))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("\"x\"");
  }

  /** What is exported is evaluated here as Prometheus would, on a failure of everything. */
  @ParameterizedTest(name = "everything fails: {0}")
  @ValueSource(booleans = {true, false})
  void exportedRulesFireWhenEverythingFailsAndOnlyThen(boolean fails) {
    var slo =
        PrometheusSlo.of(SampleObjective.of("99.9%", SampleObjective.days(30)), Instant.EPOCH);
    var series = new MemorySeries();
    for (int i = 0; i < 240; i++) {
      series.add(
          Labels.metric("requests_total", "code", fails ? "503" : "200"),
          new Point(i * 15_000L, i * 10));
    }
    var active = new ArrayList<Alert>();
    for (var group : RuleFile.read(SlothRules.write(List.of(slo)), Duration.ofMinutes(1))) {
      var evaluation = new RuleEvaluation(group, series, series::add, RuleEvaluation.State.NONE);
      evaluation.evaluate(Instant.EPOCH.plus(Duration.ofMinutes(50)), GracePeriod.NONE);
      active.addAll(evaluation.active());
    }
    assertThat(active.stream().map(a -> a.labels().get("sloth_severity")))
        .containsExactlyInAnyOrder(fails ? new String[] {"page", "ticket"} : new String[0]);
  }

  @Test
  @Tag("promtool")
  void promtoolIsContentWithRulesAndTheirTests(@TempDir Path folder) throws Exception {
    var slos = new ArrayList<>(SlothSpec.read(fixture("sloth/in-base.yaml"), Duration.ofDays(30)));
    slos.addAll(
        SlothSpec.read(
            fixture("sloth/in-base.yaml").replace("svc01", "svc02").replace("myService", "other"),
            Duration.ofDays(28)));
    slos.add(
        PrometheusSlo.of(SampleObjective.of("99.9%", SampleObjective.days(30)), Instant.EPOCH));
    Files.writeString(folder.resolve("rules.yml"), SlothRules.write(slos));
    Files.writeString(folder.resolve("test.yml"), RuleUnitTest.write("rules.yml", slos));
    for (var command :
        List.of(
            List.of("promtool", "check", "rules", "rules.yml"),
            List.of("promtool", "test", "rules", "test.yml"))) {
      var process =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes());
      assertThat(output).as("%s", command).contains("SUCCESS");
      assertThat(process.waitFor()).isZero();
    }
  }
}
