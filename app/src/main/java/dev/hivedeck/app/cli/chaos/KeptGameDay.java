package dev.hivedeck.app.cli.chaos;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.hivedeck.engine.protocol.view.Word;
import java.util.Objects;

/**
 * A game day of the past, or the one that goes on.
 *
 * @param number by which it is asked for
 * @param plan the file that it went by
 * @param state how far it is
 * @param pid of the program that does it
 * @param report what it came to until now
 */
record KeptGameDay(int number, String plan, State state, long pid, ChaosReport report)
    implements ListedGameDay {
  KeptGameDay {
    Objects.requireNonNull(plan, "plan"); // a file may leave out anything
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(report, "report");
  }

  /** How far it is. */
  enum State implements Word {
    RUNNING,
    /** All faults were tried. */
    COMPLETE,
    /** A person ended it. */
    ENDED_EARLY,
    /** The program ended before it did; what was done is undone by itself. */
    CUT_OFF;

    @JsonCreator
    static State of(String word) {
      return Word.parse(State.class, word);
    }
  }

  KeptGameDay in(State now) {
    return new KeptGameDay(number, plan, now, pid, report);
  }

  KeptGameDay with(ChaosReport now) {
    return new KeptGameDay(number, plan, state, pid, now);
  }
}
