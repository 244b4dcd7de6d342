package dev.hivedeck.engine.slo.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.Budgeting;
import dev.hivedeck.engine.slo.BurnWindow;
import dev.hivedeck.engine.slo.Guard;
import dev.hivedeck.engine.slo.Indicator;
import dev.hivedeck.engine.slo.Indicator.Comparison;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.Target;
import dev.hivedeck.engine.slo.Window;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads objectives in the format of <a href="https://openslo.com">OpenSLO</a> v1. Queries must be
 * sums of a counter of Prometheus, so that events can be counted; others are refused by name.
 */
public final class OpenSlo {
  static final String API = "openslo/v1";

  /** What Hivedeck says that OpenSLO has no word for. */
  static final String OWN = "hivedeck.dev/";

  static final DateTimeFormatter START = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  static final KnownKeys KEYS =
      KnownKeys.of(
          "apiVersion",
          "kind",
          "metadata/name",
          "metadata/labels/**",
          "metadata/annotations/**",
          "spec/description",
          "spec/service",
          "spec/indicator/metadata/**",
          "spec/indicator/spec/**",
          "spec/indicatorRef",
          "spec/timeWindow/**",
          "spec/budgetingMethod",
          "spec/objectives/*/target",
          "spec/objectives/*/targetPercent",
          "spec/objectives/*/op",
          "spec/objectives/*/value",
          "spec/objectives/*/timeSliceTarget",
          "spec/objectives/*/timeSliceWindow",
          "spec/alertPolicies/*/kind",
          "spec/alertPolicies/*/metadata/**",
          "spec/alertPolicies/*/alertPolicyRef",
          "spec/alertPolicies/*/spec/alertWhenBreaching",
          "spec/alertPolicies/*/spec/conditions/**");

  private static final Set<String> KINDS =
      Set.of(
          "Service",
          "SLI",
          "SLO",
          "DataSource",
          "AlertPolicy",
          "AlertCondition",
          "AlertNotificationTarget");
  private static final Pattern LENGTH = Pattern.compile("(\\d+)([mhdwMQY])");

  private final List<JsonNode> documents;

  private OpenSlo(List<JsonNode> documents) {
    this.documents = documents;
  }

  /**
   * @throws HiveException {@code openslo-invalid}, with the place
   */
  public static OpenSlo read(String text) {
    return of(Yaml.documents(text, ErrorCode.OPENSLO_INVALID));
  }

  static OpenSlo of(List<JsonNode> documents) {
    for (var document : documents) {
      String kind = document.path("kind").asText();
      if (!document.path("apiVersion").asText().equals(API) || !KINDS.contains(kind)) {
        throw invalid(
            name(document),
            "has apiVersion \""
                + document.path("apiVersion").asText()
                + "\" and kind \""
                + kind
                + "\", not "
                + API);
      }
      if (name(document).isEmpty()) {
        throw invalid(kind, "has no metadata.name");
      }
    }
    return new OpenSlo(List.copyOf(documents));
  }

  public List<JsonNode> documents() {
    return documents;
  }

  /** As a text, with all that was read. */
  public String write() {
    return String.join("---\n", documents.stream().map(Yaml::write).toList());
  }

  public static String write(List<Objective> objectives) {
    return String.join(
        "---\n", objectives.stream().map(o -> Yaml.write(OpenSloDocument.of(o))).toList());
  }

  /**
   * The objectives of all SLOs.
   *
   * @throws HiveException {@code openslo-unsupported} for what Hivedeck cannot count
   */
  public List<Objective> objectives() {
    var objectives = new ArrayList<Objective>();
    for (var document : documents) {
      if (document.path("kind").asText().equals("SLO")) {
        var list = document.path("spec").path("objectives");
        for (int i = 0; i < list.size(); i++) {
          objectives.add(objective(document, i));
        }
      }
    }
    return objectives;
  }

