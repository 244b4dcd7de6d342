package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.GitDirectory;
import dev.hivedeck.engine.git.WorktreeAdmins;
import dev.hivedeck.engine.git.repository.FolderUsers;
import dev.hivedeck.engine.git.repository.GitFilters;
import dev.hivedeck.engine.git.repository.HiddenRefs;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.worktree.folder.AttemptFolder;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.PreparedPaths;
import dev.hivedeck.engine.worktree.folder.SetupChanges;
import dev.hivedeck.engine.worktree.folder.SizeLimitFailure;
import dev.hivedeck.engine.worktree.folder.SparseCone;
import dev.hivedeck.engine.worktree.isolation.Isolation;
import dev.hivedeck.engine.worktree.isolation.Isolations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folders that attempts work in, below one folder of the engine's own, each isolated as {@link
 * Isolation} has it. Before one is removed or a branch is moved, what is there is kept.
 */
public final class Worktrees {
  private static final Logger LOG = LoggerFactory.getLogger(Worktrees.class);

  /** Where a former version marked worktrees, in git's own folder for each. */
  private static final String FORMER_MARK = "hivedeck";

  /** Before branches of attempts; the second where the user has a branch named like the first. */
  private static final List<String> PREFIXES = List.of("hive", "hivedeck");

  /** Of folders that are made ahead. */
  private static final String POOL = "pool";

  /** The tree of one of them when it was made ready. */
  private static final String READY = "ready";

  /** So many bytes have room for a commit. */
  private static final int PROBE = 64 * 1024;

  private final Repository repository;
  private final Git git;
  private final HiddenRefs refs;
  private final AttemptCommits commits;
  private final KeptWork kept;
  private final AttemptFolders folders;
  private final Isolations isolations;
  private final Supplier<List<String>> sparse;

  /** One folder's git never waits for another's. */
  private final Map<Path, ReentrantLock> locks = new ConcurrentHashMap<>();

  /** Folders that are being made, or are for looking only: nobody's attempt. */
  private final Set<Path> busy = ConcurrentHashMap.newKeySet();

  /** Folders of attempts that this engine has not tried to remove yet. */
  private final Set<Path> used = ConcurrentHashMap.newKeySet();

  /** Folders that could not be removed when their time had come. */
  private final Map<Path, Left> left = new ConcurrentHashMap<>();

  /**
   * @param removal how it is to go
   * @param why it could not; null as long as that is not known
   */
  private record Left(Runnable removal, HiveException why) {
    /** What is too large is read again when a person says so, not every few seconds. */
    boolean waits(Path folder) {
      return why != null
          && SizeLimitFailure.is(why)
          && Files.exists(folder, LinkOption.NOFOLLOW_LINKS);
    }
  }

  public Worktrees(
      Repository repository,
      AttemptCommits commits,
      KeptWork kept,
      AttemptFolders folders,
      Isolations isolations) {
    this(repository, commits, kept, folders, isolations, List::of);
  }

  /**
   * @param sparse folders that a worktree of an attempt has; none for all
   */
  public Worktrees(
      Repository repository,
      AttemptCommits commits,
      KeptWork kept,
      AttemptFolders folders,
      Isolations isolations,
      Supplier<List<String>> sparse) {
    this.sparse = sparse;
    this.repository = repository;
    this.git = repository.git();
    this.refs = new HiddenRefs(repository.refs());
    this.commits = commits;
    this.kept = kept;
    this.folders = folders;
    this.isolations = isolations;
  }

  // ── making ──────────────────────────────────────────────────────────────────────────────────

  /**
   * Makes a folder for an attempt, on branch {@code hive/<task>-<slug>} at {@code start}. Where the
   * branch is left from an earlier attempt, its tip is kept first.
   *
   * @param told takes what a person should know about it
   * @throws HiveException {@code branch-in-use} when the branch is somebody else's or checked out
   *     elsewhere; {@code disk-full}; {@code git-failed}
   */
  public AttemptFolder create(
      String task, String attempt, String slug, String start, Consumer<String> told) {
    return create(beginning(task, attempt, slug, start, told), told);
  }

  /**
   * What a folder is to be made for.
   *
   * @param branch that it is on
   * @param from the commit that it begins from
   * @param base the commit of main that its work is to be compared with
   */
  public record Beginning(String task, String attempt, String branch, String from, String base) {
    private String head() {
      return "refs/heads/" + branch;
    }
  }

