package dev.hivedeck.engine.slo.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.metric.promql.Parser;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.Budgeting;
import dev.hivedeck.engine.slo.BurnWindow;
import dev.hivedeck.engine.slo.BurnWindow.Severity;
import dev.hivedeck.engine.slo.Guard;
import dev.hivedeck.engine.slo.Indicator;
import dev.hivedeck.engine.slo.Indicator.Comparison;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.Target;
import dev.hivedeck.engine.slo.Window;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads objectives as <a href="https://github.com/pyrra-dev/pyrra">Pyrra</a> has them, {@code
 * pyrra.dev/v1alpha1}. Its alerts are four pairs of windows in proportion to 28 days, with the
 * factors 14, 7, 2 and 1.
 */
final class PyrraSpec {
  static final String API = "pyrra.dev/v1alpha1";
  static final String KIND = "ServiceLevelObjective";

  static final KnownKeys KEYS =
      KnownKeys.of(
          "apiVersion",
          "kind",
          "metadata/name",
          "metadata/namespace",
          "metadata/labels/**",
          "metadata/annotations/pyrra.dev/runbook_url",
          "metadata/annotations/pyrra.dev/runbook",
          "spec/target",
          "spec/window",
          "spec/description",
          "spec/performance_over_accuracy",
          "spec/alerting/disabled",
          "spec/alerting/burnrates",
          "spec/indicator/ratio/errors/metric",
          "spec/indicator/ratio/total/metric",
          "spec/indicator/latency/success/metric",
          "spec/indicator/latency/total/metric",
          "spec/indicator/latencyNative/total/metric",
          "spec/indicator/latencyNative/latency",
          "spec/indicator/bool_gauge/metric");

  private static final String PROPAGATED = "pyrra.dev/";
  private static final Duration FOUR_WEEKS = Duration.ofDays(28);

  private final String name;
  private final JsonNode spec;

  private PyrraSpec(String name, JsonNode spec) {
    this.name = name;
    this.spec = spec;
  }

  /**
   * @throws HiveException {@code import-invalid} or {@code import-unsupported}
   */
  static Objective read(JsonNode document) {
    var metadata = document.path("metadata");
    return new PyrraSpec(metadata.path("name").asText(), document.path("spec")).objective(metadata);
  }

  private Objective objective(JsonNode metadata) {
    if (name.isEmpty()) {
      throw invalid("has no metadata.name");
    }
    var labels = new TreeMap<String, String>();
    Yaml.texts(metadata.path("labels"))
        .forEach(
            (key, value) -> {
              if (key.startsWith(PROPAGATED)) {
                labels.put(key.substring(PROPAGATED.length()), value);
              }
            });
    var annotations = Yaml.texts(metadata.path("annotations"));
    var period = duration(spec.path("window").asText(""));
    var indicator = indicator();
    return new Objective(
        name,
        spec.path("description").asText(""),
        labels.getOrDefault("service", name),
        PrometheusSlo.kind(indicator),
        indicator,
        target(),
        new Window.Rolling(period),
        Budgeting.OCCURRENCES,
        alerts(period),
        Guard.DEFAULT,
        annotations.getOrDefault(
            PROPAGATED + "runbook_url", annotations.getOrDefault(PROPAGATED + "runbook", "")),
        labels);
  }

  private Target target() {
    try {
      return Target.ofPercent(new BigDecimal(spec.path("target").asText("").strip()));
    } catch (NumberFormatException e) {
      throw invalid("has the target \"" + spec.path("target").asText() + "\", no percentage");
    }
  }

  private Indicator indicator() {
    var indicator = spec.path("indicator");
    for (var each : indicator.properties()) {
      if (!each.getValue().path("grouping").isEmpty()) {
        throw new HiveException(
            ErrorCode.IMPORT_UNSUPPORTED,
            "It is an objective for each value of "
                + String.join(", ", texts(each.getValue().path("grouping")))
                + " (grouping), where one here is of all together.",
            "Write one for each value, without grouping.");
      }
    }
    if (indicator.has("ratio")) {
      var ratio = indicator.path("ratio");
      return new Indicator.Ratio(
          null, selector(ratio.path("errors")), selector(ratio.path("total")));
    }
    if (indicator.has("latency")) {
      var latency = indicator.path("latency");
      return EventQueries.good(selector(latency.path("success")), selector(latency.path("total")));
    }
    if (indicator.has("latencyNative")) {
      var latency = indicator.path("latencyNative");
      return new Indicator.Latency(
          selector(latency.path("total")),
          duration(latency.path("latency").asText("")).toMillis() / 1e3);
    }
    if (indicator.has("bool_gauge")) {
      return new Indicator.Threshold(
          selector(indicator.path("bool_gauge")), Comparison.AT_LEAST, 1);
    }
    throw invalid("has none of the indicators ratio, latency, latencyNative and bool_gauge");
  }

  private String selector(JsonNode metric) {
    String text = metric.path("metric").asText("").strip();
    if (text.isEmpty()) {
      throw invalid("has an indicator without a metric");
    }
    return Selectors.text(Selectors.parse(text));
  }

  private List<BurnWindow> alerts(Duration period) {
    var alerting = spec.path("alerting");
    if (alerting.path("disabled").asBoolean() || !alerting.path("burnrates").asBoolean(true)) {
      return List.of();
    }
    return List.of(
        window(Severity.PAGE, period, Duration.ofHours(1), Duration.ofMinutes(5), 14),
        window(Severity.PAGE, period, Duration.ofHours(6), Duration.ofMinutes(30), 7),
        window(Severity.TICKET, period, Duration.ofDays(1), Duration.ofHours(2), 2),
        window(Severity.TICKET, period, Duration.ofDays(4), Duration.ofHours(6), 1));
  }

  private static BurnWindow window(
      Severity severity, Duration period, Duration length, Duration shortLength, int factor) {
    var scaled = scaled(length, period);
    return new BurnWindow(
        severity,
        scaled,
        scaled(shortLength, period),
        BigDecimal.valueOf(factor * scaled.toMillis())
            .divide(BigDecimal.valueOf(period.toMillis()), MathContext.DECIMAL64));
  }

  /** In proportion to four weeks, to the minute. */
  private static Duration scaled(Duration of, Duration period) {
    double part = (double) period.toMillis() / FOUR_WEEKS.toMillis();
    return Duration.ofMinutes(Math.max(1, Math.round(of.toMinutes() * part)));
  }

  private Duration duration(String text) {
    try {
      return Duration.ofMillis(Parser.duration(text));
    } catch (HiveException e) {
      throw invalid("has the duration \"" + text + "\"; write one as in 4w");
    }
  }

  private static List<String> texts(JsonNode list) {
    return list.valueStream().map(JsonNode::asText).toList();
  }

  private HiveException invalid(String why) {
    return new HiveException(
        ErrorCode.IMPORT_INVALID,
        "\"" + name + "\" is not as Pyrra has it: it " + why + ".",
        "Pyrra's documentation has an example of each kind.");
  }

  /** What each alert of Pyrra does that none here does. */
  static Map<String, String> differences(JsonNode document) {
    var differences = new TreeMap<String, String>();
    if (document.at("/spec/alerting/burnRateType").asText().equals("dynamic")) {
      differences.put(
          "/spec/alerting/burnRateType",
          "factors that follow the traffic are not known here; those of Pyrra's static alerts"
              + " hold");
    }
    return differences;
  }
}
