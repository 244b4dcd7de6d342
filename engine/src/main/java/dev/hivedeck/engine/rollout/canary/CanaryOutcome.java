package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.rollout.analysis.Assessment;
import dev.hivedeck.engine.rollout.analysis.Judgement;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** What follows for a canary from what was counted. */
sealed interface CanaryOutcome {

  /** Nothing. */
  record Stay() implements CanaryOutcome {}

  /** Its step is passed. */
  record Pass(String why) implements CanaryOutcome {}

  /** A person has to say how to go on. */
  record Ask(HoldReason reason, String why) implements CanaryOutcome {}

  /** Nothing but that it is said why it does not go on; empty where it does again. */
  record Say(String why) implements CanaryOutcome {}

  /** What a person was asked for is not so any more: its clock goes on. */
  record Resume(String why) implements CanaryOutcome {}

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
   * @param missing why it may have no more traffic, in words; empty where it may
   * @param recent the last requests of the canary
   * @param standing for how long there has been evidence that takes it back
   */
  static CanaryOutcome of(
      Rollout view,
      Optional<String> missing,
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
    if (progress.isPreview()) {
      return preview(view, missing, progress);
    }
    boolean isUnclear = view.held() == HoldReason.UNCLEAR;
    if (view.state() != RolloutState.STEPPING && !isUnclear) {
      return new Stay();
    }
    if (assessment.judgement() instanceof Judgement.Passes passes
        && progress.elapsed().compareTo(progress.hold()) >= 0) {
      if (!progress.plan().isAutomatic(progress.step())) {
        return new Ask(HoldReason.MANUAL, "the step is passed: " + passes.why());
      }
      if (missing.isEmpty()) {
        return new Pass(passes.why());
      }
      if (progress.elapsed().compareTo(progress.patience()) < 0) {
        return view.why().equals(missing.get()) ? new Stay() : new Say(missing.get());
      }
    }
    boolean isClear = assessment.judgement() instanceof Judgement.Passes;
    return !isUnclear
            && !(isClear && missing.isEmpty())
            && progress.elapsed().compareTo(progress.patience()) >= 0
        ? new Ask(
            HoldReason.UNCLEAR, isClear ? missing.orElseThrow() : assessment.judgement().why())
        : new Stay();
  }

  /**
   * Without traffic nothing is counted: it has to be there, for so long without a break. Whoever
   * was asked to switch to it is not asked any more once it is not.
   */
  private static CanaryOutcome preview(
      Rollout view, Optional<String> missing, CanaryProgress progress) {
    if (missing.isPresent()) {
      return missing(view, missing.get(), progress);
    }
    if (view.state() != RolloutState.STEPPING && view.held() != HoldReason.UNCLEAR) {
      return new Stay();
    }
    if (progress.elapsed().compareTo(progress.hold()) < 0) {
      String why = view.state() == RolloutState.STEPPING ? "" : "it is there again";
      return view.why().equals(why) ? new Stay() : new Say(why);
    }
    return progress.plan().isAutomatic(0)
        ? new Pass("it is there, and its preview is over")
        : new Ask(HoldReason.MANUAL, "it is there, and waits for you to switch to it");
  }

  private static CanaryOutcome missing(Rollout view, String why, CanaryProgress progress) {
    if (view.held() == HoldReason.MANUAL) {
      return new Resume(why);
    }
    if (view.state() == RolloutState.STEPPING) {
      return progress.waited().compareTo(progress.patience()) >= 0
          ? new Ask(HoldReason.UNCLEAR, why)
          : view.why().equals(why) ? new Stay() : new Say(why);
    }
    return view.held() == HoldReason.UNCLEAR && !view.why().equals(why) ? new Say(why) : new Stay();
  }
}
