package dev.hivedeck.engine.protocol.merge;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.hivedeck.engine.protocol.view.Word;
import java.util.List;

/** Changes that stand on each other, as clients see them. */
public final class StackViews {
  private StackViews() {}

  /** What the parts of a change are. */
  public enum SplitBy implements Word {
    /** Each has the files of one directory. */
    DIRECTORY,
    /** Each is one of its commits. */
    COMMIT;

    @JsonCreator
    public static SplitBy of(String word) {
      return Word.parse(SplitBy.class, word);
    }
  }

  /**
   * A part that a change would be split into.
   *
   * @param title the directory, or the subject of the commit
   */
  public record SplitPart(String title, int files, long additions, long deletions) {}

  /**
   * What a change would be split into.
   *
   * @param parts each after the one below it
   */
  public record SplitPreview(String change, SplitBy by, List<SplitPart> parts) {}

  /**
   * A change that was split.
   *
   * @param parts ids of its parts, each after the one below it
   */
  public record Parts(String change, List<String> parts) {}
}
