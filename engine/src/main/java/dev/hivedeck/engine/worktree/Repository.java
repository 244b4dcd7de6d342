package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.protocol.HiveException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The user's repository. Everything here only reads, but for making a branch that is missing. */
public final class Repository {
  private final Path root;
  private final Path common;
  private final Path gitFolder;
  private final String main;
  private final Git git;
  private final Map<String, String> identity;

  private Repository(Path root, Path common, String main) {
    this.root = root;
    this.common = common;
    this.main = main;
    this.git = new Git(root).here();
    this.gitFolder = Path.of(git.must("rev-parse", "--absolute-git-dir"));
    this.identity = identity(git);
  }

  /** Commits carry the user's name; a user without one should not be stopped by that. */
  private static Map<String, String> identity(Git git) {
    return git.run("var", "GIT_COMMITTER_IDENT").ok()
        ? Map.of()
        : Map.of(
            "GIT_AUTHOR_NAME", "Hivedeck",
            "GIT_AUTHOR_EMAIL", "hivedeck@localhost",
            "GIT_COMMITTER_NAME", "Hivedeck",
            "GIT_COMMITTER_EMAIL", "hivedeck@localhost");
  }

  /**
   * @param anywhere a folder inside the working tree
   * @param wanted the branch that changes merge into; null for {@code main}, {@code master}, or
   *     what is checked out
   * @throws HiveException {@code git-missing}, {@code no-folder}, {@code no-repository}, {@code
   *     no-commits} or {@code no-main}
   */
  public static Repository open(Path anywhere, String wanted) {
    var places = places(anywhere);
    Path root = places.getFirst();
    Path common = places.getLast();
    var git = new Git(root).here();
    String main = wanted != null ? wanted : guess(git);
    if (!git.run("rev-parse", "--verify", "--quiet", "HEAD").ok()
        && !git.run("rev-parse", "--verify", "--quiet", "refs/heads/" + main).ok()) {
      throw new HiveException(
          "no-commits",
          "The repository " + root + " has no commits yet.",
          "Make a first commit; agents start from it.");
    }
    if (!git.run("rev-parse", "--verify", "--quiet", "refs/heads/" + main).ok()) {
      throw new HiveException(
          "no-main",
          "The repository " + root + " has no branch " + main + ".",
          "Name the branch that changes merge into: workspace: { main: … } in .hivedeck/hive.yaml.");
    }
    return new Repository(root, common, main);
  }

  /**
   * The top of the working tree around a folder, whatever branches it has.
   *
   * @throws HiveException {@code git-missing}, {@code no-folder} or {@code no-repository}
   */
  public static Path root(Path anywhere) {
    return places(anywhere).getFirst();
  }

  /** The top of the working tree, and the git folder that all worktrees share. */
  private static List<Path> places(Path anywhere) {
    if (!Files.isDirectory(anywhere)) {
      throw new HiveException(
          "no-folder",
          "There is no folder " + anywhere + ".",
          "Name the folder of a git repository.");
    }
    var git = new Git(anywhere);
    String[] command = {
      "rev-parse", "--path-format=absolute", "--show-toplevel", "--git-common-dir"
    };
    var found = git.run(command);
    if (found.signal().isPresent()) {
      throw git.failed(found, command);
    }
    if (!found.ok()) {
      String said = found.err().strip();
      throw new HiveException(
          "no-repository",
          anywhere
              + " is not inside a git repository"
              + (said.isEmpty() ? ": git ended with " + found.exit() + "." : ": " + said),
          "Open a folder of a repository, or make one with git init and a first commit.");
    }
    var lines = found.out().strip().lines().toList();
    return List.of(Path.of(lines.get(0)), Path.of(lines.get(1)));
  }

  private static String guess(Git git) {
    for (String name : List.of("main", "master")) {
      if (git.run("rev-parse", "--verify", "--quiet", "refs/heads/" + name).ok()) {
        return name;
      }
    }
    var head = git.run("symbolic-ref", "--quiet", "--short", "HEAD");
    return head.ok() ? head.out().strip() : "main";
  }

  public Path root() {
    return root;
  }

  /** The git folder that all worktrees share. */
  public Path common() {
    return common;
  }

