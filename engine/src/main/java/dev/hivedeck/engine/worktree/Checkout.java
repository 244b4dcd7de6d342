package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A checkout of main of the user's: the repository's own, or that of a worktree. Main is moved
 * without it; until it is brought up, its files and index are those of an earlier commit.
 */
public final class Checkout {
  /** Why one is left whose index is locked. */
  public static final String LOCKED = "another git is at work there, or left its index.lock";

  /** What is under way in a working tree, by what git leaves in its folder meanwhile. */
  private static final List<Map.Entry<String, String>> OPERATIONS =
      List.of(
          Map.entry("rebase-merge", "a rebase is under way there"),
          Map.entry("rebase-apply", "a rebase is under way there"),
          Map.entry("MERGE_HEAD", "a merge is under way there"),
          Map.entry("CHERRY_PICK_HEAD", "a cherry-pick is under way there"),
          Map.entry("REVERT_HEAD", "a revert is under way there"),
          Map.entry("BISECT_LOG", "a bisection is under way there"),
          Map.entry("index.lock", LOCKED));

  private static final Pattern NAMED = Pattern.compile("'([^']+)'|^\\t(.+)$", Pattern.MULTILINE);

  /** More files are not named. */
  private static final int NAMES = 3;

  private final Repository repository;
  private final Path path;
  private final Git git;

  private Checkout(Repository repository, Path path) {
    this.repository = repository;
    this.path = path;
    this.git = new Git(path).here();
  }

  /** A working tree as git lists it: where it is, and lines about it. */
  private record Tree(Path path, List<String> lines) {}

  /** The user's working trees. */
  private static List<Tree> trees(Repository repository, Path except) {
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
        .filter(tree -> !tree.path().startsWith(except) && there(tree.path()))
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
    return said.ok() ? repository.common().resolve(said.out().strip()).normalize() : listed;
  }

  /**
   * Those that there are now; one on a disk that is not there is none.
   *
   * @param except a folder below which worktrees are not the user's
   */
  public static List<Checkout> of(Repository repository, Path except) {
    String ref = "refs/heads/" + repository.main();
    return trees(repository, except).stream()
        .filter(t -> t.lines().contains("branch " + ref) || rebases(t, ref))
        .map(t -> new Checkout(repository, t.path()))
        .toList();
  }

  /**
   * Whether something done in one of the user's working trees led to this commit.
   *
   * @param back whether it must have gone there from a commit that is not before it, as a reset or
   *     an amended commit does: that it was made there once says nothing of who went back to it
   */
  static boolean ledTo(Repository repository, Path except, String commit, boolean back) {
    return trees(repository, except).stream()
        .anyMatch(tree -> ledTo(repository, tree, commit, back));
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

  private static boolean there(Path path) {
    return Files.exists(path.resolve(".git"));
  }

  /** While main is rebased its checkout has no branch. */
  private static boolean rebases(Tree tree, String ref) {
    if (!tree.lines().contains("detached")) {
      return false;
    }
    Path admin = admin(new Git(tree.path()).here());
    return Stream.of("rebase-merge", "rebase-apply")
        .anyMatch(folder -> read(admin.resolve(folder).resolve("head-name")).equals(ref));
  }

  private static Path admin(Git git) {
    return Path.of(git.must("rev-parse", "--absolute-git-dir"));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }

  public Path path() {
    return path;
  }

  /**
   * Whether its index still has something as it was at {@code since} that is otherwise at {@code
   * tip}: a plain commit there would take that back.
   */
  public boolean lags(String since, String tip) {
    var old = names("diff-tree", "-r", since, tip);
    old.removeAll(names("diff-index", "--cached", since));
    return !old.isEmpty();
  }

  /**
   * What {@code commit} has again as it was at {@code since}, though it was otherwise at {@code
   * main}.
   */
  public Set<String> takenBack(String since, String main, String commit) {
    var taken = names("diff-tree", "-r", since, main);
    taken.removeAll(names("diff-tree", "-r", since, commit));
    return taken;
  }

  private Set<String> names(String... command) {
    var words = new ArrayList<>(List.of(command));
    words.addAll(1, List.of("--name-only", "-z", "--no-renames", "--ignore-submodules=none"));
    return Arrays.stream(git.must(words.toArray(String[]::new)).split("\0"))
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** How many merges main is ahead of the commit that it holds. */
  public int behind(String since) {
    var count =
        git.run(
            "rev-list", "--count", "--first-parent", since + "..refs/heads/" + repository.main());
    return count.ok() ? Integer.parseInt(count.out().strip()) : 0;
  }

  /** What keeps anybody from bringing it up now, in words. */
  public Optional<String> busy() {
    Path admin = admin(git);
    return OPERATIONS.stream()
        .filter(o -> Files.exists(admin.resolve(o.getKey())))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** When its index was last written. */
  public Instant indexed() {
    try {
      return Files.getLastModifiedTime(admin(git).resolve("index")).toInstant();
    } catch (IOException e) {
      return Instant.EPOCH;
    }
  }

  /**
   * Brings it from one commit to another as {@code git merge --ff-only} does: edits and what is in
   * the index stay; where they overlap, nothing is changed. Done twice it changes nothing more.
   *
   * @return why it was left as it is, in words; empty when it was brought up
   */
  public Optional<String> update(String since, String tip) {
    try {
      var busy = busy();
      if (busy.isPresent()) {
        return busy;
      }
      git.run("update-index", "-q", "--refresh");
      var updated = git.run("read-tree", "-m", "-u", since, tip);
      return updated.ok() ? Optional.empty() : Optional.of(why(updated));
    } catch (HiveException e) {
      return Optional.of(e.getMessage());
    }
  }

  private String why(Git.Result refused) {
    if (refused.err().contains("index.lock")) {
      return LOCKED;
    }
    boolean edited =
        refused.err().contains("not uptodate") || refused.err().contains("would be overwritten");
    if (!edited) {
      return git.failed(refused, "read-tree").getMessage();
    }
    var files =
        NAMED
            .matcher(refused.err())
            .results()
            .map(m -> m.group(1) != null ? m.group(1) : m.group(2))
            .distinct()
            .toList();
    return "what you have edited or made there is in the way: " + Plural.some(files, NAMES);
  }
}
