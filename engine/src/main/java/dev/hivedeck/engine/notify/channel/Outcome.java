package dev.hivedeck.engine.notify.channel;

import java.time.Duration;
import java.util.function.UnaryOperator;

/** What came of sending a message. */
public sealed interface Outcome {
  /** What the other side said, or why it could not be reached. */
  String answer();

  /** The same with another answer, made of this one. */
  default Outcome map(UnaryOperator<String> other) {
    return switch (this) {
      case Sent o -> new Sent(other.apply(o.answer()));
      case Failed o -> new Failed(other.apply(o.answer()), o.after(), o.doubtful());
      case Unreachable o -> new Unreachable(other.apply(o.answer()));
      case Refused o -> new Refused(other.apply(o.answer()), o.doubtful());
    };
  }

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

  /**
   * Never, as it is.
   *
   * @param doubtful whether somebody may have it all the same
   */
  record Refused(String answer, boolean doubtful) implements Outcome {
    /** Nobody has it. */
    public Refused(String answer) {
      this(answer, false);
    }
  }
}