  /** The git folder of the working tree that was opened, where its own settings are. */
  Path gitFolder() {
    return gitFolder;
  }

  public String main() {
    return main;
  }

  public Git git() {
    return git;
  }

  /** Whom commits are by. */
  Map<String, String> identity() {
    return identity;
  }

  /** Git in one of its working trees, with a name to commit by. */
  Git git(Path folder) {
    return new Git(folder).here().with(identity);
  }

  /**
   * Git of this repository in a folder that is none of its working trees, with a name to commit by.
   * What repository the folder itself has does not matter.
   */
  Git reading(Path folder) {
    return git(folder).with(Map.of("GIT_DIR", gitFolder.toString()));
  }

  /**
   * The full id of the tip of main.
   *
   * @throws HiveException {@code no-main} when somebody removed it
   */
  public String tip() {
    String ref = "refs/heads/" + main;
    var tip = git.run("rev-parse", "--verify", "--quiet", ref);
    if (tip.ok()) {
      return tip.out().strip();
    }
    if (tip.err().isBlank()) {
      throw new HiveException(
          "no-main",
          "The repository " + root + " has no branch " + main + " any more.",
          "Make it again with git branch " + main + " and the commit of the last merge.");
    }
    throw git.failed(tip, "rev-parse", ref);
  }

  /** The folder that git takes its hooks from, where that is inside the repository; else null. */
  public String hooks() {
    var path = git.run("config", "--local", "--path", "core.hooksPath");
    if (!path.ok() || path.out().isBlank()) {
      return null;
    }
    try {
      Path hooks = root.resolve(path.out().strip()).normalize();
      return hooks.startsWith(root) && !hooks.equals(root)
          ? root.relativize(hooks).toString().replace('\\', '/')
          : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /** The commit of main that work is to be compared with; empty where they have none in common. */
  public Optional<String> base(String head) {
    var base = git.run("merge-base", "refs/heads/" + main, head);
    return base.ok() ? Optional.of(base.out().strip()) : Optional.empty();
  }

  /** The branch that the user has checked out; empty when detached. */
  public Optional<String> checkout() {
    var head = git.run("symbolic-ref", "--quiet", "--short", "HEAD");
    return head.ok() ? Optional.of(head.out().strip()) : Optional.empty();
  }

  /** Whether the user's index holds exactly this commit. */
  public boolean indexMatches(String commit) {
    return git.holds("diff-index", "--cached", "--quiet", commit);
  }

  public boolean contains(String ancestor, String of) {
    return git.holds("merge-base", "--is-ancestor", ancestor, of);
  }

  /** The merge that brought a commit to main; empty when it is not there. */
  public Optional<String> mergeOf(String head) {
    String tip = tip();
    if (!contains(head, tip)) {
      return Optional.empty();
    }
    String merges = git.must("rev-list", "--ancestry-path", "--merges", head + ".." + tip);
    return merges.isBlank() ? Optional.of(head) : merges.lines().reduce((first, second) -> second);
  }

  /** Branches below a prefix with their tips. */
  public Map<String, String> branches(String prefix) {
    var branches = new HashMap<String, String>();
    git.must("for-each-ref", "--format=%(objectname) %(refname:short)", "refs/heads/" + prefix)
        .lines()
        .filter(line -> !line.isBlank())
        .forEach(line -> branches.put(line.substring(41), line.substring(0, 40)));
    return branches;
  }

  public void makeBranch(String name, String commit) {
    git.must("branch", "--no-track", name, commit);
  }

  /** Those of the commits that main does not contain. */
  public List<String> notOnMain(List<String> commits) {
    if (commits.isEmpty()) {
      return List.of();
    }
    // Newest last: when the newest is there, its elders almost always are; ask git once for all.
    var arguments = new ArrayList<String>();
    arguments.add("rev-list");
    arguments.add("--no-walk=unsorted");
    arguments.add("--ignore-missing");
    arguments.addAll(commits);
    arguments.add("--not");
    arguments.add("refs/heads/" + main);
    var result = git.run(arguments.toArray(String[]::new));
    return result.ok() ? result.out().lines().filter(commits::contains).toList() : List.of();
  }
}
