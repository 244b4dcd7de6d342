package dev.hivedeck.engine.review;

import dev.hivedeck.engine.agent.TextFormat;
import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Puts what an agent says to where a reader of the diff finds it: lines that are not in the diff
 * are named in a comment on their file, files that are not in it in one on the whole change.
 */
final class NotePlaces {
  /** What is longer nobody reads in the margin of a diff. */
  private static final int LONGEST = 4_000;

  private static final int LONGEST_PATH = 300;

  private final Map<String, FileDiff> files = new HashMap<>();
  private final Map<String, Set<Integer>> lines = new HashMap<>();
  private final UnaryOperator<String> masked;

  /**
   * @param masked takes secrets out of what is kept
   */
  NotePlaces(FileDiffs diff, UnaryOperator<String> masked) {
    this.masked = masked;
    for (var file : diff.files()) {
      files.put(file.path(), file);
      var shown = new HashSet<Integer>();
      file.hunks().forEach(hunk -> hunk.lines().forEach(line -> shown.add(line.newLine())));
      shown.remove(0);
      lines.put(file.path(), shown);
    }
  }

  LineComment place(ReviewNote note) {
    String text = TextFormat.shorten(masked.apply(note.text()), LONGEST);
    var suggestion = note.suggestion();
    String instead = suggestion == null ? null : masked.apply(suggestion);
    if (instead != null && instead.length() > LONGEST) {
      instead = null; // a part of it would be no code
      text += "\nWhat it suggested instead is too long to be kept.";
    }
    var file = note.file() == null ? null : files.get(note.file());
    if (file == null) {
      return new LineComment(null, 0, named(named(note), text, instead));
    }
    if (note.line() == 0 || !shows(file, note)) {
      return new LineComment(
          file.path(), 0, named(note.line() == 0 ? "" : "Line " + note.line(), text, instead));
    }
    return new LineComment(file.path(), note.line(), text, note.startLine(), instead);
  }

  private boolean shows(FileDiff file, ReviewNote note) {
    var shown = lines.getOrDefault(file.path(), Set.of());
    var start = note.startLine();
    return shown.contains(note.line()) && (start == null || shown.contains(start));
  }

  private String named(ReviewNote note) {
    var file = note.file();
    return file == null
        ? ""
        : TextFormat.shorten(masked.apply(file), LONGEST_PATH)
            + (note.line() > 0 ? ":" + note.line() : "");
  }

  private static String named(String place, String text, @Nullable String suggestion) {
    return String.join(
            "\n",
            List.of(
                (place.isEmpty() ? "" : place + ": ") + text,
                suggestion == null ? "" : "Suggested:\n" + suggestion))
        .strip();
  }
}
