package dev.hivedeck.engine.forge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.forge.ForgeViews.CheckState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** The newest run of a check counts, and only a pass is a pass. */
class CheckRollupTest {
  private static RemoteCheck run(String name, CheckState state, @Nullable Integer second) {
    return new RemoteCheck(
        name,
        "ci",
        "pull_request",
        state,
        true,
        second == null ? null : Instant.ofEpochSecond(second),
        "",
        null,
        false);
  }

  private static CheckState all(RemoteCheck... runs) {
    return CheckRollup.of(List.of(runs)).state();
  }

  @Test
  void noCheckIsNotAPass() {
    assertThat(all()).isEqualTo(CheckState.NONE);
    assertThat(all(run("a", CheckState.SKIPPED, 1)))
        .as("what had nothing to say checked nothing")
        .isEqualTo(CheckState.NONE);
  }

  @Test
  void theNewestAttemptOfANameCounts() {
    assertThat(all(run("a", CheckState.FAILING, 1), run("a", CheckState.PASSING, 2)))
        .isEqualTo(CheckState.PASSING);
    assertThat(all(run("a", CheckState.PASSING, 1), run("a", CheckState.FAILING, 2)))
        .isEqualTo(CheckState.FAILING);
    assertThat(all(run("a", CheckState.PASSING, 1), run("a", CheckState.PENDING, null)))
        .as("one that waits for its start is the newest")
        .isEqualTo(CheckState.PENDING);
  }

  @Test
  void aStaleCancelledRunIsNoFailureAndACancelledOneNoPass() {
    assertThat(all(run("a", CheckState.CANCELLED, 1), run("a", CheckState.PASSING, 2)))
        .isEqualTo(CheckState.PASSING);
    assertThat(all(run("a", CheckState.PASSING, 1), run("a", CheckState.CANCELLED, 2)))
        .isEqualTo(CheckState.CANCELLED);
  }

  @Test
  void theSameNameInAnotherWorkflowOrAsAStatusIsAnotherCheck() {
    var other =
        new RemoteCheck(
            "a", "nightly", "push", CheckState.FAILING, false, Instant.EPOCH, "", null, false);
    var status =
        new RemoteCheck("a", "", "", CheckState.FAILING, false, Instant.EPOCH, "", null, true);
    assertThat(all(run("a", CheckState.PASSING, 9), other)).isEqualTo(CheckState.FAILING);
    assertThat(all(run("a", CheckState.PASSING, 9), status)).isEqualTo(CheckState.FAILING);
  }

  /** Against a definition that is written otherwise: for each name look for its newest run. */
  @RepeatedTest(50)
  void theOrderOfRunsDoesNotMatter(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    var random = new Random(seed);
    var runs = new ArrayList<RemoteCheck>();
    for (int second = 0; second < 12; second++) {
      var states = List.of(CheckState.FAILING, CheckState.PASSING, CheckState.CANCELLED);
      runs.add(run("c" + random.nextInt(4), states.get(random.nextInt(3)), second));
    }
    boolean fails = false;
    boolean cancelled = false;
    for (int c = 0; c < 4; c++) {
      String name = "c" + c;
      var newest = runs.stream().filter(r -> r.name().equals(name)).reduce((a, b) -> b);
      fails |= newest.isPresent() && newest.get().state() == CheckState.FAILING;
      cancelled |= newest.isPresent() && newest.get().state() == CheckState.CANCELLED;
    }
    Collections.shuffle(runs, random);
    assertThat(CheckRollup.of(runs).state())
        .as("seed %d", seed)
        .isEqualTo(
            fails ? CheckState.FAILING : cancelled ? CheckState.CANCELLED : CheckState.PASSING);
  }
}
