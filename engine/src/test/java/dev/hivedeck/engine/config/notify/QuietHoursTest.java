package dev.hivedeck.engine.config.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quiet hours go by the clock on the wall, whatever is done to it. */
class QuietHoursTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static QuietHours hours(String from, String to) {
    return new QuietHours(LocalTime.parse(from), LocalTime.parse(to), BERLIN);
  }

  @ParameterizedTest
  @CsvSource({
    // An ordinary night, before and after midnight.
    "22:00, 07:00, 2026-01-05T21:30:00Z, 2026-01-06T06:00:00Z",
    "22:00, 07:00, 2026-01-06T05:59:59Z, 2026-01-06T06:00:00Z",
    "22:00, 07:00, 2026-01-06T06:00:00Z, 2026-01-06T06:00:00Z",
    "22:00, 07:00, 2026-01-05T20:59:59Z, 2026-01-05T20:59:59Z",
    // The short night: at 2:00 it is 3:00.
    "22:00, 07:00, 2026-03-28T23:00:00Z, 2026-03-29T05:00:00Z",
    // An end that the clock never shows is when it is put forward.
    "22:00, 02:30, 2026-03-28T23:00:00Z, 2026-03-29T01:00:00Z",
    // A beginning that it never shows has passed then.
    "02:30, 03:15, 2026-03-29T01:00:00Z, 2026-03-29T01:15:00Z",
    // The long night: at 3:00 it is 2:00 again.
    "22:00, 07:00, 2026-10-24T23:00:00Z, 2026-10-25T06:00:00Z",
    "02:15, 02:45, 2026-10-25T00:20:00Z, 2026-10-25T00:45:00Z",
    "02:15, 02:45, 2026-10-25T01:20:00Z, 2026-10-25T01:45:00Z",
    "02:15, 02:45, 2026-10-25T01:00:00Z, 2026-10-25T01:00:00Z",
  })
  void theEndIsWhenTheClockShowsIt(String from, String to, Instant now, Instant next) {
    assertThat(hours(from, to).next(now)).isEqualTo(next);
  }

  /** On that day the clock never shows the twelve minutes between two quiet times. */
  @Test
  void anEndAndABeginThatTheClockSkipsArePassedOver() {
    var hours =
        new QuietHours(
            LocalTime.parse("02:25"), LocalTime.parse("02:13"), ZoneId.of("Australia/Lord_Howe"));
    assertThat(hours.next(Instant.parse("2026-10-02T17:52:00Z")))
        .isEqualTo(Instant.parse("2026-10-04T15:13:00Z"));
  }

  /** Beside a slow one that goes minute by minute; clocks are put at whole minutes. */
  @Test
  void theEndIsTheFirstMinuteThatIsNotQuiet() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      var from = LocalTime.MIN.plusMinutes(random.nextInt(1_440));
      var to = LocalTime.MIN.plusMinutes(random.nextInt(1_440));
      if (from.equals(to)) {
        continue;
      }
      var zone = ZoneId.of(random.nextBoolean() ? "Europe/Berlin" : "Australia/Lord_Howe");
      var year = Instant.parse("2026-01-01T00:00:00Z");
      var change =
          zone.getRules()
              .nextTransition(year.plus(Duration.ofDays(random.nextInt(365))))
              .getInstant();
      var now = change.plus(Duration.ofMinutes(random.nextInt(2_880) - 1_440));
      Predicate<Instant> quiet =
          at -> {
            var time = at.atZone(zone).toLocalTime();
            return from.isBefore(to)
                ? !time.isBefore(from) && time.isBefore(to)
                : !time.isBefore(from) || time.isBefore(to);
          };
      var expected = now;
      while (quiet.test(expected)) {
        expected = expected.plusSeconds(60);
      }
      assertThat(new QuietHours(from, to, zone).next(now))
          .as("seed %d: %s to %s %s at %s", seed, from, to, zone, now)
          .isEqualTo(expected);
    }
  }
}
