package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.GitOperation;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.worktree.isolation.Isolation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells work that is done from work whose agent ended in the middle of a merge, a rebase or the
 * like: git has two sides of some file there, or more to do. A merge without conflicts lacks only
 * the commit that the engine makes anyway.
 */
final class UnfinishedOperations {
  /** More files are counted only. */
  private static final int NAMED = 5;

  private final Repository repository;
  private final AttemptOutput left;
  private final Isolation.History history;
  private final String start;

  UnfinishedOperations(
      Repository repository, AttemptOutput left, Isolation.History history, String start) {
    this.repository = repository;
    this.left = left;
    this.history = history;
    this.start = start;
  }

  /**
   * @throws HiveException {@code unfinished}
   */
  void refuse(AttemptOutput.Read files, String base) {
    var why = in(files, base);
    if (why.isPresent()) {
      throw why.get();
    }
  }

  /**
   * @param base the commit that the files are changes to
   */
  Optional<HiveException> in(AttemptOutput.Read files, String base) {
    var operation = history.underWay();
    var conflicts = left.unmerged();
    if (conflicts.isEmpty() && (operation.isPresent() || hasMerges(base))) {
      conflicts = marked(files);
    }
    if (conflicts.isEmpty() && !operation.map(GitOperation::continues).orElse(false)) {
      return Optional.empty();
    }
    String what = operation.map(GitOperation::words).orElse("a merge");
    String undo = operation.map(o -> " or undo it (" + o.command() + " --abort)").orElse("");
    return Optional.of(
        new HiveException(
            ErrorCode.UNFINISHED,
            "It ended in the middle of " + what + (conflicts.isEmpty() ? "." : in(conflicts)),
            "Finish it" + undo + " before you end: resolve every conflict and commit."));
  }

  private static String in(List<String> conflicts) {
    return ", with conflicts in "
        + Plural.some(conflicts.stream().map(ByteNames::words).toList(), NAMED)
        + ".";
  }

  /** Whether some commit of the agent's own is a merge: it may have committed the marks. */
  private boolean hasMerges(String base) {
    return !base.equals(start)
        && !repository
            .git()
            .must("rev-list", "--merges", "--max-count=1", base, "^" + start)
            .isBlank();
  }

  /** Files with marks of a conflict that were not there when it began. */
  private List<String> marked(AttemptOutput.Read files) {
    var marked = new ArrayList<>(files.reading().marked(files.tree()));
    if (!marked.isEmpty()) {
      marked.removeAll(files.reading().marked(left.treeOf(start)));
    }
    return marked;
  }
}
