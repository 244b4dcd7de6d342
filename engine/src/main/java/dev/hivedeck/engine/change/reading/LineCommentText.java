package dev.hivedeck.engine.change.reading;

import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ChangeViews.Comment;
import java.util.regex.Pattern;

/** A comment on lines as an agent reads it. */
public final class LineCommentText {
  private static final Pattern FENCE = Pattern.compile("`{3,}");

  private LineCommentText() {}

  /**
   * @throws HiveException where it is about no lines, or says nothing
   */
  public static void check(LineComment comment) {
    Integer start = comment.startLine();
    if (comment.line() < 0 || start != null && (start < 1 || start > comment.line())) {
      throw new HiveException(
          ErrorCode.BAD_PLACE,
          "Lines %d to %d of %s are no lines."
              .formatted(comment.first(), comment.line(), comment.file()),
          "Name the first and the last line of the new side, from 1 on.");
    }
    if (comment.suggestion() != null && comment.line() == 0) {
      throw new HiveException(
          ErrorCode.BAD_PLACE,
          "A suggestion for %s says not which lines.".formatted(comment.file()),
          "Name the lines of the new side that it replaces.");
    }
    if (comment.text().isBlank() && comment.suggestion() == null) {
      throw new HiveException(
          ErrorCode.NO_COMMENT,
          "The comment on %s:%d says nothing.".formatted(comment.file(), comment.line()),
          "Say what should be different.");
    }
  }

  /** What was said of a change, or of lines of it. */
  public static String forAgent(Comment said) {
    return said.file() == null
        ? "- " + said.text() + "\n"
        : forAgent(
            new LineComment(
                said.file(), said.line(), said.text(), said.startLine(), said.suggestion()));
  }

  /** A suggestion comes word for word, in a fence that it does not hold itself. */
  public static String forAgent(LineComment comment) {
    String where =
        comment.first() == comment.line()
            ? "%s:%d".formatted(comment.file(), comment.line())
            : "%s:%d-%d".formatted(comment.file(), comment.first(), comment.line());
    var text = new StringBuilder("- ").append(where);
    if (!comment.text().isBlank()) {
      text.append(' ').append(comment.text());
    }
    text.append('\n');
    var suggestion = comment.suggestion();
    if (suggestion != null && suggestion.isEmpty()) {
      text.append("  Take these lines out.\n");
    } else if (suggestion != null) {
      int longest =
          FENCE.matcher(suggestion).results().mapToInt(r -> r.group().length()).max().orElse(2);
      String fence = "`".repeat(longest + 1);
      text.append("  Replace %s with exactly this:%n".formatted(lines(comment)))
          .append(fence)
          .append('\n')
          .append(suggestion)
          .append(suggestion.endsWith("\n") ? "" : "\n")
          .append(fence)
          .append('\n');
    }
    return text.toString();
  }

  private static String lines(LineComment comment) {
    return comment.first() == comment.line()
        ? "line " + comment.line()
        : "lines %d to %d".formatted(comment.first(), comment.line());
  }
}
