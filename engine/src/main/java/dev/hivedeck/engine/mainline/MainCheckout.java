package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.submodule.SubmoduleCheckouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A checkout of main of the user's: the repository's own, or that of a worktree. Main is moved
 * without it; until it is brought up, its files and index are those of an earlier commit.
 */
public final class MainCheckout {
  private static final Logger LOG = LoggerFactory.getLogger(MainCheckout.class);

  /** Why one is left whose index is locked. */
  public static final String LOCKED = "another git is at work there, or left its index.lock";

  static final String INDEX = "index";
  static final String LOCK = "index.lock";
  static final String INDEX_FILE = "GIT_INDEX_FILE";

  /** What is under way in a working tree, by what git leaves in its folder meanwhile. */
  private static final List<Map.Entry<String, String>> OPERATIONS =
      List.of(
          Map.entry("rebase-merge", "a rebase is under way there"),
          Map.entry("rebase-apply", "a rebase is under way there"),
          Map.entry("MERGE_HEAD", "a merge is under way there"),
          Map.entry("CHERRY_PICK_HEAD", "a cherry-pick is under way there"),
          Map.entry("REVERT_HEAD", "a revert is under way there"),
          Map.entry("BISECT_LOG", "a bisection is under way there"),
          Map.entry(LOCK, LOCKED));

  private static final Pattern NAMED = Pattern.compile("'([^']+)'|^\\t(.+)$", Pattern.MULTILINE);

  /** More files are not named. */
  static final int NAMES = 3;

  private static final Duration POLL = Duration.ofMillis(20);

  private final Repository repository;
  private final Path path;
  private final Git git;
  private final CheckoutIndex index;

  /** Its own git folder, once somebody has asked for it. */
  private volatile Path admin;

  MainCheckout(Repository repository, Path path) {
    this.repository = repository;
    this.path = path;
    this.git = repository.git(path);
    this.index = new CheckoutIndex(git, this::admin);
  }

  /** A working tree of the user's, whatever it has checked out; empty when it is not there. */
  public static Optional<MainCheckout> at(Repository repository, Path path) {
    return CheckoutFinder.there(path)
        ? Optional.of(new MainCheckout(repository, path))
        : Optional.empty();
  }

  private Path admin() {
    if (admin == null) {
      admin = path.equals(repository.root()) ? repository.gitFolder() : CheckoutFinder.admin(git);
    }
    return admin;
  }

  public Path path() {
    return path;
  }

  /** The submodules that are checked out there. */
  public SubmoduleCheckouts submodules() {
    return new SubmoduleCheckouts(repository, path);
  }

  /**
   * Whether its index still has something as it was at {@code since} that is otherwise at {@code
   * tip}: a plain commit there would take that back.
   */
  public boolean lags(String since, String tip) {
    if (since.equals(tip)) {
      return false;
    }
    var old = names("diff-tree", "-r", since, tip);
    old.removeAll(names("diff-index", "--cached", since));
    return !old.isEmpty();
  }

  /**
   * Whether its index has edits of what differs between two commits, that were thus made on the
   * first one: a plain commit of them would take back what the second one has.
   *
   * @param main where main was before; edits of what a commit made here changes were made on that
   */
  public boolean overlaps(String since, String main, String tip) {
    var edited = unlike(since, tip);
    if (!edited.isEmpty() && CheckoutFinder.madeIn(repository, path, tip)) {
      edited.removeAll(names("diff-tree", "-r", repository.has(main) ? main : since, tip));
    }
    return !edited.isEmpty();
  }

  /** Whether its index has all that differs between two commits as the second one has it. */
  public boolean has(String since, String tip) {
    return unlike(since, tip).isEmpty();
  }

  private Set<String> unlike(String since, String tip) {
    if (since.equals(tip)) {
      return Set.of();
    }
    var names = names("diff-tree", "-r", since, tip);
    names.retainAll(names("diff-index", "--cached", tip));
    return names;
  }

