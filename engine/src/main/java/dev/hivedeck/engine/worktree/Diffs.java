package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import dev.hivedeck.engine.protocol.Query.Hunk;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads git's diffs, asking git once. Names and counts come from its NUL-separated listings, which
 * need no unquoting; hunks from the patch behind them, whose files are in the same order.
 */
public final class Diffs {
  private static final Pattern HUNK =
      Pattern.compile("@@ -(\\d+)(?:,(\\d+))? \\+(\\d+)(?:,(\\d+))? @@.*", Pattern.DOTALL);
  private static final int LONGEST_LINE = 2_000;
  private static final int LARGEST = 64 * 1024 * 1024;

  private Diffs() {}

  private record Name(String status, String path, String oldPath) {
    /** Where a file became a link or the like, the patch tells of a removal and an addition. */
    int patches() {
      return status.startsWith("T") ? 2 : 1;
    }

    String word() {
      return switch (status.charAt(0)) {
        case 'A', 'C' -> "added";
        case 'D' -> "deleted";
        case 'R' -> "renamed";
        default -> "modified";
      };
    }
  }

  /** Added and deleted lines; -1 for files without lines. */
  private record Count(int additions, int deletions) {
    boolean binary() {
      return additions < 0;
    }
  }

  /**
   * @param maxLines how many lines of hunks to give; files beyond come without theirs
   * @param range what git diff is to compare
   */
  public static FileDiffs between(
      Git git, String base, String head, int maxLines, String... range) {
    var command =
        new ArrayList<>(
            List.of(
                "-c",
                "core.bigFileThreshold=16m", // larger ones are shown as binary, not read whole
                "diff",
                "--raw",
                "--numstat",
                "--patch",
                "-z",
                "--unified=3",
                "--find-renames",
                "--no-color",
                "--no-ext-diff",
                "--no-textconv",
                "--submodule=short"));
    command.addAll(List.of(range));
    command.add("--");
    String[] arguments = command.toArray(String[]::new);
    var result = git.runUpTo(LARGEST, arguments);
    if (!result.ok()) {
      throw git.failed(result, arguments);
    }
    return read(result.bytes(), base, head, maxLines);
  }

  public static FileDiffs between(Git git, String base, String head, int maxLines) {
    return between(git, base, head, maxLines, base, head);
  }

  public static DiffStat stat(Git git, String base, String head) {
    int files = 0;
    int additions = 0;
    int deletions = 0;
    for (String line : git.must("diff", "--numstat", "--no-renames", base, head).lines().toList()) {
      String[] f = line.split("\t", 3);
      files++;
      if (!f[0].equals("-")) {
        additions += Integer.parseInt(f[0]);
        deletions += Integer.parseInt(f[1]);
      }
    }
    int commits = Integer.parseInt(git.must("rev-list", "--count", base + ".." + head));
    return new DiffStat(files, additions, deletions, commits);
  }

  private static FileDiffs read(byte[] bytes, String base, String head, int maxLines) {
    var fields = new Fields(bytes);
    var names = names(fields);
    var counts = counts(fields, names.size());
    var patches = new Patches(bytes, fields.at);
    var files = new ArrayList<FileDiff>();
    boolean truncated = bytes.length == LARGEST;
    int lines = 0;
    for (int i = 0; i < names.size(); i++) {
      var name = names.get(i);
      var count = counts.get(i);
      int room = maxLines - lines;
      boolean fits = Math.max(0, count.additions()) + Math.max(0, count.deletions()) <= room;
      var hunks = new ArrayList<Hunk>();
      for (int n = 0; n < name.patches(); n++) {
        hunks.addAll(patches.next(fits));
      }
      int size = hunks.stream().mapToInt(h -> h.lines().size()).sum();
      if (!fits || size > room) {
        hunks.clear();
        truncated = true;
      } else {
        lines += size;
      }
      files.add(
          new FileDiff(
              name.path(),
              name.oldPath(),
              name.word(),
              count.binary(),
              Math.max(0, count.additions()),
              Math.max(0, count.deletions()),
              List.copyOf(hunks)));
    }
    return new FileDiffs(base, head, List.copyOf(files), truncated);
  }

