package dev.hivedeck.engine.config.yaml;

import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import dev.hivedeck.engine.protocol.Query.Hunk;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** What differs between two texts, line by line, as {@code diff -u} tells it. */
public final class TextDiff {
  private static final int CONTEXT = 3;

  /** What is larger is told as removed and added whole. */
  private static final long MOST = 4_000_000;

  private TextDiff() {}

  /**
   * @param before null where there was no file
   * @param after null where there is none any more
   */
  public static FileDiffs of(String path, String before, String after) {
    var lines = lines(split(before), split(after));
    int additions = (int) lines.stream().filter(l -> l.kind().equals("+")).count();
    int deletions = (int) lines.stream().filter(l -> l.kind().equals("-")).count();
    String status = before == null ? "added" : after == null ? "deleted" : "modified";
    var files =
        additions + deletions == 0
            ? List.<FileDiff>of()
            : List.of(
                new FileDiff(
                    path, null, status, false, additions, deletions, null, null, hunks(lines)));
    return new FileDiffs(null, null, files, false);
  }

  private static List<String> split(String text) {
    if (text == null || text.isEmpty()) {
      return List.of();
    }
    var lines = new ArrayList<>(List.of(text.split("\n", -1)));
    if (lines.getLast().isEmpty()) {
      lines.removeLast();
    }
    return lines;
  }

  private static DiffLine line(String kind, int old, int now, String text) {
    return new DiffLine(
        kind, old, now, text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
  }

  private static List<DiffLine> lines(List<String> old, List<String> now) {
    int head = 0;
    while (head < Math.min(old.size(), now.size()) && old.get(head).equals(now.get(head))) {
      head++;
    }
    int tail = 0;
    while (tail < Math.min(old.size(), now.size()) - head
        && old.get(old.size() - 1 - tail).equals(now.get(now.size() - 1 - tail))) {
      tail++;
    }
    var lines = new ArrayList<DiffLine>();
    int i = 0;
    int j = 0;
    for (; i < head; i++, j++) {
      lines.add(line(" ", i + 1, j + 1, old.get(i)));
    }
    int n = old.size() - tail;
    int m = now.size() - tail;
    int[][] common = common(old.subList(head, n), now.subList(head, m));
    while (i < n || j < m) {
      if (i < n && j < m && old.get(i).equals(now.get(j)) && common != null) {
        lines.add(line(" ", i + 1, j + 1, old.get(i)));
        i++;
        j++;
      } else if (i < n
          && (j == m
              || common == null
              || common[i - head + 1][j - head] >= common[i - head][j - head + 1])) {
        lines.add(line("-", i + 1, 0, old.get(i)));
        i++;
      } else {
        lines.add(line("+", 0, j + 1, now.get(j)));
        j++;
      }
    }
    for (; i < old.size(); i++, j++) {
      lines.add(line(" ", i + 1, j + 1, old.get(i)));
    }
    return lines;
  }

  /** How many lines the two have in common from each place on; null where that takes too long. */
  private static int[][] common(List<String> old, List<String> now) {
    return (long) old.size() * now.size() > MOST ? null : CommonSubsequence.lengths(old, now);
  }

  private static List<Hunk> hunks(List<DiffLine> lines) {
    var hunks = new ArrayList<Hunk>();
    int at = 0;
    while (at < lines.size()) {
      if (lines.get(at).kind().equals(" ")) {
        at++;
        continue;
      }
      int from = Math.max(0, at - CONTEXT);
      int to = at + 1;
      for (int next = to; next < Math.min(lines.size(), to + 2 * CONTEXT + 1); next++) {
        if (!lines.get(next).kind().equals(" ")) {
          to = next + 1;
        }
      }
      at = to;
      hunks.add(hunk(lines, from, Math.min(lines.size(), to + CONTEXT)));
    }
    return hunks;
  }

  private static Hunk hunk(List<DiffLine> all, int from, int to) {
    var lines = List.copyOf(all.subList(from, to));
    int old = (int) lines.stream().filter(l -> l.oldLine() > 0).count();
    int now = (int) lines.stream().filter(l -> l.newLine() > 0).count();
    int oldStart = first(all, from, DiffLine::oldLine, old == 0);
    int newStart = first(all, from, DiffLine::newLine, now == 0);
    return new Hunk(
        "@@ -" + oldStart + "," + old + " +" + newStart + "," + now + " @@",
        oldStart,
        newStart,
        lines);
  }

  /** The number of a hunk's first line on a side; where it has none there, of the line before. */
  private static int first(
      List<DiffLine> all, int from, ToIntFunction<DiffLine> number, boolean none) {
    if (none) {
      return all.subList(0, from).stream().mapToInt(number).max().orElse(0);
    }
    return all.subList(from, all.size()).stream()
        .mapToInt(number)
        .filter(n -> n > 0)
        .findFirst()
        .orElse(0);
  }
}
