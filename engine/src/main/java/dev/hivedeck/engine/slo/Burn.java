package dev.hivedeck.engine.slo;

import dev.hivedeck.engine.slo.Counts.Quality;
import java.math.BigDecimal;
import java.time.Duration;

/**
 * How fast a budget burns in a pair of windows.
 *
 * @param factor what both must exceed
 * @param longCounts events of the long window
 * @param shortCounts events of the short window
 */
public record Burn(
    BurnWindow window,
    BigDecimal factor,
    Counts longCounts,
    Counts shortCounts,
    double longRate,
    double shortRate,
    State state) {

  /** What a pair of windows says. */
  public enum State {
    CLEAR,
    /** It burns, by too few events to be sure. */
    WATCHING,
    BURNING,
    /** There are no events to judge by. */
    NO_DATA,
    /** The counts contradict each other. */
    IMPOSSIBLE
  }

  /**
   * @param period of the objective
   */
  public static Burn of(
      Objective objective, BurnWindow window, Duration period, EventLog events, long now) {
    Counts longCounts = events.between(now - window.length().toMillis(), now);
    Counts shortCounts = events.between(now - window.shortLength().toMillis(), now);
    var target = objective.target();
    var factor = window.factor(period);
    return new Burn(
        window,
        factor,
        longCounts,
        shortCounts,
        target.burn(longCounts),
        target.burn(shortCounts),
        state(objective, factor, longCounts, shortCounts));
  }

  private static State state(
      Objective objective, BigDecimal factor, Counts longCounts, Counts shortCounts) {
    if (longCounts.quality() == Quality.IMPOSSIBLE || shortCounts.quality() == Quality.IMPOSSIBLE) {
      return State.IMPOSSIBLE;
    }
    if (!longCounts.hasData()) {
      return State.NO_DATA;
    }
    if (!objective.target().burnsFaster(longCounts, factor)) {
      return State.CLEAR;
    }
    if (!shortCounts.hasData()) {
      return State.NO_DATA; // it burnt, and whether it still does nobody knows
    }
    if (!objective.target().burnsFaster(shortCounts, factor)) {
      return State.CLEAR;
    }
    return objective.guard().isSure(longCounts, objective.target(), factor.doubleValue())
        ? State.BURNING
        : State.WATCHING;
  }

  /** After how long a whole budget is gone at this speed. */
  public Duration wholeBudget(Duration period) {
    return longRate > 0
        ? Duration.ofMillis((long) Math.min(1e15, period.toMillis() / longRate))
        : Duration.ofMillis(Long.MAX_VALUE);
  }
}
