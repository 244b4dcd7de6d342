package dev.hivedeck.engine.git;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Something that git was told to do and has stopped in the middle of, by what it leaves in its
 * folder meanwhile. What may be said by anybody is only looked for, never read.
 */
public enum GitOperation {
  AM("rebase-apply/applying", "applying patches", "git am", true),
  REBASE("rebase-merge", "a rebase", "git rebase", true),
  OLD_REBASE("rebase-apply", "a rebase", "git rebase", true),
  // Of one commit this is not there: more are to come.
  SEVERAL("sequencer/todo", "a cherry-pick or revert of several commits", "git cherry-pick", true),
  CHERRY_PICK("CHERRY_PICK_HEAD", "a cherry-pick", "git cherry-pick", false),
  REVERT("REVERT_HEAD", "a revert", "git revert", false),
  MERGE("MERGE_HEAD", "a merge", "git merge", false);

  private final String file;
  private final String words;
  private final String command;
  private final boolean continues;

  GitOperation(String file, String words, String command, boolean continues) {
    this.file = file;
    this.words = words;
    this.command = command;
    this.continues = continues;
  }

  /**
   * What is under way.
   *
   * @param admin git's own folder for the work tree
   */
  public static Optional<GitOperation> in(Path admin) {
    return Stream.of(values())
        .filter(o -> Files.exists(admin.resolve(o.file), LinkOption.NOFOLLOW_LINKS))
        .findFirst();
  }

  public String words() {
    return words;
  }

  /** The command that goes on with it or takes it back. */
  public String command() {
    return command;
  }

  /** Whether more is to come; else only a commit is missing, once nothing conflicts. */
  public boolean continues() {
    return continues;
  }

  /** Where only a commit is missing, that is noted here; the commit removes it. */
  public static Stream<String> notes() {
    return Stream.of(values()).filter(o -> !o.continues).map(o -> o.file);
  }
}
