package dev.hivedeck.engine.slo;

import dev.hivedeck.engine.slo.BurnWindow.Severity;
import dev.hivedeck.engine.slo.Counts.Quality;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How an objective stands at a time. Ratio, budget and burn all come from {@link #counts}: they
 * cannot contradict each other.
 *
 * @param period the window's length then
 * @param counts events of the window so far
 * @param burns one for each pair of windows
 */
public record Assessment(
    Objective objective,
    Instant at,
    Duration period,
    Counts counts,
    Budget budget,
    List<Burn> burns,
    State state) {

  /** Worst last. */
  public enum State {
    HEALTHY,
    /** Faster than allowed, and no alert yet. */
    BURNING,
    NOT_ENOUGH_DATA,
    NO_DATA,
    WATCHING,
    EXHAUSTED,
    IMPOSSIBLE,
    TICKET,
    PAGE
  }

  public static Assessment of(Objective objective, EventLog events, Instant now) {
    var window = objective.window();
    Duration period = window.length(now);
    long millis = now.toEpochMilli();
    Counts counts = events.between(window.start(now).toEpochMilli(), millis);
    var burns =
        objective.alerts().stream()
            .map(w -> Burn.of(objective, w, period, events, millis))
            .toList();
    var budget = Budget.of(objective.target(), counts);
    return new Assessment(
        objective, now, period, counts, budget, burns, state(objective, counts, budget, burns));
  }

  private static State state(Objective objective, Counts counts, Budget budget, List<Burn> burns) {
    if (counts.quality() == Quality.IMPOSSIBLE
        || burns.stream().anyMatch(b -> b.state() == Burn.State.IMPOSSIBLE)) {
      return State.IMPOSSIBLE;
    }
    var burning =
        burns.stream()
            .filter(b -> b.state() == Burn.State.BURNING)
            .map(b -> b.window().severity())
            .min(Comparator.naturalOrder());
    if (burning.isPresent()) {
      return burning.get() == Severity.PAGE ? State.PAGE : State.TICKET;
    }
    if (!counts.hasData()) {
      return State.NO_DATA;
    }
    if (burns.stream().anyMatch(b -> b.state() == Burn.State.WATCHING)) {
      return State.WATCHING;
    }
    if (counts.total() < objective.enough()) {
      return State.NOT_ENOUGH_DATA;
    }
    if (budget.isSpent()) {
      return State.EXHAUSTED;
    }
    return burns.stream().anyMatch(b -> b.longRate() > 1 && b.shortRate() > 1)
        ? State.BURNING
        : State.HEALTHY;
  }

  /** The pair of windows of a severity that burns, the most urgent if several do. */
  public Optional<Burn> worst(Severity severity) {
    return burns.stream()
        .filter(b -> b.window().severity() == severity && b.state() == Burn.State.BURNING)
        .max(Comparator.comparing(Burn::factor));
  }
}
