package dev.hivedeck.engine.protocol.merge;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.merge.StackViews.SplitBy;
import org.jspecify.annotations.Nullable;

/** Questions about stacks. */
public sealed interface StackQuery extends Query {

  /**
   * What a change would be split into; nothing is done. Answer: {@link StackViews.SplitPreview}.
   *
   * @param id of the change
   * @param by null for by directory
   */
  @JsonTypeName("change.split.preview")
  record Preview(String id, @Nullable SplitBy by) implements StackQuery {}
}
