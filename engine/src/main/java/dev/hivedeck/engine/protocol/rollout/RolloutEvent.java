package dev.hivedeck.engine.protocol.rollout;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens to rollouts. */
public enum RolloutEvent implements EventType {
  STARTED("rollout.started", "A rollout was started; its canary has no traffic yet."),
  STEPPED("rollout.stepped", "The canary has the weight of the next step."),
  WEIGHED("rollout.weighed", "A person gave the canary another weight."),
  HELD("rollout.held", "A rollout is held: by a person, or since a person has to say."),
  RESUMED("rollout.resumed", "A rollout goes on where it was held."),
  PROMOTING("rollout.promoting", "All steps are passed; the canary becomes what is stable."),
  PROMOTED("rollout.promoted", "The canary is what is stable now."),
  ROLLING_BACK("rollout.rolling-back", "The canary has no traffic any more, and is being ended."),
  ROLLED_BACK("rollout.rolled-back", "The canary was taken back because of what was found."),
  ABORTED(
      "rollout.aborted",
      "The canary was taken back because a person wanted so, or its change moved on.");

  private final String word;
  private final String meaning;

  RolloutEvent(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public Topic topic() {
    return RolloutRegistration.ROLLOUT;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
