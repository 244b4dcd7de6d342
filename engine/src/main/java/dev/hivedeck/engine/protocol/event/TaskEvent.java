package dev.hivedeck.engine.protocol.event;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens to a task. */
public enum TaskEvent implements EventType {
  ADDED("task.added", "It was added by itself, by a person or an agent."),
  IMPORTED("task.imported", "A plan brought it, or has another text for it."),
  BLOCKED("task.blocked", "Something that it needs is not on main, or no longer."),
  READY("task.ready", "An agent may take it."),
  STARTED("task.started", "An attempt at it began."),
  RUNNING("task.running", "Its question was answered, and its agent goes on."),
  PROGRESSED("task.progressed", "Its attempt has got further."),
  VALIDATING("task.validating", "Its agent is finished, and gates judge the work."),
  WAITING("task.waiting", "It waits for a decision."),
  RETRYING("task.retrying", "Its attempt failed; there is another one later."),
  FALLBACK("task.fallback", "Its agent has had its tries; another agent takes over."),
  DONE("task.done", "Its work was verified."),
  MERGED("task.merged", "Its change is on main."),
  FOUND("task.found", "Main has its work already."),
  TAKEN_OFF("task.taken-off", "Main no longer has its change."),
  RETURNED("task.returned", "Its change came back, and its agent works on it again."),
  DEAD("task.dead", "All retries and fallbacks have failed: it is a dead letter."),
  PAUSED("task.paused", "A person paused it."),
  CANCELLED("task.cancelled", "It was cancelled."),
  CHANGED("task.changed", "A person changed its priority or its agent."),
  CLAIMED("task.claimed", "An agent at work on another task claimed it."),
  TAKEN("task.taken", "A person took it.");

  private final String word;
  private final String meaning;

  TaskEvent(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public Topic topic() {
    return Topic.TASK;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
