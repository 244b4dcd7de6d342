package dev.hivedeck.engine.protocol.event;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens to a question to a person. */
public enum DecisionEvent implements EventType {
  OPENED("decision.opened", "An agent asks."),
  DECIDED("decision.decided", "It was answered."),
  EXPIRED("decision.expired", "Nobody answered in time: the default holds."),
  WITHDRAWN("decision.withdrawn", "Nobody needs the answer any more.");

  private final String word;
  private final String meaning;

  DecisionEvent(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public Topic topic() {
    return Topic.DECISION;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
