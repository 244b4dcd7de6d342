package dev.hivedeck.ui.control.diff;

import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.Hunk;
import dev.hivedeck.engine.protocol.view.ChangeViews.Comment;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.ui.control.diff.code.WhiteSpace;
import dev.hivedeck.ui.control.diff.code.WordDiff;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What stands in one row of a diff. */
sealed interface DiffRow {
  /**
   * Where lines that did not change were left out.
   *
   * @param hash of the hunk that begins here; null where it cannot be marked
   * @param seen when it was marked as seen; null where it was not
   * @param folded whether its lines are not shown
   * @param gap its number, from 0; that of all hunks for what is below the last
   * @param hidden how many lines are left out above it; -1 where that is not known
   */
  record Head(String text, String hash, Instant seen, boolean folded, int gap, int hidden)
      implements DiffRow {}

  /**
   * A line.
   *
   * @param other what it was before, or what it is now; null where there is none
   */
  record Line(DiffLine line, DiffLine other) implements DiffRow {}

  /** A line as it was beside what it is now; null where a side has none. */
  record Pair(DiffLine before, DiffLine after) implements DiffRow {}

  /** What was said about the line above, or about the file. */
  record Said(Comment comment) implements DiffRow {}

  /** What a gate found in the line above. */
  record Found(Finding finding) implements DiffRow {}

  /** What the person noted and did not send yet. */
  record Noted(LineComment draft) implements DiffRow {}

  /** Where the person writes about the line above. */
  record Writing(int line) implements DiffRow {}

  /** That the file goes on: what follows is read when one comes here. */
  record More() implements DiffRow {}

  /** Its number on the new side; 0 where it has none. */
  default int newLine() {
    return switch (this) {
      case Line l -> l.line().newLine();
      case Pair p -> p.after() == null ? 0 : p.after().newLine();
      default -> 0;
    };
  }

  /** Whether its text holds these letters, which are in lower case. */
  default boolean holds(String letters) {
    return switch (this) {
      case Line l -> holds(l.line(), letters);
      case Pair p -> holds(p.before(), letters) || holds(p.after(), letters);
      default -> false;
    };
  }

  private static boolean holds(DiffLine line, String letters) {
    return line != null && line.text().toLowerCase(Locale.ROOT).contains(letters);
  }

  /**
   * What a gate found in a line of the new side.
   *
   * @param failed whether the gate failed; else it only warned
   */
  record Finding(String gate, int line, String text, boolean failed) {}

  /** What is said about a file. */
  record Remarks(List<Comment> comments, List<LineComment> drafts, List<Finding> findings) {
    static final Remarks NONE = new Remarks(List.of(), List.of(), List.of());

    /** With what gates found in that file, null for none, as far as they did not pass. */
    static Remarks of(
        FileDiff file, List<Comment> said, List<LineComment> noted, List<GateResult> gates) {
      var found = new ArrayList<Finding>();
      for (var gate : gates) {
        if (file != null && gate.outcome() != Outcome.PASSED) {
          gate.findings().stream()
              .filter(f -> file.path().equals(f.file()))
              .map(
                  f ->
                      new Finding(
                          gate.gate(), f.line(), f.message(), gate.outcome() == Outcome.FAILED))
              .forEach(found::add);
        }
      }
      return new Remarks(said, noted, found);
    }
  }

  /**
   * How a file is laid out.
   *
   * @param writing the line of the new side that is written about, 0 for the whole file, -1 for
   *     none
   * @param sides whether a line stands beside what it was, not below it
   * @param plain whether white space counts for nothing
   * @param unfolded hunks that are shown though they were seen
   * @param context lines between hunks that are shown; null for none
   */
  record Shape(
      int writing,
      boolean sides,
      boolean plain,
      Marks marks,
      Set<String> unfolded,
      HunkContext context) {
    Shape(int writing, boolean sides, boolean plain, Marks marks, Set<String> unfolded) {
      this(writing, sides, plain, marks, unfolded, null);
    }
  }

