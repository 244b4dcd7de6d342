package dev.hivedeck.engine.slo.exchange;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.Budgeting;
import dev.hivedeck.engine.slo.BurnWindow;
import dev.hivedeck.engine.slo.Guard;
import dev.hivedeck.engine.slo.Indicator;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.Map;

/** An objective as OpenSLO v1 writes it. */
final class OpenSloDocument {
  private OpenSloDocument() {}

  static ObjectNode of(Objective objective) {
    var document = Json.object();
    document.put("apiVersion", OpenSlo.API);
    document.put("kind", "SLO");
    var metadata = document.putObject("metadata");
    metadata.put("name", objective.name());
    if (!objective.labels().isEmpty()) {
      var labels = metadata.putObject("labels");
      objective.labels().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(
              e -> {
                ArrayNode values = labels.putArray(e.getKey());
                for (String value : e.getValue().split(",")) {
                  values.add(value);
                }
              });
    }
    var own = metadata.putObject("annotations");
    own.put(OpenSlo.OWN + "kind", objective.kind());
    if (!objective.runbook().isEmpty()) {
      own.put(OpenSlo.OWN + "runbook", objective.runbook());
    }
    if (!objective.guard().equals(Guard.DEFAULT)) {
      own.put(OpenSlo.OWN + "guard-events", Integer.toString(objective.guard().events()));
      own.put(OpenSlo.OWN + "guard-confidence", Double.toString(objective.guard().confidence()));
    }
    var spec = document.putObject("spec");
    spec.put("description", objective.description());
    spec.put("service", objective.service());
    var indicator = spec.putObject("indicator");
    indicator.putObject("metadata").put("name", objective.name());
    var target = Json.object();
    indicator(objective, indicator.putObject("spec"), own, target);
    window(objective.window(), spec.putArray("timeWindow").addObject());
    target.put("target", objective.target().ratio());
    spec.put("budgetingMethod", budgeting(objective.budgeting(), target));
    spec.putArray("objectives").add(target);
    if (!objective.alerts().equals(BurnWindow.standard(objective.window()))) {
      alerts(objective, spec.putArray("alertPolicies"));
    }
    return document;
  }

  private static void indicator(
      Objective objective, ObjectNode spec, ObjectNode own, ObjectNode target) {
    switch (objective.indicator()) {
      case Indicator.Ratio r -> {
        var ratio = spec.putObject("ratioMetric").put("counter", true);
        metric(
            ratio.putObject(r.bad() == null ? "good" : "bad"),
            sum(r.bad() == null ? r.good() : r.bad()));
        metric(ratio.putObject("total"), sum(r.total()));
      }
      case Indicator.Latency l -> {
        var selector = Selectors.parse(l.histogram());
        String bound = Selectors.number(l.seconds());
        own.put(OpenSlo.OWN + "latency", bound);
        var ratio = spec.putObject("ratioMetric").put("counter", true);
        metric(
            ratio.putObject("good"),
            sum(Selectors.named(selector, "_bucket", Map.of("le", bound))));
        metric(ratio.putObject("total"), sum(Selectors.named(selector, "_count", Map.of())));
      }
      case Indicator.Threshold t -> {
        metric(spec.putObject("thresholdMetric"), t.query());
        target.put(
            "op",
            switch (t.comparison()) {
              case BELOW -> "lt";
              case AT_MOST -> "lte";
              case ABOVE -> "gt";
              case AT_LEAST -> "gte";
            });
        target.put("value", t.value());
      }
      case Indicator.Composite _ ->
          throw new HiveException(
              ErrorCode.SLO_UNEXPORTABLE,
              "The objective "
                  + objective.name()
                  + " is made of others; OpenSLO v1 cannot say"
                  + " that.",
              "Leave it out with --skip, or export those that it is made of by their names.");
    }
  }

  private static String sum(String selector) {
    return "sum(" + selector + ")";
  }

  private static void metric(ObjectNode metric, String query) {
    var source = metric.putObject("metricSource");
    source.put("type", "Prometheus");
    source.putObject("spec").put("query", query);
  }

  private static void window(Window window, ObjectNode node) {
    switch (window) {
      case Window.Rolling r -> {
        node.put("duration", text(r.duration()));
        node.put("isRolling", true);
      }
      case Window.Calendar c -> {
        node.put("duration", text(c.period()));
        node.put("isRolling", false);
        var calendar = node.putObject("calendar");
        calendar.put("startTime", c.first().toLocalDateTime().format(OpenSlo.START));
        calendar.put("timeZone", c.first().getZone().getId());
      }
    }
  }

  private static String text(Duration duration) {
    long minutes = duration.toMinutes();
    if (minutes % 1_440 == 0) {
      return minutes / 1_440 + "d";
    }
    return minutes % 60 == 0 ? minutes / 60 + "h" : minutes + "m";
  }

  private static String text(Period period) {
    if (period.toTotalMonths() > 0) {
      return period.toTotalMonths() + "M";
    }
    return period.getDays() % 7 == 0 ? period.getDays() / 7 + "w" : period.getDays() + "d";
  }

  private static String budgeting(Budgeting budgeting, ObjectNode target) {
    return switch (budgeting) {
      case Budgeting.Occurrences _ -> "Occurrences";
      case Budgeting.TimeSlices t -> {
        target.put("timeSliceTarget", t.target());
        target.put("timeSliceWindow", text(t.slice()));
        yield "Timeslices";
      }
      case Budgeting.RatioTimeSlices r -> {
        target.put("timeSliceWindow", text(r.slice()));
        yield "RatioTimeslices";
      }
    };
  }

  private static void alerts(Objective objective, ArrayNode policies) {
    var policy = policies.addObject();
    policy.put("kind", "AlertPolicy");
    policy.putObject("metadata").put("name", objective.name() + "-burn");
    var spec = policy.putObject("spec");
    spec.put("alertWhenBreaching", true);
    var conditions = spec.putArray("conditions");
    var period = objective.window().length(Instant.EPOCH);
    for (var window : objective.alerts()) {
      var condition = conditions.addObject();
      condition.put("kind", "AlertCondition");
      var metadata = condition.putObject("metadata");
      metadata.put("name", OpenSlo.lower(window.severity()) + "-" + text(window.length()));
      metadata
          .putObject("annotations")
          .put(OpenSlo.OWN + "share", window.share().toPlainString())
          .put(OpenSlo.OWN + "short", window.shortLength().toString());
      var inner = condition.putObject("spec");
      inner.put("severity", OpenSlo.lower(window.severity()));
      inner
          .putObject("condition")
          .put("kind", "burnrate")
          .put("op", "gt")
          .put("threshold", window.factor(period))
          .put("lookbackWindow", text(window.length()))
          .put("alertAfter", "0m");
    }
    spec.putArray("notificationTargets");
  }
}
