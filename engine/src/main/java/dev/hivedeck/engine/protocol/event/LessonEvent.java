package dev.hivedeck.engine.protocol.event;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens to a lesson. */
public enum LessonEvent implements EventType {
  SEEN("lesson.seen", "An attempt has failed of it."),
  REMEDIED("lesson.remedied", "An attempt that failed of it before was verified."),
  JUDGED("lesson.judged", "A person accepted or muted it, or took that back."),
  WORDED("lesson.worded", "A person worded what helps."),
  REMOVED("lesson.removed", "It was deleted, or made room for another.");

  private final String word;
  private final String meaning;

  LessonEvent(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public Topic topic() {
    return Topic.LESSON;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