  /** The NUL-separated fields before the patch. */
  private static final class Fields {
    private final byte[] bytes;
    private int at;

    Fields(byte[] bytes) {
      this.bytes = bytes;
    }

    boolean at(char c) {
      return at < bytes.length && bytes[at] == c;
    }

    String next() {
      int from = at;
      while (at < bytes.length && bytes[at] != 0) {
        at++;
      }
      return new String(bytes, from, at++ - from, StandardCharsets.UTF_8);
    }
  }

  private static List<Name> names(Fields fields) {
    var names = new ArrayList<Name>();
    while (fields.at(':')) {
      String raw = fields.next();
      String status = raw.substring(raw.lastIndexOf(' ') + 1);
      String path = fields.next();
      boolean moved = status.startsWith("R") || status.startsWith("C");
      names.add(moved ? new Name(status, fields.next(), path) : new Name(status, path, null));
    }
    return names;
  }

  private static List<Count> counts(Fields fields, int number) {
    var counts = new ArrayList<Count>();
    while (counts.size() < number) {
      String[] c = fields.next().split("\t", 3);
      if (c[2].isEmpty()) { // a rename: both names follow
        fields.next();
        fields.next();
      }
      counts.add(
          c[0].equals("-")
              ? new Count(-1, -1)
              : new Count(Integer.parseInt(c[0]), Integer.parseInt(c[1])));
    }
    return counts;
  }

  /** The patch, file by file. Only a line feed ends a line here, whatever else a file holds. */
  private static final class Patches {
    private final byte[] bytes;
    private int at;
    private String line;

    Patches(byte[] bytes, int from) {
      this.bytes = bytes;
      // A NUL stands between the listings and the patch.
      this.at = from < bytes.length && bytes[from] == 0 ? from + 1 : from;
      advance();
    }

    private void advance() {
      if (at >= bytes.length) {
        line = null;
        return;
      }
      int from = at;
      while (at < bytes.length && bytes[at] != '\n') {
        at++;
      }
      line = new String(bytes, from, at++ - from, StandardCharsets.UTF_8);
    }

    /**
     * The hunks of the next file.
     *
     * @param wanted whether to read or only to pass over them
     */
    List<Hunk> next(boolean wanted) {
      var hunks = new ArrayList<Hunk>();
      advance(); // diff --git
      while (line != null && !line.startsWith("diff --git ")) {
        Matcher m = line.startsWith("@@ ") ? HUNK.matcher(line) : null;
        if (m != null && m.matches()) {
          hunks.add(hunk(m, wanted));
        } else {
          advance();
        }
      }
      return hunks;
    }

    private Hunk hunk(Matcher m, boolean wanted) {
      String header = line;
      int old = Integer.parseInt(m.group(1));
      int now = Integer.parseInt(m.group(3));
      int oldEnd = old + (m.group(2) == null ? 1 : Integer.parseInt(m.group(2)));
      int newEnd = now + (m.group(4) == null ? 1 : Integer.parseInt(m.group(4)));
      var lines = new ArrayList<DiffLine>();
      int oldStart = old;
      int newStart = now;
      for (advance(); line != null && (old < oldEnd || now < newEnd); advance()) {
        char kind = line.isEmpty() ? ' ' : line.charAt(0);
        if (kind == '\\') {
          continue; // no line feed at the end of the file
        }
        DiffLine read =
            switch (kind) {
              case '+' -> new DiffLine("+", 0, now++, text());
              case '-' -> new DiffLine("-", old++, 0, text());
              default -> new DiffLine(" ", old++, now++, text());
            };
        if (wanted) {
          lines.add(read);
        }
      }
      return new Hunk(header, oldStart, newStart, lines);
    }

    private String text() {
      String text = line.isEmpty() ? "" : line.substring(1);
      return text.length() > LONGEST_LINE ? text.substring(0, LONGEST_LINE) + "…" : text;
    }
  }
}
