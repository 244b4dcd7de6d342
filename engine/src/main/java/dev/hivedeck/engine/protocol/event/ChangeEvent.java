package dev.hivedeck.engine.protocol.event;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens to a change on its way to main. */
public enum ChangeEvent implements EventType {
  OPENED("change.opened", "It is there, and may need a review."),
  APPROVED("change.approved", "A person approved it."),
  HELD("change.held", "It brings something that nobody has approved: it waits for a person."),
  RETURNED("change.returned", "It is back with its agent, with what is to be done."),
  QUEUED("change.queued", "It waits for its merge."),
  MERGING("change.merging", "Its merge is made and judged."),
  MERGED("change.merged", "It is on main."),
  CONFLICTED("change.conflicted", "It conflicts with main, and is back with its agent."),
  BLOCKED("change.blocked", "Its merge was refused, or main no longer has it."),
  LOST("change.lost", "Its commit is gone from the repository; its agent makes it again."),
  PROGRESSED("change.progressed", "Its task or a question of it is in another state."),
  COMMENTED("change.commented", "Somebody said something about it."),
  ADVISED("change.advised", "An agent looks at it before a person does, or has looked."),
  PLACED("change.placed", "Comments on it have gone along with their lines, or are outdated."),
  CLEARED("change.cleared", "A person lets be what speaks against it, or no longer does."),
  DESCRIBED("change.described", "A part of its description is another."),
  FORECAST("change.forecast", "It would get on otherwise with main or with other changes."),
  STACKED("change.stacked", "It stands on another change, or on another commit of it."),
  CLOSED("change.closed", "It was closed without a merge.");

  private final String word;
  private final String meaning;

  ChangeEvent(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public Topic topic() {
    return Topic.CHANGE;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
