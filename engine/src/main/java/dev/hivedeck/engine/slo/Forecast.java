package dev.hivedeck.engine.slo;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When a budget will be gone if bad events go on coming as of late.
 *
 * <p>The interval holds the true time in {@link #CONFIDENCE} of all cases as far as the share of
 * bad events stays what it was: it comes from the exact interval of that share ({@link
 * ClopperPearson}), widened where bad events come in bunches, by the ratio of the variance between
 * slots to that of independent events (Pearson's chi-squared by its degrees of freedom).
 *
 * @param at the best guess; empty when the budget lasts
 * @param earliest the lower end of the interval
 * @param latest the upper end, empty when it may as well last
 */
public record Forecast(Optional<Instant> at, Instant earliest, Optional<Instant> latest) {
  public static final double CONFIDENCE = 0.9;

  /** How many slots of the recent past bunches are looked for in. */
  private static final int SLOTS = 24;

  /**
   * @param recent how much of the past tells of the future
   * @return empty without events, or when the budget is gone already
   */
  public static Optional<Forecast> of(
      Objective objective, EventLog events, Duration recent, Instant now) {
    long end = now.toEpochMilli();
    long start = end - recent.toMillis();
    Counts late = events.between(start, end);
    var window = objective.window();
    Counts whole = events.between(window.start(now).toEpochMilli(), end);
    double left = Budget.of(objective.target(), whole).left();
    if (!late.hasData() || !(left > 0)) {
      return Optional.empty();
    }
    double bunching = bunching(events, start, end, late.badRatio());
    double bad = late.bad() / bunching;
    double total = late.total() / bunching;
    double side = (1 + CONFIDENCE) / 2;
    double millis =
        left * window.length(now).toMillis() * objective.target().budget().doubleValue();
    var guess = after(now, millis / late.badRatio());
    var earliest = after(now, millis / ClopperPearson.upper(bad, total, side));
    var latest = after(now, millis / ClopperPearson.lower(bad, total, side));
    return earliest.map(e -> new Forecast(guess, e, latest));
  }

  /** By how much bad events vary more from slot to slot than independent ones would; at least 1. */
  private static double bunching(EventLog events, long start, long end, double ratio) {
    if (ratio <= 0 || ratio >= 1) {
      return 1;
    }
    double chi = 0;
    int slots = 0;
    for (int i = 0; i < SLOTS; i++) {
      Counts slot =
          events.between(
              start + (end - start) * i / SLOTS, start + (end - start) * (i + 1) / SLOTS);
      if (slot.hasData()) {
        double expected = ratio * slot.total();
        double difference = slot.bad() - expected;
        chi += difference * difference / (expected * (1 - ratio));
        slots++;
      }
    }
    return slots < 2 ? 1 : Math.max(1, chi / (slots - 1));
  }

  /** A century is never. */
  private static Optional<Instant> after(Instant now, double millis) {
    return millis < Duration.ofDays(36_500).toMillis()
        ? Optional.of(now.plusMillis((long) millis))
        : Optional.empty();
  }
}
