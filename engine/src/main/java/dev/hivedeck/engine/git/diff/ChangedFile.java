package dev.hivedeck.engine.git.diff;

import java.util.List;

/**
 * A file that two commits differ in, as the objects have it: no attribute and no setting has a say.
 *
 * @param status git's letter: A, C, D, M, R, T
 * @param oldPath before a rename, else null
 * @param oldMode git's, for example {@code 100644}; {@code 000000} where there was none
 * @param mode by now, {@code 000000} where it is gone
 * @param oldId the object, all zeros where there was none
 * @param additions lines; of a file without lines 0
 * @param lines whether it has lines: false for a binary file
 * @param read whether git compared its lines; false for a text that is too large for that, where
 *     every line counts as changed
 */
public record ChangedFile(
    char status,
    String path,
    String oldPath,
    String oldMode,
    String mode,
    String oldId,
    String id,
    long additions,
    long deletions,
    boolean lines,
    boolean read) {

  public static final String LINK = "120000";
  public static final String SUBMODULE = "160000";
  static final String NONE = "000000";

  /** Its paths on both sides. */
  public List<String> paths() {
    return oldPath == null ? List.of(path) : List.of(path, oldPath);
  }

  /** Where a file became a link or the like, a patch tells of a removal and an addition. */
  int patches() {
    return status == 'T' ? 2 : 1;
  }

  String word() {
    return switch (status) {
      case 'A', 'C' -> "added";
      case 'D' -> "deleted";
      case 'R' -> "renamed";
      default -> "modified";
    };
  }
}
