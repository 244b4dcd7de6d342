package dev.hivedeck.engine.workspace;

import dev.hivedeck.engine.agent.discovery.AgentDiscovery;
import dev.hivedeck.engine.agent.discovery.CliScan;
import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;

/** Registers the file {@code hive.yaml}: how it is read and edited. */
public final class ConfigArea {
  private ConfigArea() {}

  /** Of an engine that is only asked. */
  public static Area reading(ActiveConfiguration configuration, AgentDiscovery discovery) {
    return area(configuration, discovery).build();
  }

  public static Area of(
      ActiveConfiguration configuration, AgentDiscovery discovery, WorkspaceMonitor monitor) {
    return area(configuration, discovery)
        .commands(
            Command.ConfigCommands.class,
            command ->
                Action.effect(
                    () ->
                        monitor.edited(
                            () ->
                                switch (command) {
                                  case Command.EditConfig c ->
                                      configuration.edit(c.digest(), c.changes());
                                  case Command.WriteConfig c ->
                                      configuration.write(c.digest(), c.text());
                                  case Command.ImportObjectives c ->
                                      configuration.importObjectives(c);
                                })))
        .build();
  }

  private static Area.Builder area(ActiveConfiguration configuration, AgentDiscovery discovery) {
    return Area.named("config")
        .queries(
            Query.ConfigQueries.class,
            query ->
                switch (query) {
                  case Query.ConfigSource _ ->
                      configuration.source(() -> CliScan.first(discovery.clis()));
                  case Query.ConfigProposal q ->
                      configuration.proposal(CliScan.chosen(discovery::clis, q.agent(), q.run()));
                  case Query.ConfigPreview q -> configuration.preview(q.changes(), q.text());
                  case Query.ImportPreview q -> configuration.importing(q.text(), q.period());
                });
  }
}
