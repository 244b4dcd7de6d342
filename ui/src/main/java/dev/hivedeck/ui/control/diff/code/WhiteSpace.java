package dev.hivedeck.ui.control.diff.code;

import dev.hivedeck.engine.protocol.Query.DiffLine;
import java.util.ArrayList;
import java.util.List;

/** Takes lines that differ in white space only for lines that did not change. */
public final class WhiteSpace {
  /** Larger blocks are shown as they are: comparing each line with each takes too long. */
  private static final int MOST = 600;

  private WhiteSpace() {}

  public static List<DiffLine> ignored(List<DiffLine> lines) {
    var all = new ArrayList<DiffLine>(lines.size());
    var gone = new ArrayList<DiffLine>();
    var come = new ArrayList<DiffLine>();
    for (var line : lines) {
      if (line.kind().equals("-") && !come.isEmpty() || line.kind().equals(" ")) {
        flush(gone, come, all);
      }
      switch (line.kind()) {
        case "-" -> gone.add(line);
        case "+" -> come.add(line);
        default -> all.add(line);
      }
    }
    flush(gone, come, all);
    return all;
  }

  /** The longest common sequence of lines, their white space aside. */
  private static void flush(List<DiffLine> gone, List<DiffLine> come, List<DiffLine> all) {
    if (gone.isEmpty() || come.isEmpty() || gone.size() > MOST || come.size() > MOST) {
      all.addAll(gone);
      all.addAll(come);
    } else {
      merge(gone, come, all);
    }
    gone.clear();
    come.clear();
  }

  private static void merge(List<DiffLine> gone, List<DiffLine> come, List<DiffLine> all) {
    var old = gone.stream().map(WhiteSpace::said).toList();
    var now = come.stream().map(WhiteSpace::said).toList();
    int[][] common = new int[old.size() + 1][now.size() + 1];
    for (int i = old.size() - 1; i >= 0; i--) {
      for (int j = now.size() - 1; j >= 0; j--) {
        common[i][j] =
            old.get(i).equals(now.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    int i = 0;
    int j = 0;
    var added = new ArrayList<DiffLine>();
    while (i < gone.size() || j < come.size()) {
      if (i < gone.size() && j < come.size() && old.get(i).equals(now.get(j))) {
        all.addAll(added);
        added.clear();
        var before = gone.get(i++);
        var after = come.get(j++);
        all.add(new DiffLine(" ", before.oldLine(), after.newLine(), after.text()));
      } else if (j >= come.size() || i < gone.size() && common[i + 1][j] >= common[i][j + 1]) {
        all.add(gone.get(i++)); // what went comes first, as in git
      } else {
        added.add(come.get(j++));
      }
    }
    all.addAll(added);
  }

  private static String said(DiffLine line) {
    return without(line.text());
  }

  /** A line without its white space. */
  static String without(String line) {
    var text = new StringBuilder(line.length());
    for (int i = 0; i < line.length(); i++) {
      if (!Character.isWhitespace(line.charAt(i))) {
        text.append(line.charAt(i));
      }
    }
    return text.toString();
  }
}
