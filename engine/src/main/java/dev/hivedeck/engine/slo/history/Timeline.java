package dev.hivedeck.engine.slo.history;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.Budget;
import dev.hivedeck.engine.slo.Counts;
import dev.hivedeck.engine.slo.EventLog;
import dev.hivedeck.engine.slo.Objective;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * How an objective stood, step by step. A step says how it was at its end, and the lowest budget
 * and the highest burn that there was within: no peak is lost between two points.
 */
public final class Timeline {
  /** More points are refused: nobody could see them. */
  public static final int MOST_POINTS = 2_000;

  /** Burn is told of the last so much, or of the step where that is longer. */
  public static final Duration BURN_WINDOW = Duration.ofHours(1);

  private static final int POINTS = 240;
  private static final List<Duration> STEPS =
      Stream.of(10L, 30L, 60L, 300L, 900L, 3_600L, 10_800L, 21_600L, 86_400L)
          .map(Duration::ofSeconds)
          .toList();

  private Timeline() {}

  /**
   * One step. What cannot be said, since nothing was counted, is not a number.
   *
   * @param at its end
   * @param counts events of the step
   * @param left share of the budget that is left at its end
   * @param least the smallest share within
   * @param most the largest share within
   * @param burn how many times faster than allowed at its end
   * @param mostBurn the highest within
   */
  public record Step(
      Instant at,
      Counts counts,
      double left,
      double least,
      double most,
      double burn,
      double mostBurn) {}

  /** A step that suits a time: about 240 points at most. */
  public static Duration step(Instant from, Instant until) {
    long span = Duration.between(from, until).toMillis();
    return STEPS.stream()
        .filter(s -> span / s.toMillis() <= POINTS)
        .findFirst()
        .orElse(STEPS.getLast());
  }

  /**
   * @throws HiveException {@code range-invalid} when a time ends before it begins, {@code
   *     range-points} when it has more than {@link #MOST_POINTS} steps
   */
  public static List<Step> of(
      Objective objective, EventLog events, Instant from, Instant until, Duration step) {
    check(from, until, step);
    var steps = new ArrayList<Step>();
    var start = from;
    int position = events.at(from.toEpochMilli()) + 1;
    while (start.isBefore(until)) {
      var end = start.plus(step);
      if (end.isAfter(until)) {
        end = until;
      }
      double left = left(objective, events, end);
      double burn = burn(objective, events, end, step);
      double least = left;
      double most = left;
      double mostBurn = burn;
      for (; position < events.size() && events.time(position) <= end.toEpochMilli(); position++) {
        var at = Instant.ofEpochMilli(events.time(position));
        double then = left(objective, events, at);
        least = least(least, then);
        most = -least(-most, -then);
        mostBurn = -least(-mostBurn, -burn(objective, events, at, step));
      }
      steps.add(
          new Step(
              end,
              events.between(start.toEpochMilli(), end.toEpochMilli()),
              left,
              least,
              most,
              burn,
              mostBurn));
      start = end;
    }
    return steps;
  }

  private static void check(Instant from, Instant until, Duration step) {
    if (!from.isBefore(until)) {
      throw new HiveException(
          ErrorCode.RANGE_INVALID,
          "The time ends (" + until + ") before it begins (" + from + ").",
          "Give a beginning before the end, such as 7d.");
    }
    if (step.toMillis() < 1_000) {
      throw new HiveException(
          ErrorCode.RANGE_INVALID, "A step takes a second at least.", "Write it as in 5m.");
    }
    if (Duration.between(from, until).toMillis() / step.toMillis() > MOST_POINTS) {
      throw new HiveException(
          ErrorCode.RANGE_POINTS,
          "From %s until %s there are more than %d steps of %d s."
              .formatted(from, until, MOST_POINTS, step.toSeconds()),
          "Take a longer step or a shorter time; without a step, one is chosen that suits.");
    }
  }

  private static double least(double a, double b) {
    return Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.min(a, b);
  }

  private static double left(Objective objective, EventLog events, Instant at) {
    var counts = events.between(objective.window().start(at).toEpochMilli(), at.toEpochMilli());
    return counts.hasData() ? Budget.of(objective.target(), counts).left() : Double.NaN;
  }

  private static double burn(Objective objective, EventLog events, Instant at, Duration step) {
    long length = Math.max(BURN_WINDOW.toMillis(), step.toMillis());
    return objective.target().burn(events.between(at.toEpochMilli() - length, at.toEpochMilli()));
  }
}