  /**
   * A file's rows, each comment below the line that it is about; those about lines that are not
   * shown come first.
   */
  static List<DiffRow> of(FileDiff file, Remarks remarks, Shape shape) {
    var rows = new ArrayList<DiffRow>();
    var said = new ArrayList<>(remarks.comments());
    var noted = new ArrayList<>(remarks.drafts());
    var found = new ArrayList<>(remarks.findings());
    var open = new boolean[] {shape.writing() >= 0};
    Consumer<List<DiffLine>> add =
        lines -> {
          for (DiffRow row : shape.sides() ? pairs(lines) : lines(lines)) {
            rows.add(row);
            int at = row.newLine();
            if (at == 0) {
              continue;
            }
            found.removeIf(f -> f.line() == at && rows.add(new Found(f)));
            said.removeIf(c -> c.line() == at && !c.outdated() && rows.add(new Said(c)));
            noted.removeIf(d -> d.line() == at && rows.add(new Noted(d)));
            if (open[0] && at == shape.writing()) {
              rows.add(new Writing(shape.writing()));
              open[0] = false;
            }
          }
        };
    var context = shape.context();
    int gap = 0;
    for (Hunk hunk : file.hunks()) {
      var seen = shape.marks().keeps(hunk.hash()) ? shape.marks().seen(hunk.hash()) : null;
      boolean folded =
          seen != null
              && !shape.unfolded().contains(hunk.hash())
              && !spoken(hunk, seen, remarks, shape.writing());
      if (context != null) {
        add.accept(context.top(file, gap));
      }
      rows.add(
          new Head(
              hunk.header(),
              shape.marks().keeps(hunk.hash()) ? hunk.hash() : null,
              seen,
              folded,
              gap,
              context == null ? 0 : context.hidden(file, gap)));
      if (!folded) {
        if (context != null) {
          add.accept(context.bottom(file, gap));
        }
        add.accept(shape.plain() ? WhiteSpace.ignored(hunk.lines()) : hunk.lines());
      }
      gap++;
    }
    if (context != null && gap > 0) {
      add.accept(context.top(file, gap));
      int hidden = context.hidden(file, gap);
      if (hidden != 0) {
        rows.add(new Head("", null, null, true, gap, hidden));
      }
    }
    var above = new ArrayList<DiffRow>();
    found.forEach(f -> above.add(new Found(f)));
    said.forEach(c -> above.add(new Said(c)));
    noted.forEach(d -> above.add(new Noted(d)));
    if (open[0]) {
      above.add(new Writing(shape.writing()));
    }
    rows.addAll(0, above);
    return rows;
  }

  /** Whether something was said about one of its lines since it was seen: it is not put away. */
  private static boolean spoken(Hunk hunk, Instant seen, Remarks remarks, int writing) {
    int last = hunk.lines().stream().mapToInt(DiffLine::newLine).max().orElse(0);
    return Stream.of(
            remarks.comments().stream().filter(c -> c.at().isAfter(seen)).map(Comment::line),
            remarks.drafts().stream().map(LineComment::line),
            Stream.of(writing))
        .flatMap(lines -> lines)
        .anyMatch(line -> line >= Math.max(1, hunk.newStart()) && line <= last);
  }

  /** What was removed in one place stands above what was added there, each knows the other. */
  private static List<Line> lines(List<DiffLine> lines) {
    var others = new IdentityHashMap<DiffLine, DiffLine>();
    for (var pair : pairs(lines)) {
      if (pair.before() != null && pair.after() != null && pair.before() != pair.after()) {
        others.put(pair.before(), pair.after());
        others.put(pair.after(), pair.before());
      }
    }
    return lines.stream().map(line -> new Line(line, others.get(line))).toList();
  }

  /** Blocks of more pairs than this are matched line by line. */
  int MATCHED = 100;

  /** What was removed in one place stands beside what was added there, like beside like. */
  private static List<Pair> pairs(List<DiffLine> lines) {
    var pairs = new ArrayList<Pair>(lines.size());
    var before = new ArrayList<DiffLine>();
    var after = new ArrayList<DiffLine>();
    for (var line : lines) {
      switch (line.kind()) {
        case "-" -> {
          if (!after.isEmpty()) {
            match(before, after, pairs); // another place, right below
          }
          before.add(line);
        }
        case "+" -> after.add(line);
        default -> {
          match(before, after, pairs);
          pairs.add(new Pair(line, line));
        }
      }
    }
    match(before, after, pairs);
    return pairs;
  }

  private static void match(List<DiffLine> before, List<DiffLine> after, List<Pair> pairs) {
    int n = before.size();
    int m = after.size();
    if (n == m || n == 0 || m == 0 || (long) n * m > MATCHED) {
      beside(before, after, pairs);
    } else {
      double[][] like = new double[n][m];
      double[][] best = new double[n + 1][m + 1];
      for (int i = n - 1; i >= 0; i--) {
        for (int j = m - 1; j >= 0; j--) {
          like[i][j] = WordDiff.likeness(before.get(i).text(), after.get(j).text());
          best[i][j] =
              Math.max(
                  Math.max(best[i + 1][j], best[i][j + 1]),
                  like[i][j] > 0 ? best[i + 1][j + 1] + like[i][j] : 0);
        }
      }
      int i = 0;
      int j = 0;
      int from = 0;
      int since = 0;
      while (i < n && j < m) {
        if (like[i][j] > 0 && best[i][j] == best[i + 1][j + 1] + like[i][j]) {
          beside(before.subList(from, i), after.subList(since, j), pairs);
          pairs.add(new Pair(before.get(i++), after.get(j++)));
          from = i;
          since = j;
        } else if (best[i + 1][j] >= best[i][j + 1]) {
          i++;
        } else {
          j++;
        }
      }
      beside(before.subList(from, n), after.subList(since, m), pairs);
    }
    before.clear();
    after.clear();
  }

  private static void beside(List<DiffLine> before, List<DiffLine> after, List<Pair> pairs) {
    for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
      pairs.add(
          new Pair(
              i < before.size() ? before.get(i) : null, i < after.size() ? after.get(i) : null));
    }
  }
}
