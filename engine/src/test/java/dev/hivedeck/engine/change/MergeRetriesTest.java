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
    assertThat(retries.rests("C-1", NOON)).isFalse();
    assertThat(retries.failed("C-1", NOON, PAUSE)).isEqualTo(1);
    assertThat(retries.rests("C-1", NOON)).isTrue();
    assertThat(retries.rests("C-2", NOON)).isFalse();
    assertThat(retries.rests("C-1", NOON.plus(PAUSE))).isFalse();
  }

  @Test
  void aClockThatWasSetBackKeepsNobodyWaiting() {
    retries.failed("C-1", NOON, PAUSE);
    assertThat(retries.rests("C-1", NOON.minusSeconds(1))).isFalse();
  }

  @Test
  void theLastTryForgetsAndSoDoesSuccess() {
    for (int tries = 1; tries <= MergeRetries.TRIES; tries++) {
      assertThat(retries.failed("C-1", NOON, PAUSE)).isEqualTo(tries);
    }
    assertThat(retries.rests("C-1", NOON)).isFalse();
    retries.failed("C-2", NOON, PAUSE);
    retries.forget("C-2");
    assertThat(retries.failed("C-2", NOON, PAUSE)).isEqualTo(1);
  }

  @Test
  void whatWaitsForMainToBeMendedGoesOnOnceSomethingCameThere() {
    retries.waits("C-1", NOON, PAUSE);
    retries.failed("C-2", NOON, PAUSE);
    assertThat(retries.rests("C-1", NOON)).isTrue();
    retries.moved();
    assertThat(retries.rests("C-1", NOON)).isFalse();
    assertThat(retries.rests("C-2", NOON)).as("what is its own trouble").isTrue();
  }
}
