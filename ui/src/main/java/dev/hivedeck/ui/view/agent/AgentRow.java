package dev.hivedeck.ui.view.agent;

import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AttemptViews;

/**
 * A row of the table of agents: one of an agent, and where it works on several tasks one below it
 * of each attempt.
 *
 * @param attempt what it is about; null for the agent as a whole
 */
public record AgentRow(AgentViews.Agent agent, AttemptViews.Attempt attempt) {
  /** What it is known by, however it changes. */
  public String id() {
    return attempt == null ? agent.id() : attempt.id();
  }

  boolean whole() {
    return attempt == null;
  }

  /** The attempt that it shows the log of; null for none. */
  String log() {
    return attempt == null ? agent.attempt() : attempt.id();
  }

  /** The task that is worked on; null for none. */
  String task() {
    return attempt == null ? agent.task() : attempt.task();
  }
}
