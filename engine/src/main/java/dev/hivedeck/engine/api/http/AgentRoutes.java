package dev.hivedeck.engine.api.http;

import dev.hivedeck.engine.protocol.Discovery;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Results;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AgentViews;

/** What is done with agents. */
final class AgentRoutes extends RouteGroup {

  @Override
  void register() {
    one(
        "/v1/installed-agents",
        "listInstalledAgents",
        "The command line agents of this machine",
        Discovery.Clis.class,
        (engine, call) -> engine.query(new Query.Clis()));
    one(
        "/v1/defined-agents",
        "listDefinedAgents",
        "The definitions of agents in the repository",
        Discovery.Definitions.class,
        (engine, call) -> engine.query(new Query.Definitions()));
    steer(
        "/v1/agents/import",
        "importAgents",
        "Write agents made of definitions into hive.yaml",
        "agent.import",
        Discovery.Imported.class,
        null);
    steer(
        "/v1/agents/remove",
        "removeAgents",
        "Take imported agents out of hive.yaml",
        "agent.remove",
        Results.AgentsRemoved.class,
        null);
    agent("pause", "Give an agent nothing more; what it does may end");
    agent("resume", "Give an agent tasks again");
    agent("stop", "Stop what an agent runs and pause it; its work is kept");
    agent("say", "Say something to an agent");
  }

  private void agent(String verb, String summary) {
    steer(
        "/v1/agents/{id}/" + verb,
        verb + (verb.equals("say") ? "ToAgent" : "Agent"),
        summary,
        "agent." + verb,
        "name",
        AgentViews.Agent.class,
        Topic.AGENT);
  }
}
