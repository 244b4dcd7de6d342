package dev.hivedeck.engine.config.worktree;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the folder of an attempt gets before anybody works there, and the checkout that gates judge.
 *
 * @param copy patterns, as in a {@code .gitignore}, of ignored files of the user's checkout
 * @param link paths of ignored files and folders of the user's checkout
 * @param setup a command that makes it ready; null for none
 * @param teardown a command that runs before it goes; null for none
 * @param timeout of either command
 * @param ports how many of them are its own
 * @param submodules whether they are checked out
 * @param lfs whether Git LFS has to have its files there
 * @param run a command that runs its app, for people to look at; null for none
 * @param folder where worktrees are put: from the root of the repository, from {@code ~/}, or
 *     absolute; null for Hivedeck's own
 * @param sparse folders that an attempt's worktree has, and those above them; none for all
 * @param pool how many folders of attempts stand ready
 * @param inputs patterns, as in a {@code .gitignore}, of the files that the setup goes by; none for
 *     all
 */
public record WorktreeConfig(
    List<String> copy,
    List<String> link,
    @Nullable String setup,
    @Nullable String teardown,
    Duration timeout,
    int ports,
    boolean submodules,
    boolean lfs,
    @Nullable String run,
    @Nullable String folder,
    List<String> sparse,
    int pool,
    List<String> inputs) {
  public static final WorktreeConfig NONE =
      new WorktreeConfig(
          List.of(),
          List.of(),
          null,
          null,
          Duration.ofMinutes(10),
          0,
          false,
          false,
          null,
          null,
          List.of(),
          0,
          List.of());

  /** Names of ports in the environment, which nobody has before an attempt begins. */
  private static final Pattern PORT =
      Pattern.compile("\\b(?:HIVEDECK|CONDUCTOR|EMDASH|SUPERSET)_PORT(?:_[A-Z0-9]+)?\\b");

  public WorktreeConfig {
    copy = List.copyOf(copy);
    link = List.copyOf(link);
    sparse = List.copyOf(sparse);
    inputs = List.copyOf(inputs);
  }

  /** The same with another number of folders that stand ready. */
  public WorktreeConfig pooled(int folders) {
    return new WorktreeConfig(
        copy,
        link,
        setup,
        teardown,
        timeout,
        ports,
        submodules,
        lfs,
        run,
        folder,
        sparse,
        folders,
        inputs);
  }

  /** The same with what a folder is undone by. */
  public WorktreeConfig undone(@Nullable String by, Duration within) {
    return new WorktreeConfig(
        copy, link, setup, by, within, ports, submodules, lfs, run, folder, sparse, pool, inputs);
  }

  /** The first port that a command names; null for none. */
  public static @Nullable String port(@Nullable String command) {
    var named = PORT.matcher(command == null ? "" : command);
    return named.find() ? named.group() : null;
  }

  /** Whether it is a folder of the repository, by its path from the root. */
  public static boolean isInside(String text) {
    return !text.isBlank()
        && text.chars().noneMatch(Character::isISOControl)
        && Arrays.stream(text.split("/", -1))
            .noneMatch(name -> name.isEmpty() || name.equals(".") || name.equals(".."))
        && !text.matches("(?i)\\.git(/.*)?|.*[*?\\[\\]\\\\].*");
  }

  /** Whether it can say where worktrees are put. */
  public static boolean isFolder(String text) {
    return !text.isBlank()
        && text.chars().noneMatch(Character::isISOControl)
        && (!text.startsWith("~") || text.startsWith("~/") && text.length() > 2);
  }

  /** Whether it can say which files are copied. */
  public static boolean isPattern(String text) {
    return !text.isBlank() && !text.contains("\n") && !text.startsWith("!");
  }
}
