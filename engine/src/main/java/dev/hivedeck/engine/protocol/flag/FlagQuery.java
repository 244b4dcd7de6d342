package dev.hivedeck.engine.protocol.flag;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Query;

/** Questions about feature flags. */
public sealed interface FlagQuery extends Query {

  /** All flags. Answer: a list of {@link FlagViews.Flag}. */
  @JsonTypeName("flags")
  record Flags() implements FlagQuery {}

  /** One of them. Answer: {@link FlagViews.Flag}. */
  @JsonTypeName("flag")
  record OneFlag(String id) implements FlagQuery {}
}
