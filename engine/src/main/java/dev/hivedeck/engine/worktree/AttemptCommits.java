package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.CommitMessage;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.GitDirectory;
import dev.hivedeck.engine.git.diff.DiffExcerpt;
import dev.hivedeck.engine.git.diff.Diffs;
import dev.hivedeck.engine.git.repository.HiddenRefs;
import dev.hivedeck.engine.git.repository.KeptRef;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.worktree.folder.AttemptFolder;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.FolderSnapshot;
import dev.hivedeck.engine.worktree.folder.PreparedPaths;
import dev.hivedeck.engine.worktree.folder.Quarantine;
import dev.hivedeck.engine.worktree.folder.SizeLimitFailure;
import dev.hivedeck.engine.worktree.folder.SizeLimits;
import dev.hivedeck.engine.worktree.folder.WorkFiles;
import dev.hivedeck.engine.worktree.isolation.Isolation;
import dev.hivedeck.engine.worktree.isolation.Isolations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Makes commits of what is in an attempt's folder: on its branch when its agent is finished, aside
 * as a checkpoint while it works, or under a hidden ref before the folder goes. Whatever is there
 * is read as a stranger's; see {@link FolderSnapshot}, {@link Isolation} and {@link Quarantine}.
 */
public final class AttemptCommits {
  /** Why what is there does not count as finished, though all of it could be kept. */
  private static final Set<ErrorCode> REFUSED = Set.of(ErrorCode.UNFINISHED, ErrorCode.TOO_LARGE);

  private final Repository repository;
  private final Git git;
  private final KeptWork kept;
  private final AttemptFolders folders;
  private final Isolations isolations;

  public AttemptCommits(
      Repository repository, KeptWork kept, AttemptFolders folders, Isolations isolations) {
    this.repository = repository;
    this.git = repository.git();
    this.kept = kept;
    this.folders = folders;
    this.isolations = isolations;
  }

  private AttemptOutput left(AttemptFolder worktree, Consumer<String> told) {
    return new AttemptOutput(repository, kept, folders, isolations, worktree, told);
  }

  /**
   * Commits what an agent left, and keeps what it left besides.
   *
   * @param told takes what a person should know about it
   * @return the tip of the branch, or empty when nothing differs from the start
   * @throws HiveException {@code dirty-submodule}, {@code submodule-missing}, {@code
   *     work-unreadable}, {@code branch-in-use}, {@code unfinished}, {@code too-large}
   */
  public Optional<String> commitAll(
      AttemptFolder worktree, String subject, Map<String, String> trailers, Consumer<String> told) {
    var left = left(worktree, told);
    var history = left.history();
    String base = history.head() == null ? worktree.start() : history.head();
    if (!left.related(base, worktree.start())) {
      left.note(
          "its history has nothing in common with the commit it began from; its files are taken,"
              + " its history is kept",
          left.keepUnrelated(base));
      base = worktree.start();
    }
    String parent = base;
    var inside = left.inside(true);
    var unfinishedOperations =
        new UnfinishedOperations(repository, left, history, worktree.start());
    String head;
    try {
      head =
          left.filesUnlocked(
              parent,
              inside,
              files -> {
                unfinishedOperations.refuse(files, parent);
                String commit =
                    commit(
                        left, files.tree(), parent, history, CommitMessage.of(subject, trailers));
                left.checkedOut(files);
                left.keepIgnored(commit, files, inside);
                return commit;
              });
    } catch (HiveException e) {
      throw REFUSED.stream().anyMatch(e::is) ? keptAll(worktree, parent, e, told) : e;
    }
    left.tell(inside);
    PreparedPaths.refuse(git, folders.notes(worktree.path()).place(), worktree.start(), head);
    boolean changed =
        !head.equals(worktree.start()) && !left.treeOf(head).equals(left.treeOf(worktree.start()));
    if (changed) {
      move(worktree, head);
    }
    left.keepOthers(history);
    if (changed) {
      left.settle(worktree, head);
    }
    return changed ? Optional.of(head) : Optional.empty();
  }

  /** Says as well where whoever tries next finds it. */
  private HiveException keptAll(
      AttemptFolder worktree, String head, HiveException why, Consumer<String> told) {
    var work = keep(worktree, why.getMessage(), told);
    work.ifPresent(k -> told.accept("what it had done is kept as " + k.ref()));
    boolean all = !SizeLimitFailure.is(why);
    return new HiveException(
        all ? ErrorCode.UNFINISHED : ErrorCode.TOO_LARGE,
        why.getMessage(),
        why.hint()
            + (all ? " What was done is kept: " : " All else that was done is kept: ")
            + "git show "
            + work.map(KeptRef::commit).orElse(head)
            + (all ? "" : "; what is too large stays in " + worktree.path() + "."));
  }

