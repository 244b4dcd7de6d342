package dev.hivedeck.engine.protocol.reading;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens to how far changes are read. */
public enum ReadingEvent implements EventType {
  CHANGED("reading.changed", "More or less of a change is to be read."),
  REMOVED("reading.removed", "Its change is over: what was read of it is forgotten."),
  PACE("pace.changed", "You read changes faster or more slowly than was known.");

  private final String word;
  private final String meaning;

  ReadingEvent(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public Topic topic() {
    return this == PACE ? ReadingRegistration.PACE : ReadingRegistration.TOPIC;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
