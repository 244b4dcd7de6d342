package dev.hivedeck.engine.protocol.failure;

/** Why an attempt ended unfinished, which is no failure and counts for no try. */
public enum ReleaseReason implements EndReason {
  /** Its agent asked, and did not wait for the answer. */
  ASKED("asked"),
  /** Nobody works on it any more: the engine ended under it, or an outage stopped it. */
  LOST("lost"),
  /** A person, or what a person did, ended it. */
  STOPPED("stopped");

  private final String word;

  ReleaseReason(String word) {
    this.word = word;
  }

  @Override
  public String word() {
    return word;
  }
}
