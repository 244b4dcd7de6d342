package dev.hivedeck.engine.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MergeRetriesTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final MergeRetries retries = new MergeRetries();

  @Test
  void whatFailedRestsForThePauseAndNoLonger() {
    assertThat(retries.rests("C-1", NOON, PAUSE)).isFalse();
    assertThat(retries.failed("C-1", NOON.plus(PAUSE))).isEqualTo(1);
    assertThat(retries.rests("C-1", NOON, PAUSE)).isTrue();
    assertThat(retries.rests("C-2", NOON, PAUSE)).isFalse();
    assertThat(retries.rests("C-1", NOON.plus(PAUSE), PAUSE)).isFalse();
  }

  @Test
  void aClockThatWasSetBackKeepsNobodyWaiting() {
    retries.failed("C-1", NOON.plus(PAUSE));
    assertThat(retries.rests("C-1", NOON.minusSeconds(1), PAUSE)).isFalse();
  }

  @Test
  void theLastTryForgetsAndSoDoesSuccess() {
    for (int tries = 1; tries <= MergeRetries.TRIES; tries++) {
      assertThat(retries.failed("C-1", NOON.plus(PAUSE))).isEqualTo(tries);
    }
    assertThat(retries.rests("C-1", NOON, PAUSE)).isFalse();
    retries.failed("C-2", NOON.plus(PAUSE));
    retries.forget("C-2");
    assertThat(retries.failed("C-2", NOON.plus(PAUSE))).isEqualTo(1);
  }
}
