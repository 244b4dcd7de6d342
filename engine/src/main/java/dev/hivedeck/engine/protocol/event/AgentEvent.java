package dev.hivedeck.engine.protocol.event;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens to an agent. */
public enum AgentEvent implements EventType {
  CONFIGURED("agent.configured", "The configuration has it, or says something else of it."),
  REMOVED("agent.removed", "It is no longer configured."),
  WORKING("agent.working", "It works on a task."),
  PROGRESSED("agent.progressed", "Its attempt has got further."),
  VALIDATING("agent.validating", "Gates judge its work."),
  WAITING("agent.waiting", "It waits for a decision."),
  IDLE("agent.idle", "It is free."),
  PAUSED("agent.paused", "A person paused it."),
  RESUMED("agent.resumed", "It takes tasks again."),
  TOLD("agent.told", "A person said something to it.");

  private final String word;
  private final String meaning;

  AgentEvent(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public Topic topic() {
    return Topic.AGENT;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
