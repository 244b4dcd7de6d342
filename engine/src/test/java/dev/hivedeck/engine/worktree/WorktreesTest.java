package dev.hivedeck.engine.worktree;

/** Attempts in repositories of their own, which is usual. */
class WorktreesTest extends IsolationContract {
  @Override
  String isolation() {
    return "clone";
  }
}