  /**
   * Sees that an attempt can begin: its branch is free, and what that has is kept.
   *
   * @throws HiveException as {@link #create} does
   */
  public Beginning beginning(
      String task, String attempt, String slug, String start, Consumer<String> told) {
    String branch = prefix() + "/" + branchName(task, slug);
    String head = "refs/heads/" + branch;
    String made = HiddenRefs.made(branch);
    String main = repository.tip();
    String from =
        start.equals(main) ? main : git.must("rev-parse", "--verify", start + "^{commit}");
    var tips = refs.matching(head, made);
    String tip = tips.get(head);
    if (tip != null && !tips.containsKey(made)) {
      if (!carries(tip, task)) {
        throw new HiveException(
            ErrorCode.BRANCH_IN_USE,
            "There is a branch " + branch + " that nothing shows to be Hivedeck's.",
            "Rename it: git branch -m " + branch + " … If refs/hivedeck was deleted, remove it.");
      }
      told.accept(
          "the ref "
              + made
              + " was deleted; by its commit branch "
              + branch
              + " is Hivedeck's own all the same");
    }
    if (tip != null) {
      elsewhere(head)
          .ifPresent(
              where -> {
                throw new HiveException(
                    ErrorCode.BRANCH_IN_USE,
                    "Branch " + branch + " is checked out in " + where + ".",
                    "Leave that branch there, then retry the task.");
              });
      if (!tip.equals(from) && !repository.contains(tip, from)) {
        kept.keep(task, attempt, tip);
      }
    }
    String base = from.equals(main) ? main : git.must("merge-base", from, main);
    return new Beginning(task, attempt, branch, from, base);
  }

  /** Makes a folder for an attempt that can begin, as {@link #beginning} has found. */
  public AttemptFolder create(Beginning begun, Consumer<String> told) {
    return create(begun, null, told);
  }

  /**
   * The same.
   *
   * @param at where it is to be, if that is free; null for the place of the task
   */
  public AttemptFolder create(Beginning begun, @Nullable Path at, Consumer<String> told) {
    var chosen = isolations.choose();
    chosen
        .why()
        .ifPresent(
            why ->
                told.accept(
                    "works in a worktree of your repository, not in a repository of its own: "
                        + why));
    boolean there = at != null && folders.ours(at) && folders.home().equals(at.getParent());
    return making(
        there ? at : null,
        begun.task(), // the same for each attempt, so that agents find their way
        false,
        folder -> {
          var notes = folders.notes(folder);
          branch(begun);
          sparse(begun.from(), notes, chosen.isolation().unfitForParts(), told);
          chosen.isolation().create(folder, notes, begun.head(), begun.from());
          return begun(begun, folder, notes, chosen.isolation());
        });
  }

  private void branch(Beginning begun) {
    git.mustWith(
        "update %s %s\nupdate %s %s\n"
            .formatted(HiddenRefs.made(begun.branch()), begun.from(), begun.head(), begun.from()),
        "update-ref",
        "--stdin");
  }

  private AttemptFolder begun(
      Beginning begun, Path folder, AttemptFolders.Notes notes, Isolation isolation) {
    notes.indexed(begun.from());
    var worktree =
        new AttemptFolder(
            folder, begun.branch(), begun.task(), begun.attempt(), begun.from(), begun.base());
    notes.mark(worktree, isolation.word());
    used.add(folder);
    return worktree;
  }

  // ── making ahead ────────────────────────────────────────────────────────────────────────────

  /**
   * Makes a folder that is nobody's yet; {@link #pooled} says that it is ready.
   *
   * @param name that no other has had: whoever worked in one may come back to its place
   */
  public Path ahead(String commit, String name) {
    return detached(POOL + "-" + name, commit);
  }

  /**
   * It is ready for an attempt, and outlives this engine.
   *
   * @param text what is to be known of it
   */
  public void pooled(Path folder, String text) {
    var notes = folders.notes(folder);
    notes.write(READY, reading().tree(folder));
    notes.pooled(text);
  }

  /** Whether such a folder is still as it was made ready, what git ignores left aside. */
  public boolean isAsReady(Path folder) {
    String tree = folders.notes(folder).read(READY);
    return tree != null && tree.equals(reading().tree(folder));
  }

