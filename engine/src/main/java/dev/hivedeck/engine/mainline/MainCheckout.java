package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.WorktreeAdmins;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

  private static final String INDEX = "index";
  private static final String LOCK = "index.lock";
  private static final String INDEX_FILE = "GIT_INDEX_FILE";

  /** The mode of what a commit does not have. */
  private static final String NONE = "000000";

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
  private static final int NAMES = 3;

  private static final Duration POLL = Duration.ofMillis(20);

  private final Repository repository;
  private final Path path;
  private final Git git;

  /** Its own git folder, once somebody has asked for it. */
  private volatile Path admin;

  private MainCheckout(Repository repository, Path path) {
    this.repository = repository;
    this.path = path;
    this.git = repository.git(path);
  }

  /** A working tree of the user's, whatever it has checked out; empty when it is not there. */
  public static Optional<MainCheckout> at(Repository repository, Path path) {
    return there(path) ? Optional.of(new MainCheckout(repository, path)) : Optional.empty();
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
    return said.ok() ? repository.common().resolve(said.value()).normalize() : listed;
  }

  /**
   * Those that there are now; one on a disk that is not there is none.
   *
   * @param except a folder below which worktrees are not the user's
   */
  public static List<MainCheckout> of(Repository repository, Path except) {
    String ref = "refs/heads/" + repository.main();
    return trees(repository, except).stream()
        .filter(t -> t.lines().contains("branch " + ref) || rebases(t, ref))
        .map(t -> new MainCheckout(repository, t.path()))
        .toList();
  }

  /**
   * Whether something done in one of the user's working trees led to this commit.
   *
   * @param except a folder below which worktrees are not the user's
   * @param back whether it must have gone there from a commit that is not before it, as a reset or
   *     an amended commit does: that it was made there once says nothing of who went back to it
   */
  public static boolean ledTo(Repository repository, Path except, String commit, boolean back) {
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
    return rebases(admin(new Git(tree.path()).here()), ref);
  }

  /**
   * Where the user is in the middle of rebasing main: git moves it there at the end, unless it was
   * moved meanwhile. It is asked for often, so git's own files tell.
   *
   * @param except a folder below which worktrees are not the user's
   */
  public static Optional<Path> rebasing(Repository repository, Path except) {
    String ref = "refs/heads/" + repository.main();
    Path common = repository.common();
    Path own = common.equals(repository.gitFolder()) ? repository.root() : common.getParent();
    return rebases(common, ref)
        ? Optional.of(own)
        : WorktreeAdmins.of(repository.common()).stream()
            .filter(admin -> rebases(admin, ref))
            .map(WorktreeAdmins::place)
            .filter(place -> place != null && !place.startsWith(except) && there(place))
            .findFirst();
  }

  private static boolean rebases(Path admin, String ref) {
    return Stream.of("rebase-merge", "rebase-apply")
        .anyMatch(folder -> read(admin.resolve(folder).resolve("head-name")).equals(ref));
  }

  private static Path admin(Git git) {
    return Path.of(git.value("rev-parse", "--absolute-git-dir"));
  }

  private Path admin() {
    if (admin == null) {
      admin = admin(git);
    }
    return admin;
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
   * Whether its index has edits of what differs between two commits, that were thus made on the
   * first one: a plain commit of them would take back what the second one has.
   *
   * @param main where main was before; edits of what a commit made here changes were made on that
   */
  public boolean overlaps(String since, String main, String tip) {
    var edited = unlike(since, tip);
    if (!edited.isEmpty() && ledTo(repository, new Tree(path, List.of()), tip, false)) {
      edited.removeAll(names("diff-tree", "-r", repository.has(main) ? main : since, tip));
    }
    return !edited.isEmpty();
  }

  /** Whether its index has all that differs between two commits as the second one has it. */
  public boolean has(String since, String tip) {
    return unlike(since, tip).isEmpty();
  }

  private Set<String> unlike(String since, String tip) {
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
    return git.run("symbolic-ref", "--quiet", "HEAD").out().strip().equals(ref());
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
    return new TreeSet<>(listed(git, words.toArray(String[]::new)));
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
      return updated.ok() ? Optional.empty() : Optional.of(refused(updated));
    } catch (HiveException e) {
      return Optional.of(new Refused(e.getMessage(), false));
    }
  }

  /**
   * Has git track what lies there just as it is to arrive: so nobody loses anything, and it may be
   * what a git left that was cut off.
   *
   * @return the others
   */
  private List<String> others(List<String> untracked, String since, String tip) {
    var differences = differences(since, tip);
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
          fed(
                  ByteNames.join("\n", alike.stream().map(Difference::path).toList()),
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
      fed(ByteNames.join(lines), git, "update-index", "-z", "--index-info");
      var others = new ArrayList<>(untracked);
      others.removeAll(same.stream().map(Difference::path).toList());
      return others;
    } catch (IOException e) {
      LOG.warn("{} is not read: {}", path, e.toString());
      return untracked;
    }
  }

  /** Whether a file is there with the rights that are to arrive. */
  private boolean isFileOf(Difference difference) {
    Path at = ByteNames.resolve(path, difference.path());
    return difference.after().startsWith(Files.isExecutable(at) ? "100755" : "100644")
        && Files.isRegularFile(at, LinkOption.NOFOLLOW_LINKS);
  }

  /** Runs a git that reads these bytes. */
  private String fed(byte[] input, Git git, String... command) throws IOException {
    Path file = admin().resolve("hivedeck.input");
    try {
      Files.write(file, input);
      return git.from(file).must(command);
    } finally {
      delete(file);
    }
  }

  private Refused refused(Git.Result said) {
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

  private static String inTheWay(List<String> files) {
    return "what you have edited or made there is in the way: " + Plural.some(files, NAMES);
  }

  // ── a git that was cut off ────────────────────────────────────────────────────────────────────

  /**
   * Something that differs between two commits.
   *
   * @param before its mode and object, as {@code git update-index --index-info} takes them
   */
  private record Difference(String path, String before, String after) {
    boolean arrives() {
      return before.startsWith(NONE);
    }

    boolean goes() {
      return after.startsWith(NONE);
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
    try {
      var differences = differences(from, to);
      differences.keySet().removeAll(listed(git, "diff-index", "--cached", "--name-only", from));
      if (differences.isEmpty()) {
        return Optional.empty(); // it was not cut off, as a rule
      }
      return beside(own -> undo(own, differences)).map(why -> new Refused(why, true));
    } catch (HiveException e) {
      return Optional.of(new Refused(e.getMessage(), false));
    }
  }

  private Optional<String> undo(Path own, Map<String, Difference> differences) throws IOException {
    var aside = git.with(Map.of(INDEX_FILE, own.toString()));
    index(own, differences.values(), Difference::after);
    aside.run("update-index", "-q", "--refresh");
    var states = listed(aside, "diff-files", "--name-status"); // each with its name behind it
    var unlike = new HashMap<String, String>();
    for (int i = 0; i + 1 < states.size(); i += 2) {
      unlike.put(states.get(i + 1), states.get(i));
    }
    var half = halfWritten(own, differences.values(), unlike.keySet());
    if (!half.isEmpty()) {
      keep(aside, own, half);
      for (var d : half) {
        Files.delete(ByteNames.resolve(path, d.path()));
        unlike.put(d.path(), "D");
      }
    }
    var done =
        differences.values().stream()
            .filter(d -> d.goes() ? !isFile(d) : unlike.getOrDefault(d.path(), "D").equals("D"))
            .filter(d -> !(d.arrives() && unlike.containsKey(d.path())))
            .toList();
    if (done.isEmpty()) {
      return Optional.empty();
    }
    index(own, done, Difference::before);
    String before = aside.must("write-tree", "--missing-ok");
    index(own, done, Difference::after);
    String after = aside.must("write-tree", "--missing-ok");
    var untracked = UntrackedFiles.inTheWay(aside, path, after, before);
    if (!untracked.isEmpty()) {
      return Optional.of(inTheWay(untracked));
    }
    aside.run("update-index", "-q", "--refresh");
    var undone = aside.run("read-tree", "-m", "-u", after, before);
    return undone.ok() ? Optional.empty() : Optional.of(refused(undone).why());
  }

  private List<Difference> halfWritten(
      Path own, Collection<Difference> differences, Set<String> unlike) {
    var written = new PartialWrite(git, path, own.resolveSibling("hivedeck.half"));
    return differences.stream()
        .filter(d -> d.goes() || unlike.contains(d.path()))
        .filter(d -> written.is(d.path(), blob(d.before()), blob(d.after())))
        .toList();
  }

  /** The object of an entry; null where it is no file. */
  private static String blob(String entry) {
    return entry.startsWith("100") ? entry.substring(entry.indexOf(' ') + 1) : null;
  }

  private void keep(Git aside, Path own, List<Difference> half) throws IOException {
    var blobs = new HashMap<String, String>();
    for (var d : half) {
      Path file = ByteNames.resolve(path, d.path());
      if (Files.size(file) > 0) {
        String blob = git.from(file).must("hash-object", "-w", "--stdin", "--no-filters").strip();
        blobs.put(d.path(), "100644 " + blob);
      }
    }
    if (blobs.isEmpty()) {
      return;
    }
    index(
        own,
        half.stream().filter(d -> blobs.containsKey(d.path())).toList(),
        d -> blobs.get(d.path()));
    String commit =
        repository.commit(
            "Half-written files of a git that was cut off in " + path + "\n",
            aside.must("write-tree"),
            List.of());
    LOG.warn(
        "a git was cut off in {} while it wrote {}; what it had written is kept as {}",
        path,
        Plural.some(blobs.keySet().stream().map(ByteNames::words).toList(), NAMES),
        new KeptWork(repository).keep("main", "half-written", commit).ref());
  }

  private boolean isFile(Difference difference) {
    Path at = ByteNames.resolve(path, difference.path());
    return Files.exists(at, LinkOption.NOFOLLOW_LINKS)
        && !Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS);
  }

  /** Makes an index of these alone. */
  private void index(Path own, Collection<Difference> all, Function<Difference, String> entry)
      throws IOException {
    Files.deleteIfExists(own);
    var lines =
        all.stream()
            .filter(d -> !entry.apply(d).startsWith(NONE))
            .map(d -> entry.apply(d) + "\t" + d.path())
            .toList();
    fed(
        ByteNames.join(lines),
        git.with(Map.of(INDEX_FILE, own.toString())),
        "update-index",
        "-z",
        "--index-info");
  }

  /** By path. A line is: modes and objects before and after, a status; its path follows. */
  private Map<String, Difference> differences(String from, String to) {
    var fields = listed(git, "diff-tree", "-r", "--raw", from, to);
    var all = new HashMap<String, Difference>();
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      var line = fields.get(i).substring(1).split(" ");
      String name = fields.get(i + 1);
      all.put(name, new Difference(name, line[0] + " " + line[2], line[1] + " " + line[3]));
    }
    return all;
  }

  private static List<String> listed(Git git, String... command) {
    var words = new ArrayList<>(List.of(command));
    words.addAll(1, List.of("-z", "--no-renames", "--ignore-submodules=none"));
    return git.listed(words.toArray(String[]::new));
  }

  // ── edits that are in the way ───────────────────────────────────────────────────────────────

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
   * Brings it from one commit to another with the edits that are in the way of that: as {@code git
   * merge --autostash} does, but as edits of the commit that they were made on. So they take
   * nothing back, whether they are merged here or stashed because they conflict.
   *
   * @param stashing is told before they are stashed, so that it is known whatever happens then
   */
  public Carried carry(String since, String tip, Consumer<Carried> stashing) {
    try {
      return beside(
          own -> {
            Files.copy(admin().resolve(INDEX), own, StandardCopyOption.REPLACE_EXISTING);
            var carried = carry(git.with(Map.of(INDEX_FILE, own.toString())), since, tip, stashing);
            if (carried.why() == null) {
              Files.move(own, admin().resolve(INDEX), StandardCopyOption.ATOMIC_MOVE);
            }
            return carried;
          });
    } catch (HiveException e) {
      return Carried.left(e.getMessage());
    }
  }

  /** Does something with an index of its own while no other git comes in between. */
  private <T> T beside(Work<T> work) {
    Path own = admin().resolve("hivedeck.index");
    Path lock = admin().resolve(LOCK);
    try {
      Files.createFile(lock); // as git does
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.REPOSITORY_LOCKED,
          e instanceof FileAlreadyExistsException ? LOCKED : e.toString(),
          "Try again.");
    }
    try {
      Files.deleteIfExists(own); // of one that was killed
      return work.with(own);
    } catch (IOException e) {
      throw new HiveException(ErrorCode.GIT_FAILED, e.toString(), "Try again.", e);
    } finally {
      delete(own);
      delete(lock);
    }
  }

  private interface Work<T> {
    T with(Path index) throws IOException;
  }

  private Carried carry(Git aside, String since, String tip, Consumer<Carried> stashing) {
    String what = "On " + repository.main() + ": edits that hivedeck update met";
    String staged = commit(aside, "index: " + what, since);
    aside.must("add", "-u", "--", ".");
    String edited = commit(aside, what, since, staged);
    // What main has, on the commit of the edits: also where main is before that, or beside it.
    String main = aside.must("commit-tree", tip + "^{tree}", "-m", repository.main(), "-p", since);
    var merged = ThreeWayMerge.merge(repository, tip, main, edited);
    String files = merged.clean() ? merged.tree() : tip;
    var untracked = UntrackedFiles.inTheWay(aside, path, edited, files);
    if (!untracked.isEmpty()) {
      return Carried.left(inTheWay(untracked));
    }
    var would = aside.run("read-tree", "-n", "-m", "-u", edited, files);
    if (!would.ok()) {
      return Carried.left(refused(would).why());
    }
    var index = merged.clean() ? ThreeWayMerge.merge(repository, tip, main, staged) : merged;
    var carried =
        new Carried(
            null,
            List.copyOf(index.conflicts()),
            index.clean() ? null : edited,
            merged.clean() && !index.clean());
    if (carried.stash() != null) {
      stashing.accept(carried);
      aside.must("stash", "store", "-m", what, edited);
    }
    aside.must("read-tree", "-m", "-u", edited, files);
    aside.must("read-tree", "-m", index.clean() ? index.tree() : tip);
    return carried;
  }

  /** What its index has by now, as a commit. */
  private static String commit(Git aside, String message, String... parents) {
    var words = new ArrayList<>(List.of("commit-tree", aside.must("write-tree"), "-m", message));
    for (String parent : parents) {
      words.addAll(List.of("-p", parent));
    }
    return aside.must(words.toArray(String[]::new));
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("{} stays: {}", file, e.getMessage());
    }
  }
}
