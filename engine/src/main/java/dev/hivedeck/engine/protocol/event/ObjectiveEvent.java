package dev.hivedeck.engine.protocol.event;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens to an objective and to what its policy does. */
public enum ObjectiveEvent implements EventType {
  WATCHED("objective.watched", "It is watched from now on."),
  CHANGED("objective.changed", "Its figures or its state are others."),
  REMOVED("objective.removed", "It is no longer configured.");

  private final String word;
  private final String meaning;

  ObjectiveEvent(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public Topic topic() {
    return Topic.OBJECTIVE;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
