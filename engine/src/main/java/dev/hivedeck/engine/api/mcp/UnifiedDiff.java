package dev.hivedeck.engine.api.mcp;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;

/** A diff as text, as {@code git diff} shows it, no longer than asked for. */
final class UnifiedDiff {
  /** Characters; lines may be long. */
  private static final int LARGEST = 120_000;

  private static final int LONGEST_LINE = 1_000;

  private final StringBuilder text = new StringBuilder();
  private final int most;
  private int lines;
  private int left;

  private UnifiedDiff(int most) {
    this.most = most;
  }

  /**
   * @param path a file, or a folder; null for all
   * @param most how many lines
   * @throws HiveException {@code no-file} when nothing is changed there
   */
  static String of(Query.FileDiffs diffs, String path, int most) {
    var files =
        diffs.files().stream()
            .filter(f -> path == null || f.path().equals(path) || f.path().startsWith(folder(path)))
            .toList();
    if (files.isEmpty()) {
      throw new HiveException(
          ErrorCode.NO_FILE,
          path == null ? "It changes no file." : "It changes nothing at " + path + ".",
          "It changes "
              + diffs.files().stream().map(Query.FileDiff::path).limit(20).toList()
              + (diffs.files().size() > 20 ? " and more." : "."));
    }
    var diff = new UnifiedDiff(most);
    files.forEach(diff::file);
    if (diff.left > 0 || diffs.truncated()) {
      diff.text.append(
          "… %slines left out; ask for one path, or for more max_lines\n"
              .formatted(diff.left > 0 ? diff.left + " " : ""));
    }
    return diff.text.toString();
  }

  private static String folder(String path) {
    return path.endsWith("/") ? path : path + "/";
  }

  private void file(Query.FileDiff f) {
    boolean added = f.status().equals("added");
    boolean deleted = f.status().equals("deleted");
    String before = f.oldPath() == null ? f.path() : f.oldPath();
    line("--- " + (added ? "/dev/null" : "a/" + before));
    line("+++ " + (deleted ? "/dev/null" : "b/" + f.path()));
    if (f.remade()) {
      line("(mode " + f.oldMode() + " to " + f.mode() + ")");
    }
    if (f.binary()) {
      line("(binary)");
    }
    for (var hunk : f.hunks()) {
      line(hunk.header());
      hunk.lines().forEach(l -> line(l.kind() + l.text()));
    }
  }

  private void line(String line) {
    if (lines >= most || text.length() >= LARGEST) {
      left++;
      return;
    }
    lines++;
    text.append(line, 0, Math.min(line.length(), LONGEST_LINE)).append('\n');
  }
}
