package dev.hivedeck.engine.execution;

import dev.hivedeck.engine.protocol.failure.EndReason;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Notes what only this machine can make use of: where an attempt works, and as which process. */
interface LocalNotes {
  void worktree(String attempt, String folder);

  void pid(String attempt, long pid);

  /** Marks of processes that earlier attempts at a task may have left. */
  Set<String> unseen(String task);

  /** Whether the task waits for a person. */
  boolean waiting(String task);

  /** Whether somebody answered a question of an attempt since then. */
  boolean answered(String attempt, Instant since);

  /** Commits of the change that a task is worked on on top of, the present one first. */
  List<String> below(String task);

  /** How many attempts at a task ended for that reason. */
  long ended(String task, EndReason reason);
}
