package dev.hivedeck.engine.protocol.event;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens to the workspace, and to the budgets of its agents. */
public enum WorkspaceEvent implements EventType {
  OPENED("workspace.opened", "An engine began to work on it."),
  CHANGED("workspace.changed", "Its checkout, its main or its configuration is another."),
  TRUSTED("workspace.trusted", "A person consented to what it runs and decides."),
  UNTRUSTED("workspace.untrusted", "What it runs or decides has changed, and waits for consent."),
  STARTED("workspace.started", "The hive was started: ready tasks are given to agents."),
  PAUSED("workspace.paused", "The hive was paused: no more tasks are given to agents."),
  FORWARDED("workspace.forwarded", "Main was brought up to what was fetched."),
  PUSHED("workspace.pushed", "Main was pushed to the branch of the remote that it follows."),
  PUSH_REFUSED("workspace.push-refused", "The remote did not take main."),
  SCHEDULE_MISSED("workspace.schedule-missed", "A task of a schedule was not added in time."),
  BUDGET_WARNED("budget.warned", "A good part of a budget is spent."),
  BUDGET_SPENT("budget.spent", "A budget is spent."),
  EVENT_LOST("event.lost", "Stands for an event that a damaged database has lost.");

  private final String word;
  private final String meaning;

  WorkspaceEvent(String word, String meaning) {
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
