package dev.hivedeck.engine.git.diff;

/**
 * What is wanted of a diff: all files with the lines of those that fit, or a part of one file,
 * however large it is.
 *
 * @param lines how many are given at most
 * @param file the only one that is wanted; null for all
 * @param from how many of that file's lines are passed over
 */
public record DiffExcerpt(int lines, String file, int from) {

  /** All files; those beyond so many lines come without theirs. */
  public static DiffExcerpt of(int lines) {
    return new DiffExcerpt(lines, null, 0);
  }

  boolean wants(ChangedFile other) {
    return file == null || file.equals(other.path());
  }
}
