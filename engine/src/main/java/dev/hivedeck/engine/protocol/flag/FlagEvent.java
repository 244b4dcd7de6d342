package dev.hivedeck.engine.protocol.flag;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens to feature flags. */
public enum FlagEvent implements EventType {
  SET("flag.set", "A person gave a variant of a flag another share."),
  KILLED("flag.killed", "Everybody gets a flag's default."),
  RESTORED("flag.restored", "A flag that was killed is evaluated again.");

  private final String word;
  private final String meaning;

  FlagEvent(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public Topic topic() {
    return FlagRegistration.FLAG;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
