package dev.hivedeck.engine.protocol.forge;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens between changes and their pull requests. */
public enum ForgeEvent implements EventType {
  CHANGED("forge.changed", "The link to GitHub is made, ended, or stands otherwise."),
  PULL_REQUEST("pull-request.changed", "A pull request was opened, or is otherwise than before."),
  REMOVED(
      "pull-request.removed", "Another repository is linked, and the pull request is none of its.");

  private final String word;
  private final String meaning;

  ForgeEvent(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public Topic topic() {
    return this == CHANGED ? ForgeRegistration.FORGE : ForgeRegistration.PULL_REQUEST;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
