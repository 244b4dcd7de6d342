package dev.hivedeck.engine.protocol.event;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens to the rules that answer agents in a person's place. */
public enum PermissionEvent implements EventType {
  SET("permission.set", "A rule was made; `id` is its id."),
  REMOVED("permission.removed", "A rule is gone: agents are asked again.");

  private final String word;
  private final String meaning;

  PermissionEvent(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public Topic topic() {
    return Topic.WORKSPACE;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
