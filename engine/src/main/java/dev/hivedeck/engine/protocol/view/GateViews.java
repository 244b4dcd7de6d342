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
   * @param fixed what the attempt before was told and this one is not
   */
  public record GateResult(
      String gate,
      String checkpoint,
      Outcome outcome,
      String summary,
      List<Finding> findings,
      double seconds,
      List<Finding> fixed) {
    public GateResult {
      fixed = fixed == null ? List.of() : List.copyOf(fixed);
    }

    /** Of an attempt that no other came before. */
    public GateResult(
        String gate,
        String checkpoint,
        Outcome outcome,
        String summary,
        List<Finding> findings,
        double seconds) {
      this(gate, checkpoint, outcome, summary, findings, seconds, List.of());
    }

    /** Also as it was written before the first release, in milliseconds. */
    @JsonCreator
    static GateResult read(
        @JsonProperty("gate") String gate,
        @JsonProperty("checkpoint") String checkpoint,
        @JsonProperty("outcome") Outcome outcome,
        @JsonProperty("summary") String summary,
        @JsonProperty("findings") List<Finding> findings,
        @JsonProperty("seconds") double seconds,
        @JsonProperty("millis") Long millis,
        @JsonProperty("fixed") List<Finding> fixed) {
      return new GateResult(
          gate,
          checkpoint,
          outcome,
          summary,
          findings,
          millis == null ? seconds : millis / 1e3,
          fixed);
    }

    /** The same with each of its texts changed. */
    public GateResult map(UnaryOperator<String> change) {
      return new GateResult(
          gate,
          checkpoint,
          outcome,
          change.apply(summary),
          findings.stream().map(f -> f.map(change)).toList(),
          seconds,
          fixed.stream().map(f -> f.map(change)).toList());
    }
  }

  /** Whether the attempt before was told the same. */
  public enum FindingAge implements Word {
    NEW,
    STILL;

    @JsonCreator
    public static FindingAge of(String word) {
      return Word.parse(FindingAge.class, word);
    }
  }

  /**
   * @param file relative to the repository, or null
   * @param line from 1, 0 when it is about the whole file
   * @param age null where no attempt before was judged by this gate, and of what names no file
   */
  public record Finding(@Nullable String file, int line, String message, @Nullable FindingAge age) {
    public Finding(@Nullable String file, int line, String message) {
      this(file, line, message, null);
    }

    /** The same, as old as that. */
    public Finding aged(FindingAge found) {
      return new Finding(file, line, message, found);
    }

    Finding map(UnaryOperator<String> change) {
      return new Finding(
          file == null ? null : change.apply(file), line, change.apply(message), age);
    }
  }
}
