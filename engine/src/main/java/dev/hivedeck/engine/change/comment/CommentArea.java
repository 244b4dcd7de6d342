package dev.hivedeck.engine.change.comment;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.change.reading.LineCommentText;
import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.comment.CommentCommand;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.Comment;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Registers what people say about changes. */
public final class CommentArea {
  /** What is longer nobody reads in the margin of a diff. */
  private static final int LONGEST = 20_000;

  private CommentArea() {}

  /** Where changes are kept. */
  public interface Changes {
    /**
     * @throws HiveException {@code no-change}
     */
    ChangeViews.Change view(Sql sql, String id) throws SQLException;

    /**
     * @param replyTo the comment that it answers; null for none
     */
    void said(Tx tx, String id, String author, LineComment comment, @Nullable Long replyTo)
        throws SQLException;

    void commented(Tx tx, String id, String text) throws SQLException;

    /** Sends it back to its agent with these, which are taken up by that. */
    void sendBack(Tx tx, String id, @Nullable String text, List<Comment> advice)
        throws SQLException;
  }

  public static Area of(Changes changes) {
    return Area.named("comment")
        .commands(
            CommentCommand.class,
            command ->
                switch (command) {
                  case CommentCommand.Say c -> Action.answer(tx -> say(tx, changes, c));
                  case CommentCommand.Resolve c ->
                      Action.answer(tx -> resolve(tx, changes, c.id(), c.comment(), true));
                  case CommentCommand.Unresolve c ->
                      Action.answer(tx -> resolve(tx, changes, c.id(), c.comment(), false));
                  case CommentCommand.ReturnAdvice c ->
                      Action.answer(tx -> sendBack(tx, changes, c));
                })
        .build();
  }

  private static ChangeViews.Change say(Tx tx, Changes changes, CommentCommand.Say c)
      throws SQLException {
    var change = changes.view(tx.sql(), c.id());
    String text = c.text() == null ? "" : c.text().strip();
    if (text.isEmpty()) {
      throw new HiveException(
          ErrorCode.NO_COMMENT,
          "The comment says nothing.",
          "Say what should be different, or why.");
    }
    if (text.length() > LONGEST) {
      throw new HiveException(
          ErrorCode.TOO_LARGE,
          "The comment has %s characters.".formatted(Plural.number(text.length())),
          "Say it in " + Plural.number(LONGEST) + ".");
    }
    if (c.replyTo() == null) {
      String file = c.file() == null || c.file().isBlank() ? null : c.file();
      if (file == null && (c.line() != 0 || c.startLine() != null)) {
        throw new HiveException(
            ErrorCode.BAD_PLACE,
            "The comment names lines, and no file.",
            "Name the file too, or leave the lines out.");
      }
      var said = new LineComment(file, c.line(), text, c.startLine(), null);
      LineCommentText.check(said);
      changes.said(tx, change.id(), View.YOU, said, null);
    } else {
      var first = first(change, c.replyTo());
      changes.said(
          tx,
          change.id(),
          View.YOU,
          new LineComment(first.file(), first.line(), text, first.startLine(), null),
          first.id());
    }
    changes.commented(
        tx,
        change.id(),
        "%s on #%d".formatted(c.replyTo() == null ? "commented" : "answered", change.number()));
    return changes.view(tx.sql(), change.id());
  }

  private static ChangeViews.Change sendBack(Tx tx, Changes changes, CommentCommand.ReturnAdvice c)
      throws SQLException {
    var change = changes.view(tx.sql(), c.id());
    var named = c.comments() == null ? List.<Long>of() : c.comments();
    var advice = new ArrayList<Comment>();
    for (long id : named) {
      var comment = find(change, id);
      if (!comment.advisory() || comment.replyTo() != null) {
        throw new HiveException(
            ErrorCode.NO_THREAD,
            "Comment %d of #%d is no advice.".formatted(id, change.number()),
            "hivedeck change show %s marks what is.".formatted(change.id()));
      }
      if (!advice.contains(comment)) {
        advice.add(comment);
      }
    }
    if (named.isEmpty()) {
      change.comments().stream().filter(Comment::advises).forEach(advice::add);
    }
    if (advice.isEmpty()) {
      throw new HiveException(
          ErrorCode.NO_COMMENT,
          "#%d has no advice that is open.".formatted(change.number()),
          "Say yourself what should be different: hivedeck change return %s \"…\"."
              .formatted(change.id()));
    }
    changes.sendBack(tx, change.id(), c.text(), advice);
    return changes.view(tx.sql(), change.id());
  }

  private static ChangeViews.Change resolve(
      Tx tx, Changes changes, String id, long comment, boolean done) throws SQLException {
    var change = changes.view(tx.sql(), id);
    var first = first(change, comment);
    if (done == (first.resolvedBy() != null)) {
      return change; // so it is
    }
    tx.sql()
        .update(
            "UPDATE comment SET resolved_by = ? WHERE id = ?", done ? View.YOU : null, first.id());
    changes.commented(
        tx,
        change.id(),
        "a comment on #%d is %s".formatted(change.number(), done ? "resolved" : "open again"));
    return changes.view(tx.sql(), change.id());
  }

  /** The comment that one of them answers, or itself. */
  private static Comment first(ChangeViews.Change change, long id) {
    var named = find(change, id);
    return named.replyTo() == null ? named : find(change, named.replyTo());
  }

  private static Comment find(ChangeViews.Change change, long id) {
    return change.comments().stream()
        .filter(c -> c.id() == id)
        .findFirst()
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.NO_THREAD,
                    "#%d has no comment %d.".formatted(change.number(), id),
                    "hivedeck change show %s lists those it has.".formatted(change.id())));
  }
}
