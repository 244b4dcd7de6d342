package dev.hivedeck.engine.slo;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When a budget will be gone if events, good and bad, go on coming as of late. Of a window that
 * rolls, old events leave; one that follows the calendar ends, and the next begins anew: what is
 * not gone by then lasts.
 *
 * <p>The interval holds the true time in {@link #CONFIDENCE} of all cases as far as the share of
 * bad events stays what it was: it comes from the exact interval of that share ({@link
 * ClopperPearson}), widened where bad events come in bunches, by the ratio of the variance between
 * slots to that of independent events (Pearson's chi-squared by its degrees of freedom).
 *
 * @param at the best guess; empty when the budget lasts
 * @param earliest the lower end of the interval, empty when it lasts in all of it
 * @param latest the upper end, empty when it may as well last
 */
public record Forecast(Optional<Instant> at, Optional<Instant> earliest, Optional<Instant> latest) {
  public static final double CONFIDENCE = 0.9;

  /** How many slots of the recent past bunches are looked for in. */
  private static final int SLOTS = 24;

  /** How many times of the future are looked at, until a window that rolls has rolled over. */
  private static final int STEPS = 120;

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
    long known = Math.max(start, events.first());
    if (!late.hasData() || !(left > 0) || known >= end) {
      return Optional.empty();
    }
    double bunching = bunching(events, start, end, late.badRatio());
    double bad = late.bad() / bunching;
    double total = late.total() / bunching;
    double side = (1 + CONFIDENCE) / 2;
    var coming = new Coming(objective, events, now, (double) late.total() / (end - known));
    return Optional.of(
        new Forecast(
            coming.gone(late.badRatio()),
            coming.gone(ClopperPearson.upper(bad, total, side)),
            coming.gone(ClopperPearson.lower(bad, total, side))));
  }

  /**
   * What is to come.
   *
   * @param perMilli events that come in a millisecond
   */
  private record Coming(Objective objective, EventLog events, Instant now, double perMilli) {
    /**
     * @param ratio the share of bad events from now on
     * @return when the budget is gone; empty when it lasts
     */
    Optional<Instant> gone(double ratio) {
      var window = objective.window();
      long horizon =
          window instanceof Window.Rolling
              ? window.length(now).toMillis()
              : Duration.between(now, window.end(now)).toMillis() - 1;
      long before = 0;
      for (int i = 1; i <= STEPS; i++) {
        long after = horizon * i / STEPS;
        if (isGone(after, ratio)) {
          return Optional.of(now.plusMillis(between(before, after, ratio)));
        }
        before = after;
      }
      return Optional.empty();
    }

    /** The first millisecond of a step in which it is gone. */
    private long between(long before, long after, double ratio) {
      long not = before;
      long gone = after;
      while (gone - not > 1) {
        long middle = (not + gone) >>> 1;
        if (isGone(middle, ratio)) {
          gone = middle;
        } else {
          not = middle;
        }
      }
      return gone;
    }

    private boolean isGone(long in, double ratio) {
      var then = now.plusMillis(in);
      var kept = events.between(objective.window().start(then).toEpochMilli(), now.toEpochMilli());
      double come = perMilli * in;
      double allowed = objective.target().budget().doubleValue() * (kept.total() + come);
      return kept.bad() + ratio * come >= allowed;
    }
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
}
