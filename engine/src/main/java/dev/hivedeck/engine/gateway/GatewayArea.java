package dev.hivedeck.engine.gateway;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.protocol.gateway.FaultCommand;
import dev.hivedeck.engine.protocol.gateway.GatewayQuery;
import dev.hivedeck.engine.protocol.gateway.GatewayViews.GatewayStatus;
import java.util.function.Supplier;

/** Registers the gateway. */
public final class GatewayArea {
  private GatewayArea() {}

  /**
   * @param status how it stands
   */
  public static Area of(Supplier<GatewayStatus> status) {
    return asked(status).build();
  }

  /** Of an engine that takes commands. */
  public static Area of(Gateway gateway) {
    return asked(gateway::status)
        .commands(FaultCommand.class, command -> Action.effect(() -> gateway.fault(command)))
        .build();
  }

  private static Area.Builder asked(Supplier<GatewayStatus> status) {
    return Area.named("gateway")
        .queries(
            GatewayQuery.class,
            query ->
                switch (query) {
                  case GatewayQuery.Status _ -> status.get();
                });
  }
}
