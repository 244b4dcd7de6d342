package dev.hivedeck.engine.change.comment;

import dev.hivedeck.engine.git.diff.ChangedFile;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.List;

/** Sees that the lines of a comment are there, so that whoever reads it finds them. */
@FunctionalInterface
public interface CommentedLines {
  /** More files are only counted. */
  int NAMED = 5;

  /**
   * @param change its id
   * @param base where the change begins
   * @throws HiveException {@code no-file}, {@code bad-place}
   */
  void check(String change, String base, String head, LineComment comment);

  /** By the commits of a repository; of a commit that is gone nothing is refused. */
  static CommentedLines of(Repository repository) {
    return (change, base, head, comment) -> {
      String file = comment.file();
      if (file == null) {
        return;
      }
      var content = repository.git().run("cat-file", "blob", head + ":" + file);
      if (content.ok()) {
        within(change, comment, lines(content.bytes()));
        return;
      }
      if (!repository.has(head)) {
        return;
      }
      var changed = repository.changed(base, head).stream().map(ChangedFile::path).toList();
      if (!changed.contains(file)) {
        throw new HiveException(
            ErrorCode.NO_FILE,
            "There is no file %s in %s.".formatted(file, change),
            files(changed));
      }
      within(change, comment, 0);
    };
  }

  private static String files(List<String> changed) {
    return changed.isEmpty()
        ? "Name a file by its path from the top of the repository."
        : "Name it by its path from the top of the repository. It changes "
            + Plural.some(changed, NAMED)
            + ".";
  }

  private static void within(String change, LineComment comment, int lines) {
    if (comment.line() <= lines) {
      return;
    }
    boolean one = comment.first() == comment.line();
    throw new HiveException(
        ErrorCode.BAD_PLACE,
        lines == 0
            ? "%s has no lines in %s.".formatted(comment.file(), change)
            : "%s has %s in %s, and no line %d."
                .formatted(comment.file(), Plural.of(lines, "line"), change, comment.line()),
        lines == 0
            ? "Comment on the whole of the file, or of the change."
            : "Name %s from 1 to %d.".formatted(one ? "a line" : "lines", lines));
  }

  private static int lines(byte[] content) {
    int lines = 0;
    for (byte b : content) {
      lines += b == '\n' ? 1 : 0;
    }
    return content.length > 0 && content[content.length - 1] != '\n' ? lines + 1 : lines;
  }
}
