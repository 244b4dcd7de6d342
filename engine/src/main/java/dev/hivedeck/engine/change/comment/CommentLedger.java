package dev.hivedeck.engine.change.comment;

import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.view.ChangeViews.Comment;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ledger of what was said about changes. */
public final class CommentLedger {
  private CommentLedger() {}

  /** What somebody says of the whole change, by its number. */
  public static void say(Tx tx, long change, String author, String text) throws SQLException {
    say(tx, change, author, new LineComment(null, 0, text), null);
  }

  /**
   * The same of a file or of lines.
   *
   * @param replyTo the comment that it answers; null for none
   */
  public static void say(
      Tx tx, long change, String author, LineComment comment, @Nullable Long replyTo)
      throws SQLException {
    say(tx, change, author, comment, replyTo, false);
  }

  /** What an agent says that looks at it before a person does: it asks for nothing. */
  public static void advise(Tx tx, long change, String agent, LineComment comment)
      throws SQLException {
    say(tx, change, agent, comment, null, true);
  }

  private static void say(
      Tx tx,
      long change,
      String author,
      LineComment comment,
      @Nullable Long replyTo,
      boolean advisory)
      throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO comment(change, head, placed, author, parent, file, line, text, at,"
                + " start_line, suggestion, advisory) SELECT number, head, head, ?, ?, ?, ?, ?, ?,"
                + " ?, ?, ? FROM change WHERE number = ?",
            author,
            replyTo,
            comment.file(),
            comment.line(),
            comment.text(),
            tx.now(),
            comment.startLine(),
            comment.suggestion(),
            advisory,
            change);
  }

  /** From now on they ask for what they say. */
  public static void takeUp(Tx tx, List<Comment> comments) throws SQLException {
    for (var comment : comments) {
      tx.sql()
          .update("UPDATE comment SET advisory = 0, resolved_by = NULL WHERE id = ?", comment.id());
    }
  }

  /** All that was said about a change, the oldest first. */
  public static List<Comment> of(Sql sql, long change) throws SQLException {
    return List.copyOf(
        sql.list(
            "SELECT * FROM comment WHERE change = ? ORDER BY id",
            row ->
                new Comment(
                    row.text("author"),
                    row.text("file"),
                    row.integer("line"),
                    row.text("text"),
                    row.instant("at"),
                    row.isNull("start_line") ? null : row.integer("start_line"),
                    row.text("suggestion"),
                    row.number("id"),
                    row.isNull("parent") ? null : row.number("parent"),
                    row.text("resolved_by"),
                    row.flag("outside"),
                    row.flag("outdated"),
                    row.flag("advisory")),
            change));
  }

  /** How many ask for something of a file that nobody has said is done. */
  public static int unresolved(Sql sql, long change) throws SQLException {
    return (int)
        sql.number(
            "SELECT count(*) FROM comment WHERE change = ? AND file IS NOT NULL AND parent IS NULL"
                + " AND resolved_by IS NULL AND outside = 0 AND advisory = 0",
            change);
  }
}
