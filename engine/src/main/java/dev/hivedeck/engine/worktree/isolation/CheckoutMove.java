package dev.hivedeck.engine.worktree.isolation;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.HiveException;

/** Takes what is checked out from one commit to another, by what differs between them. */
final class CheckoutMove {
  private CheckoutMove() {}

  /**
   * What was changed or added beside the commit stays.
   *
   * @param git has the index of the commit that is checked out
   * @throws HiveException {@code git-failed} where something that was changed or added is in the
   *     way; nothing is changed then
   */
  static void move(Git git, String since, String commit) {
    if (since.equals(commit)) {
      return;
    }
    git.run("update-index", "-q", "--refresh");
    git.must(
        "-c",
        "index.sparse=false",
        "-c",
        "core.splitIndex=false",
        "read-tree",
        "-m",
        "-u",
        since,
        commit);
  }
}
