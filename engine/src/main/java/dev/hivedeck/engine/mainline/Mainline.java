package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.git.diff.DiffFacts;
import dev.hivedeck.engine.git.diff.DiffStat;
import dev.hivedeck.engine.git.repository.RecordedMerges.Landed;
import dev.hivedeck.engine.protocol.HiveException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The branch that all work ends on. */
public interface Mainline {

  /**
   * Merges a commit onto main, if the check passes on the merged tree; a commit that is on main
   * already is not merged again.
   *
   * @throws HiveException {@code main-moves}, {@code commit-gone}, {@code git-failed}
   */
  MergeResult merge(Incoming work, MergeResult.Check check) throws InterruptedException;

  /**
   * Merges several onto main at once, one on the other; those that the check lets pass.
   *
   * @throws HiveException {@code main-moves}, {@code commit-gone}, {@code git-failed}
   */
  BatchMerge.Ended mergeAll(List<Incoming> works, BatchMerge.Check check)
      throws InterruptedException;

  /**
   * What main would be with those of these on it that can be, one on the other. Nothing moves by
   * it, and nobody holds it.
   *
   * @param onto main, or what it would be
   */
  WouldBe wouldBe(String onto, List<Incoming> works);

  /**
   * The commit on main that brought this one, or the last of them; empty when it is not on main.
   *
   * @throws HiveException {@code commit-gone} when the repository does not have it
   */
  Optional<String> mergeOf(String head);

  /**
   * Whether a merge brings what its change says and nothing else.
   *
   * @param base main as it was before
   * @param below where the change begins that was made on top of another; null where that is
   *     wherever it left main
   */
  MergeProof prove(String base, String merge, String head, @Nullable String below);

  /** The same of a change that was made on top of main. */
  default MergeProof prove(String base, String merge, String head) {
    return prove(base, merge, head, null);
  }

  /**
   * Makes work again on top of another commit, beside every working tree; nothing moves by it.
   *
   * @return the last commit made as {@link MergeResult.Merged}, or why that does not go
   * @throws HiveException {@code commit-gone} when the repository does not have it
   */
  MergeResult replay(String onto, Incoming work);

  /** Moves a branch that is at a commit and that nobody has checked out; else it stays. */
  void moveBranch(String branch, String from, String to);

  /** The last commit of main. */
  String tip();

  /** Whether main has a commit as it is. */
  boolean onMain(String commit);

  /** What a commit brought to main; empty where main does not have it, or it says nothing of it. */
  Optional<Landed> landed(String merge);

  /** The tree of a merge as main has it; empty where main does not have it. */
  String tree(String merge);

  /**
   * Makes a commit that takes a merge back, on top of that merge; nothing moves by it.
   *
   * @param merge that main has
   * @param base main as it was before
   * @throws HiveException {@code commit-gone} when the repository does not have it
   */
  String revert(String merge, String base, String message);

  /** How much two commits differ in, with what a reader wants to know of it. */
  Differing differing(String base, String head);

  /** See {@link #wouldBe}. */
  record WouldBe(String commit, String tree) {}

  /** See {@link #differing}. */
  record Differing(DiffStat stat, DiffFacts facts) {}

  /**
   * What merging this commit would bring to main although somebody took it off: work that began
   * before that was done on top of it.
   *
   * @param base the tip of main that it is merged onto
   * @return commits, the latest first; none when the commit itself was on main, as it is then
   *     merged again by a person's wish
   */
  List<String> bringsBack(String base, String head);

  /** Why nothing may be merged before a person has said so; empty when nothing is in the way. */
  Optional<HiveException> awaits();

  /**
   * Looks whether what every merge needs serves, whatever a single one ran into.
   *
   * @throws HiveException an outage
   */
  void probe();

  /** Branches that Hivedeck made and that were not cleared yet. */
  Set<String> branches();

  /** Removes what was only needed until the task's work was on main: its branch, checkpoints. */
  void clear(String task, String branch);
}
