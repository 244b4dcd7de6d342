package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.repository.Repository;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What git makes of two commits, beside every working tree.
 *
 * @param tree with marks where both sides changed the same lines
 * @param conflicts the files in which they did
 */
record ThreeWayMerge(String tree, Set<String> conflicts) {

  /**
   * @param attributes a commit that says how files are merged
   */
  static ThreeWayMerge merge(Repository repository, String attributes, String ours, String theirs) {
    return MainAttributes.with(repository, attributes, git -> merge(git, ours, theirs));
  }

  static ThreeWayMerge merge(Git git, String ours, String theirs) {
    String[] command = {
      "merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", ours, theirs
    };
    var merged = git.run(command);
    if (!merged.ok() && merged.exit() != 1) {
      throw git.failed(merged, command);
    }
    var parts = List.of(merged.out().split("\0"));
    return new ThreeWayMerge(
        parts.getFirst().strip(), new LinkedHashSet<>(parts.subList(1, parts.size())));
  }

  boolean clean() {
    return conflicts.isEmpty();
  }
}
