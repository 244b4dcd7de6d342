package dev.hivedeck.engine.protocol.rollout;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.hivedeck.engine.protocol.view.Word;

/** Why a rollout is held. */
public enum HoldReason implements Word {
  /** A person wanted so. */
  PERSON,
  /** The step is passed, and a person has to promote it. */
  MANUAL,
  /** Neither good nor bad is shown within its patience: a person has to say. */
  UNCLEAR,
  /** The merge queue did not take the change, or has it wait: a person has to say. */
  MERGE;

  @JsonCreator
  public static HoldReason of(String word) {
    return Word.parse(HoldReason.class, word);
  }
}
