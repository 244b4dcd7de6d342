package dev.hivedeck.engine.protocol.merge;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.hivedeck.engine.protocol.view.Word;

/** How the commits of a change come to main; whichever it is, main has the same files after it. */
public enum MergeMethod implements Word {
  /** By a merge commit; those of the change stay as they are. */
  MERGE,
  /** As one commit. */
  SQUASH,
  /** Each made again on top of main. */
  REBASE;

  @JsonCreator
  public static MergeMethod of(String word) {
    return Word.parse(MergeMethod.class, word);
  }
}
