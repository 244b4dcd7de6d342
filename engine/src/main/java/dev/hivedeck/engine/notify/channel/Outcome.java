package dev.hivedeck.engine.notify.channel;

import java.time.Duration;

/** What came of sending a message. */
public sealed interface Outcome {
  /** What the other side said, or why it could not be reached. */
  String answer();

  /** The other side has it. */
  record Sent(String answer) implements Outcome {}

  /**
   * Not now.
   *
   * @param after the earliest that the other side wants to hear of it again; null for no wish
   * @param doubtful whether it may have arrived all the same
   */
  record Failed(String answer, Duration after, boolean doubtful) implements Outcome {}

  /** Nobody is there, or no way there: nothing has arrived, and nothing else would now. */
  record Unreachable(String answer) implements Outcome {}

  /** Never, as it is. */
  record Refused(String answer) implements Outcome {}
}
