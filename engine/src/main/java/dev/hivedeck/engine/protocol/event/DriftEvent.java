package dev.hivedeck.engine.protocol.event;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens to a difference between the ledger and what is there. */
public enum DriftEvent implements EventType {
  FOUND("drift.found", "It was found."),
  CHANGED("drift.changed", "It is still there, and is another."),
  REMOVED("drift.removed", "It is over.");

  private final String word;
  private final String meaning;

  DriftEvent(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public Topic topic() {
    return Topic.DRIFT;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
