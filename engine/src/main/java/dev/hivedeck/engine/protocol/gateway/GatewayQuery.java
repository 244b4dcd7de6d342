package dev.hivedeck.engine.protocol.gateway;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Query;

/** Questions about the gateway. */
public sealed interface GatewayQuery extends Query {

  /** How it stands. Answer: {@link GatewayViews.GatewayStatus}. */
  @JsonTypeName("gateway")
  record Status() implements GatewayQuery {}
}