  private static String commit(
      AttemptOutput left, String tree, String base, Isolation.History history, String message) {
    if (tree.equals(left.treeOf(base)) && history.merging().isEmpty()) {
      return base;
    }
    var parents = new LinkedHashSet<>(List.of(base));
    history.merging().stream().filter(id -> left.related(id, base)).forEach(parents::add);
    return left.commitTree(message, tree, parents.toArray(String[]::new));
  }

  /** Moves the attempt's branch, unless somebody else works on it. */
  private void move(AttemptFolder worktree, String head) {
    String ref = "refs/heads/" + worktree.branch();
    Optional<Path> place = repository.checkedOut(ref);
    if (place.isPresent() && !worktree.path().getParent().equals(place.get().getParent())) {
      throw new HiveException(
          ErrorCode.BRANCH_IN_USE,
          "Branch " + worktree.branch() + " is checked out in " + place.get() + ".",
          "Leave that branch there, then retry the task.");
    }
    String tip = repository.refs().matching(ref).get(ref);
    if (tip != null && !repository.contains(tip, head) && !reachableBut(ref, tip)) {
      kept.keep(worktree.task(), worktree.attempt(), tip);
    }
    git.must("update-ref", ref, head);
  }

  private boolean reachableBut(String ref, String commit) {
    return git.must(
            "for-each-ref",
            "--count=2",
            "--format=%(refname)",
            "--contains",
            commit,
            "refs/heads",
            HiddenRefs.KEPT)
        .lines()
        .anyMatch(other -> !other.equals(ref));
  }

  /**
   * Keeps the work so far as a commit on top of the worktree's own, under a hidden ref that goes
   * when the task is merged. The worktree itself is not changed.
   *
   * @param told takes what is too large to be part of it
   * @return empty when nothing was done since the worktree was made, or git is in the middle of
   *     something: whoever went on from there would have conflicts for finished work
   */
  public Optional<String> checkpoint(
      AttemptFolder worktree, String subject, Map<String, String> trailers, Consumer<String> told) {
    var left = left(worktree, note -> {});
    if (!Files.isDirectory(worktree.path(), LinkOption.NOFOLLOW_LINKS) || left.unready()) {
      return Optional.empty();
    }
    var history = left.history();
    var unfinishedOperations =
        new UnfinishedOperations(repository, left, history, worktree.start());
    String base =
        history.head() == null || !left.related(history.head(), worktree.start())
            ? worktree.start()
            : history.head();
    var inside = left.inside(false);
    String commit =
        left.files(
            base,
            inside,
            files ->
                unfinishedOperations.in(files, base).isPresent()
                    ? worktree.start()
                    : commit(
                        left, files.tree(), base, history, CommitMessage.of(subject, trailers)));
    inside
        .excess()
        .forEach(why -> told.accept("what is too large is no part of the checkpoint: " + why));
    if (left.treeOf(commit).equals(left.treeOf(worktree.start()))) {
      return Optional.empty();
    }
    git.must("update-ref", HiddenRefs.checkpoint(worktree.task()), commit);
    return Optional.of(commit);
  }

  /**
   * Keeps what is in a folder, commits, index, files and untracked, under hidden refs. The folder
   * itself is not changed.
   *
   * @return its files as one commit; empty when all of it is reachable from a branch already
   */
  public Optional<KeptRef> keep(AttemptFolder worktree, String why, Consumer<String> told) {
    return keep(left(worktree, told), worktree, why);
  }

  /**
   * The same before the folder goes.
   *
   * @throws HiveException {@code too-large} where something is nowhere but in the folder; all else
   *     is kept
   */
  void keepAll(AttemptFolder worktree, String why, Consumer<String> told) {
    var left = left(worktree, told);
    keep(left, worktree, why);
    if (!left.excess().isEmpty()) {
      throw SizeLimitFailure.left(left.excess());
    }
  }

  /**
   * Keeps what can be kept of a folder that is to go with all else. What nobody can read goes
   * first, so that it hides nothing.
   *
   * @throws HiveException only for an outage, which passes
   */
  void salvage(AttemptFolder worktree, String why, Consumer<String> told) {
    try {
      keep(worktree, why, told);
    } catch (HiveException e) {
      if (e.outage()) {
        throw e;
      }
      told.accept("not all of it can be kept: " + e.getMessage());
      salvageReadable(worktree, why, told);
    }
  }

