package dev.hivedeck.engine.slo.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.BurnWindow;
import dev.hivedeck.engine.slo.BurnWindow.Severity;
import dev.hivedeck.engine.slo.Target;
import dev.hivedeck.engine.slo.exchange.PrometheusSlo.AlertTexts;
import dev.hivedeck.engine.slo.exchange.PrometheusSlo.Sli;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Reads objectives as Sloth has them, {@code version: prometheus/v1}. */
public final class SlothSpec {
  static final String VERSION = "prometheus/v1";
  static final String API = "sloth.slok.dev/v1";

  /** Of a file. */
  static final KnownKeys KEYS =
      KnownKeys.of(
          "version",
          "service",
          "labels/**",
          "slos/*/name",
          "slos/*/objective",
          "slos/*/description",
          "slos/*/labels/**",
          "slos/*/sli/events/error_query",
          "slos/*/sli/events/total_query",
          "slos/*/sli/raw/error_ratio_query",
          "slos/*/sli/plugin/**",
          "slos/*/alerting/annotations/runbook",
          "slos/*/alerting/annotations/runbook_url",
          "slos/*/alerting/page_alert/disable",
          "slos/*/alerting/page_alert/annotations/runbook",
          "slos/*/alerting/page_alert/annotations/runbook_url",
          "slos/*/alerting/ticket_alert/disable");

  /** Of Kubernetes. */
  static final KnownKeys KUBERNETES_KEYS =
      KnownKeys.of(
          "apiVersion",
          "kind",
          "metadata/**",
          "spec/service",
          "spec/labels/**",
          "spec/slos/*/name",
          "spec/slos/*/objective",
          "spec/slos/*/description",
          "spec/slos/*/labels/**",
          "spec/slos/*/sli/events/errorQuery",
          "spec/slos/*/sli/events/totalQuery",
          "spec/slos/*/sli/raw/errorRatioQuery",
          "spec/slos/*/sli/plugin/**",
          "spec/slos/*/alerting/annotations/runbook",
          "spec/slos/*/alerting/annotations/runbook_url",
          "spec/slos/*/alerting/pageAlert/disable",
          "spec/slos/*/alerting/pageAlert/annotations/runbook",
          "spec/slos/*/alerting/pageAlert/annotations/runbook_url",
          "spec/slos/*/alerting/ticketAlert/disable");

  private SlothSpec() {}

  /**
   * @param period of all objectives, which the file does not say
   * @throws HiveException {@code sloth-invalid}, with the place
   */
  public static List<PrometheusSlo> read(String text, Duration period) {
    var root = Yaml.document(text, ErrorCode.SLOTH_INVALID);
    if (!root.path("version").asText().equals(VERSION)) {
      throw invalid("version", "is \"" + root.path("version").asText() + "\", not prometheus/v1");
    }
    var slos = new ArrayList<PrometheusSlo>();
    var names = new HashSet<String>();
    for (var slo : root.path("slos")) {
      String name = slo.path("name").asText();
      if (name.isEmpty() || !names.add(name)) {
        throw invalid("slos", "two objectives are named \"" + name + "\", or one is not named");
      }
      slos.add(slo(root, slo, period));
    }
    return slos;
  }

  /**
   * One objective, of a file or of Kubernetes' {@code PrometheusServiceLevel}: they differ in how
   * keys are written.
   *
   * @param spec of the service
   * @throws HiveException {@code sloth-invalid}, with the place
   */
  static PrometheusSlo slo(JsonNode spec, JsonNode slo, Duration period) {
    String name = slo.path("name").asText();
    String service = spec.path("service").asText();
    if (name.isEmpty() || service.isEmpty()) {
      throw invalid("slos", "has an objective without a name, or is about no service");
    }
    if (!slo.path("objective").asText().matches("\\d+(\\.\\d+)?")) {
      throw invalid(
          "slos, " + name + ", objective",
          "is \"" + slo.path("objective").asText() + "\", no percentage");
    }
    var labels = Yaml.texts(spec.path("labels"));
    labels.putAll(Yaml.texts(slo.path("labels")));
    return new PrometheusSlo(
        service,
        name,
        slo.path("description").asText(),
        Target.ofPercent(new BigDecimal(slo.path("objective").asText())),
        period,
        labels,
        sli(slo.path("sli"), name),
        BurnWindow.standard(),
        alerts(slo.path("alerting")));
  }

  /** A key as files write it, or as Kubernetes does. */
  private static JsonNode either(JsonNode node, String key) {
    var words = new StringBuilder();
    boolean upper = false;
    for (char c : key.toCharArray()) {
      words.append(upper ? Character.toUpperCase(c) : c == '_' ? "" : String.valueOf(c));
      upper = c == '_';
    }
    return node.has(key) ? node.path(key) : node.path(words.toString());
  }

  private static Sli sli(JsonNode sli, String name) {
    if (sli.has("events")) {
      var events = sli.path("events");
      return new Sli.Events(
          either(events, "error_query").asText(), either(events, "total_query").asText());
    }
    if (sli.has("raw")) {
      return new Sli.Raw(either(sli.path("raw"), "error_ratio_query").asText());
    }
    throw invalid("slos, " + name + ", sli", "has neither events nor raw; plugins are not read");
  }

  private static List<AlertTexts> alerts(JsonNode alerting) {
    var alerts = new ArrayList<AlertTexts>();
    for (var severity : Severity.values()) {
      String word = severity.name().toLowerCase(Locale.ROOT);
      var own = either(alerting, word + "_alert");
      if (own.path("disable").asBoolean()) {
        continue;
      }
      Map<String, String> labels = new TreeMap<>(Yaml.texts(alerting.path("labels")));
      labels.putAll(Yaml.texts(own.path("labels")));
      Map<String, String> annotations = new TreeMap<>(Yaml.texts(alerting.path("annotations")));
      annotations.putAll(Yaml.texts(own.path("annotations")));
      alerts.add(new AlertTexts(severity, alerting.path("name").asText(), labels, annotations));
    }
    return alerts;
  }

  private static HiveException invalid(String place, String why) {
    return new HiveException(
        ErrorCode.SLOTH_INVALID,
        "The file is not as Sloth reads it: " + place + " " + why + ".",
        "sloth validate says more.");
  }
}
