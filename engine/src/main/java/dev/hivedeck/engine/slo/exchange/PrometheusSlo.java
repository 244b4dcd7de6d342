package dev.hivedeck.engine.slo.exchange;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.Budgeting;
import dev.hivedeck.engine.slo.BurnWindow;
import dev.hivedeck.engine.slo.Guard;
import dev.hivedeck.engine.slo.Indicator;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.Target;
import dev.hivedeck.engine.slo.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * An objective over a Prometheus server's metrics, as Sloth describes one. Queries hold {@code
 * {{.window}}} where the window goes.
 *
 * @param labels of all series that are recorded
 * @param alerts none where it is only recorded
 */
public record PrometheusSlo(
    String service,
    String name,
    String description,
    Target target,
    Duration period,
    Map<String, String> labels,
    Sli sli,
    List<BurnWindow> windows,
    List<AlertTexts> alerts) {
  /** Where the window goes in a query. */
  public static final String WINDOW = "{{.window}}";

  /** What is measured. */
  public sealed interface Sli {
    /** Bad events by all events. */
    record Events(String error, String total) implements Sli {}

    /** Good events by all events. */
    record Good(String good, String total) implements Sli {}

    /** A query that gives the share of bad events itself. */
    record Raw(String errorRatio) implements Sli {}
  }

  /** The alert of one severity. */
  public record AlertTexts(
      BurnWindow.Severity severity,
      String name,
      Map<String, String> labels,
      Map<String, String> annotations) {
    public AlertTexts {
      labels = Map.copyOf(labels);
      annotations = Map.copyOf(annotations);
    }

    String runbook() {
      return annotations.getOrDefault("runbook_url", annotations.getOrDefault("runbook", ""));
    }
  }

  public PrometheusSlo {
    labels = Map.copyOf(labels);
    windows = List.copyOf(windows);
    alerts = List.copyOf(alerts);
  }

  public String id() {
    return service + "-" + name;
  }

  /**
   * Hivedeck's objective for a Prometheus server that has the same metrics.
   *
   * @throws HiveException {@code slo-unexportable} where PromQL cannot say the same
   */
  public static PrometheusSlo of(Objective objective, Instant now) {
    var alerts =
        objective.alerts().stream()
            .map(BurnWindow::severity)
            .distinct()
            .map(
                s ->
                    new AlertTexts(
                        s,
                        "ErrorBudgetBurn",
                        Map.of("objective", objective.name()),
                        objective.runbook().isEmpty()
                            ? Map.of()
                            : Map.of("runbook_url", objective.runbook())))
            .toList();
    return new PrometheusSlo(
        objective.service(),
        objective.name(),
        objective.description(),
        objective.target(),
        objective.window().length(now),
        objective.labels(),
        sli(objective),
        objective.alerts(),
        alerts);
  }

  /**
   * Hivedeck's own objective of the same meaning.
   *
   * @throws HiveException {@code import-unsupported} where no events can be counted
   */
  public Objective objective() {
    var indicator =
        switch (sli) {
          case Sli.Events e -> EventQueries.ofErrors(e.error(), e.total());
          case Sli.Good g -> EventQueries.ofRatio("1 - ((" + g.good() + ") / (" + g.total() + "))");
          case Sli.Raw r -> EventQueries.ofRatio(r.errorRatio());
        };
    var severities = alerts.stream().map(AlertTexts::severity).toList();
    return new Objective(
        name,
        description,
        service,
        kind(indicator),
        indicator,
        target,
        new Window.Rolling(period),
        Budgeting.OCCURRENCES,
        windows.stream().filter(w -> severities.contains(w.severity())).toList(),
        Guard.DEFAULT,
        alerts.stream()
            .map(AlertTexts::runbook)
            .filter(runbook -> !runbook.isEmpty())
            .findFirst()
            .orElse(""),
        labels);
  }

  /** What an objective is of, where nobody says it. */
  static String kind(Indicator indicator) {
    return switch (indicator) {
      case Indicator.Ratio _ -> "availability";
      case Indicator.Latency _ -> "latency";
      case Indicator.Threshold _ -> "value";
      case Indicator.Composite _ -> "composite";
    };
  }

  private static Sli sli(Objective objective) {
    return switch (objective.indicator()) {
      case Indicator.Ratio r when r.bad() != null -> new Sli.Events(sum(r.bad()), sum(r.total()));
      // Of good events there may be no series at all, and then a share of them is nothing.
      case Indicator.Ratio r ->
          Selectors.others(Selectors.parse(r.good()), Selectors.parse(r.total()))
              .<Sli>map(bad -> new Sli.Events(sum(bad), sum(r.total())))
              .orElseGet(
                  () -> new Sli.Good(sum(r.good()) + " or 0 * " + sum(r.total()), sum(r.total())));
      case Indicator.Latency l -> {
        var selector = Selectors.parse(l.histogram());
        String bound = Selectors.number(l.seconds());
        yield new Sli.Good(
            sum(Selectors.named(selector, "_bucket", Map.of("le", bound))),
            sum(Selectors.named(selector, "_count", Map.of())));
      }
      case Indicator.Threshold t ->
          new Sli.Raw(
              "1 - avg_over_time((%s %s bool %s)[%s:1m])"
                  .formatted(
                      t.query(), t.comparison().sign(), Selectors.number(t.value()), WINDOW));
      case Indicator.Composite _ ->
          throw new HiveException(
              ErrorCode.SLO_UNEXPORTABLE,
              "The objective "
                  + objective.name()
                  + " is made of others; Prometheus rules cannot"
                  + " say that.",
              "Leave it out with --skip, or export those that it is made of by their names.");
    };
  }

  private static String sum(String selector) {
    return "sum(rate(" + selector + "[" + WINDOW + "]))";
  }
}
