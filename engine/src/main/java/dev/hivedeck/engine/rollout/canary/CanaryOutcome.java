package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.rollout.analysis.Assessment;
import dev.hivedeck.engine.rollout.analysis.Judgement;
import java.time.Duration;
import java.util.Locale;

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
   * @param isThere whether it may have more traffic: what is not well gets none
   * @param recent the last requests of the canary
   * @param standing for how long there has been evidence that takes it back
   */
  static CanaryOutcome of(
      Rollout view,
      boolean isThere,
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
    boolean isUnclear = view.held() == HoldReason.UNCLEAR;
    if (view.state() != RolloutState.STEPPING && !isUnclear) {
      return new Stay();
    }
    if (progress.isPreview()) {
      return preview(isUnclear, isThere, progress);
    }
    if (assessment.judgement() instanceof Judgement.Passes passes
        && progress.elapsed().compareTo(progress.hold()) >= 0) {
      if (!progress.plan().isAutomatic(progress.step())) {
        return new Ask(HoldReason.MANUAL, "the step is passed: " + passes.why());
      }
      return isThere ? new Pass(passes.why()) : new Stay();
    }
    return !isUnclear
            && !(assessment.judgement() instanceof Judgement.Passes)
            && progress.elapsed().compareTo(progress.patience()) >= 0
        ? new Ask(HoldReason.UNCLEAR, assessment.judgement().why())
        : new Stay();
  }

  /** Without traffic nothing is counted: it has to be well, and to be there for so long. */
  private static CanaryOutcome preview(
      boolean isUnclear, boolean isThere, CanaryProgress progress) {
    if (!isThere) {
      return !isUnclear && progress.elapsed().compareTo(progress.patience()) >= 0
          ? new Ask(HoldReason.UNCLEAR, "it is not well yet")
          : new Stay();
    }
    if (progress.elapsed().compareTo(progress.hold()) < 0) {
      return new Stay();
    }
    return progress.plan().isAutomatic(0)
        ? new Pass("it is well, and its preview is over")
        : new Ask(HoldReason.MANUAL, "it is well, and waits for you to switch to it");
  }
}
