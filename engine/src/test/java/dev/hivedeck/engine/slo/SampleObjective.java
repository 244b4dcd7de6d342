package dev.hivedeck.engine.slo;

import java.time.Duration;
import java.util.Map;

/** An objective to test with. */
public final class SampleObjective {
  private SampleObjective() {}

  public static Objective of(String target, Window window) {
    return of("api", target, window);
  }

  public static Objective of(String name, String target, Window window) {
    return new Objective(
        name,
        "",
        "orders",
        "availability",
        new Indicator.Ratio("requests_total{code!~\"5..\"}", null, "requests_total"),
        Target.parse(target),
        window,
        Budgeting.OCCURRENCES,
        BurnWindow.standard(),
        Guard.DEFAULT,
        "",
        Map.of());
  }

  public static Window days(int days) {
    return new Window.Rolling(Duration.ofDays(days));
  }
}
