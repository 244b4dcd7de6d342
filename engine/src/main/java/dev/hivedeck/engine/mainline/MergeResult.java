package dev.hivedeck.engine.mainline;

import java.util.List;

/** How a merge ended. */
public sealed interface MergeResult {

  /** Main was fast-forwarded to this merge commit. */
  record Merged(String commit) implements MergeResult {}

  /** Git could not bring both sides together; main is as it was. */
  record Conflict(List<ConflictFile> files) implements MergeResult {}

  /** Main was rewritten from its first commit on: both sides have none in common. */
  record Unrelated() implements MergeResult {}

  /** The check refused the merged tree; main is as it was. */
  record Refused() implements MergeResult {}

  /**
   * Both sides of a file in conflict, shortened.
   *
   * @param ours what main has
   * @param theirs what the branch has
   */
  record ConflictFile(String path, String ours, String theirs) {}

  /** Judges the merge before main moves from {@code base} to it. */
  @FunctionalInterface
  interface Check {
    boolean passes(String base, String merge) throws InterruptedException;
  }
}
