package dev.hivedeck.engine.protocol.event;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What the policy of an objective does. */
public enum PolicyEvent implements EventType {
  APPLIED("policy.applied", "The budget is low, and the policy acts."),
  WAIVED("policy.waived", "The policy would act, were it not lifted."),
  CHANGED("policy.changed", "What it does is now something else."),
  UNDONE("policy.undone", "What it did is over."),
  LIFTED("policy.lifted", "A person lifted it for a time."),
  RESUMED("policy.resumed", "It is in force again.");

  private final String word;
  private final String meaning;

  PolicyEvent(String word, String meaning) {
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
