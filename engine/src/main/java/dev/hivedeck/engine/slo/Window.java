package dev.hivedeck.engine.slo;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/** The time that an objective is judged over. */
public sealed interface Window {
  /** When the window that ends now began. */
  Instant start(Instant now);

  /** When the window that now lies in ends; of one that rolls, now. */
  Instant end(Instant now);

  /** How long it is, or was at that time: months differ. */
  Duration length(Instant now);

  /** How long it is usually: a month counts as 30 days. */
  Duration nominal();

  /** The last so much, at any time. */
  record Rolling(Duration duration) implements Window {
    public Rolling {
      if (duration.compareTo(Duration.ofHours(1)) < 0
          || duration.compareTo(Duration.ofDays(366)) > 0) {
        throw new HiveException(
            ErrorCode.WINDOW_INVALID,
            "An objective's window is between an hour and a year, not " + duration + ".",
            "30 days is usual: window: 30d");
      }
    }

    @Override
    public Instant start(Instant now) {
      return now.minus(duration);
    }

    @Override
    public Instant end(Instant now) {
      return now;
    }

    @Override
    public Duration length(Instant now) {
      return duration;
    }

    @Override
    public Duration nominal() {
      return duration;
    }
  }

  /**
   * Periods that begin one after the other from a time on, as the calendar of a place counts them.
   *
   * @param period for example a month
   * @param first when the first of them begins
   */
  record Calendar(Period period, ZonedDateTime first) implements Window {
    private static final int MONTH = 30;

    public Calendar {
      if (period.isZero() || period.isNegative()) {
        throw new HiveException(
            ErrorCode.WINDOW_INVALID,
            "A calendar window needs a length, not " + period + ".",
            "A day, a week, a month or a quarter is usual.");
      }
      period = period.normalized();
    }

    /** Of the calendar of a place: days, weeks from Monday, months, quarters, years. */
    public static Calendar of(Period period, ZoneId zone) {
      return new Calendar(period, ZonedDateTime.of(2024, 1, 1, 0, 0, 0, 0, zone)); // a Monday
    }

    private ZonedDateTime begin(Instant now) {
      ZonedDateTime at = now.atZone(first.getZone());
      long periods =
          period.toTotalMonths() > 0
              ? Math.floorDiv(ChronoUnit.MONTHS.between(first, at), period.toTotalMonths())
              : Math.floorDiv(ChronoUnit.DAYS.between(first, at), Math.max(1, period.getDays()));
      ZonedDateTime begin = plus(periods - 1);
      for (long i = periods; !plus(i).toInstant().isAfter(now); i++) {
        begin = plus(i);
      }
      return begin;
    }

    private ZonedDateTime plus(long periods) {
      return first
          .plusMonths(Math.multiplyExact(period.toTotalMonths(), periods))
          .plusDays(Math.multiplyExact((long) period.getDays(), periods));
    }

    @Override
    public Instant start(Instant now) {
      return begin(now).toInstant();
    }

    @Override
    public Instant end(Instant now) {
      return begin(now).plus(period).toInstant();
    }

    @Override
    public Duration length(Instant now) {
      return Duration.between(start(now), end(now));
    }

    @Override
    public Duration nominal() {
      return Duration.ofDays(MONTH * period.toTotalMonths() + period.getDays());
    }
  }
}
