package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.rollout.analysis.Assessment;
import dev.hivedeck.engine.rollout.analysis.Judgement;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What follows for a canary from what was counted. */
sealed interface CanaryOutcome {

  /** Nothing. */
  record Stay() implements CanaryOutcome {}

  /** Its step is passed. */
  record Pass(String why) implements CanaryOutcome {}

  /** A person has to say how to go on. */
  record Ask(HoldReason reason, String why) implements CanaryOutcome {}

  /**
   * It is taken back.
   *
   * @param aborted whether nothing speaks against it: its change is another by now
   */
  record TakeBack(String why, boolean aborted) implements CanaryOutcome {
    TakeBack(String why) {
      this(why, false);
    }
  }

  /**
   * What follows. It is taken back in each state in which it has traffic, also while a person is
   * waited for; it passes only when its hold is over and it is shown to be good.
   *
   * @param held why it is held; null unless it is
   * @param recent the last requests of the canary
   * @param standing for how long there has been evidence that takes it back
   */
  static CanaryOutcome of(
      RolloutState state,
      @Nullable HoldReason held,
      CanaryProgress progress,
      Assessment assessment,
      Counted recent,
      Duration standing) {
    if (Judgement.Rule.isBroken(recent.requests(), recent.errors())) {
      return new TakeBack(
          String.format(
              Locale.ROOT,
              "%,d of its last %,d requests failed",
              recent.errors(),
              recent.requests()));
    }
    if (assessment.judgement() instanceof Judgement.RollBack rollBack) {
      return standing.compareTo(progress.mustStand(assessment)) >= 0
          ? new TakeBack(rollBack.why())
          : new Stay();
    }
    boolean isUnclear = held == HoldReason.UNCLEAR;
    if (state != RolloutState.STEPPING && !isUnclear) {
      return new Stay();
    }
    if (assessment.judgement() instanceof Judgement.Passes passes
        && progress.elapsed().compareTo(progress.hold()) >= 0) {
      return progress.plan().automatic()
          ? new Pass(passes.why())
          : new Ask(HoldReason.MANUAL, "the step is passed: " + passes.why());
    }
    return !isUnclear
            && !(assessment.judgement() instanceof Judgement.Passes)
            && progress.elapsed().compareTo(progress.patience()) >= 0
        ? new Ask(HoldReason.UNCLEAR, assessment.judgement().why())
        : new Stay();
  }
}
