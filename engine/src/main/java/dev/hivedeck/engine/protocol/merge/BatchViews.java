package dev.hivedeck.engine.protocol.merge;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.protocol.view.Word;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes that were judged and merged at once, as clients see them. */
public final class BatchViews {
  private BatchViews() {}

  /** How it stands with a batch. */
  public enum BatchState implements Word {
    RUNNING,
    /** All that were judged are on main. */
    MERGED,
    /** One made it fail, and was found. */
    FAILED,
    /** Main fails without them. */
    MAIN_FAILS,
    /** It was cut off, or nothing was left of it; its changes are back in line. */
    STOPPED;

    @JsonCreator
    public static BatchState of(String word) {
      return Word.parse(BatchState.class, word);
    }
  }

  /** What became of a change in a batch. */
  public enum Fate implements Word {
    /** It is being judged. */
    IN,
    /** It is on main. */
    MERGED,
    /** It made the batch fail, and is back with its agent. */
    CULPRIT,
    /** It was only beside, and is back in line. */
    BESIDE,
    /** It could not be part of the batch. */
    LEFT;

    @JsonCreator
    public static Fate of(String word) {
      return Word.parse(Fate.class, word);
    }
  }

  /** What was judged. */
  public enum RunKind implements Word {
    /** All of the batch. */
    WHOLE,
    /** Main alone. */
    BASE,
    /** The same once more. */
    AGAIN,
    /** The first of them. */
    PART;

    @JsonCreator
    public static RunKind of(String word) {
      return Word.parse(RunKind.class, word);
    }
  }

  /** What came of a run. */
  public enum RunOutcome implements Word {
    RUNNING,
    PASSED,
    FAILED,
    /** No gate was there to judge: nothing was checked. */
    UNCHECKED;

    @JsonCreator
    public static RunOutcome of(String word) {
      return Word.parse(RunOutcome.class, word);
    }
  }

  /**
   * A change in a batch.
   *
   * @param change its id
   * @param why it is where it is, in words; empty where that needs none
   */
  public record Member(String change, String title, String agent, Fate fate, String why) {
    public Member ended(Fate how, String reason) {
      return new Member(change, title, agent, how, reason);
    }
  }

  /**
   * A run of the gates.
   *
   * @param number from 1 on
   * @param changes the ids of those that were in it
   * @param failed the gates that failed
   * @param seconds how long it took; 0 while it runs
   */
  public record Run(
      int number,
      RunKind kind,
      List<String> changes,
      RunOutcome outcome,
      List<String> failed,
      double seconds) {}

  /**
   * Changes that were judged and merged at once.
   *
   * @param base main as it was before
   * @param members in the order of merging
   * @param runs of the gates, the first first
   * @param text what came of it; empty while it runs
   * @param asked what was asked before anybody was blamed, and the answers
   */
  public record Batch(
      String id,
      BatchState state,
      Instant at,
      @Nullable Instant endedAt,
      String base,
      List<Member> members,
      List<Run> runs,
      String text,
      List<String> asked)
      implements View {}
}
