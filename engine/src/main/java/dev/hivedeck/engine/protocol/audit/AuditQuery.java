package dev.hivedeck.engine.protocol.audit;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Query;
import org.jspecify.annotations.Nullable;

/** Questions about who did what; only people may ask them. */
public sealed interface AuditQuery extends Query {
  @Override
  default boolean personal() {
    return true;
  }

  /**
   * Commands that were sent, the newest first. Answer: a list of {@link AuditEntry}.
   *
   * @param since a time, or how long ago ({@code 7d}); null for all that is kept
   * @param by {@code you}, an attempt, or an entry point; null for all
   * @param limit at most so many; 500 where it is left out
   */
  @JsonTypeName("audit")
  record Entries(@Nullable String since, @Nullable String by, int limit) implements AuditQuery {}
}
