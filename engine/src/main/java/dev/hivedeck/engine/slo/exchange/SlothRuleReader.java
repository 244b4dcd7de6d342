package dev.hivedeck.engine.slo.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.metric.promql.Expr;
import dev.hivedeck.engine.metric.promql.Expr.Operator;
import dev.hivedeck.engine.metric.promql.Parser;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.BurnWindow;
import dev.hivedeck.engine.slo.BurnWindow.Severity;
import dev.hivedeck.engine.slo.Target;
import dev.hivedeck.engine.slo.exchange.PrometheusSlo.AlertTexts;
import dev.hivedeck.engine.slo.exchange.PrometheusSlo.Sli;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads objectives back out of Prometheus rules in the shape that Sloth gives them: what is counted
 * from the record of the shortest window, target and period from the records about the objective,
 * burn windows from the conditions of its alerts.
 */
final class SlothRuleReader {
  static final String RATIO = "slo:sli_error:ratio_rate";

  /** What ten digits cannot tell apart a double has made of one number. */
  private static final MathContext EXACT = new MathContext(10);

  private final String name;
  private final String service;
  private final List<JsonNode> rules;

  /**
   * @param rules all that have the objective's labels, in their order
   */
  SlothRuleReader(String name, String service, List<JsonNode> rules) {
    this.name = name;
    this.service = service;
    this.rules = rules;
  }

  /** Whether a rule belongs to an objective. */
  static boolean isOfSloth(JsonNode rule) {
    return rule.path("record").asText().matches("slo:.+|sloth_slo_info")
        ? rule.path("labels").has("sloth_slo")
        : rule.has("alert") && rule.path("expr").asText().contains(RATIO);
  }

  /**
   * @throws HiveException {@code import-invalid} where something is missing
   */
  PrometheusSlo read() {
    var period =
        Duration.ofSeconds(
            number("slo:time_period:days").multiply(BigDecimal.valueOf(86_400)).longValue());
    var ratio =
        rules.stream()
            .filter(r -> r.path("record").asText().startsWith(RATIO))
            .filter(r -> !r.path("expr").asText().contains(RATIO))
            .findFirst()
            .orElseThrow(() -> invalid("no rule records " + RATIO));
    var windows = new ArrayList<BurnWindow>();
    var alerts = new ArrayList<AlertTexts>();
    for (var rule : rules) {
      if (rule.has("alert")) {
        var severity = severity(rule.path("labels").path("sloth_severity").asText());
        pairs(parsed(rule), severity, period, windows);
        alerts.add(
            new AlertTexts(
                severity,
                rule.path("alert").asText(),
                Yaml.texts(rule.path("labels")),
                Yaml.texts(rule.path("annotations"))));
      }
    }
    var labels = new TreeMap<String, String>();
    Yaml.texts(ratio.path("labels"))
        .forEach(
            (key, value) -> {
              if (!key.startsWith("sloth_")) {
                labels.put(key, value);
              }
            });
    return new PrometheusSlo(
        service,
        name,
        "",
        new Target(number("slo:objective:ratio")),
        period,
        labels,
        new Sli.Raw(ratio.path("expr").asText()),
        windows,
        alerts);
  }

  private BigDecimal number(String record) {
    var rule =
        rules.stream()
            .filter(r -> r.path("record").asText().equals(record))
            .findFirst()
            .orElseThrow(() -> invalid("no rule records " + record));
    if (parsed(rule) instanceof Expr.Call call
        && call.function().equals("vector")
        && call.arguments().getFirst() instanceof Expr.Number number) {
      return exact(number.value());
    }
    throw invalid(record + " is not recorded as vector(…)");
  }

  private static Expr parsed(JsonNode rule) {
    return Parser.parse(rule.path("expr").asText().strip());
  }

  private static BigDecimal exact(double value) {
    return BigDecimal.valueOf(value).round(EXACT).stripTrailingZeros();
  }

  private Severity severity(String word) {
    try {
      return Severity.valueOf(word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw invalid("an alert has the sloth_severity \"" + word + "\", neither page nor ticket");
    }
  }

  /** One side of a pair. */
  private record Side(Duration window, double factor) {}

  private void pairs(Expr expr, Severity severity, Duration period, List<BurnWindow> windows) {
    if (expr instanceof Expr.Binary(var operator, var left, var right, _, _)) {
      if (operator == Operator.OR) {
        pairs(left, severity, period, windows);
        pairs(right, severity, period, windows);
        return;
      }
      if (operator == Operator.AND) {
        var one = side(left);
        var other = side(right);
        var shorter = one.window().compareTo(other.window()) < 0 ? one : other;
        var longer = shorter == one ? other : one;
        var share =
            BigDecimal.valueOf(longer.factor())
                .multiply(BigDecimal.valueOf(longer.window().toMillis()))
                .divide(BigDecimal.valueOf(period.toMillis()), EXACT);
        windows.add(new BurnWindow(severity, longer.window(), shorter.window(), share));
        return;
      }
    }
    throw invalid("the condition of an alert is no pair of windows");
  }

  private Side side(Expr expr) {
    Expr inner = expr instanceof Expr.Aggregation max ? max.of() : expr;
    if (inner instanceof Expr.Binary(var operator, var series, var limit, _, _)
        && operator == Operator.GREATER
        && series instanceof Expr.Selector selector
        && Selectors.name(selector).startsWith(RATIO)
        && limit instanceof Expr.Binary(var times, var factor, _, _, _)
        && times == Operator.TIMES
        && factor instanceof Expr.Number number) {
      String window = Selectors.name(selector).substring(RATIO.length());
      return new Side(Duration.ofMillis(Parser.duration(window)), number.value());
    }
    throw invalid("a part of an alert is no " + RATIO + "… > (factor * budget)");
  }

  private HiveException invalid(String why) {
    return new HiveException(
        ErrorCode.IMPORT_INVALID,
        "The rules of \"" + name + "\" are not in Sloth's shape: " + why + ".",
        "sloth generate writes them anew.");
  }

  /** Labels and texts of an alert that have no place in an objective. */
  static Map<String, String> differences(JsonNode rule) {
    var differences = new TreeMap<String, String>();
    for (var label : rule.path("labels").properties()) {
      if (!label.getKey().startsWith("sloth_") && !label.getKey().equals("objective")) {
        differences.put("/labels/" + label.getKey(), "labels of an alert alone have no place here");
      }
    }
    for (var text : rule.path("annotations").properties()) {
      boolean usual = text.getValue().asText().contains("SLO error budget burn rate is");
      if (!usual && !text.getKey().startsWith("runbook")) {
        differences.put("/annotations/" + text.getKey(), "texts of an alert are written here");
      }
    }
    return differences;
  }
}
