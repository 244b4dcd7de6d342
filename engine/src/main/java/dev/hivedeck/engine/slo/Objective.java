package dev.hivedeck.engine.slo;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;

/**
 * A service level objective: which share of which events is to be good, over which time.
 *
 * @param name unique in the workspace
 * @param service what it is about, a service, an agent or the hive
 * @param kind in a word, for people: availability, latency, lag …
 * @param runbook where it says what to do, may be empty
 */
public record Objective(
    String name,
    String description,
    String service,
    String kind,
    Indicator indicator,
    Target target,
    Window window,
    Budgeting budgeting,
    List<BurnWindow> alerts,
    Guard guard,
    String runbook,
    Map<String, String> labels) {
  public Objective {
    alerts = List.copyOf(alerts);
    labels = Map.copyOf(labels);
  }

  /** The same under another name. */
  public Objective named(String other) {
    return new Objective(
        other,
        description,
        service,
        kind,
        indicator,
        target,
        window,
        budgeting,
        alerts,
        guard,
        runbook,
        labels);
  }

  /** How many events it takes before one bad event more or less is no verdict. */
  public long enough() {
    return BigDecimal.valueOf(guard.events())
        .divide(target.budget(), 0, RoundingMode.CEILING)
        .longValueExact();
  }
}
