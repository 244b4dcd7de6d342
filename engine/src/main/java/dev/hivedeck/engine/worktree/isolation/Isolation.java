package dev.hivedeck.engine.worktree.isolation;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.GitDirectory;
import dev.hivedeck.engine.git.GitOperation;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How an attempt is kept apart from the user's repository and from other attempts. Files are the
 * same to all kinds; they differ in whose refs, index, configuration, hooks and stash the agent
 * has.
 */
public interface Isolation {

  /** The word that {@code hive.yaml} and the notes of a folder use. */
  String word();

  /** Why it cannot be had with this repository; empty when it can. */
  Optional<String> unfit();

  /** Why it cannot have a part of a commit only; empty when it can. */
  default Optional<String> unfitForParts() {
    return Optional.empty();
  }

  /**
   * Checks a commit out into a folder that is not there yet.
   *
   * @param branch full name of the ref to be on; null for none
   * @throws HiveException {@code branch-in-use}, {@code git-failed} or an outage
   */
  void create(Path folder, AttemptFolders.Notes notes, String branch, String commit);

  /**
   * Gives a folder that was made without a branch, and that nobody has worked in, to an attempt.
   *
   * @param branch full name of the ref to be on
   * @param since the commit that is checked out there
   * @param commit the one that is to be
   * @throws HiveException where what lies there is in the way: then it can be used for nothing
   */
  void hand(Path folder, AttemptFolders.Notes notes, String branch, String since, String commit);

  /** What of the user's repository a folder has from when it was made, in a form to compare. */
  default String settings() {
    return word();
  }

  /** Git folders that repositories inside of the folder may have theirs in. */
  List<Path> gitFolders(Path folder);

  /**
   * What was done to refs there. All commits named are in the user's repository by then.
   *
   * @param start the commit it began from; null where that is not known
   */
  History history(Path folder, AttemptFolders.Notes notes, String start);

  /** The index that whoever worked there has staged to; null where there is none. */
  Path index(Path folder);

  /** Lets git see objects that are there only, for as long as {@code work} takes. */
  void lending(Path folder, AttemptFolders.Notes notes, Lent work);

  /** Works with borrowed objects. */
  @FunctionalInterface
  interface Lent {
    void with(Git git, Consumer<String> take);
  }

  /**
   * Makes the commit that its work became the one that is checked out there, on its branch, so that
   * whoever looks next finds it so.
   *
   * @param index what is checked out
   */
  void settle(Path folder, AttemptFolders.Notes notes, String branch, String commit, Path index);

  /** Removes the folder with all that belongs to it. */
  void remove(Path folder);

  /**
   * What was done to refs.
   *
   * @param head the commit that is checked out; null where there is none that can be used
   * @param branch the full name of its branch; null when detached
   * @param merging what was being merged
   * @param underWay what git was stopped in the middle of
   * @param others commits that only other branches, the stash or worktrees have
   * @param worktrees worktrees that were made inside of the folder
   * @param told what a person should know about it
   * @param excess what is too large to be taken
   */
  record History(
      String head,
      String branch,
      List<String> merging,
      Optional<GitOperation> underWay,
      List<Other> others,
      List<GitDirectory.Linked> worktrees,
      List<String> told,
      List<String> excess) {}

  /**
   * A commit beside the work.
   *
   * @param what what has it, for people to read
   */
  record Other(String what, String commit) {}
}
