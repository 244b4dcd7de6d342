package dev.hivedeck.engine.change;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.change.comment.CommentArea;
import dev.hivedeck.engine.change.comment.CommentLedger;
import dev.hivedeck.engine.change.health.ClearanceArea;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.Comment;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Registers changes. */
public final class ChangeArea {
  private ChangeArea() {}

  /** Changes, for what a person lets be that speaks against them. */
  public static final ClearanceArea.Changes CLEARED =
      new ClearanceArea.Changes() {
        @Override
        public ChangeViews.Change view(Sql sql, String id) throws SQLException {
          return ChangeLedger.view(sql, id);
        }

        @Override
        public void cleared(Tx tx, String id, String text) throws SQLException {
          ChangeLedger.tell(tx, id, ChangeEvent.CLEARED, text);
        }

        @Override
        public void described(Tx tx, String id, String text) throws SQLException {
          ChangeLedger.tell(tx, id, ChangeEvent.DESCRIBED, text);
        }
      };

  /** Changes, for what people say about them. */
  public static CommentArea.Changes said(ChangeReview review) {
    return new CommentArea.Changes() {
      @Override
      public ChangeViews.Change view(Sql sql, String id) throws SQLException {
        return ChangeLedger.view(sql, id);
      }

      @Override
      public void said(Tx tx, String id, String author, LineComment comment, @Nullable Long replyTo)
          throws SQLException {
        var change = ChangeLedger.get(tx.sql(), id);
        if (replyTo == null) {
          review.lines().check(change.id(), change.base(), change.head(), comment);
        }
        CommentLedger.say(tx, change.number(), author, comment, replyTo);
      }

      @Override
      public void commented(Tx tx, String id, String text) throws SQLException {
        ChangeLedger.tell(tx, id, ChangeEvent.COMMENTED, text);
      }

      @Override
      public void sendBack(Tx tx, String id, @Nullable String text, List<Comment> advice)
          throws SQLException {
        review.sendBackAdvice(tx, id, text, advice);
      }
    };
  }

  /** Of an engine that is only asked. */
  public static Area reading() {
    return area().build();
  }

  public static Area of(ChangeReview review) {
    return area()
        .commands(Command.ChangeCommands.class, command -> carryOut(review, command))
        .build();
  }

  private static Area.Builder area() {
    return Area.named("change").things(Topic.CHANGE, ChangeLedger::views, ChangeLedger::view);
  }

  private static Action carryOut(ChangeReview review, Command.ChangeCommands command) {
    return switch (command) {
      case Command.ApproveChange c ->
          Action.write(tx -> review.approve(tx, c.id(), c.comment(), c.head()));
      case Command.ReturnChange c ->
          Action.write(tx -> review.sendBack(tx, c.id(), c.comment(), c.lines()));
      case Command.MergeChange c -> Action.write(tx -> review.merge(tx, c.id(), c.head()));
      case Command.CloseChange c -> Action.write(tx -> review.close(tx, c.id(), c.comment()));
    };
  }
}
