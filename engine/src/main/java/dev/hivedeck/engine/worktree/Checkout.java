package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.protocol.HiveException;

/** The user's own checkout, which is never touched unless they ask for it. */
public final class Checkout {
  private final Repository repository;
  private final Git git;

  public Checkout(Repository repository) {
    this.repository = repository;
    this.git = repository.git();
  }

  /** How many merges main is ahead of the commit that it holds. */
  public int behind(String since) {
    var count =
        git.run(
            "rev-list", "--count", "--first-parent", since + "..refs/heads/" + repository.main());
    return count.ok() ? Integer.parseInt(count.out().strip()) : 0;
  }

  /**
   * Brings it from {@code since} to the tip of main, keeping local edits.
   *
   * @throws HiveException {@code checkout-edited} when an edit is in the way; nothing is changed
   *     then
   */
  public void update(String since) {
    git.run("update-index", "-q", "--refresh");
    var updated = git.run("read-tree", "-m", "-u", since, "HEAD");
    if (!updated.ok()) {
      throw new HiveException(
          "checkout-edited",
          "Your own edits are in the way: " + updated.err().strip(),
          "Commit or stash them first. Nothing was changed.");
    }
  }
}
