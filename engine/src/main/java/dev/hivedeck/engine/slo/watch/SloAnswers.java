package dev.hivedeck.engine.slo.watch;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.view.Muted;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.Word;
import dev.hivedeck.engine.slo.Burn;
import dev.hivedeck.engine.slo.Indicator;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.Window;
import dev.hivedeck.engine.slo.alert.Alert;
import dev.hivedeck.engine.slo.alert.AlertStore;
import dev.hivedeck.engine.slo.alert.Muting;
import dev.hivedeck.engine.slo.alert.Silence;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Objectives and alerts as clients see them. */
public final class SloAnswers {
  /** The state of what is not understood. */
  public static final String BROKEN = "broken";

  /** The state of what nobody has consented to yet. */
  public static final String AWAITING_CONSENT = "awaiting-consent";

  /** What is said of that. */
  public static final String WAITS = "It waits for your consent: hivedeck trust.";

  private static final int YEAR = 12;
  private static final int QUARTER = 3;
  private static final int WEEK = 7;

  private SloAnswers() {}

  /** By what burns first. */
  public static List<SloViews.Objective> objectives(
      List<SloWatch.Standing> standings, Muting muting) {
    return standings.stream().map(s -> objective(s, muting)).sorted(SloViews.BY_URGENCY).toList();
  }

  private static SloViews.Objective objective(SloWatch.Standing standing, Muting muting) {
    var assessment = standing.assessment();
    var objective = assessment.objective();
    var counts = assessment.counts();
    return new SloViews.Objective(
        objective.name(),
        objective.description(),
        objective.service(),
        objective.kind(),
        objective.target().percent(),
        window(objective.window()),
        assessment.at(),
        number(counts.goodRatio()),
        counts.bad(),
        counts.total(),
        assessment.budget().allowed().doubleValue(),
        counts.hasData() ? number(assessment.budget().left()) : null,
        Word.kebab(assessment.state()),
        objective.enough(),
        assessment.burns().stream().map(SloAnswers::burn).toList(),
        standing
            .forecast()
            .map(
                f ->
                    new SloViews.Forecast(
                        f.at().orElse(null), f.earliest().orElse(null), f.latest().orElse(null)))
            .orElse(null),
        standing.alerts().stream().map(a -> alert(objective.name(), a, muting)).toList(),
        objective.runbook(),
        !standing.problem().isEmpty()
            ? standing.problem()
            : standing.broken()
                ? "Nothing of what it counts was found yet: its alerts cannot fire."
                : "",
        parts(objective),
        List.of());
  }

  private static List<String> parts(Objective objective) {
    return objective.indicator() instanceof Indicator.Composite c ? c.objectives() : List.of();
  }

  private static SloViews.Burn burn(Burn burn) {
    double rate = burn.longRate();
    return new SloViews.Burn(
        Word.kebab(burn.window().severity()),
        burn.window().length().toSeconds(),
        burn.window().shortLength().toSeconds(),
        burn.factor().doubleValue(),
        number(rate),
        number(burn.shortRate()),
        Word.kebab(burn.state()),
        rate > 0 ? burn.wholeBudget().toSeconds() : null);
  }

  /** Alerts of rules. */
  public static List<SloViews.Alert> alerts(Map<String, List<Alert>> alerts, Muting muting) {
    return alerts.entrySet().stream()
        .flatMap(e -> e.getValue().stream().map(a -> alert(e.getKey(), a, muting)))
        .toList();
  }

  private static SloViews.Alert alert(String rule, Alert alert, Muting muting) {
    return new SloViews.Alert(
        AlertStore.id(rule, alert.labels()),
        rule,
        alert.labels().toMap(),
        alert.annotations(),
        alert.state(),
        alert.firedAt() == null ? alert.activeAt() : alert.firedAt(),
        alert.resolvedAt(),
        muting.of(alert.labels()));
  }

  /**
   * One whose definition is not understood.
   *
   * @param alerts as they stood when it was evaluated last
   */
  public static SloViews.Objective unreadable(
      String name, String problem, List<SloViews.Alert> alerts) {
    return new SloViews.Objective(
        name, "", "", "", "", "", null, null, 0, 0, 0, null, BROKEN, 0, List.of(), null, alerts, "",
        problem, List.of(), List.of());
  }

  /** One that nobody has consented to yet. */
  public static SloViews.Objective waiting(Objective o, List<SloViews.Alert> alerts) {
    return new SloViews.Objective(
        o.name(),
        o.description(),
        o.service(),
        o.kind(),
        o.target().percent(),
        window(o.window()),
        null,
        null,
        0,
        0,
        0,
        null,
        AWAITING_CONSENT,
        0,
        List.of(),
        null,
        alerts,
        o.runbook(),
        WAITS,
        parts(o),
        List.of());
  }

  /** Alerts of the past, the newest first. */
  public static List<SloViews.Alert> history(List<AlertStore.Past> past) {
    return past.stream()
        .map(
            p ->
                new SloViews.Alert(
                    AlertStore.id(p.rule(), p.labels()),
                    p.rule(),
                    p.labels().without(Labels.NAME).toMap(),
                    Map.of("summary", p.note() == null ? "" : p.note()),
                    p.outcome(),
                    p.began(),
                    p.ended(),
                    Muted.NONE,
                    p.source()))
        .toList();
  }

  public static SloViews.Silence silence(Silence silence) {
    return new SloViews.Silence(
        silence.id(),
        silence.matchers().stream().map(Object::toString).collect(Collectors.joining(", ")),
        silence.starts(),
        silence.ends(),
        silence.author(),
        silence.comment());
  }

  static String window(Window window) {
    return switch (window) {
      case Window.Rolling r -> text(r.duration());
      case Window.Calendar c ->
          c.period().toTotalMonths() > 0
              ? text(c.period().toTotalMonths(), YEAR, "year", QUARTER, "quarter", "month")
              : text(c.period().getDays(), WEEK, "week", WEEK, "week", "day");
    };
  }

  private static String text(
      long count, int large, String largest, int middle, String between, String smallest) {
    long parts = count % large == 0 ? large : count % middle == 0 ? middle : 1;
    String unit = parts == 1 ? smallest : parts == large ? largest : between;
    return count / parts + " " + unit + (count == parts ? "" : "s");
  }

  private static String text(Duration duration) {
    return duration.toHours() % 24 == 0 ? duration.toDays() + "d" : duration.toHours() + "h";
  }

  static Double number(double value) {
    return Double.isNaN(value) || Double.isInfinite(value) ? null : value;
  }
}
