package dev.hivedeck.ui.control.chart;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A stretch of time across a width.
 *
 * @param left where it begins, in pixels
 * @param right where it ends
 */
public record TimeAxis(Instant from, Instant until, double left, double right) {
  private static final List<Duration> STEPS =
      Stream.of(
              1L, 2L, 5L, 10L, 15L, 30L, 60L, 120L, 180L, 360L, 720L, 1440L, 2880L, 5760L, 10080L,
              20160L, 43200L, 525600L)
          .map(Duration::ofMinutes)
          .toList();

  public double x(Instant at) {
    double span = Math.max(1, Duration.between(from, until).toMillis());
    return left + (right - left) * Duration.between(from, at).toMillis() / span;
  }

  /** The moment at a place; those beside the axis belong to its ends. */
  public Instant at(double x) {
    double share = Math.clamp((x - left) / Math.max(1, right - left), 0, 1);
    return from.plusMillis((long) (share * Duration.between(from, until).toMillis()));
  }

  /** How far apart round times are, of which at most so many fit. */
  public Duration step(int most) {
    var span = Duration.between(from, until);
    return STEPS.stream()
        .filter(s -> span.dividedBy(s) <= most)
        .findFirst()
        .orElse(STEPS.getLast());
  }

  /** Round times of a place: 06:00, 08:00, not what happens to be at a fourth. */
  public List<Instant> ticks(int most, ZoneId zone) {
    long seconds = step(most).toSeconds();
    long offset = zone.getRules().getOffset(until).getTotalSeconds();
    var ticks = new ArrayList<Instant>();
    for (long i = Math.ceilDiv(from.getEpochSecond() + offset, seconds); ; i++) {
      var at = Instant.ofEpochSecond(i * seconds - offset);
      if (at.isAfter(until)) {
        return ticks;
      }
      ticks.add(at);
    }
  }
}
