package dev.hivedeck.ui.control.diff.code;

import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which lines of a diff only moved: a block went in one place and came in another, its white space
 * aside. As in git, a block has 20 letters or digits at least.
 */
public final class MovedLines {
  /** Of a diff of which that is not known. */
  public static final MovedLines NONE = new MovedLines(Map.of());

  private static final int LETTERS = 20;

  /** Lines that are there more often are no sign of anything. */
  private static final int OFTEN = 8;

  /**
   * Where a line went to, or came from.
   *
   * @param line there
   * @param first whether it is the first of its block
   */
  public record Place(String path, int line, boolean first) {}

  private record Key(String path, boolean added, int line) {}

  private record Line(String path, int line, int group, String said) {}

  private final Map<Key, Place> places;

  private MovedLines(Map<Key, Place> places) {
    this.places = places;
  }

  /** Of a diff, as far as its lines are there. */
  public static MovedLines of(List<FileDiff> files) {
    var gone = new ArrayList<Line>();
    var come = new ArrayList<Line>();
    int group = 0;
    for (var file : files) {
      for (var hunk : file.hunks()) {
        String kind = " ";
        for (var line : hunk.lines()) {
          if (!line.kind().equals(kind)) {
            group++; // lines with others between them are no block
            kind = line.kind();
          }
          var said = WhiteSpace.without(line.text());
          if (kind.equals("-")) {
            gone.add(new Line(file.path(), line.oldLine(), group, said));
          } else if (kind.equals("+")) {
            come.add(new Line(file.path(), line.newLine(), group, said));
          }
        }
      }
    }
    return new MovedLines(match(gone, come));
  }

  private static Map<Key, Place> match(List<Line> gone, List<Line> come) {
    var by = new HashMap<String, List<Integer>>();
    for (int i = 0; i < gone.size(); i++) {
      if (!gone.get(i).said().isEmpty()) {
        by.computeIfAbsent(gone.get(i).said(), _ -> new ArrayList<>()).add(i);
      }
    }
    var places = new HashMap<Key, Place>();
    int at = 0;
    while (at < come.size()) {
      int longest = 0;
      int from = -1;
      var candidates = by.getOrDefault(come.get(at).said(), List.of());
      for (int start : candidates.size() > OFTEN ? List.<Integer>of() : candidates) {
        int length = run(gone, start, come, at);
        if (length > longest) {
          longest = length;
          from = start;
        }
      }
      if (longest > 0 && letters(come, at, longest) >= LETTERS) {
        for (int i = 0; i < longest; i++) {
          var a = gone.get(from + i);
          var b = come.get(at + i);
          places.put(new Key(b.path(), true, b.line()), new Place(a.path(), a.line(), i == 0));
          places.put(new Key(a.path(), false, a.line()), new Place(b.path(), b.line(), i == 0));
        }
        at += longest;
      } else {
        at++;
      }
    }
    return places;
  }

  /** How many lines are the same from there on. */
  private static int run(List<Line> gone, int start, List<Line> come, int at) {
    int length = 0;
    while (start + length < gone.size()
        && at + length < come.size()
        && gone.get(start + length).group() == gone.get(start).group()
        && come.get(at + length).group() == come.get(at).group()
        && gone.get(start + length).said().equals(come.get(at + length).said())) {
      length++;
    }
    return length;
  }

  private static int letters(List<Line> lines, int from, int count) {
    return (int)
        lines.subList(from, from + count).stream()
            .flatMapToInt(l -> l.said().chars())
            .filter(Character::isLetterOrDigit)
            .count();
  }

  /** Where that line of a file went to or came from; null where it did not only move. */
  public Place of(String path, DiffLine line) {
    return switch (line.kind()) {
      case "+" -> places.get(new Key(path, true, line.newLine()));
      case "-" -> places.get(new Key(path, false, line.oldLine()));
      default -> null;
    };
  }
}
