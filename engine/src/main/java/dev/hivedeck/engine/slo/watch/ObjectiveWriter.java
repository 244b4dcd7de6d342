package dev.hivedeck.engine.slo.watch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.slo.Budgeting;
import dev.hivedeck.engine.slo.BurnWindow;
import dev.hivedeck.engine.slo.Guard;
import dev.hivedeck.engine.slo.Indicator;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes an objective as {@code hive.yaml} has it, so that {@link ObjectiveReader} reads it again.
 */
public final class ObjectiveWriter {
  private ObjectiveWriter() {}

  public static ObjectNode write(Objective objective) {
    var node = Json.object();
    put(node, "description", objective.description());
    put(node, "kind", objective.kind());
    indicator(objective, node.putObject("indicator"));
    node.put("target", objective.target().percent());
    switch (objective.window()) {
      case Window.Rolling r -> node.put("window", text(r.duration()));
      case Window.Calendar c -> calendar(c, node.putObject("window"));
    }
    switch (objective.budgeting()) {
      case Budgeting.Occurrences _ -> {}
      case Budgeting.TimeSlices t ->
          node.putObject("budget").put("slice", text(t.slice())).put("good", percent(t.target()));
      case Budgeting.RatioTimeSlices r -> node.putObject("budget").put("slice", text(r.slice()));
    }
    if (!objective.alerts().equals(BurnWindow.standard(objective.window()))) {
      var alerts = node.putArray("alerts");
      for (var window : objective.alerts()) {
        alerts
            .addObject()
            .put("severity", window.severity().name().toLowerCase(Locale.ROOT))
            .put("window", text(window.length()))
            .put("short", text(window.shortLength()))
            .put("share", percent(window.share()));
      }
    }
    if (!objective.guard().equals(Guard.DEFAULT)) {
      node.putObject("guard")
          .put("events", objective.guard().events())
          .put("confidence", objective.guard().confidence());
    }
    put(node, "runbook", objective.runbook());
    if (!objective.labels().isEmpty()) {
      var labels = node.putObject("labels");
      objective.labels().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(e -> labels.put(e.getKey(), e.getValue()));
    }
    return node;
  }

  private static void put(ObjectNode node, String key, String text) {
    if (!text.isEmpty()) {
      node.put(key, text);
    }
  }

  private static void indicator(Objective objective, ObjectNode node) {
    put(node, "service", objective.service());
    switch (objective.indicator()) {
      case Indicator.Ratio r -> {
        node.put(r.bad() == null ? "good" : "bad", r.bad() == null ? r.good() : r.bad());
        node.put("total", r.total());
      }
      case Indicator.Latency l ->
          node.putObject("latency")
              .put("histogram", l.histogram())
              .put("below", text(Duration.ofMillis(Math.round(l.seconds() * 1e3))));
      case Indicator.Threshold t ->
          node.put("query", t.query())
              .put(t.comparison().name().toLowerCase(Locale.ROOT).replace("_", "-"), t.value());
      case Indicator.Composite c -> {
        var all = node.putArray("all");
        c.objectives().forEach(all::add);
      }
    }
  }

  private static void calendar(Window.Calendar window, ObjectNode node) {
    long months = window.period().toTotalMonths();
    long count = months > 0 ? months : window.period().getDays();
    var units =
        months > 0
            ? List.of(Map.entry("year", 12), Map.entry("quarter", 3), Map.entry("month", 1))
            : List.of(Map.entry("week", 7), Map.entry("day", 1));
    var unit =
        units.stream().filter(u -> count % u.getValue() == 0).findFirst().orElse(units.getLast());
    node.put("calendar", unit.getKey());
    if (count > unit.getValue()) {
      node.put("every", count / unit.getValue());
    }
    var zone = window.first().getZone();
    node.put("zone", zone.getId());
    if (!window.equals(Window.Calendar.of(window.period(), zone))) {
      node.put("from", window.first().toLocalDateTime().toString());
    }
  }

  private static String percent(BigDecimal share) {
    return share.movePointRight(2).stripTrailingZeros().toPlainString() + "%";
  }

  private static String text(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 86_400_000 == 0) {
      return millis / 86_400_000 + "d";
    }
    if (millis % 3_600_000 == 0) {
      return millis / 3_600_000 + "h";
    }
    if (millis % 60_000 == 0) {
      return millis / 60_000 + "m";
    }
    return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
  }
}
