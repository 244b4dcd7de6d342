package dev.hivedeck.engine.protocol.alternative;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Query;

/** Questions about alternatives. */
public sealed interface AlternativeQuery extends Query {

  /**
   * All there are; those that wait for a choice first. Answer: {@link
   * AlternativeViews.Comparison}s.
   */
  @JsonTypeName("alternatives")
  record All() implements AlternativeQuery {}

  /**
   * The alternatives of one task, side by side. Answer: {@link AlternativeViews.Comparison}.
   *
   * @param id of the task, of one of its alternatives, or of one's change
   */
  @JsonTypeName("alternatives.of")
  record Of(String id) implements AlternativeQuery {}
}
