package dev.hivedeck.engine.protocol.reading;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Query;

/** Questions about what is to be read; only people may ask them. */
public sealed interface ReadingQuery extends Query {
  @Override
  default boolean personal() {
    return true;
  }

  /** How far open changes are read, and the pace. Answer: {@link ReadingViews.Readings}. */
  @JsonTypeName("readings")
  record OfAll() implements ReadingQuery {}

  /**
   * The files of a change in the order in which to read them. Answer: {@link
   * ReadingViews.ReadingOrder}.
   *
   * @param id of the change
   */
  @JsonTypeName("change.reading")
  record OfChange(String id) implements ReadingQuery {}
}
