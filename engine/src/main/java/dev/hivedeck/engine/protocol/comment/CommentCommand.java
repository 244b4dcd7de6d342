package dev.hivedeck.engine.protocol.comment;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a person says about a change while it stays where it is. */
public sealed interface CommentCommand extends Command {

  /**
   * Says something about a change, a file or lines of it. Answer: {@link ChangeViews.Change}.
   *
   * @param id of the change
   * @param file null for the whole change, and where it answers another comment
   * @param line of the new side, the last of them; 0 for the whole file
   * @param startLine the first of several lines; null where it is one
   * @param replyTo the comment that it answers, by its id; null for none
   */
  @JsonTypeName("change.comment")
  record Say(
      String id,
      String text,
      @Nullable String file,
      int line,
      @Nullable Integer startLine,
      @Nullable Long replyTo)
      implements CommentCommand {}

  /**
   * Says that what a comment asked for is done. Answer: {@link ChangeViews.Change}.
   *
   * @param id of the change
   * @param comment its id; one that answers another stands for that
   */
  @JsonTypeName("change.resolve")
  record Resolve(String id, long comment) implements CommentCommand {}

  /**
   * Sends a change back to its agent with what another agent advised: from then on these comments
   * ask for what they say, as if a person had made them. Answer: {@link ChangeViews.Change}.
   *
   * @param id of the change
   * @param comments ids of advisory comments; null or empty for all that are open
   * @param text what to say besides; null for nothing
   */
  @JsonTypeName("change.return-advice")
  record ReturnAdvice(String id, @Nullable List<Long> comments, @Nullable String text)
      implements CommentCommand {}

  /** Takes back what {@link Resolve} said. Answer: {@link ChangeViews.Change}. */
  @JsonTypeName("change.unresolve")
  record Unresolve(String id, long comment) implements CommentCommand {}
}
