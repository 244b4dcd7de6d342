package dev.hivedeck.engine.protocol.service;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Query;

/** Questions about previews. */
public sealed interface PreviewQuery extends Query {

  /**
   * Previews that run. Answer: a list of {@link ServiceViews.Service}, each named by {@link
   * ServiceViews#PREVIEW} and what it is of.
   */
  @JsonTypeName("previews")
  record Previews() implements PreviewQuery {}
}
