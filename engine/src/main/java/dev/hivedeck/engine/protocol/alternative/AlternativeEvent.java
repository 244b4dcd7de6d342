package dev.hivedeck.engine.protocol.alternative;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens to alternatives. */
public enum AlternativeEvent implements EventType {
  ADDED("alternatives.added", "A task was given to several agents, or to more."),
  PROGRESSED(
      "alternatives.progressed",
      "What a choice had closed or stopped was retried, taken over or cancelled since."),
  CHOSEN("alternatives.chosen", "One of several was chosen; the others are closed."),
  UNDONE("alternatives.undone", "A choice was taken back: one is to be chosen again.");

  private final String word;
  private final String meaning;

  AlternativeEvent(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public Topic topic() {
    return AlternativeRegistration.TOPIC;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
