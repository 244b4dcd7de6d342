package dev.hivedeck.engine.protocol.gateway;

import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Registration;
import dev.hivedeck.engine.protocol.gateway.GatewayViews.GatewayStatus;
import java.util.List;
import java.util.Map;

/** Adds the gateway to the protocol. */
public final class GatewayRegistration implements Registration {
  private static final String WORD = "gateway";

  @Override
  public Map<String, Class<? extends Query>> queries() {
    return Map.of(WORD, GatewayQuery.Status.class);
  }

  @Override
  public List<Route> routes() {
    return List.of(
        new Route(
            "/v1/gateway",
            "getGateway",
            "How it stands with the gateway: where it listens, and how it splits traffic",
            WORD,
            GatewayStatus.class,
            false,
            Map.of()));
  }
}
