package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worktrees that Hivedeck made, below one folder of its own. Before a worktree is removed or a
 * branch is moved, what is there is kept.
 */
public final class Worktrees {
  private static final Logger LOG = LoggerFactory.getLogger(Worktrees.class);
  private static final String MARK = "hivedeck";

  /** So many bytes have room for a commit. */
  private static final int PROBE = 64 * 1024;

  private final Repository repository;
  private final Git git;
  private final HiddenRefs refs;
  private final Commits commits;
  private final KeptWork kept;
  private final Path home;

  /** Folders that could not be removed when their time had come, and how they are to go. */
  private final Map<Path, Runnable> left = new HashMap<>();

  /**
   * @param home a folder outside the repository that nobody else writes to
   */
  public Worktrees(Repository repository, Commits commits, KeptWork kept, Path home) {
    this.repository = repository;
    this.git = repository.git();
    this.refs = new HiddenRefs(git);
    this.commits = commits;
    this.kept = kept;
    this.home = home.toAbsolutePath().normalize();
    try {
      Files.createDirectories(this.home);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private HiveException unwritable(IOException e) {
    return new HiveException(
        "home-unwritable",
        "The folder for worktrees " + home + " cannot be written: " + e.getMessage(),
        "Check its rights and space, or point HIVEDECK_HOME elsewhere.",
        e);
  }

  // ── making ──────────────────────────────────────────────────────────────────────────────────

  /**
   * Makes a worktree on branch {@code hive/<task>-<slug>} at {@code start}. Where the branch is
   * left from an earlier attempt, its tip is kept first.
   *
   * @throws HiveException {@code branch-in-use} when the branch is somebody else's or checked out
   *     elsewhere; {@code disk-full}; {@code git-failed}
   */
  public synchronized Worktree create(String task, String attempt, String slug, String start) {
    String branch = branchName(task, slug);
    String head = "refs/heads/" + branch;
    String made = HiddenRefs.made(branch);
    String from = git.must("rev-parse", "--verify", start + "^{commit}");
    var tips = refs.matching(head, made);
    String tip = tips.get(head);
    if (tip != null && !tips.containsKey(made)) {
      throw new HiveException(
          "branch-in-use",
          "There is a branch " + branch + " that Hivedeck did not make.",
          "Rename it: git branch -m " + branch + " …");
    }
    if (tip != null && !tip.equals(from) && !repository.contains(tip, from)) {
      kept.keep(task, attempt, tip);
    }
    Path path = freeFolder(task); // the same for each attempt, so that agents find their way
    git.must("update-ref", made, from);
    var added =
        git.run("worktree", "add", "--quiet", "--no-track", "-B", branch, path.toString(), from);
    if (!added.ok()) {
      discard(path);
      if (added.err().contains("already checked out") || added.err().contains("already used by")) {
        throw new HiveException(
            "branch-in-use",
            "Branch " + branch + " is checked out elsewhere: " + added.err().strip(),
            "Leave that branch there, then retry the task.");
      }
      throw git.failed(added, "worktree", "add", branch);
    }
    String base = git.must("merge-base", from, "refs/heads/" + repository.main());
    var worktree = new Worktree(path, branch, task, attempt, from, base);
    mark(worktree);
    return worktree;
  }

  private static String branchName(String task, String slug) {
    String safe =
        task.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("\\.{2,}|\\.lock$|^[.-]|[.-]$", "-");
    return "hive/" + safe + (slug.isEmpty() ? "" : "-" + slug);
  }

  private Path freeFolder(String name) {
    String safe = name.replaceAll("[^A-Za-z0-9._-]", "_");
    Path path = home.resolve(safe);
    for (int i = 2; Files.exists(path); i++) {
      path = home.resolve(safe + "~" + i);
    }
    left.remove(path); // one that somebody else removed has this place no more
    return path;
  }

  /** Makes a worktree without a branch, for looking only: nothing that is left in it is kept. */
  synchronized Path detached(String name, String commit) {
    Path folder = freeFolder(name);
    git.must("worktree", "add", "--quiet", "--detach", folder.toString(), commit);
    return folder;
  }

  /** Removes a worktree with all that is in it. */
  synchronized void discard(Path folder) {
    untilGone(folder, () -> discardNow(folder));
  }

  private void discardNow(Path folder) {
    // Forced twice, also where the git that made it was killed: that leaves it locked.
    var removed = git.run("worktree", "remove", "--force", "--force", folder.toString());
    if (!removed.ok()) {
      // Git refuses, for example, where submodules are, or where it is not whole.
      deleteFolder(folder);
      unlock(folder);
      git.must("worktree", "prune");
    }
  }

  /** A lock keeps git from forgetting a worktree whose folder is gone. */
  private void unlock(Path folder) {
    try (Stream<Path> admins = Files.list(repository.common().resolve("worktrees"))) {
      for (Path admin : admins.filter(a -> folder.equals(place(a))).toList()) {
        Files.deleteIfExists(admin.resolve("locked"));
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Where the worktree is that git has this folder for; null where that is not to be read. */
  private static Path place(Path admin) {
    try {
      return Path.of(Files.readString(admin.resolve("gitdir")).strip()).getParent();
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * Tells whether there is anything wrong with what worktrees need: the folder of this one, room
   * and rights to write, git, main.
   *
   * @throws HiveException {@code no-folder} when the worktree is gone, or an outage
   */
  public void probe(Path worktree) {
    if (!Files.exists(worktree.resolve(".git"))) {
      throw new HiveException(
          "no-folder", "The worktree " + worktree + " is gone.", "Something removed it.");
    }
    probe();
  }

  /**
   * Tells whether there is anything wrong with what all worktrees need: room and rights to write,
   * git, main.
   *
   * @throws HiveException an outage
   */
  public void probe() {
    for (Path folder : List.of(home, repository.common().resolve("objects"))) {
      try {
        Path probe = Files.createTempFile(folder, "tmp_hivedeck", null);
        try {
          Files.write(probe, new byte[PROBE]);
        } finally {
          Files.delete(probe);
        }
      } catch (IOException e) {
        throw unwritable(e);
      }
    }
    repository.tip();
  }

  /**
   * The mark is in git's own folder for the worktree, where no agent's commit picks it up. It is
   * there whole or not at all.
   */
  private void mark(Worktree w) {
    try {
      Path mark = IndexCopy.admin(w.path()).resolve(MARK);
      Path whole = mark.resolveSibling(MARK + ".new");
      Files.writeString(
          whole, String.join("\n", w.branch(), w.task(), w.attempt(), w.start(), w.base()) + "\n");
      Files.move(whole, mark, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  // ── looking ─────────────────────────────────────────────────────────────────────────────────

  /**
   * The worktrees that Hivedeck made: those that git knows, and folders that git knows no more of,
   * as it forgets a worktree whose folder it could only half delete.
   */
  public List<Worktree> list() {
    var known = known();
    var places = known.stream().map(Worktree::path).collect(Collectors.toSet());
    try (Stream<Path> all = Files.list(home)) {
      var forgotten =
          all.filter(f -> Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS) && !places.contains(f));
      return Stream.concat(known.stream(), forgotten.map(Worktrees::unmarked)).toList();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private List<Worktree> known() {
    Path admins = repository.common().resolve("worktrees");
    if (!Files.isDirectory(admins)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(admins)) {
      return all.map(this::read).flatMap(Optional::stream).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Worktree unmarked(Path path) {
    return new Worktree(path, "", "", path.getFileName().toString(), "", "");
  }

  private Optional<Worktree> read(Path admin) {
    try {
      Path path = place(admin);
      if (!ours(path)) {
        return Optional.empty();
      }
      Path mark = admin.resolve(MARK);
      var lines = Files.exists(mark) ? Files.readAllLines(mark) : List.<String>of();
      if (lines.size() < 5) {
        // Made, but the engine ended before it was marked: still ours by its place.
        return Optional.of(unmarked(path));
      }
      return Optional.of(
          new Worktree(path, lines.get(0), lines.get(1), lines.get(2), lines.get(3), lines.get(4)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private boolean ours(Path path) {
    return path != null && path.toAbsolutePath().normalize().startsWith(home) && !path.equals(home);
  }

  // ── removing ────────────────────────────────────────────────────────────────────────────────

  /**
   * Keeps a worktree's work and removes its folder. Its branch stays.
   *
   * @throws HiveException {@code not-ours} for a folder that Hivedeck did not make, {@code
   *     worktree-in-use} when a live process works in it
   */
  public synchronized void remove(Path worktree, String why) {
    if (!ours(worktree)) {
      throw new HiveException(
          "not-ours",
          "Hivedeck did not make " + worktree + " and leaves it alone.",
          "Remove it yourself if it is to go.");
    }
    untilGone(worktree, () -> removeNow(worktree, why));
  }

  private void removeNow(Path worktree, String why) {
    var known = known().stream().filter(w -> w.path().equals(worktree)).findFirst();
    if (Files.isDirectory(worktree)) {
      var user = Occupants.of(worktree);
      if (user.isPresent()) {
        throw new HiveException(
            "worktree-in-use",
            "Process " + user.get() + " works in " + worktree + ".",
            "End it, then repair again.");
      }
      if (known.isPresent() && Files.exists(worktree.resolve(".git"))) {
        keep(known.get(), why);
      } else {
        commits.keepForgotten(worktree, why);
      }
    }
    if (known.isPresent()) {
      discardNow(worktree);
    } else {
      deleteFolder(worktree);
    }
  }

  private void untilGone(Path folder, Runnable removal) {
    left.put(folder, removal);
    removal.run();
    left.remove(folder);
  }

  /** Removes what could not be removed before, as far as that can be done now. */
  public synchronized void removeLeft() {
    for (var removal : Map.copyOf(left).entrySet()) {
      try {
        untilGone(removal.getKey(), removal.getValue());
      } catch (RuntimeException e) {
        LOG.info("{} stays for now: {}", removal.getKey(), e.getMessage());
      }
    }
  }

  private void keep(Worktree tree, String why) {
    boolean marked = !tree.task().isEmpty();
    try {
      commits.keep(tree.path(), marked ? tree.task() : "unknown", tree.attempt(), why);
    } catch (HiveException e) {
      if (marked || e.outage()) {
        throw e;
      }
      // Cut off while it was made: git cannot make sense of it, and nobody has worked in it.
    }
  }

  private void deleteFolder(Path folder) {
    if (!ours(folder) || !Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }
}
