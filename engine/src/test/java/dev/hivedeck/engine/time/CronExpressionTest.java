package dev.hivedeck.engine.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronExpressionTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static List<String> local(String cron, String after, int count, ZoneId zone) {
    var from = LocalDateTime.parse(after).atZone(zone).toInstant();
    return CronExpression.parse(cron).between(from, Instant.MAX, zone, count).stream()
        .map(moment -> moment.atZone(zone).toOffsetDateTime().toString())
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 7 * * 1-5 | 2026-11-27T07:00 | 2026-11-30T07:00+01:00
          0 7 * * mon-fri | 2026-11-27T06:59 | 2026-11-27T07:00+01:00
          0 7 * * 7 | 2026-11-27T06:59 | 2026-11-29T07:00+01:00
          0 7 * * fri-sun | 2026-11-28T07:00 | 2026-11-29T07:00+01:00
          */20 * * * * | 2026-11-27T06:41 | 2026-11-27T07:00+01:00
          5/20 * * * * | 2026-11-27T06:41 | 2026-11-27T06:45+01:00
          0 0 29 2 * | 2026-11-27T06:41 | 2028-02-29T00:00+01:00
          0 0 13 * fri | 2026-11-27T06:41 | 2026-12-04T00:00+01:00
          0 0 1 JAN * | 2026-11-27T06:41 | 2027-01-01T00:00+01:00
          @weekly | 2026-11-27T06:41 | 2026-11-29T00:00+01:00
          1,2 3 * * * | 2026-11-27T03:01 | 2026-11-27T03:02+01:00
          """)
  void theNextIsAsInCron(String cron, String after, String next) {
    assertThat(local(cron, after, 1, BERLIN)).containsExactly(next);
  }

  /** In Berlin 02:00 to 03:00 is left out on 2026-03-29, and comes twice on 2026-10-25. */
  @Test
  void aTimeOfDayComesOnceWhateverTheClockOnTheWallDoes() {
    assertThat(local("30 2 * * *", "2026-03-28T12:00", 2, BERLIN))
        .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00");
    assertThat(local("30 2 * * *", "2026-10-24T12:00", 2, BERLIN))
        .containsExactly("2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00");
    assertThat(local("*/30 * * * *", "2026-03-29T01:00", 2, BERLIN))
        .containsExactly("2026-03-29T01:30+01:00", "2026-03-29T03:00+02:00");
    assertThat(local("0 * * * *", "2026-10-25T01:00", 3, BERLIN))
        .containsExactly(
            "2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00", "2026-10-25T03:00+01:00");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          '' | it has 0 fields
          * * * * | it has 4 fields
          0 7 * * * * | it has 6 fields
          @noon | none of
          60 * * * * | "60" is no minute
          * 24 * * * | "24" is no hour
          * * 0 * * | day of the month
          * * * foo * | "foo" is no month
          * * * * 8 | day of the week
          5-1 * * * * | "5-1" is no minute
          */0 * * * * | "0" is no minute
          1-2-3 * * * * | "1-2-3"
          1,,2 * * * * | "" is no minute
          0 0 30 2 * | no month has such a day
          -1 * * * * | "" is no minute
          99999999999 * * * * | is no minute
          """)
  void whatIsNoneIsRefusedInWords(String cron, String told) {
    assertThatThrownBy(() -> CronExpression.parse(cron))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(told);
  }

  /** Beside a slow one that looks at every minute. */
  @Test
  void itAgreesWithOneThatLooksAtEveryMinute() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var zones =
        List.of("Europe/Berlin", "UTC", "America/Havana", "Australia/Lord_Howe", "Asia/Kolkata");
    for (int round = 0; round < 40; round++) {
      var zone = ZoneId.of(zones.get(random.nextInt(zones.size())));
      var minutes = some(random, 0, 59, 1 + random.nextInt(3));
      var hours = random.nextBoolean() ? null : some(random, 0, 23, 1 + random.nextInt(4));
      var weekdays = random.nextBoolean() ? null : some(random, 0, 6, 1 + random.nextInt(3));
      String cron = text(minutes) + " " + text(hours) + " * * " + text(weekdays);
      var from =
          Instant.parse("2026-01-01T00:00:00Z")
              .plus(random.nextInt(340), ChronoUnit.DAYS)
              .plus(random.nextInt(1440), ChronoUnit.MINUTES);
      var until = from.plus(Duration.ofDays(12));
      assertThat(CronExpression.parse(cron).between(from, until, zone, 100_000))
          .as("seed %d, round %d: %s in %s from %s", seed, round, cron, zone, from)
          .isEqualTo(slow(minutes, hours, weekdays, from, until, zone));
    }
  }

  private static List<Integer> some(Random random, int least, int most, int count) {
    return random.ints(least, most + 1).distinct().limit(count).sorted().boxed().toList();
  }

  private static String text(List<Integer> values) {
    return values == null
        ? "*"
        : String.join(",", values.stream().map(v -> Integer.toString(v)).toList());
  }

  private static List<Instant> slow(
      List<Integer> minutes,
      List<Integer> hours,
      List<Integer> weekdays,
      Instant from,
      Instant until,
      ZoneId zone) {
    var found = new ArrayList<Instant>();
    var seen = new ArrayList<LocalDateTime>();
    // From a day before, so that what the clock showed already is known.
    var before = from.minus(Duration.ofDays(1)).atZone(zone).toLocalDateTime();
    for (var at = from.minus(Duration.ofDays(1)); !at.isAfter(until); at = at.plusSeconds(60)) {
      var now = at.atZone(zone).toLocalDateTime();
      boolean due = false;
      var shown = new ArrayList<LocalDateTime>();
      if (hours != null) { // what was skipped counts where it was skipped
        for (var t = before.plusMinutes(1); t.isBefore(now); t = t.plusMinutes(1)) {
          shown.add(t);
        }
      }
      shown.add(now);
      for (var t : shown) {
        boolean fits =
            minutes.contains(t.getMinute())
                && (hours == null || hours.contains(t.getHour()))
                && (weekdays == null
                    || weekdays.contains(
                        t.getDayOfWeek() == DayOfWeek.SUNDAY ? 0 : t.getDayOfWeek().getValue()));
        if (fits && (hours == null || !seen.contains(t))) {
          due = true;
          seen.add(t);
        }
      }
      before = now;
      if (due && at.isAfter(from)) {
        found.add(at);
      }
    }
    return found;
  }
}