  private void salvageReadable(AttemptFolder worktree, String why, Consumer<String> told) {
    WorkFiles.removeUnreadable(worktree.path());
    try {
      keep(worktree, why, told);
    } catch (HiveException e) {
      if (e.outage()) {
        throw e;
      }
      told.accept("its files cannot be kept: " + e.getMessage());
      left(worktree, told).keepCommits();
    }
  }

  private Optional<KeptRef> keep(AttemptOutput left, AttemptFolder worktree, String why) {
    if (left.unready()) {
      return Optional.empty();
    }
    var history = left.history();
    String base = history.head() == null ? left.start() : history.head();
    var inside = left.inside(false);
    var work =
        left.filesUnlocked(
            base,
            inside,
            files -> {
              var made = keepFiles(left, worktree, base, files, why);
              String on = made.map(KeptRef::commit).orElse(base);
              left.keepIgnored(on, files, inside);
              return made;
            });
    left.tell(inside);
    left.keepOthers(history);
    return work;
  }

  private Optional<KeptRef> keepFiles(
      AttemptOutput left,
      AttemptFolder worktree,
      String base,
      AttemptOutput.Read files,
      String why) {
    String tree = files.tree();
    if (base == null) {
      boolean none = git.must("ls-tree", tree).isBlank();
      return none
          ? Optional.empty()
          : Optional.of(kept.keep(left.task(), left.name(), left.snapshot(tree, null, null, why)));
    }
    String staged = left.staged(base, tree);
    boolean dirty = staged != null || !tree.equals(left.treeOf(base));
    if (staged == null && committed(left, worktree, base, tree)
        || !dirty && (repository.leads(base) || left.reachable(base))) {
      return Optional.empty();
    }
    return Optional.of(left.keepWork(tree, base, staged, dirty, why));
  }

  /** Whether the attempt's branch has it all. */
  private boolean committed(AttemptOutput left, AttemptFolder worktree, String base, String tree) {
    if (worktree.branch().isEmpty()) {
      return false;
    }
    String ref = "refs/heads/" + worktree.branch();
    String tip = repository.refs().matching(ref).get(ref);
    return tip != null
        && tree.equals(left.treeOf(tip))
        && (tip.equals(base) || repository.contains(base, tip));
  }

  /**
   * What a folder holds by now, committed or not, against where it started. Nothing of it is kept.
   */
  public FileDiffs diff(Path folder, String start, DiffExcerpt excerpt) {
    return diff(folder, start, excerpt, why -> {}); // whoever looks sees the rest
  }

  /**
   * The same.
   *
   * @param excess hears what is too large to be looked at, and no part of it
   */
  public FileDiffs diff(
      Path folder, String start, DiffExcerpt excerpt, Consumer<HiveException> excess) {
    var notes = folders.notes(folder);
    Path objects = notes.place().resolve("looked-at");
    try {
      Files.createDirectories(objects);
    } catch (IOException e) {
      throw folders.unwritable(e);
    }
    var readable = repository.reading(folder).with(repository.into(objects));
    return FolderSnapshot.read(
        readable,
        folder,
        notes.index(),
        isolations.of(folder, notes).index(folder),
        notes.place(),
        reading -> {
          String known = start.equals(notes.indexed()) ? repository.treeOf(start) : null;
          String all = reading.tree(start, known, new Looking(folder, isolations.limits(), excess));
          String tree = reading.withoutSetup(all, () -> null);
          return Diffs.between(reading.git(), start, tree, excerpt).asOf(null);
        });
  }

  /** Says what repositories inside would become, without taking anything. */
  private record Looking(Path folder, SizeLimits limits, Consumer<HiveException> excess)
      implements FolderSnapshot.Inside {
    @Override
    public FolderSnapshot.Becomes found(String path, String link) {
      Path place = ByteNames.resolve(folder, path);
      if (link == null) {
        return GitDirectory.named(place).isPresent()
            ? new FolderSnapshot.Becomes.Nothing()
            : new FolderSnapshot.Becomes.Files();
      }
      String head = GitDirectory.of(place, List.of(folder)).map(GitDirectory::head).orElse(null);
      return new FolderSnapshot.Becomes.Submodule(head == null ? link : head);
    }

    @Override
    public FolderSnapshot.Becomes empty(String path, String link, boolean files) {
      return files
          ? new FolderSnapshot.Becomes.Files()
          : new FolderSnapshot.Becomes.Submodule(link);
    }

    @Override
    public void tooLarge(HiveException why) {
      excess.accept(why);
    }
  }
}