  /**
   * Puts back what was brought from one commit to another before main got there, where what is
   * checked out by now has none of it.
   *
   * @return why it is there still; empty when it is not
   */
  public Optional<Refused> retreat(String from, String to) {
    var differs = names("diff-tree", "-r", to, from);
    differs.retainAll(names("diff-tree", "-r", to, "HEAD"));
    return differs.isEmpty() || busy().isPresent() ? update(from, to) : Optional.empty();
  }

  /** Whether it has main checked out still. */
  public boolean onMain() {
    return repository.isMain(admin());
  }

  /** Whether what it has checked out has a commit. */
  public boolean has(String commit) {
    return git.run("merge-base", "--is-ancestor", commit, "HEAD").ok();
  }

  private String ref() {
    return "refs/heads/" + repository.main();
  }

  /** Whether a git is at work there that changes its files or index. */
  public boolean locked() {
    return Files.exists(admin().resolve(LOCK));
  }

  /** Since when it is locked, if it is. */
  public Optional<Instant> lockedSince() {
    try {
      return Optional.of(Files.getLastModifiedTime(admin().resolve(LOCK)).toInstant());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Waits for a git that is at work there, but not for long: one that was killed never ends. */
  public void awaitUnlocked(Duration most) {
    long begun = System.nanoTime();
    try {
      while (locked() && System.nanoTime() - begun < most.toNanos()) {
        Thread.sleep(POLL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Set<String> names(String... command) {
    var words = new ArrayList<>(List.of(command));
    words.add(1, "--name-only");
    return new TreeSet<>(TreeDifference.listed(git, words.toArray(String[]::new)));
  }

  /** How many merges main is ahead of the commit that it holds. */
  public int behind(String since) {
    var count = git.run("rev-list", "--count", "--first-parent", since + ".." + ref());
    return count.ok() ? Integer.parseInt(count.out().strip()) : 0;
  }

  /** What keeps anybody from bringing it up now, in words. */
  public Optional<String> busy() {
    return OPERATIONS.stream()
        .filter(o -> Files.exists(admin().resolve(o.getKey())))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** When its index was last written. */
  public Instant indexed() {
    try {
      return Files.getLastModifiedTime(admin().resolve(INDEX)).toInstant();
    } catch (IOException e) {
      return Instant.EPOCH;
    }
  }

  /**
   * Why something was not done to it.
   *
   * @param why in words
   * @param untouched whether nothing was changed; else git may have been cut off half-way
   */
  public record Refused(String why, boolean untouched) {}

  /**
   * Brings it from one commit to another as {@code git merge --ff-only} does: edits and what is in
   * the index stay; where they overlap, nothing is changed. Done twice it changes nothing more.
   *
   * @return empty when it was brought up
   */
  public Optional<Refused> update(String since, String tip) {
    try {
      var busy = busy();
      if (busy.isPresent()) {
        return busy.map(why -> new Refused(why, true));
      }
      var met = UntrackedFiles.met(git, path, since, tip);
      var untracked = met.isEmpty() ? met : others(met, since, tip);
      if (!untracked.isEmpty()) {
        var names = untracked.stream().map(ByteNames::words).toList();
        return Optional.of(new Refused(inTheWay(names), true));
      }
      git.run("update-index", "-q", "--refresh");
      var updated = git.run("read-tree", "-m", "-u", since, tip);
      if (!updated.ok()) {
        return Optional.of(refused(updated));
      }
    } catch (HiveException e) {
      return Optional.of(new Refused(e.getMessage(), false));
    }
    bringSubmodules(since, tip);
    return Optional.empty();
  }

  /** Brings its submodules along. One that stays is told, and holds nothing else up. */
  public void bringSubmodules(String since, String tip) {
    try {
      submodules().follow(since, tip);
    } catch (HiveException e) {
      LOG.info("submodules of {} are not brought along: {}", path, e.getMessage());
    }
  }

  /**
   * Has git track what lies there just as it is to arrive: so nobody loses anything, and it may be
   * what a git left that was cut off.
   *
   * @return the others
   */
  private List<String> others(List<String> untracked, String since, String tip) {
    var differences = TreeDifference.between(git, since, tip);
    var alike =
        untracked.stream()
            .map(differences::get)
            .filter(d -> d != null && isFileOf(d) && ByteNames.isLine(d.path()))
            .toList();
    if (alike.isEmpty()) {
      return untracked;
    }
    try {
      var is =
          index
              .fed(
                  ByteNames.join("\n", alike.stream().map(TreeDifference::path).toList()),
                  git,
                  "hash-object",
                  "--stdin-paths")
              .lines()
              .toList();
      var same =
          IntStream.range(0, alike.size())
              .filter(i -> alike.get(i).after().endsWith(" " + is.get(i)))
              .mapToObj(alike::get)
              .toList();
      var lines = same.stream().map(d -> d.after() + "\t" + d.path()).toList();
      index.fed(ByteNames.join(lines), git, "update-index", "-z", "--index-info");
      var others = new ArrayList<>(untracked);
      others.removeAll(same.stream().map(TreeDifference::path).toList());
      return others;
    } catch (IOException e) {
      LOG.warn("{} is not read: {}", path, e.toString());
      return untracked;
    }
  }

  /** Whether a file is there with the rights that are to arrive. */
  private boolean isFileOf(TreeDifference difference) {
    Path at = ByteNames.resolve(path, difference.path());
    return difference.after().startsWith(Files.isExecutable(at) ? "100755" : "100644")
        && Files.isRegularFile(at, LinkOption.NOFOLLOW_LINKS);
  }

  Refused refused(Git.Result said) {
    if (said.err().contains("index.lock")) {
      return new Refused(LOCKED, true);
    }
    boolean edited =
        said.err().contains("not uptodate") || said.err().contains("would be overwritten");
    if (!edited) {
      return new Refused(git.failed(said, "read-tree").getMessage(), false);
    }
    var files =
        NAMED
            .matcher(said.err())
            .results()
            .map(m -> m.group(1) != null ? m.group(1) : m.group(2))
            .distinct()
            .toList();
    return new Refused(inTheWay(files), true);
  }

  static String inTheWay(List<String> files) {
    return "what you have edited or made there is in the way: " + Plural.some(files, NAMES);
  }

  /**
   * What became of edits that were in the way.
   *
   * @param why the checkout was left as it is, in words; null when it was brought up
   * @param conflicts those files whose edits conflict with main
   * @param stash what all edits are stashed as then; null where they are merged
   * @param staged whether only what was staged conflicts: the edits are merged, but not staged
   */
  public record Carried(String why, List<String> conflicts, String stash, boolean staged) {
    static Carried left(String why) {
      return new Carried(why, List.of(), null, false);
    }
  }

  /**
   * Undoes what a git has done that was cut off on the way from one commit to another. It writes
   * the index last: where that has a file as it was, while the disk has it as it was to be, or not
   * at all, or has its beginning, nobody else has done that. A beginning is kept before it goes: it
   * may be an edit after all.
   *
   * @return why it was left as it is; empty when nothing of it is there
   */
  public Optional<Refused> undo(String from, String to) {
    return new CutOffUpdate(this, repository, git, index).undo(from, to);
  }

  /**
   * Brings it from one commit to another with the edits that are in the way of that: as {@code git
   * merge --autostash} does, but as edits of the commit that they were made on. So they take
   * nothing back, whether they are merged here or stashed because they conflict.
   *
   * @param stashing is told before they are stashed, so that it is known whatever happens then
   */
  public Carried carry(String since, String tip, Consumer<Carried> stashing) {
    return new EditCarrier(this, repository, git, admin(), index).carry(since, tip, stashing);
  }
}
