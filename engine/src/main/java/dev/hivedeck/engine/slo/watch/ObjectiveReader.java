package dev.hivedeck.engine.slo.watch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.metric.promql.Parser;
import dev.hivedeck.engine.protocol.Durations;
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
import dev.hivedeck.engine.slo.exchange.Selectors;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Reads an objective as {@code hive.yaml} has it. */
public final class ObjectiveReader {
  private static final Map<String, Period> CALENDAR =
      Map.of(
          "day", Period.ofDays(1),
          "week", Period.ofWeeks(1),
          "month", Period.ofMonths(1),
          "quarter", Period.ofMonths(3),
          "year", Period.ofYears(1));
  private static final int PART = 12;

  private final String name;

  private ObjectiveReader(String name) {
    this.name = name;
  }

  /**
   * @throws HiveException {@code objective-invalid} and others, with the key and the remedy
   */
  public static Objective read(String name, JsonNode node) {
    return new ObjectiveReader(name).read(node);
  }

  private Objective read(JsonNode node) {
    var indicator = node.path("indicator");
    var guard = node.path("guard");
    var window = window(node.path("window"));
    return new Objective(
        name,
        node.path("description").asText(""),
        indicator.path("service").asText("hive"),
        node.path("kind").asText(kind(indicator)),
        indicator(indicator),
        Target.parse(node.path("target").asText()),
        window,
        budgeting(node.path("budget")),
        alerts(node.path("alerts"), window),
        new Guard(
            guard.path("events").asInt(Guard.DEFAULT.events()),
            guard.has("confidence")
                ? share(guard, "confidence").doubleValue()
                : Guard.DEFAULT.confidence()),
        node.path("runbook").asText(""),
        labels(node.path("labels")));
  }

  private static String kind(JsonNode indicator) {
    if (indicator.has("latency")) {
      return "latency";
    }
    return indicator.has("all") ? "composite" : indicator.has("query") ? "value" : "availability";
  }

  private Indicator indicator(JsonNode node) {
    if (node.has("latency")) {
      var latency = node.path("latency");
      String histogram = text(latency, "histogram");
      Selectors.parse(histogram);
      return new Indicator.Latency(histogram, duration(latency, "below").toMillis() / 1e3);
    }
    if (node.has("all")) {
      var parts = new ArrayList<String>();
      node.path("all").forEach(n -> parts.add(n.asText()));
      return new Indicator.Composite(parts);
    }
    if (node.has("query")) {
      String query = text(node, "query");
      Parser.parse(query);
      for (var comparison : Comparison.values()) {
        String key = comparison.name().toLowerCase(Locale.ROOT).replace("_", "-");
        if (node.path(key).isNumber()) {
          return new Indicator.Threshold(query, comparison, node.path(key).asDouble());
        }
      }
      throw invalid("indicator", "a query needs below, at-most, above or at-least with a number");
    }
    if (!node.has("total") || node.has("good") == node.has("bad")) {
      throw invalid(
          "indicator", "it needs total and one of good and bad, or latency, or query, or all");
    }
    String some = text(node, node.has("good") ? "good" : "bad");
    Selectors.parse(some);
    Selectors.parse(text(node, "total"));
    return node.has("good")
        ? new Indicator.Ratio(some, null, text(node, "total"))
        : new Indicator.Ratio(null, some, text(node, "total"));
  }

  private Window window(JsonNode node) {
    if (node.isMissingNode()) {
      return new Window.Rolling(Duration.ofDays(30));
    }
    if (!node.isObject()) {
      return new Window.Rolling(duration("window", node.asText()));
    }
    var period = CALENDAR.get(node.path("calendar").asText());
    if (period == null) {
      throw invalid("window", "calendar is one of day, week, month, quarter and year");
    }
    try {
      var zone = ZoneId.of(node.path("zone").asText("UTC"));
      if (node.has("from")) {
        return new Window.Calendar(
            period.multipliedBy(node.path("every").asInt(1)), from(node).atZone(zone));
      }
      return Window.Calendar.of(period.multipliedBy(node.path("every").asInt(1)), zone);
    } catch (DateTimeException e) {
      throw invalid("window", "\"" + node.path("zone").asText() + "\" is no zone of time");
    }
  }

  private LocalDateTime from(JsonNode node) {
    try {
      return LocalDateTime.parse(node.path("from").asText().strip().replace(' ', 'T'));
    } catch (DateTimeException e) {
      throw invalid(
          "window", "\"" + node.path("from").asText() + "\" is no time; write 2026-01-05T12:00");
    }
  }

  private Budgeting budgeting(JsonNode node) {
    if (!node.isObject()) {
      return Budgeting.OCCURRENCES;
    }
    var slice = duration(node, "slice");
    if (!slice.isPositive()) {
      throw invalid("budget", "a slice is longer than nothing, as in 1m");
    }
    return node.has("good")
        ? new Budgeting.TimeSlices(slice, share(node, "good"))
        : new Budgeting.RatioTimeSlices(slice);
  }

  private List<BurnWindow> alerts(JsonNode node, Window window) {
    if (node.isMissingNode()) {
      return BurnWindow.standard(window);
    }
    var alerts = new ArrayList<BurnWindow>();
    for (var alert : node) {
      var length = duration(alert, "window");
      alerts.add(
          new BurnWindow(
              Severity.valueOf(alert.path("severity").asText("page").toUpperCase(Locale.ROOT)),
              length,
              alert.has("short") ? duration(alert, "short") : length.dividedBy(PART),
              share(alert, "share")));
    }
    return alerts;
  }

  private static Map<String, String> labels(JsonNode node) {
    var labels = new TreeMap<String, String>();
    node.properties().forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
    return labels;
  }

  private String text(JsonNode node, String key) {
    String text = node.path(key).asText("");
    if (text.isBlank()) {
      throw invalid(key, "it is missing");
    }
    return text;
  }

  private Duration duration(JsonNode node, String key) {
    return duration(key, node.path(key).asText(""));
  }

  private Duration duration(String key, String text) {
    return Durations.parse(text)
        .orElseThrow(
            () -> invalid(key, "\"" + text + "\" is no time; write " + Durations.EXAMPLES));
  }

  private BigDecimal share(JsonNode node, String key) {
    String text = node.path(key).asText("").strip();
    try {
      return text.endsWith("%")
          ? new BigDecimal(text.substring(0, text.length() - 1).strip()).movePointLeft(2)
          : new BigDecimal(text);
    } catch (NumberFormatException e) {
      throw invalid(key, "\"" + text + "\" is no share; write one as in 2%");
    }
  }

  private HiveException invalid(String key, String why) {
    return new HiveException(
        ErrorCode.OBJECTIVE_INVALID,
        "The objective " + name + " cannot be read, " + key + ": " + why + ".",
        "docs/slo.md has an example of each kind.");
  }
}
