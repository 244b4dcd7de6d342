package dev.hivedeck.ui.control.diff.code;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.regex.Pattern;

/** Which letters of a line are other than those of the line that it was. */
public final class WordDiff {
  private static final Pattern WORD = Pattern.compile("\\w+|\\s+|[^\\w\\s]");

  /** Longer lines are not compared: nobody reads them word by word. */
  private static final int MOST = 300;

  /** Where less is the same, it is another line, and all of it is new. */
  private static final double ALIKE = 0.35;

  /** What differs on each side, by place of the letter; empty where the lines are not alike. */
  public record Differing(BitSet before, BitSet after) {
    private static final Differing NONE = new Differing(new BitSet(), new BitSet());
  }

  private record Word(String text, int start) {}

  private WordDiff() {}

  public static Differing of(String before, String after) {
    var old = words(before);
    var now = words(after);
    if (old.size() > MOST || now.size() > MOST || before.equals(after)) {
      return Differing.NONE;
    }
    int[][] common = new int[old.size() + 1][now.size() + 1];
    for (int i = old.size() - 1; i >= 0; i--) {
      for (int j = now.size() - 1; j >= 0; j--) {
        common[i][j] =
            old.get(i).text().equals(now.get(j).text())
                ? common[i + 1][j + 1] + weight(old.get(i))
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    int all =
        Math.max(
            old.stream().mapToInt(WordDiff::weight).sum(),
            now.stream().mapToInt(WordDiff::weight).sum());
    if (common[0][0] < ALIKE * all) {
      return Differing.NONE;
    }
    var gone = new BitSet();
    var come = new BitSet();
    int i = 0;
    int j = 0;
    while (i < old.size() || j < now.size()) {
      if (i < old.size()
          && j < now.size()
          && old.get(i).text().equals(now.get(j).text())
          && common[i][j] == common[i + 1][j + 1] + weight(old.get(i))) {
        i++;
        j++;
      } else if (j >= now.size() || i < old.size() && common[i + 1][j] >= common[i][j + 1]) {
        mark(gone, old.get(i++));
      } else {
        mark(come, now.get(j++));
      }
    }
    return new Differing(gone, come);
  }

  /** How much of two lines is the same, 0 to 1, in whatever order; 0 where they are not alike. */
  public static double likeness(String before, String after) {
    var there = new HashMap<String, Integer>();
    int all = 0;
    for (var word : words(before)) {
      there.merge(word.text(), 1, Integer::sum);
      all += weight(word);
    }
    int common = 0;
    for (var word : words(after)) {
      all += weight(word);
      if (there.getOrDefault(word.text(), 0) > 0) {
        there.merge(word.text(), -1, Integer::sum);
        common += weight(word);
      }
    }
    double likeness = all == 0 ? 0 : 2.0 * common / all;
    return likeness < ALIKE ? 0 : likeness;
  }

  /** White space between words makes no two lines alike. */
  private static int weight(Word word) {
    return word.text().isBlank() ? 0 : word.text().length();
  }

  private static void mark(BitSet letters, Word word) {
    letters.set(word.start(), word.start() + word.text().length());
  }

  private static List<Word> words(String line) {
    var words = new ArrayList<Word>();
    var m = WORD.matcher(line);
    while (m.find() && words.size() <= MOST) {
      words.add(new Word(m.group(), m.start()));
    }
    return words;
  }
}
