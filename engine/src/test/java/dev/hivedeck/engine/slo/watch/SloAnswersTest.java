package dev.hivedeck.engine.slo.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.slo.Window;
import java.time.Duration;
import java.time.Period;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A window in words: a month is not taken for a minute. */
class SloAnswersTest {
  @ParameterizedTest
  @CsvSource({
    "P1D, 1 day",
    "P3D, 3 days",
    "P7D, 1 week",
    "P14D, 2 weeks",
    "P1M, 1 month",
    "P2M, 2 months",
    "P3M, 1 quarter",
    "P6M, 2 quarters",
    "P12M, 1 year",
    "P2Y, 2 years"
  })
  void windowsOfTheCalendarAreSaidInItsUnits(String period, String said) {
    assertThat(SloAnswers.window(Window.Calendar.of(Period.parse(period), ZoneOffset.UTC)))
        .isEqualTo(said);
  }

  @Test
  void windowsThatRollAreSaidAsTheyAreWritten() {
    assertThat(SloAnswers.window(new Window.Rolling(Duration.ofDays(30)))).isEqualTo("30d");
    assertThat(SloAnswers.window(new Window.Rolling(Duration.ofHours(6)))).isEqualTo("6h");
  }
}
