package dev.hivedeck.engine.execution;

import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.MergeLedger;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.diff.DiffExcerpt;
import dev.hivedeck.engine.git.diff.Diffs;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.store.Ledger;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/** What a change or an attempt has changed. */
public final class DiffReader {
  /** How many lines of a diff are told unasked, and of one file at once. */
  public static final int LINES = 5_000;

  private static final int FILE_LINES = 10_000;

  private final Ledger ledger;
  private final Git git;
  private final LiveDiff live;

  /** What an attempt at work has changed since the commit that it began from. */
  @FunctionalInterface
  public interface LiveDiff {
    Query.FileDiffs of(Path folder, String start, DiffExcerpt excerpt);
  }

  public DiffReader(Ledger ledger, Git git, LiveDiff live) {
    this.ledger = ledger;
    this.git = git;
    this.live = live;
  }

  /** Larger files are not handed out whole. */
  private static final int MOST = 8 << 20;

  /**
   * @throws HiveException {@code no-file} where it is not there
   */
  Query.FileContent file(Query.FileAt q) {
    var change = ledger.read(sql -> ChangeLedger.view(sql, q.change()));
    boolean merged = change.merge() != null;
    String commit =
        q.before()
            ? merged ? change.merge() + "^1" : change.base()
            : merged ? change.merge() : change.head();
    var objects = git.objects();
    var size = objects.run("cat-file", "-s", commit + ":" + q.path());
    if (!size.ok()) {
      throw new HiveException(
          ErrorCode.NO_FILE,
          "There is no %s in #%d %s."
              .formatted(q.path(), change.number(), q.before() ? "as it was before" : "as it is"),
          "hivedeck change reading %s lists its files.".formatted(change.id()));
    }
    long bytes = Long.parseLong(size.value());
    var content = objects.upTo(MOST, "cat-file", "blob", commit + ":" + q.path());
    return new Query.FileContent(
        q.path(),
        commit,
        bytes,
        bytes > MOST ? null : Base64.getEncoder().encodeToString(content.bytes()));
  }

  Query.FileDiffs read(Query.Diff q) {
    var excerpt =
        q.file() == null
            ? DiffExcerpt.of(LINES)
            : new DiffExcerpt(FILE_LINES, q.file(), Math.max(0, q.from()));
    if (q.change() != null) {
      var change = ledger.read(sql -> ChangeLedger.view(sql, q.change()));
      // Once merged, what counts is what the merge brought to main.
      return change.merge() != null
          ? Diffs.between(git, before(change), change.merge(), excerpt)
          : Diffs.between(git, change.base(), change.head(), excerpt);
    }
    var attempt = ledger.read(sql -> AttemptLedger.get(sql, q.attempt()));
    if (attempt.head() != null) {
      return Diffs.between(git, attempt.start(), attempt.head(), excerpt);
    }
    // Before its worktree is made there is nothing to compare.
    if (attempt.worktree() == null || attempt.start() == null || attempt.state().over()) {
      return new Query.FileDiffs(attempt.start(), null, List.of(), false);
    }
    return live.of(Path.of(attempt.worktree()), attempt.start(), excerpt);
  }

  /** Main as it was before a merge. */
  private String before(ChangeViews.Change change) {
    return ledger
        .read(sql -> MergeLedger.base(sql, change.number(), change.merge()))
        .orElse(change.merge() + "^1");
  }
}
