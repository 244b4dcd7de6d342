package dev.hivedeck.engine.protocol.view;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What gates said, as clients see it. */
public final class GateViews {

  private GateViews() {}

  public enum Outcome implements Word {
    PASSED,
    WARNED,
    FAILED;

    @JsonCreator
    public static Outcome of(String word) {
      return Word.parse(Outcome.class, word);
    }
  }

  /**
   * @param checkpoint {@code attempt} or {@code merge}
   * @param summary one line, for example {@code 12 passed}
   * @param findings at most 50
   * @param seconds how long it took
   */
  public record GateResult(
      String gate,
      String checkpoint,
      Outcome outcome,
      String summary,
      List<Finding> findings,
      double seconds) {

    /** Also as it was written before the first release, in milliseconds. */
    @JsonCreator
    static GateResult read(
        @JsonProperty("gate") String gate,
        @JsonProperty("checkpoint") String checkpoint,
        @JsonProperty("outcome") Outcome outcome,
        @JsonProperty("summary") String summary,
        @JsonProperty("findings") List<Finding> findings,
        @JsonProperty("seconds") double seconds,
        @JsonProperty("millis") Long millis) {
      return new GateResult(
          gate, checkpoint, outcome, summary, findings, millis == null ? seconds : millis / 1e3);
    }

    /** The same with each of its texts changed. */
    public GateResult map(UnaryOperator<String> change) {
      return new GateResult(
          gate,
          checkpoint,
          outcome,
          change.apply(summary),
          findings.stream().map(f -> f.map(change)).toList(),
          seconds);
    }
  }

  /**
   * @param file relative to the repository, or null
   * @param line from 1, 0 when it is about the whole file
   */
  public record Finding(@Nullable String file, int line, String message) {
    Finding map(UnaryOperator<String> change) {
      return new Finding(file == null ? null : change.apply(file), line, change.apply(message));
    }
  }
}
