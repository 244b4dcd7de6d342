package dev.hivedeck.engine.config;

/**
 * How attempts are kept apart from the user's repository.
 *
 * @param kind {@code clone}, a repository of its own that borrows the user's objects, or {@code
 *     worktree}, a git worktree
 * @param push whether agents may push to the user's remotes
 */
public record IsolationConfig(String kind, boolean push) {
  public static final IsolationConfig STANDARD = new IsolationConfig("clone", false);
}
