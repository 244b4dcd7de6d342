package dev.hivedeck.engine.protocol.gateway;

import dev.hivedeck.engine.protocol.Command;
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
  public Map<String, Class<? extends Command>> commands() {
    return Map.of(
        "gateway.fault", FaultCommand.InjectFault.class,
        "gateway.clear", FaultCommand.ClearFault.class);
  }

  @Override
  public List<Route> routes() {
    return List.of(
        new Route(
            "/v1/gateway/{id}/fault",
            "injectFault",
            "Has requests to a service go wrong for a time, for practice",
            "gateway.fault",
            GatewayStatus.class,
            false,
            Map.of()),
        new Route(
            "/v1/gateway/{id}/clear",
            "clearFault",
            "Nothing is made to go wrong any more",
            "gateway.clear",
            GatewayStatus.class,
            false,
            Map.of()),
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
