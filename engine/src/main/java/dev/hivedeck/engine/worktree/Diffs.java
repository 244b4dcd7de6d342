package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import dev.hivedeck.engine.protocol.Query.Hunk;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads git's diffs. Names come from the NUL-separated listing, which needs no unquoting; hunks
 * from the patch, whose files are in the same order.
 */
public final class Diffs {
  private static final Pattern HUNK =
      Pattern.compile("@@ -(\\d+)(?:,\\d+)? \\+(\\d+)(?:,\\d+)? @@(.*)");
  private static final int LONGEST_LINE = 2_000;

  private Diffs() {}

  private record Name(String status, String path, String oldPath) {}

  /**
   * @param range what git diff is to compare
   */
  public static FileDiffs between(
      Git git, String base, String head, int maxLines, String... range) {
    var names = names(git, range);
    var counts = counts(git, range);
    int total = counts.stream().mapToInt(c -> Math.max(0, c[0]) + Math.max(0, c[1])).sum();
    var hunks = total > maxLines * 4 ? List.<List<Hunk>>of() : patch(git, range);
    var files = new ArrayList<FileDiff>();
    boolean truncated = hunks.isEmpty() && !names.isEmpty() && total > 0;
    int lines = 0;
    for (int i = 0; i < names.size(); i++) {
      var name = names.get(i);
      int[] count = i < counts.size() ? counts.get(i) : new int[] {0, 0};
      boolean binary = count[0] < 0;
      List<Hunk> own = i < hunks.size() && !binary ? hunks.get(i) : List.of();
      int size = own.stream().mapToInt(h -> h.lines().size()).sum();
      if (lines + size > maxLines) {
        own = List.of();
        truncated = true;
      } else {
        lines += size;
      }
      files.add(
          new FileDiff(
              name.path(),
              name.oldPath(),
              name.status(),
              binary,
              Math.max(0, count[0]),
              Math.max(0, count[1]),
              own));
    }
    return new FileDiffs(base, head, List.copyOf(files), truncated);
  }

  private static String[] command(String[] range, String... options) {
    var all = new ArrayList<>(List.of("diff", "--no-color", "--no-ext-diff", "--find-renames"));
    all.addAll(List.of(options));
    all.addAll(List.of(range));
    return all.toArray(String[]::new);
  }

  private static List<Name> names(Git git, String... range) {
    String[] f = git.must(command(range, "--name-status", "-z")).split("\0");
    var names = new ArrayList<Name>();
    for (int i = 0; i + 1 < f.length; ) {
      switch (f[i].charAt(0)) {
        case 'R', 'C' -> {
          names.add(new Name("renamed", f[i + 2], f[i + 1]));
          i += 3;
        }
        case 'A' -> {
          names.add(new Name("added", f[i + 1], null));
          i += 2;
        }
        case 'D' -> {
          names.add(new Name("deleted", f[i + 1], null));
          i += 2;
        }
        default -> {
          names.add(new Name("modified", f[i + 1], null));
          i += 2;
        }
      }
    }
    return names;
  }

  /** Added and deleted lines per file, -1 for binary ones. */
  private static List<int[]> counts(Git git, String... range) {
    var counts = new ArrayList<int[]>();
    String[] f = git.must(command(range, "--numstat", "-z")).split("\0");
    for (int i = 0; i < f.length; i++) {
      String[] c = f[i].split("\t", 3);
      if (c.length == 3) {
        counts.add(
            c[0].equals("-")
                ? new int[] {-1, -1}
                : new int[] {Integer.parseInt(c[0]), Integer.parseInt(c[1])});
        if (c[2].isEmpty()) {
          i += 2; // a rename: both names follow
        }
      }
    }
    return counts;
  }

  private static List<List<Hunk>> patch(Git git, String... range) {
    var files = new ArrayList<List<Hunk>>();
    List<Hunk> hunks = null;
    List<DiffLine> lines = null;
    int old = 0;
    int now = 0;
    int oldLeft = 0;
    int newLeft = 0;
    for (String line : git.must(command(range, "--patch", "--unified=3")).split("\n", -1)) {
      boolean inside = oldLeft > 0 || newLeft > 0;
      if (!inside && line.startsWith("diff --git ")) {
        hunks = new ArrayList<>();
        files.add(hunks);
      } else if (!inside && line.startsWith("@@ ") && hunks != null) {
        Matcher m = HUNK.matcher(line);
        if (m.matches()) {
          lines = new ArrayList<>();
          old = Integer.parseInt(m.group(1));
          now = Integer.parseInt(m.group(2));
          oldLeft = length(line, '-');
          newLeft = length(line, '+');
          hunks.add(new Hunk(line, old, now, lines));
        }
      } else if (inside && !line.startsWith("\\")) {
        String text = line.isEmpty() ? "" : line.substring(1);
        if (text.length() > LONGEST_LINE) {
          text = text.substring(0, LONGEST_LINE) + "…";
        }
        switch (line.isEmpty() ? ' ' : line.charAt(0)) {
          case '+' -> {
            lines.add(new DiffLine("+", 0, now++, text));
            newLeft--;
          }
          case '-' -> {
            lines.add(new DiffLine("-", old++, 0, text));
            oldLeft--;
          }
          default -> {
            lines.add(new DiffLine(" ", old++, now++, text));
            oldLeft--;
            newLeft--;
          }
        }
      }
    }
    return files;
  }

  /** The length in {@code -a,b} or {@code +c,d} of a hunk's header; 1 when not said. */
  private static int length(String header, char side) {
    int from = header.indexOf(side);
    String range = header.substring(from + 1, header.indexOf(' ', from));
    int comma = range.indexOf(',');
    return comma < 0 ? 1 : Integer.parseInt(range.substring(comma + 1));
  }
}
