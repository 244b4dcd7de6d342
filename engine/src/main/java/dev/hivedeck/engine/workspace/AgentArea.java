package dev.hivedeck.engine.workspace;

import dev.hivedeck.engine.agent.discovery.AgentDiscovery;
import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.dispatch.OperatorActions;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.store.Ledger;
import java.util.List;
import java.util.Map;

/** Registers agents: those that there are, and those that there could be. */
public final class AgentArea {
  private final Ledger ledger;
  private final AgentLedger agents;
  private final AgentDiscovery discovery;
  private final ActiveConfiguration configuration;
  private final OperatorActions actions;
  private final WorkspaceMonitor monitor;

  private AgentArea(
      Ledger ledger,
      AgentLedger agents,
      AgentDiscovery discovery,
      ActiveConfiguration configuration,
      OperatorActions actions,
      WorkspaceMonitor monitor) {
    this.ledger = ledger;
    this.agents = agents;
    this.discovery = discovery;
    this.configuration = configuration;
    this.actions = actions;
    this.monitor = monitor;
  }

  /** Of an engine that is only asked. */
  public static Area reading(
      AgentLedger agents, AgentDiscovery discovery, ActiveConfiguration configuration) {
    return area(agents, discovery, configuration).build();
  }

  public static Area of(
      Ledger ledger,
      AgentLedger agents,
      AgentDiscovery discovery,
      ActiveConfiguration configuration,
      OperatorActions actions,
      WorkspaceMonitor monitor) {
    var area = new AgentArea(ledger, agents, discovery, configuration, actions, monitor);
    return area(agents, discovery, configuration)
        .commands(Command.AgentCommands.class, area::carryOut)
        .build();
  }

  private static Area.Builder area(
      AgentLedger agents, AgentDiscovery discovery, ActiveConfiguration configuration) {
    return Area.named("agent")
        .queries(
            Query.AgentQueries.class,
            query ->
                switch (query) {
                  case Query.Clis _ -> discovery.clis();
                  case Query.Definitions _ -> discovery.definitions(configuration.live());
                })
        .things(Topic.AGENT, agents::views);
  }

  private Action carryOut(Command.AgentCommands command) {
    return switch (command) {
      case Command.PauseAgent c -> Action.write(tx -> actions.pauseAgent(tx, c.name()));
      case Command.ResumeAgent c -> Action.write(tx -> actions.resumeAgent(tx, c.name()));
      case Command.StopAgent c -> Action.write(tx -> actions.stopAgent(tx, c.name()));
      case Command.SayToAgent c -> Action.write(tx -> actions.say(tx, c));
      case Command.ImportAgents c ->
          Action.effect(() -> monitor.adapted(() -> discovery.add(c.ids(), configuration.live())));
      case Command.RemoveAgents c ->
          Action.effect(() -> monitor.adapted(() -> Map.of("removed", remove(c.names()))));
    };
  }

  private List<String> remove(List<String> names) {
    for (var agent : ledger.read(agents::views)) {
      if (names.contains(agent.id()) && agent.task() != null) {
        throw new HiveException(
            ErrorCode.AT_WORK,
            agent.id() + " works on " + agent.task() + ".",
            "Stop it, or let it end, then remove it.");
      }
    }
    return discovery.remove(names, configuration.live());
  }
}
