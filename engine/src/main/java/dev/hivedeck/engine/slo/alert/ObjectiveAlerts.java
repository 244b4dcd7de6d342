package dev.hivedeck.engine.slo.alert;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.slo.Assessment;
import dev.hivedeck.engine.slo.Burn;
import dev.hivedeck.engine.slo.BurnWindow.Severity;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.alert.AlertMachine.Step;
import dev.hivedeck.engine.slo.alert.AlertRule.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The alerts of an objective, one for each severity. They have no {@code for}: the long window is
 * what they wait for, and the short one is how they end (Site Reliability Workbook, chapter 5).
 */
public final class ObjectiveAlerts {
  /** The name of all of them. */
  public static final String NAME = "ErrorBudgetBurn";

  private static final AlertRule RULE =
      new AlertRule(NAME, Duration.ZERO, Duration.ZERO, Map.of(), Map.of());

  private static final long MINUTE = 60;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private ObjectiveAlerts() {}

  /**
   * @param before the objective's alerts
   * @param watching since when events have been counted without a break; what is missing before is
   *     no sign that all is well
   */
  public static Step next(Assessment assessment, Map<Labels, Alert> before, Instant watching) {
    var found = new ArrayList<Observation>();
    Set<Labels> unknown = new HashSet<>();
    for (var severity : Severity.values()) {
      var worst = assessment.worst(severity);
      var labels = labels(assessment.objective(), severity);
      if (worst.isPresent()) {
        found.add(new Observation(labels, worst.get().longRate(), texts(assessment, worst.get())));
      } else if (assessment.burns().stream()
          .anyMatch(b -> b.window().severity() == severity && isOpen(b, assessment, watching))) {
        unknown.add(labels);
      }
    }
    return AlertMachine.next(RULE, before, found, unknown, assessment.at());
  }

  /** Whether a pair of windows cannot say that it is over. */
  private static boolean isOpen(Burn burn, Assessment assessment, Instant watching) {
    boolean stopped = burn.state() == Burn.State.NO_DATA && burn.longCounts().hasData();
    boolean contradicts = burn.state() == Burn.State.IMPOSSIBLE;
    boolean tooNew = watching.isAfter(assessment.at().minus(burn.window().shortLength()));
    return stopped || contradicts || tooNew;
  }

  public static Labels labels(Objective objective, Severity severity) {
    var labels = new TreeMap<>(objective.labels());
    labels.put(AlertRule.NAME, NAME);
    labels.put("objective", objective.name());
    labels.put("service", objective.service());
    labels.put("severity", severity.name().toLowerCase(Locale.ROOT));
    return Labels.of(labels);
  }

  private static Map<String, String> texts(Assessment assessment, Burn burn) {
    var objective = assessment.objective();
    var texts = new TreeMap<String, String>();
    texts.put(
        "summary",
        "%s burns its error budget %.1f times faster than allowed"
            .formatted(objective.name(), burn.longRate()));
    texts.put(
        "windows",
        "over %s and over %s"
            .formatted(text(burn.window().length()), text(burn.window().shortLength())));
    texts.put("factor", burn.factor().toPlainString());
    texts.put(
        "meaning",
        "At this speed the budget of %s is gone in %s."
            .formatted(text(assessment.period()), text(burn.wholeBudget())));
    if (!objective.runbook().isEmpty()) {
      texts.put("runbook_url", objective.runbook());
    }
    return texts;
  }

  /**
   * A time in the largest unit that tells it whole; what none does in days or hours with one
   * decimal, or in whole minutes or seconds.
   */
  static String text(Duration duration) {
    long seconds = Math.max(1, Math.round(duration.toMillis() / 1e3));
    if (seconds % DAY == 0) {
      return text(Long.toString(seconds / DAY), "day");
    }
    if (seconds % HOUR == 0 && seconds < 2 * DAY) {
      return text(Long.toString(seconds / HOUR), "hour");
    }
    if (seconds >= 2 * DAY) {
      return text(tenths(seconds, DAY), "day");
    }
    if (seconds >= 2 * HOUR) {
      return text(tenths(seconds, HOUR), "hour");
    }
    boolean minutes = seconds % MINUTE == 0 || seconds >= 10 * MINUTE;
    return minutes
        ? text(Long.toString(Math.round((double) seconds / MINUTE)), "minute")
        : text(Long.toString(seconds), "second");
  }

  private static String text(String number, String unit) {
    return number + " " + unit + (number.equals("1") ? "" : "s");
  }

  private static String tenths(long seconds, long unit) {
    return String.format(Locale.ROOT, "%.1f", (double) seconds / unit).replaceFirst("\\.0$", "");
  }

  /** Who an objective's alerts are, whether they fire or not. */
  public static List<Labels> all(Objective objective) {
    return List.of(labels(objective, Severity.PAGE), labels(objective, Severity.TICKET));
  }
}
