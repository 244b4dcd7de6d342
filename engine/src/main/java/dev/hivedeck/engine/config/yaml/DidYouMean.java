package dev.hivedeck.engine.config.yaml;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Finds the word that a person probably meant. */
public final class DidYouMean {
  private static final int MOST = 20_000;

  private DidYouMean() {}

  /** {@code " (did you mean x?)"}, or nothing when no word is near. */
  public static String to(String word, Collection<String> words) {
    if (words.size() > MOST) {
      return "";
    }
    int far = Math.max(1, word.length() / 3);
    record Guess(String word, int distance) {}
    return words.stream()
        .filter(w -> Math.abs(w.length() - word.length()) <= far)
        .map(w -> new Guess(w, distance(lower(w), lower(word))))
        .filter(g -> g.distance() <= far)
        .min(Comparator.comparingInt(Guess::distance).thenComparing(Guess::word))
        .map(g -> " (did you mean " + g.word() + "?)")
        .orElse("");
  }

  private static String lower(String word) {
    return word.toLowerCase(Locale.ROOT);
  }

  /** How many letters must be added, taken away, replaced or swapped with their neighbour. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
