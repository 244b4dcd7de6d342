package dev.hivedeck.engine.protocol.rollout;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.hivedeck.engine.protocol.view.Word;

/** What is counted of requests to judge a canary by. */
public enum RolloutMetric implements Word {
  /** Answers with 500 and above, and requests that nobody answered. */
  ERRORS,
  /** Answers that took longer than a given time until they began. */
  SLOW;

  @JsonCreator
  public static RolloutMetric of(String word) {
    return Word.parse(RolloutMetric.class, word);
  }
}
