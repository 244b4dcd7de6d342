package dev.hivedeck.engine.protocol.rollout;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.hivedeck.engine.protocol.view.Word;

/** How it stands with a rollout. */
public enum RolloutState implements Word {
  /** The canary is not there yet; it has no traffic. */
  STARTING,
  /** The canary has the weight of a step, whose hold goes on. */
  STEPPING,
  /** The step's hold does not go on, and no next one begins; it is judged all the same. */
  HELD,
  /** All steps are passed: the canary has all traffic, and becomes what is stable. */
  PROMOTING,
  /** The canary is what is stable now. */
  PROMOTED,
  /** The canary has no traffic any more, and is being ended. */
  ROLLING_BACK,
  /** It was taken back, because of evidence or of a failure. */
  ROLLED_BACK,
  /** It was taken back because a person wanted so, or since its change is another by now. */
  ABORTED;

  @JsonCreator
  public static RolloutState of(String word) {
    return Word.parse(RolloutState.class, word);
  }

  /** Whether nothing follows any more. */
  public boolean isOver() {
    return this == PROMOTED || this == ROLLED_BACK || this == ABORTED;
  }

  /** Whether the canary is exposed and judged. */
  public boolean isJudged() {
    return this == STEPPING || this == HELD || this == PROMOTING;
  }
}