  /** One of the objectives of an SLO; where there are several each has its number in its name. */
  Objective objective(JsonNode document, int number) {
    var spec = document.path("spec");
    var list = spec.path("objectives");
    String name = name(document) + (list.size() == 1 ? "" : "-" + number);
    var objective = list.path(number);
    if (spec.path("service").asText().isEmpty()) {
      throw invalid(name, "is about no service");
    }
    var own = Yaml.texts(document.path("metadata").path("annotations"));
    var target =
        objective.has("targetPercent")
            ? Target.ofPercent(decimal(objective, "targetPercent", name))
            : new Target(decimal(objective, "target", name));
    var window = window(spec.path("timeWindow").path(0), name);
    return new Objective(
        name,
        spec.path("description").asText(),
        spec.path("service").asText(),
        own.getOrDefault(OWN + "kind", "availability"),
        indicator(name, indicatorSpec(spec, name), objective, own),
        target,
        window,
        budgeting(spec.path("budgetingMethod").asText("Occurrences"), objective, name),
        alerts(spec.path("alertPolicies"), window, name),
        new Guard(
            own.containsKey(OWN + "guard-events")
                ? Integer.parseInt(own.get(OWN + "guard-events"))
                : Guard.DEFAULT.events(),
            own.containsKey(OWN + "guard-confidence")
                ? Double.parseDouble(own.get(OWN + "guard-confidence"))
                : Guard.DEFAULT.confidence()),
        own.getOrDefault(OWN + "runbook", ""),
        labels(document.path("metadata").path("labels")));
  }

  private static BigDecimal decimal(JsonNode node, String key, String name) {
    if (!node.path(key).isNumber()) {
      throw invalid(name, "has no number as " + key);
    }
    return node.path(key).decimalValue();
  }

  private JsonNode indicatorSpec(JsonNode spec, String name) {
    if (spec.has("indicator")) {
      return spec.path("indicator").path("spec");
    }
    return find("SLI", spec.path("indicatorRef").asText(), name);
  }

  private JsonNode find(String kind, String wanted, String name) {
    return documents.stream()
        .filter(d -> d.path("kind").asText().equals(kind) && name(d).equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                invalid(
                    name,
                    "names the " + kind + " \"" + wanted + "\", which is" + " not in the file"))
        .path("spec");
  }

  private static Indicator indicator(
      String name, JsonNode spec, JsonNode objective, Map<String, String> own) {
    if (spec.has("thresholdMetric")) {
      return new Indicator.Threshold(
          query(spec.path("thresholdMetric"), name),
          comparison(objective.path("op").asText(), name),
          objective.path("value").asDouble());
    }
    var ratio = spec.path("ratioMetric");
    if (ratio.has("raw")) {
      throw unsupported(name, "is a share without its counts (ratioMetric.raw)");
    }
    String total = selector(ratio.path("total"), name);
    if (own.containsKey(OWN + "latency")) {
      String histogram = Selectors.text(Selectors.parse(total)).replaceFirst("_count\\b", "");
      return new Indicator.Latency(histogram, Double.parseDouble(own.get(OWN + "latency")));
    }
    return ratio.has("good")
        ? new Indicator.Ratio(selector(ratio.path("good"), name), null, total)
        : new Indicator.Ratio(null, selector(ratio.path("bad"), name), total);
  }

  private static String query(JsonNode metric, String name) {
    var source = metric.path("metricSource");
    String type = source.path("type").asText("Prometheus");
    String query = source.path("spec").path("query").asText();
    if (!type.equalsIgnoreCase("prometheus") || query.isBlank()) {
      throw unsupported(name, "asks " + type + ", not Prometheus");
    }
    return query.strip();
  }

  private static String selector(JsonNode metric, String name) {
    String query = query(metric, name);
    return Selectors.ofSummedRate(query)
        .orElseThrow(() -> unsupported(name, "has a query that is no sum of a counter: " + query));
  }

  private static Comparison comparison(String op, String name) {
    return switch (op) {
      case "lt" -> Comparison.BELOW;
      case "lte" -> Comparison.AT_MOST;
      case "gt" -> Comparison.ABOVE;
      case "gte" -> Comparison.AT_LEAST;
      default -> throw invalid(name, "has the op \"" + op + "\", none of lt, lte, gt, gte");
    };
  }

  private static Budgeting budgeting(String method, JsonNode objective, String name) {
    return switch (method) {
      case "Occurrences" -> Budgeting.OCCURRENCES;
      case "Timeslices" ->
          new Budgeting.TimeSlices(
              duration(objective.path("timeSliceWindow").asText(), name),
              decimal(objective, "timeSliceTarget", name).stripTrailingZeros());
      case "RatioTimeslices" ->
          new Budgeting.RatioTimeSlices(duration(objective.path("timeSliceWindow").asText(), name));
      default -> throw invalid(name, "has the budgetingMethod \"" + method + "\"");
    };
  }

