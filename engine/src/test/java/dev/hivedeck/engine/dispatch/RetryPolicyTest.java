package dev.hivedeck.engine.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.failure.EndReason;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What follows which failure. */
class RetryPolicyTest {
  private static final Instant NOW = Instant.parse("2026-11-20T21:00:00Z");
  private static final List<Duration> BACKOFF =
      List.of(Duration.ofSeconds(5), Duration.ofSeconds(15));

  private static RetryPolicy after(
      String reason, Instant until, int seen, int turns, String... other) {
    return RetryPolicy.after(
        new RetryPolicy.Case(
            EndReason.of(reason), until, seen, turns, 3, BACKOFF, List.of(other), List.of(other)),
        NOW);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"gate", "exit", "timeout", "quiet", "crash", "nothing-changed", "context"})
  void whatIsAboutTheTaskIsTriedAgainThenByOthersThenGivenUp(String reason) {
    assertThat(after(reason, null, 1, 1)).isEqualTo(new RetryPolicy.Again(Duration.ofSeconds(5)));
    assertThat(after(reason, null, 2, 2)).isEqualTo(new RetryPolicy.Again(Duration.ofSeconds(15)));
    assertThat(after(reason, null, 3, 3, "other")).isEqualTo(new RetryPolicy.FallBack("other"));
    assertThat(after(reason, null, 3, 3)).isEqualTo(new RetryPolicy.GiveUp());
  }

  /** Never without it, never by another instead, and no try of the agent's. */
  @Test
  void whoseSandboxCannotBeHadWaitsForAPerson() {
    assertThat(after("no-sandbox", null, 1, 1, "other")).isInstanceOf(RetryPolicy.Ask.class);
  }

  @Test
  void aQuotaIsWaitedForUntilItIsLifted() {
    var reset = NOW.plusSeconds(7_200);

    assertThat(after("quota", reset, 1, 1)).isEqualTo(new RetryPolicy.Park(reset));
    assertThat(after("quota", null, 1, 1))
        .isEqualTo(new RetryPolicy.Park(NOW.plus(Duration.ofMinutes(15))));
    assertThat(after("quota", null, 3, 1))
        .isEqualTo(new RetryPolicy.Park(NOW.plus(Duration.ofMinutes(60))));
    assertThat(after("quota", null, 90, 1))
        .isEqualTo(new RetryPolicy.Park(NOW.plus(Duration.ofHours(4))));
    assertThat(after("quota", reset, 1, 1, "other")).isEqualTo(new RetryPolicy.FallBack("other"));
  }

  @Test
  void anOverloadIsWaitedForSoOftenThenCounts() {
    assertThat(after("overload", null, 1, 1)).isEqualTo(new RetryPolicy.Park(NOW.plusSeconds(30)));
    assertThat(after("overload", null, 5, 1)).isEqualTo(new RetryPolicy.Park(NOW.plusSeconds(480)));
    assertThat(after("overload", null, 6, 1))
        .isEqualTo(new RetryPolicy.Again(Duration.ofSeconds(5)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sign-in", "not-found", "refused"})
  void whatOnlyAPersonCanPutRightIsAskedUnlessAnotherAgentCan(String reason) {
    assertThat(after(reason, null, 1, 1)).isInstanceOf(RetryPolicy.Ask.class);
    assertThat(after(reason, null, 1, 1, "other")).isEqualTo(new RetryPolicy.FallBack("other"));
  }

  @Test
  void aBudgetThatBeginsAnewIsWaitedForAnyOtherIsAPersons() {
    var midnight = NOW.plusSeconds(10_800);

    assertThat(after("budget", midnight, 1, 1)).isEqualTo(new RetryPolicy.Park(midnight));
    assertThat(after("budget", null, 1, 1, "other")).isInstanceOf(RetryPolicy.Ask.class);
  }

  @ParameterizedTest
  @EnumSource(FailureReason.class)
  void noFailureIsTriedWithoutEnd(FailureReason failureReason) {
    long seed = System.nanoTime();
    var random = new Random(seed);
    int turns = 0;
    for (int seen = 1; seen <= 200; seen++) {
      var retryPolicy =
          RetryPolicy.after(
              new RetryPolicy.Case(
                  failureReason, null, seen, turns + 1, 3, BACKOFF, List.of(), List.of()),
              NOW.plusSeconds(random.nextInt(1_000)));
      switch (retryPolicy) {
        case RetryPolicy.Again again -> turns++;
        case RetryPolicy.GiveUp ended -> {
          return;
        }
        case RetryPolicy.Ask asked -> {
          return;
        }
        case RetryPolicy.Park parked ->
            assertThat(parked.until()).as("seed " + seed).isAfter(NOW.plusSeconds(29));
        case RetryPolicy.FallBack other -> throw new AssertionError("to whom?");
      }
    }
    assertThat(failureReason)
        .isEqualTo(FailureReason.QUOTA); // which is lifted some day, at most every four hours
  }
}
