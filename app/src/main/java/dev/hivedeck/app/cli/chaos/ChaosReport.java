package dev.hivedeck.app.cli.chaos;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.hivedeck.engine.protocol.view.Word;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a game day came to.
 *
 * @param complete whether all faults were tried
 */
record ChaosReport(Instant beganAt, double seconds, boolean complete, List<Outcome> faults) {
  ChaosReport {
    Objects.requireNonNull(beganAt, "beganAt");
    faults = List.copyOf(faults);
  }

  /** What became of a fault. */
  enum Result implements Word {
    /** It was noticed, and all was well again. */
    RECOVERED,
    /** It was over before anybody noticed. */
    UNNOTICED,
    /** It was not well again in time. */
    NOT_RECOVERED,
    /** Nothing of it ran. */
    SKIPPED;

    @JsonCreator
    static Result of(String word) {
      return Word.parse(Result.class, word);
    }
  }

  /**
   * A fault, and what followed.
   *
   * @param fault in words
   * @param target what it was done to; null where nothing of it ran
   * @param at seconds from the beginning when it was done; null where it was not
   * @param noticed seconds until Hivedeck noticed; null where it did not
   * @param by what noticed it; null likewise
   * @param recovered seconds until all was well again; null where it was not
   * @param why in words; empty where that needs none
   */
  record Outcome(
      String fault,
      @Nullable String target,
      @Nullable Double at,
      @Nullable Double noticed,
      @Nullable String by,
      @Nullable Double recovered,
      Result result,
      String why) {
    Outcome {
      Objects.requireNonNull(fault, "fault");
      Objects.requireNonNull(result, "result");
      Objects.requireNonNull(why, "why");
    }
  }

  /** Whether all that went wrong was well again. */
  boolean isWell() {
    return complete
        && faults.stream()
            .allMatch(f -> f.result() == Result.RECOVERED || f.result() == Result.UNNOTICED);
  }
}
