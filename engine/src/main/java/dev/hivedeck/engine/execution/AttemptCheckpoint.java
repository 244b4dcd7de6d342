package dev.hivedeck.engine.execution;

import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.worktree.folder.AttemptFolder;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of an attempt so far as a commit, to go on from when it is cut off. Taken on the agent's
 * own thread, for git may take its time.
 */
final class AttemptCheckpoint {
  private static final Logger LOG = LoggerFactory.getLogger(AttemptCheckpoint.class);

  private final AttemptExecutor attemptExecutor;
  private final Claim claim;

  /** What was told of checkpoints. */
  private final Set<String> leftOut = ConcurrentHashMap.newKeySet();

  private volatile AttemptFolder worktree;
  private volatile String commit;

  AttemptCheckpoint(AttemptExecutor attemptExecutor, Claim claim) {
    this.attemptExecutor = attemptExecutor;
    this.claim = claim;
  }

  /** Where the agent works from now on. */
  void worksIn(AttemptFolder folder) {
    worktree = folder;
  }

  /** Where the agent works. */
  Path folder() {
    return worktree.path();
  }

  /** The latest that was taken; null where there is none. */
  String commit() {
    return commit;
  }

  /**
   * Takes one, and says once what it leaves out.
   *
   * @param tell takes a line to the log of the attempt
   * @return the commit; null when nothing was done, or it cannot be kept that way
   */
  String take(Consumer<String> tell) {
    commit = latest(tell);
    return commit;
  }

  private String latest(Consumer<String> tell) {
    if (worktree == null) {
      return null;
    }
    try {
      return attemptExecutor
          .checkpoint(worktree, claim, (kind, text) -> leftOut(text, tell))
          .orElse(commit);
    } catch (RuntimeException e) {
      LOG.warn("no checkpoint of {}: {}", claim.attempt(), e.getMessage());
      return commit;
    }
  }

  private void leftOut(String text, Consumer<String> tell) {
    if (leftOut.add(text)) {
      tell.accept(text);
    }
  }
}
