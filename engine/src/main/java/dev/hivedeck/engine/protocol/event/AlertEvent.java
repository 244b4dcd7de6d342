package dev.hivedeck.engine.protocol.event;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens to an alert, and what people do about it. */
public enum AlertEvent implements EventType {
  PENDING("alert.pending", "Its condition holds, not yet for long enough."),
  FIRING("alert.firing", "It fires."),
  RESOLVED("alert.resolved", "It fired, and no longer does."),
  CHANGED("alert.changed", "Its value is another, or what mutes it."),
  REMOVED("alert.removed", "It is over for long, or did not come to fire."),
  ACKNOWLEDGED("alert.acknowledged", Topic.WORKSPACE, "A person takes care of it."),
  SILENCED("alert.silenced", Topic.WORKSPACE, "A person silenced alerts for a time."),
  UNSILENCED("alert.unsilenced", Topic.WORKSPACE, "A silence was ended.");

  private final String word;
  private final Topic topic;
  private final String meaning;

  AlertEvent(String word, String meaning) {
    this(word, Topic.ALERT, meaning);
  }

  AlertEvent(String word, Topic topic, String meaning) {
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
