package dev.hivedeck.engine.protocol.reading;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.hivedeck.engine.protocol.view.ChangeViews.RiskKind;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.protocol.view.Word;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** How far a person has read changes, as clients see it. */
public final class ReadingViews {
  private ReadingViews() {}

  /**
   * How far a change is read.
   *
   * @param id of the change
   * @param hunks of its diff
   * @param seen how many of them are marked as seen
   * @param lines to read, without generated and blank ones
   * @param unseen how many of these lines are in hunks that are not marked
   */
  public record Reading(String id, int hunks, int seen, int lines, int unseen) implements View {}

  /**
   * How fast a person reads, by their own reviews.
   *
   * @param id always {@link #ID}
   * @param reviews how many it is made of: 50 at most, the latest
   * @param secondsPerLine the median; null while there are fewer than {@link #LEAST} reviews
   */
  public record Pace(String id, int reviews, @Nullable Double secondsPerLine) implements View {
    public static final String ID = "pace";

    /** So many reviews are needed to say anything. */
    public static final int LEAST = 3;

    /** Of somebody who has not reviewed yet. */
    public static final Pace UNKNOWN = new Pace(ID, 0, null);

    /** How many minutes so many lines take, 1 at least; empty where that is not known. */
    public OptionalInt minutes(long lines) {
      return secondsPerLine == null
          ? OptionalInt.empty()
          : OptionalInt.of(
              lines == 0
                  ? 0
                  : (int)
                      Math.min(
                          Integer.MAX_VALUE, Math.max(1, Math.round(lines * secondsPerLine / 60))));
    }
  }

  /**
   * What is to be read.
   *
   * @param changes that are open
   */
  public record Readings(Pace pace, List<Reading> changes) {}

  /** What a file is for: the sooner, the more a fault in it matters. */
  public enum FileKind implements Word {
    /** Named by a risk: it decides over others. */
    RISKY,
    CODE,
    TEST,
    DOCS,
    /** Written by a machine. */
    GENERATED;

    @JsonCreator
    public static FileKind of(String word) {
      return Word.parse(FileKind.class, word);
    }
  }

  /**
   * A hunk of a file.
   *
   * @param lines to read
   * @param seenAt when it was marked as seen; null where it is not
   */
  public record ReadingHunk(String hash, int lines, @Nullable Instant seenAt) {}

  /**
   * A file to read.
   *
   * @param risks why a person must approve it
   * @param lines to read
   */
  public record ReadingFile(
      String path, FileKind kind, List<RiskKind> risks, int lines, List<ReadingHunk> hunks) {
    /** How many of its hunks are marked as seen. */
    public int seen() {
      return (int) hunks.stream().filter(h -> h.seenAt() != null).count();
    }
  }

  /**
   * The files of a change in the order in which to read them: what decides over others first, then
   * code, tests, documentation and what is generated, each the largest first.
   *
   * @param change its id
   * @param head of the change
   */
  public record ReadingOrder(String change, String head, List<ReadingFile> files) {}
}
