package dev.hivedeck.engine.protocol.merge;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.merge.StackViews.SplitBy;
import org.jspecify.annotations.Nullable;

/** What a person does with a change that is too large to be read as one. */
public sealed interface StackCommand extends Command {

  /**
   * Makes a stack of smaller changes of one, whose top has exactly its files, and closes it. One
   * that was split already stays as it is. Answer: {@link StackViews.Parts}.
   *
   * @param id of the change
   * @param by null for by directory
   */
  @JsonTypeName("change.split")
  record Split(String id, @Nullable SplitBy by) implements StackCommand {}

  /**
   * Takes a split back, as long as nothing of it was merged or worked on: its parts are closed, and
   * the change is open again. Answer: {@link dev.hivedeck.engine.protocol.view.ChangeViews.Change}.
   *
   * @param id of the change that was split
   */
  @JsonTypeName("change.join")
  record Join(String id) implements StackCommand {}
}
