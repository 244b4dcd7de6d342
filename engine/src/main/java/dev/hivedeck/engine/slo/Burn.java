package dev.hivedeck.engine.slo;

import dev.hivedeck.engine.slo.Counts.Quality;
import java.math.BigDecimal;
import java.time.Duration;

/**
 * How fast a budget burns in a pair of windows.
 *
 * @param period of the objective
 * @param longCounts events of the long window
 * @param shortCounts events of the short window
 */
public record Burn(
    BurnWindow window,
    Target target,
    Duration period,
    Counts longCounts,
    Counts shortCounts,
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
  static Burn of(
      Objective objective, BurnWindow window, Duration period, EventLog events, long now) {
    Counts longCounts = events.between(now - window.length().toMillis(), now);
    Counts shortCounts = events.between(now - window.shortLength().toMillis(), now);
    return new Burn(
        window,
        objective.target(),
        period,
        longCounts,
        shortCounts,
        state(objective, window, period, longCounts, shortCounts));
  }

  private static State state(
      Objective objective,
      BurnWindow window,
      Duration period,
      Counts longCounts,
      Counts shortCounts) {
    if (longCounts.quality() == Quality.IMPOSSIBLE || shortCounts.quality() == Quality.IMPOSSIBLE) {
      return State.IMPOSSIBLE;
    }
    if (!longCounts.hasData()) {
      return State.NO_DATA;
    }
    var target = objective.target();
    if (!window.isExceeded(longCounts, target, period)) {
      return State.CLEAR;
    }
    if (!shortCounts.hasData()) {
      return State.NO_DATA; // it burnt, and whether it still does nobody knows
    }
    if (!window.isExceeded(shortCounts, target, period)) {
      return State.CLEAR;
    }
    return objective.guard().isSure(longCounts, target, window.factor(period).doubleValue())
        ? State.BURNING
        : State.WATCHING;
  }

  /** What both windows must exceed. */
  public BigDecimal factor() {
    return window.factor(period);
  }

  /** How many times faster than allowed bad events come in the long window. */
  public double longRate() {
    return target.burn(longCounts);
  }

  public double shortRate() {
    return target.burn(shortCounts);
  }

  /** After how long a whole budget is gone at this speed. */
  public Duration wholeBudget() {
    double rate = longRate();
    return rate > 0
        ? Duration.ofMillis((long) Math.min(1e15, period.toMillis() / rate))
        : Duration.ofMillis(Long.MAX_VALUE);
  }
}
