package dev.hivedeck.engine.forge.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.forge.RateLimit;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** GitHub is asked for all less often, the fewer requests are left. */
class LookPaceTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  private static Duration gap(int remaining, int requests, Duration until) {
    return LookPace.gap(new RateLimit(5000, remaining, NOW.plus(until)), requests, NOW);
  }

  @Test
  void looksUseHalfOfWhatIsLeftAtMost() {
    var hour = Duration.ofHours(1);
    assertThat(gap(5000, 10, hour)).isEqualTo(Duration.ofMillis(14_400));
    assertThat(gap(500, 10, hour)).isEqualTo(Duration.ofSeconds(144));
    assertThat(gap(5000, 2, hour)).as("never at once").isEqualTo(LookPace.LEAST);
  }

  @Test
  void nobodyWaitsLongerThanTheLimitLasts() {
    assertThat(gap(0, 50, Duration.ofMinutes(5))).isEqualTo(Duration.ofMinutes(5));
    assertThat(gap(0, 50, Duration.ofMinutes(-5))).isEqualTo(LookPace.LEAST);
    assertThat(LookPace.gap(null, 50, NOW)).isEqualTo(LookPace.LEAST);
  }
}
