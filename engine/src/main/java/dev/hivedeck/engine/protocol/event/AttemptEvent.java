package dev.hivedeck.engine.protocol.event;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;
import java.util.Set;

/** What happens to an attempt. */
public enum AttemptEvent implements EventType {
  PREPARING("attempt.preparing", "Its folder is being made."),
  WORKING("attempt.working", "Its agent works."),
  PROGRESSED("attempt.progressed", "It has got further, or takes more of the machine."),
  CHECKING("attempt.checking", "Gates judge its work."),
  SUCCEEDED("attempt.succeeded", "Its work was verified."),
  FAILED("attempt.failed", "It failed; `reason` says how."),
  LOST("attempt.lost", "It vanished with its engine."),
  CANCELLED("attempt.cancelled", "It was stopped."),
  ENDED("attempt.ended", "It ended with a question; another one goes on with the answer."),
  GATE_FAILED("gate.failed", "A gate refused its work."),
  LESSON_RECORDED("lesson.recorded", "Its agent noted something for later attempts.");

  private static final Set<EventType> ENDS = Set.of(SUCCEEDED, FAILED, CANCELLED, ENDED, LOST);

  private final String word;
  private final String meaning;

  AttemptEvent(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
  }

  /** Whether it tells that an attempt is over. */
  public static boolean ends(EventType type) {
    return ENDS.contains(type);
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public Topic topic() {
    return Topic.ATTEMPT;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
