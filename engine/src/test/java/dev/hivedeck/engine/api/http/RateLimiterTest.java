package dev.hivedeck.engine.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
  private Instant now = Instant.parse("2026-11-21T10:00:00Z");
  private final Clock clock =
      new Clock() {
        @Override
        public ZoneOffset getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return now;
        }
      };

  private long allowed(RateLimiter rateLimiter, String who, int of) {
    return IntStream.range(0, of).filter(i -> rateLimiter.allows(who)).count();
  }

  @Test
  void soManyAtOnceThenSoManyASecond() {
    var rateLimiter = new RateLimiter(clock, 100, 20);
    assertThat(allowed(rateLimiter, "T-1.1", 500)).isEqualTo(100);
    assertThat(allowed(rateLimiter, "T-2.1", 50)).isEqualTo(50);
    now = now.plusSeconds(1);
    assertThat(allowed(rateLimiter, "T-1.1", 500)).isEqualTo(20);
    now = now.plusSeconds(3_600);
    assertThat(allowed(rateLimiter, "T-1.1", 500)).isEqualTo(100);
  }

  /** Whatever the rhythm, nobody gets more than the burst and what came due meanwhile. */
  @Test
  void noRhythmGetsMore() {
    for (int seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      var rateLimiter = new RateLimiter(clock, 10, 5);
      Instant begun = now;
      long got = 0;
      for (int i = 0; i < 300; i++) {
        now = now.plus(Duration.ofMillis(random.nextInt(300)));
        got += allowed(rateLimiter, "a", 1 + random.nextInt(5));
      }
      double due = 10 + Duration.between(begun, now).toMillis() / 1_000.0 * 5;
      assertThat((double) got).as("seed %d", seed).isLessThanOrEqualTo(due + 1);
    }
  }
}
