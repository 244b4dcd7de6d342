package dev.hivedeck.engine.config.yaml;

import java.util.List;

/**
 * The longest common subsequence of two lists.
 *
 * @see <a href="https://en.wikipedia.org/wiki/Longest_common_subsequence">the table of lengths</a>
 */
final class CommonSubsequence {
  private CommonSubsequence() {}

  /** How long it is from each pair of places on. */
  static <T> int[][] lengths(List<T> some, List<T> others) {
    var lengths = new int[some.size() + 1][others.size() + 1];
    for (int i = some.size() - 1; i >= 0; i--) {
      for (int j = others.size() - 1; j >= 0; j--) {
        lengths[i][j] =
            some.get(i).equals(others.get(j))
                ? lengths[i + 1][j + 1] + 1
                : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
      }
    }
    return lengths;
  }
}
