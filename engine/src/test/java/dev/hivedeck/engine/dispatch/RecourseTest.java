package dev.hivedeck.engine.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.agent.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What follows which failure. */
class RecourseTest {
  private static final Instant NOW = Instant.parse("2026-11-20T21:00:00Z");
  private static final List<Duration> BACKOFF =
      List.of(Duration.ofSeconds(5), Duration.ofSeconds(15));

  private static Recourse after(
      String reason, Instant until, int seen, int turns, String... other) {
    return Recourse.after(
        new Recourse.Case(reason, until, seen, turns, 3, BACKOFF, List.of(other), List.of(other)),
        NOW);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"gate", "exit", "timeout", "quiet", "crash", "nothing-changed", "context"})
  void whatIsAboutTheTaskIsTriedAgainThenByOthersThenGivenUp(String reason) {
    assertThat(after(reason, null, 1, 1)).isEqualTo(new Recourse.Again(Duration.ofSeconds(5)));
    assertThat(after(reason, null, 2, 2)).isEqualTo(new Recourse.Again(Duration.ofSeconds(15)));
    assertThat(after(reason, null, 3, 3, "other")).isEqualTo(new Recourse.FallBack("other"));
    assertThat(after(reason, null, 3, 3)).isEqualTo(new Recourse.GiveUp());
  }

  /** Never without it, never by another instead, and no try of the agent's. */
  @Test
  void whoseSandboxCannotBeHadWaitsForAPerson() {
    assertThat(after("no-sandbox", null, 1, 1, "other")).isInstanceOf(Recourse.Ask.class);
  }

  @Test
  void aQuotaIsWaitedForUntilItIsLifted() {
    var reset = NOW.plusSeconds(7_200);

    assertThat(after("quota", reset, 1, 1)).isEqualTo(new Recourse.Park(reset));
    assertThat(after("quota", null, 1, 1))
        .isEqualTo(new Recourse.Park(NOW.plus(Duration.ofMinutes(15))));
    assertThat(after("quota", null, 3, 1))
        .isEqualTo(new Recourse.Park(NOW.plus(Duration.ofMinutes(60))));
    assertThat(after("quota", null, 90, 1))
        .isEqualTo(new Recourse.Park(NOW.plus(Duration.ofHours(4))));
    assertThat(after("quota", reset, 1, 1, "other")).isEqualTo(new Recourse.FallBack("other"));
  }

  @Test
  void anOverloadIsWaitedForSoOftenThenCounts() {
    assertThat(after("overload", null, 1, 1)).isEqualTo(new Recourse.Park(NOW.plusSeconds(30)));
    assertThat(after("overload", null, 5, 1)).isEqualTo(new Recourse.Park(NOW.plusSeconds(480)));
    assertThat(after("overload", null, 6, 1)).isEqualTo(new Recourse.Again(Duration.ofSeconds(5)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sign-in", "not-found", "refused"})
  void whatOnlyAPersonCanPutRightIsAskedUnlessAnotherAgentCan(String reason) {
    assertThat(after(reason, null, 1, 1)).isInstanceOf(Recourse.Ask.class);
    assertThat(after(reason, null, 1, 1, "other")).isEqualTo(new Recourse.FallBack("other"));
  }

  @Test
  void aBudgetThatBeginsAnewIsWaitedForAnyOtherIsAPersons() {
    var midnight = NOW.plusSeconds(10_800);

    assertThat(after("budget", midnight, 1, 1)).isEqualTo(new Recourse.Park(midnight));
    assertThat(after("budget", null, 1, 1, "other")).isInstanceOf(Recourse.Ask.class);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void noFailureIsTriedWithoutEnd(Fault fault) {
    long seed = System.nanoTime();
    var random = new Random(seed);
    int turns = 0;
    for (int seen = 1; seen <= 200; seen++) {
      var recourse =
          Recourse.after(
              new Recourse.Case(
                  fault.word(), null, seen, turns + 1, 3, BACKOFF, List.of(), List.of()),
              NOW.plusSeconds(random.nextInt(1_000)));
      switch (recourse) {
        case Recourse.Again again -> turns++;
        case Recourse.GiveUp ended -> {
          return;
        }
        case Recourse.Ask asked -> {
          return;
        }
        case Recourse.Park parked ->
            assertThat(parked.until()).as("seed " + seed).isAfter(NOW.plusSeconds(29));
        case Recourse.FallBack other -> throw new AssertionError("to whom?");
      }
    }
    assertThat(fault).isEqualTo(Fault.QUOTA); // which is lifted some day, at most every four hours
  }
}
