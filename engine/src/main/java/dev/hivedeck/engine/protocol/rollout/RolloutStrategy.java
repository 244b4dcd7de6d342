package dev.hivedeck.engine.protocol.rollout;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.hivedeck.engine.protocol.view.Word;

/** How another version gets its traffic. */
public enum RolloutStrategy implements Word {
  /** Step by step. */
  CANARY,
  /**
   * All at once: it runs beside the other without traffic, then it has all of it, and the other
   * stays for a while, so that one switch goes back.
   */
  BLUE_GREEN;

  @JsonCreator
  public static RolloutStrategy of(String word) {
    return Word.parse(RolloutStrategy.class, word);
  }
}