  /** Keeps what somebody did in such a folder; nothing where it is as it was made ready. */
  public void keepEdits(Path folder) {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) && !isAsReady(folder)) {
      commits.salvage(
          read(folder),
          "it was no attempt's yet",
          text -> LOG.info("{}: {}", folder.getFileName(), text));
    }
  }

  private SetupReading reading() {
    return new SetupReading(repository, folders, isolations);
  }

  /** Those that are ready, with what is known of them. They are taken charge of. */
  public Map<Path, String> pooled() {
    var ready = folders.pooled();
    busy.addAll(ready.keySet());
    return ready;
  }

  /**
   * Gives one to an attempt. Where that fails, it can be used for nothing.
   *
   * @throws HiveException where what lies there is in the way
   */
  public AttemptFolder hand(Path folder, Beginning begun) {
    var notes = folders.notes(folder);
    notes.taken(); // from here on one that is not marked is swept
    String since = Objects.requireNonNull(notes.indexed(), "what is checked out in it");
    branch(begun);
    var isolation = isolations.of(folder, notes);
    isolation.hand(folder, notes, begun.head(), since, begun.from());
    var worktree = begun(begun, folder, notes, isolation);
    busy.remove(folder);
    return worktree;
  }

  /** The paths in a folder that are as neither its commit nor an agent has them. */
  public Set<String> prepared(Path folder, List<String> among) {
    Path notes = notes(folder);
    var setup = SetupChanges.of(notes).stream().map(SetupChanges.Entry::path).toList();
    var found = new HashSet<>(among);
    PreparedPaths.without(notes, among).stream()
        .filter(path -> !setup.contains(path))
        .forEach(found::remove);
    return found;
  }

  /** What is put into a folder when it is made, in a form to compare. */
  public String settings() {
    return isolations.choose().isolation().settings();
  }

  /** Where folders are made next. */
  public Path home() {
    return folders.home();
  }

  /** Notes which part of the commit it gets, where it is not all of it. */
  private void sparse(
      String commit, AttemptFolders.Notes notes, Optional<String> unfit, Consumer<String> told) {
    var wanted = sparse.get();
    if (wanted.isEmpty()) {
      return;
    }
    if (unfit.isPresent()) {
      told.accept("has all files, whatever worktree: { sparse } names: " + unfit.get());
      return;
    }
    SparseCone.note(notes, wanted);
    told.accept(
        "has the files below "
            + String.join(", ", wanted)
            + ", and those in the folders above; what lies elsewhere is part of its commits all the"
            + " same");
    for (String folder : wanted) {
      if (!git.run("cat-file", "-t", commit + ":" + folder).value().equals("tree")) {
        told.accept("worktree: { sparse } names " + folder + ", and there is no such folder");
      }
    }
  }

  /** Whether a commit says that it is work at this task. */
  private boolean carries(String commit, String task) {
    return git.run("log", "-1", "--format=%(trailers:key=Hivedeck-Task,valueonly)", commit, "--")
        .out()
        .strip()
        .equals(task);
  }

  /** Where the user has a ref checked out. */
  public Optional<Path> elsewhere(String ref) {
    return repository
        .checkedOut(ref)
        .filter(where -> !folders.ours(where) && Files.isDirectory(where));
  }

  /** A branch of the user's that is named like the folder of ours would leave no room for it. */
  private String prefix() {
    return PREFIXES.stream()
        .filter(p -> !refs.matching("refs/heads/" + p).containsKey("refs/heads/" + p))
        .findFirst()
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.BRANCH_IN_USE,
                    "Your branches "
                        + String.join(" and ", PREFIXES)
                        + " leave no name for the branches of attempts, such as hive/T-1.",
                    "Rename one of them: git branch -m hive NEW-NAME."));
  }

  private static String branchName(String task, String slug) {
    String safe =
        task.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("\\.{2,}|\\.lock$|^[.-]|[.-]$", "-");
    return safe + (slug.isEmpty() ? "" : "-" + slug);
  }

  private interface Making<T> {
    T in(Path folder);
  }

  /**
   * Makes something of a free folder; where that fails, the folder goes.
   *
   * @param at where, if that is free; null for anywhere
   * @param stays whether it is nobody's attempt also when it is made
   */
  private <T> T making(@Nullable Path at, String name, boolean stays, Making<T> making) {
    Path folder = claim(at, name);
    boolean made = false;
    try {
      folders.notes(folder).begin();
      var result = making.in(folder);
      made = true;
      return result;
    } catch (RuntimeException e) {
      try {
        discard(folder);
      } catch (RuntimeException also) {
        e.addSuppressed(also);
      }
      throw e;
    } finally {
      if (!made || !stays) {
        busy.remove(folder);
      }
    }
  }

  private Path claim(@Nullable Path at, String name) {
    while (true) {
      Path folder =
          at == null || Files.exists(at, LinkOption.NOFOLLOW_LINKS) ? folders.free(name) : at;
      var lock = lock(folder);
      lock.lock(); // until the one before it is wholly gone
      try {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && busy.add(folder)) {
          left.remove(folder); // one that somebody else removed has this place no more
          return folder;
        }
      } finally {
        lock.unlock();
      }
      if (at == null) {
        name = name + "_";
      }
      at = null;
    }
  }

  /**
   * Where commands can judge a commit.
   *
   * @param name of the folder for a clean checkout
   * @param made the folder that it was made in, or null
   */
  public CommitCheckouts checkouts(String name, String commit, Path made) {
    return checkouts(name, commit, made, folder -> {});
  }

  /**
   * Where commands can judge a commit.
   *
   * @param name of the folder for a clean checkout
   * @param made the folder that it was made in, or null
   * @param ready is told of the clean checkout once it is there
   */
  public CommitCheckouts checkouts(
      String name, String commit, Path made, CommitCheckouts.Ready ready) {
    return new CommitCheckouts(repository, this, name, commit, made, ready);
  }

  /** Notes what was put into a folder that is no part of any work. */
  public void prepared(Path folder, Collection<String> paths) {
    PreparedPaths.write(folders.notes(folder), paths);
  }

  /** A folder is about to be set up: until {@link #setUp} nothing there is anybody's work. */
  public void settingUp(Path folder) {
    SetupChanges.begin(folders.notes(folder));
  }

  /**
   * A folder is set up. What is other there than in its commit is no part of any work, as long as
   * it stays as it is; what is new and too large to be committed is none whatever becomes of it.
   *
   * @param large receives the paths of that
   * @return the paths of all else
   */
  public List<String> setUp(Path folder, List<String> large) {
    var made = reading().note(folder, large).stream().map(SetupChanges.Entry::path).toList();
    if (!large.isEmpty()) {
      var notes = folders.notes(folder);
      var all = new ArrayList<>(PreparedPaths.of(notes.place()));
      all.addAll(large);
      PreparedPaths.write(notes, all);
    }
    return made;
  }

  /** Where the notes of a folder are. */
  public Path notes(Path folder) {
    return folders.notes(folder).place();
  }

  /** Those of the paths that were not put into a folder, as a clean checkout has them too. */
  List<String> withoutPrepared(Path folder, List<String> paths) {
    return PreparedPaths.without(folders.notes(folder).place(), paths);
  }

  /** What of a commit was checked out in a folder. */
  SparseCone cone(Path folder) {
    return SparseCone.of(folders.notes(folder));
  }

  /** The options that have {@code git ls-files} pass over what was put into a folder. */
  List<String> prepared(Path folder) {
    return PreparedPaths.excluded(folders.notes(folder).place());
  }

  /** Makes a folder without a branch, for looking only: nothing that is left in it is kept. */
  Path detached(String name, String commit) {
    return making(
        null,
        name,
        true,
        folder -> {
          var notes = folders.notes(folder);
          isolations.choose().isolation().create(folder, notes, null, commit);
          notes.indexed(commit);
          return folder;
        });
  }

  /**
   * What nobody in a sandbox sees but their own part of: all that Hivedeck keeps, and folders of
   * worktrees elsewhere.
   */
  public List<Path> secluded(Path home) {
    return Stream.concat(Stream.of(home), folders.homes().hidden().stream()).toList();
  }

  /** The index of what was checked out into an attempt's folder. */
  Path index(Path folder) {
    return folders.notes(folder).index();
  }

  /** Removes a folder with all that is in it. */
  public void discard(Path folder) {
    folders.notes(folder).taken(); // one that is being removed is no attempt's any more
    untilGone(folder, () -> discardNow(folder));
  }

  private void discardNow(Path folder) {
    var notes = folders.notes(folder);
    isolations.of(folder, notes).remove(folder);
    notes.forget();
    busy.remove(folder);
  }

  /**
   * Tells whether there is anything wrong with what worktrees need: the folder of this one, room
   * and rights to write, git, main.
   *
   * @throws HiveException {@code no-folder} when the worktree is gone, or an outage
   */
  public void probe(Path worktree) {
    if (!Files.isDirectory(worktree, LinkOption.NOFOLLOW_LINKS)) {
      throw new HiveException(
          ErrorCode.NO_FOLDER, "The worktree " + worktree + " is gone.", "Something removed it.");
    }
    probe();
  }

  /**
   * Tells whether there is anything wrong with what all worktrees need: room and rights to write,
   * git, main.
   *
   * @throws HiveException an outage: {@code repository-gone} where git does not know the
   *     repository; or {@code stopped} where this thread was interrupted
   */
  public void probe() {
    try {
      look();
    } catch (HiveException e) {
      throw e.outage() || e.is(ErrorCode.STOPPED)
          ? e
          : new HiveException(
              ErrorCode.REPOSITORY_GONE,
              "The repository " + repository.root() + " cannot be read: " + e.getMessage(),
              "See whether it was moved, or whether its disk is away; work goes on when it is"
                  + " back.",
              e);
    }
  }

  private void look() {
    Path objects = repository.common().resolve("objects");
    if (!Files.isDirectory(objects)) {
      throw new HiveException(ErrorCode.NO_FOLDER, "There is no folder " + objects + ".", "");
    }
    Path home = folders.home();
    probe(home, e -> folders.homes().unwritable(home, e));
    probe(objects, e -> repository.unwritable(objects, e));
    git.must("rev-parse", "--git-dir");
    repository.tip();
    new GitFilters(repository).probe();
  }

  private static void probe(Path folder, Function<IOException, HiveException> failed) {
    try {
      Path probe = Files.createTempFile(folder, "tmp_hivedeck", null);
      try {
        Files.write(probe, new byte[PROBE]);
      } finally {
        Files.delete(probe);
      }
    } catch (IOException e) {
      throw failed.apply(e);
    }
  }

  // ── looking ─────────────────────────────────────────────────────────────────────────────────

  /**
   * The folders of attempts: those that are marked, worktrees of a former version, and folders that
   * nothing is known of any more.
   */
  public List<AttemptFolder> list() {
    var list = new ArrayList<AttemptFolder>();
    for (Path folder : folders.all()) {
      if (!busy.contains(folder) && folders.notes(folder).pooled().isEmpty()) {
        list.add(read(folder));
      }
    }
    // Git may know of more than there is.
    WorktreeAdmins.of(repository.common()).stream()
        .map(WorktreeAdmins::place)
        .filter(place -> folders.ours(place) && !Files.exists(place) && !busy.contains(place))
        .forEach(place -> list.add(unmarked(place)));
    return list;
  }

  /**
   * Those of {@link #list} that whoever used them is done with: not while this engine still has to
   * remove them, or removes them just now.
   */
  public List<AttemptFolder> left() {
    return list().stream().filter(tree -> !inUse(tree.path())).toList();
  }

  /**
   * Takes charge of what an earlier engine left, before this one makes anything: it is no longer
   * {@link #left}, and what still reads it is ended.
   */
  public List<AttemptFolder> takeUp() {
    folders.endGit();
    var list = list();
    list.forEach(tree -> used.add(tree.path()));
    return list;
  }

  /** Ends that: what is still there is left. */
  public void letGo(AttemptFolder tree) {
    used.remove(tree.path());
  }

  private boolean inUse(Path folder) {
    var lock = locks.get(folder);
    return used.contains(folder) || lock != null && lock.isLocked();
  }

  private AttemptFolder read(Path folder) {
    return folders
        .notes(folder)
        .worktree(folder)
        .or(() -> former(folder))
        .orElseGet(() -> unmarked(folder));
  }

  private Optional<AttemptFolder> former(Path folder) {
    return isolations
        .linked()
        .admin(folder)
        .map(admin -> GitDirectory.text(admin.resolve(FORMER_MARK), 64 * 1024))
        .map(text -> text.lines().toList())
        .filter(lines -> lines.size() >= 5)
        .map(l -> new AttemptFolder(folder, l.get(0), l.get(1), l.get(2), l.get(3), l.get(4)));
  }

  private static AttemptFolder unmarked(Path path) {
    return new AttemptFolder(path, "", "", path.getFileName().toString(), "", "");
  }

  // ── removing ────────────────────────────────────────────────────────────────────────────────

  /**
   * Keeps the work of an attempt and removes its folder. Its branch stays. Where another attempt
   * has that place by now, there is nothing left to do.
   *
   * @param told takes what a person should know about what was kept
   * @throws HiveException {@code not-ours} for a folder that Hivedeck did not make, {@code
   *     worktree-in-use} when a live process works in it, {@code too-large} when all is kept but
   *     what is too large: then the folder stays
   */
  public void remove(AttemptFolder worktree, String why, Consumer<String> told) {
    remove(worktree, folder -> removeNow(folder, why, told));
  }

  /**
   * Removes the folder of an attempt with work that cannot be kept; what can be is kept first.
   *
   * @throws HiveException as {@link #remove} does, and while an outage lasts
   */
  public void discard(AttemptFolder worktree) {
    remove(
        worktree,
        folder -> {
          refuseInUse(folder);
          if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
              && !folders.notes(folder).unfinished()) {
            commits.salvage(
                read(folder), "discarded", text -> LOG.info("{}: {}", worktree.attempt(), text));
          }
          discardNow(folder);
        });
  }

  /** Why its folder could not be removed when its time had come; empty when nothing is known. */
  public Optional<HiveException> stays(AttemptFolder worktree) {
    return Optional.ofNullable(left.get(worktree.path())).map(Left::why);
  }

  private void remove(AttemptFolder worktree, Consumer<Path> removal) {
    Path folder = worktree.path();
    if (!folders.ours(folder)) {
      throw new HiveException(
          ErrorCode.NOT_OURS,
          "Hivedeck did not make " + folder + " and leaves it alone.",
          "Remove it yourself if it is to go.");
    }
    untilGone(
        folder,
        () -> {
          if (!busy.contains(folder) && !anothers(folder, worktree.attempt())) {
            removal.accept(folder);
          }
        });
  }

  private boolean anothers(Path folder, String attempt) {
    return folders
        .notes(folder)
        .worktree(folder)
        .filter(w -> !w.attempt().equals(attempt))
        .isPresent();
  }

  private void removeNow(Path worktree, String why, Consumer<String> told) {
    if (Files.isDirectory(worktree, LinkOption.NOFOLLOW_LINKS)) {
      refuseInUse(worktree);
      // Nobody has worked in one that the engine was cut off in the middle of making.
      if (!folders.notes(worktree).unfinished()) {
        commits.keepAll(read(worktree), why, told);
      }
    }
    discardNow(worktree);
  }

  private static void refuseInUse(Path worktree) {
    var user = FolderUsers.of(worktree);
    if (user.isPresent()) {
      throw new HiveException(
          ErrorCode.WORKTREE_IN_USE,
          "Process " + user.get() + " works in " + worktree + ".",
          "End it, then repair again.");
    }
  }

  private ReentrantLock lock(Path folder) {
    return locks.computeIfAbsent(folder, f -> new ReentrantLock());
  }

  private void untilGone(Path folder, Runnable removal) {
    var lock = lock(folder);
    lock.lock();
    try {
      left.put(folder, new Left(removal, null));
      removal.run();
      left.remove(folder);
    } catch (HiveException e) {
      left.put(folder, new Left(removal, e));
      throw e;
    } catch (RuntimeException e) {
      var why =
          new HiveException(ErrorCode.INTERNAL, e.toString(), "Look into the log of the engine.");
      left.put(folder, new Left(removal, why));
      throw e;
    } finally {
      used.remove(folder);
      lock.unlock();
    }
  }

  /**
   * Removes what could not be removed before, as far as that can be done now, and notes of folders
   * that are gone.
   */
  public void removeLeft() {
    folders.noted().stream()
        .filter(folder -> !busy.contains(folder) && !left.containsKey(folder))
        .filter(folder -> !Files.exists(folder, LinkOption.NOFOLLOW_LINKS))
        .forEach(folder -> folders.notes(folder).forget());
    for (var removal : Map.copyOf(left).entrySet()) {
      Path folder = removal.getKey();
      var lock = lock(folder);
      lock.lock();
      try {
        if (left.get(folder) == removal.getValue()
            && !removal.getValue().waits(folder)) { // else something else has that place
          untilGone(folder, removal.getValue().removal());
        }
      } catch (RuntimeException e) {
        LOG.info("{} stays for now: {}", folder, e.getMessage());
      } finally {
        lock.unlock();
      }
    }
  }
}
