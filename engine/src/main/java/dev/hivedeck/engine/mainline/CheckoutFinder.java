package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.WorktreeAdmins;
import dev.hivedeck.engine.git.repository.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the user's working trees: those that have main checked out, and what was done in them that
 * moved main.
 */
public final class CheckoutFinder {
  private CheckoutFinder() {}

  /** A working tree as git lists it: where it is, and lines about it. */
  private record Tree(Path path, List<String> lines) {}

  /** The user's working trees. */
  private static List<Tree> trees(Repository repository, Predicate<Path> except) {
    String[] command = {"worktree", "list", "--porcelain", "-z"};
    // One after another, each with its lines, behind an empty line; the repository's own first.
    var all =
        Arrays.stream(repository.git().must(command).split("\0\0"))
            .map(entry -> Arrays.asList(entry.split("\0")))
            .map(lines -> new Tree(Path.of(lines.getFirst().replaceFirst("^worktree ", "")), lines))
            .collect(Collectors.toCollection(ArrayList::new));
    all.set(0, new Tree(own(repository, all.getFirst().path()), all.getFirst().lines()));
    return all.stream()
        .filter(tree -> !tree.lines().contains("bare"))
        .filter(tree -> !except.test(tree.path()) && there(tree.path()))
        .toList();
  }

  /**
   * Git takes the repository's own working tree to be around its git folder. Of one that lies
   * elsewhere ({@code --separate-git-dir}, a submodule, a link) it lists the git folder.
   */
  private static Path own(Repository repository, Path listed) {
    if (there(listed)) {
      return listed;
    }
    if (repository.gitFolder().equals(repository.common())) {
      return repository.root();
    }
    var said = repository.git().run("config", "--get", "core.worktree");
    return said.ok() ? repository.common().resolve(said.value()).normalize() : listed;
  }

  /**
   * Those that there are now; one on a disk that is not there is none.
   *
   * @param except tells worktrees that are not the user's
   */
  public static List<MainCheckout> of(Repository repository, Predicate<Path> except) {
    String ref = "refs/heads/" + repository.main();
    return trees(repository, except).stream()
        .filter(t -> t.lines().contains("branch " + ref) || rebases(t, ref))
        .map(t -> new MainCheckout(repository, t.path()))
        .toList();
  }

  /**
   * Whether something done in one of the user's working trees led to this commit.
   *
   * @param except tells worktrees that are not the user's
   * @param back whether it must have gone there from a commit that is not before it, as a reset or
   *     an amended commit does: that it was made there once says nothing of who went back to it
   */
  public static boolean ledTo(
      Repository repository, Predicate<Path> except, String commit, boolean back) {
    return trees(repository, except).stream()
        .anyMatch(tree -> ledTo(repository, tree, commit, back));
  }

  /** Whether something done in this working tree led to the commit. */
  static boolean madeIn(Repository repository, Path path, String commit) {
    return ledTo(repository, new Tree(path, List.of()), commit, false);
  }

  /** Where git keeps no log, the index is that of the last commit that was made there. */
  private static boolean ledTo(Repository repository, Tree tree, String commit, boolean back) {
    var git = new Git(tree.path()).here();
    String log = read(admin(git).resolve("logs").resolve("HEAD"));
    return log.isEmpty()
        ? git.run("diff-index", "--cached", "--quiet", commit).ok()
        : log.lines()
            .filter(line -> ledTo(line, commit))
            .anyMatch(line -> !back || wentBack(repository, line, commit));
  }

  /** A line is: before, after, who and when, a tab, and what. Going somewhere makes nothing. */
  private static boolean ledTo(String line, String commit) {
    int tab = line.indexOf('\t');
    String what = line.substring(tab + 1);
    return tab > 0
        && line.contains(" " + commit + " ")
        && !line.startsWith(commit)
        && !what.startsWith("checkout: ")
        && !what.startsWith("hivedeck: ");
  }

  private static boolean wentBack(Repository repository, String line, String commit) {
    String before = line.substring(0, line.indexOf(' '));
    String what = line.substring(line.indexOf('\t') + 1);
    boolean first = before.matches("0+");
    return what.startsWith("rebase") // commit by commit
        || what.startsWith("pull")
        || !first && (!repository.has(before) || !repository.contains(before, commit));
  }

  static boolean there(Path path) {
    return Files.exists(path.resolve(".git"));
  }

  /** While main is rebased its checkout has no branch. */
  private static boolean rebases(Tree tree, String ref) {
    if (!tree.lines().contains("detached")) {
      return false;
    }
    return rebases(admin(new Git(tree.path()).here()), ref);
  }

  /**
   * Where the user is in the middle of rebasing main: git moves it there at the end, unless it was
   * moved meanwhile. It is asked for often, so git's own files tell.
   *
   * @param except tells worktrees that are not the user's
   */
  public static Optional<Path> rebasing(Repository repository, Predicate<Path> except) {
    String ref = "refs/heads/" + repository.main();
    Path common = repository.common();
    Path own = common.equals(repository.gitFolder()) ? repository.root() : common.getParent();
    return rebases(common, ref)
        ? Optional.of(own)
        : WorktreeAdmins.of(repository.common()).stream()
            .filter(admin -> rebases(admin, ref))
            .map(WorktreeAdmins::place)
            .filter(place -> place != null && !except.test(place) && there(place))
            .findFirst();
  }

  private static boolean rebases(Path admin, String ref) {
    return Stream.of("rebase-merge", "rebase-apply")
        .anyMatch(folder -> read(admin.resolve(folder).resolve("head-name")).equals(ref));
  }

  static Path admin(Git git) {
    return Path.of(git.value("rev-parse", "--absolute-git-dir"));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