  private static Window window(JsonNode window, String name) {
    String text = window.path("duration").asText();
    if (window.path("isRolling").asBoolean(!window.has("calendar"))) {
      return new Window.Rolling(duration(text, name));
    }
    var calendar = window.path("calendar");
    return new Window.Calendar(
        period(text, name),
        LocalDateTime.parse(calendar.path("startTime").asText(), START)
            .atZone(ZoneId.of(calendar.path("timeZone").asText("UTC"))));
  }

  private static Duration duration(String text, String name) {
    Matcher m = LENGTH.matcher(text);
    if (!m.matches()) {
      throw invalid(name, "has the duration \"" + text + "\"; write one as in 30d");
    }
    long number = Long.parseLong(m.group(1));
    return switch (m.group(2)) {
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      case "w" -> Duration.ofDays(7 * number);
      default -> throw invalid(name, "rolls over " + text + ", which differs in length; take days");
    };
  }

  private static Period period(String text, String name) {
    Matcher m = LENGTH.matcher(text);
    int number = m.matches() ? Integer.parseInt(m.group(1)) : 0;
    return switch (m.matches() ? m.group(2) : "") {
      case "d" -> Period.ofDays(number);
      case "w" -> Period.ofDays(7 * number);
      case "M" -> Period.ofMonths(number);
      case "Q" -> Period.ofMonths(3 * number);
      case "Y" -> Period.ofMonths(12 * number);
      default -> throw invalid(name, "has the calendar period \"" + text + "\"");
    };
  }

  private List<BurnWindow> alerts(JsonNode policies, Window window, String name) {
    if (policies.isEmpty()) {
      return BurnWindow.standard(window);
    }
    var alerts = new ArrayList<BurnWindow>();
    for (var policy : policies) {
      var spec =
          policy.has("spec")
              ? policy.path("spec")
              : find("AlertPolicy", policy.path("alertPolicyRef").asText(policy.asText()), name);
      for (var each : spec.path("conditions")) {
        boolean inline = each.has("spec");
        var condition =
            inline
                ? each.path("spec")
                : find("AlertCondition", each.path("conditionRef").asText(), name);
        alerts.add(
            alert(condition, Yaml.texts(each.path("metadata").path("annotations")), window, name));
      }
    }
    return alerts;
  }

  private static BurnWindow alert(
      JsonNode spec, Map<String, String> own, Window window, String name) {
    var condition = spec.path("condition");
    if (!condition.path("kind").asText().equals("burnrate")
        || !condition.path("op").asText().startsWith("g")) {
      throw unsupported(name, "has an alert that is no burn rate above a threshold");
    }
    var length = duration(condition.path("lookbackWindow").asText(), name);
    var period = window.length(Instant.EPOCH);
    var share =
        own.containsKey(OWN + "share")
            ? new BigDecimal(own.get(OWN + "share"))
            : decimal(condition, "threshold", name)
                .multiply(BigDecimal.valueOf(length.toMillis()))
                .divide(BigDecimal.valueOf(period.toMillis()), MathContext.DECIMAL64);
    return new BurnWindow(
        spec.path("severity").asText().equalsIgnoreCase("page")
            ? BurnWindow.Severity.PAGE
            : BurnWindow.Severity.TICKET,
        length,
        own.containsKey(OWN + "short")
            ? Duration.parse(own.get(OWN + "short"))
            : length.dividedBy(12),
        share);
  }

  /** OpenSLO's labels may have several values. */
  private static Map<String, String> labels(JsonNode node) {
    var labels = new TreeMap<String, String>();
    node.properties()
        .forEach(
            e -> {
              var values = new ArrayList<String>();
              if (e.getValue().isArray()) {
                e.getValue().forEach(v -> values.add(v.asText()));
              } else {
                values.add(e.getValue().asText());
              }
              labels.put(e.getKey(), String.join(",", values));
            });
    return labels;
  }

  private static String name(JsonNode document) {
    return document.path("metadata").path("name").asText();
  }

  private static HiveException invalid(String name, String why) {
    return new HiveException(
        ErrorCode.OPENSLO_INVALID,
        "\"" + name + "\" is not as OpenSLO v1 has it: it " + why + ".",
        "oslo validate -f FILE says more.");
  }

  private static HiveException unsupported(String name, String why) {
    return new HiveException(
        ErrorCode.OPENSLO_UNSUPPORTED,
        "\"" + name + "\" cannot be taken in: it " + why + ".",
        "Hivedeck counts events. Give good and total as sums of a counter of Prometheus.");
  }

  static String lower(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }
}
