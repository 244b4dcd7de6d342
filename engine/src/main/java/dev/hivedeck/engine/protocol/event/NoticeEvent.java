package dev.hivedeck.engine.protocol.event;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens to a notice in the inbox. */
public enum NoticeEvent implements EventType {
  ADDED("notice.added", "It is new."),
  CHANGED("notice.changed", "It was told again, or its alerts are over."),
  SHOWN("notice.shown", "The desktop is asked to show it."),
  READ("notice.read", "A person read it."),
  REMOVED("notice.removed", "It made room for others.");

  private final String word;
  private final String meaning;

  NoticeEvent(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public Topic topic() {
    return Topic.NOTICE;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
