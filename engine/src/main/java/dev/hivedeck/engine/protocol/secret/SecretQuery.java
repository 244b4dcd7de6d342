package dev.hivedeck.engine.protocol.secret;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Query;

/** Questions about secrets; only people may ask them. */
public sealed interface SecretQuery extends Query {
  @Override
  default boolean personal() {
    return true;
  }

  /**
   * Secrets that {@code hive.yaml} names or that are kept, in the order of their names. Answer: a
   * list of {@link Secret}.
   */
  @JsonTypeName("secrets")
  record Secrets() implements SecretQuery {}
}
