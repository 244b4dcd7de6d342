package dev.hivedeck.engine.protocol.event;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens to the plan as a whole, and to its requirements. */
public enum PlanEvent implements EventType {
  IMPORTED(
      "plan.imported", "A plan was taken in; an event for each thing that it changed follows."),
  RELOADED("plan.reloaded", "So much has changed that clients take a new snapshot."),
  REQUIREMENT_IMPORTED(
      "requirement.imported", Topic.REQUIREMENT, "A plan brought it, or has another text for it."),
  REQUIREMENT_PROGRESSED(
      "requirement.progressed", Topic.REQUIREMENT, "One of its tasks has got further.");

  private final String word;
  private final Topic topic;
  private final String meaning;

  PlanEvent(String word, String meaning) {
    this(word, Topic.WORKSPACE, meaning);
  }

  PlanEvent(String word, Topic topic, String meaning) {
    this.word = word;
    this.topic = topic;
    this.meaning = meaning;
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public Topic topic() {
    return topic;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
