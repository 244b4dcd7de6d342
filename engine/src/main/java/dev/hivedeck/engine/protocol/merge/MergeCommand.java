package dev.hivedeck.engine.protocol.merge;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Command;
import org.jspecify.annotations.Nullable;

/** What a person does with the merge queue, and with what it merged. */
public sealed interface MergeCommand extends Command {

  /**
   * Merges nothing more until {@link Unfreeze}; what is being merged ends as it does.
   *
   * @param reason told to everybody
   */
  @JsonTypeName("queue.freeze")
  record Freeze(String reason) implements MergeCommand {}

  /**
   * Opens a change that takes a merged one back. It goes the way of every change: gates, review,
   * queue. Answer: {@link MergeViews.Reverted}.
   *
   * @param id of the merged change
   * @param reason told in the commit
   */
  @JsonTypeName("change.revert")
  record Revert(String id, @Nullable String reason) implements MergeCommand {}

  /**
   * Lets a change in the queue go before all others. Answer: {@link MergeViews.Queue}.
   *
   * @param id of the change
   */
  @JsonTypeName("queue.first")
  record First(String id) implements MergeCommand {}

  /**
   * Merges again, whatever froze the queue.
   *
   * @param reason needed where a merge was not explained by its change, which is let be by this
   */
  @JsonTypeName("queue.unfreeze")
  record Unfreeze(@Nullable String reason) implements MergeCommand {}
}
