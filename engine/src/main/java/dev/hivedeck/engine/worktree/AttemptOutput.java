package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.GitDirectory;
import dev.hivedeck.engine.git.repository.HiddenRefs;
import dev.hivedeck.engine.git.repository.KeptRef;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.worktree.folder.AttemptFolder;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.FolderSnapshot;
import dev.hivedeck.engine.worktree.folder.IgnoredFiles;
import dev.hivedeck.engine.worktree.folder.Quarantine;
import dev.hivedeck.engine.worktree.folder.SetupChanges;
import dev.hivedeck.engine.worktree.folder.SizeLimitFailure;
import dev.hivedeck.engine.worktree.folder.SizeLimits;
import dev.hivedeck.engine.worktree.isolation.Isolation;
import dev.hivedeck.engine.worktree.isolation.Isolations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** What one attempt left, in its folder and in its own git. */
final class AttemptOutput {
  /** More branches and the like of one repository inside are named only. */
  private static final int MOST = 200;

  /** So many names are told. */
  private static final int NAMED = 4;

  private final Repository repository;
  private final Git git;
  private final KeptWork kept;
  private final Path folder;
  private final String task;
  private final String name;
  private final AttemptFolders.Notes notes;
  private final Isolation isolation;
  private final SizeLimits limits;
  private final String start;
  private final Consumer<String> told;

  /** What is nowhere but in the folder, since it is too large. */
  private final List<String> excess = new ArrayList<>();

  AttemptOutput(
      Repository repository,
      KeptWork kept,
      AttemptFolders folders,
      Isolations isolations,
      AttemptFolder tree,
      Consumer<String> told) {
    this.repository = repository;
    this.git = repository.git();
    this.kept = kept;
    this.folder = tree.path();
    this.notes = folders.notes(folder);
    this.isolation = isolations.of(folder, notes);
    this.limits = isolations.limits();
    this.task = tree.task().isEmpty() ? "unknown" : tree.task();
    this.name = tree.attempt();
    this.start = tree.start().isEmpty() ? null : tree.start();
    this.told = told;
  }

  String task() {
    return task;
  }

  String name() {
    return name;
  }

  /** The commit that it began from; null where that is not known. */
  String start() {
    return start;
  }

  Isolation.History history() {
    var history = isolation.history(folder, notes, start);
    history.told().forEach(told);
    excess.addAll(history.excess());
    return history;
  }

  /** Tells what was found inside. */
  void tell(InnerRepositories inside) {
    inside.told().forEach(told);
    excess.addAll(inside.excess());
  }

  /** What is too large to be kept. */
  List<String> excess() {
    return excess.stream().distinct().toList();
  }

  InnerRepositories inside(boolean strict) {
    return new InnerRepositories(
        repository,
        folder,
        isolation.gitFolders(folder),
        notes.place(),
        start,
        strict,
        limits,
        this::keepHistory);
  }

  /**
   * Lets {@code work} have the tree that the files make.
   *
   * @param base the commit that they are changes to, or null
   */
  <T> T files(String base, FolderSnapshot.Inside inside, Function<Read, T> work) {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new HiveException(
          ErrorCode.NO_FOLDER, "The worktree " + folder + " is gone.", "Something removed it.");
    }
    return FolderSnapshot.read(
        repository.reading(folder),
        folder,
        notes.index(),
        isolation.index(folder),
        notes.place(),
        reading ->
            work.apply(
                new Read(
                    reading,
                    reading.withoutSetup(
                        reading.tree(base, known(base), inside), () -> broughtIn(base)))));
  }

  /** The commit of main that an agent merged into its work, or rebased it on; null for none. */
  private String broughtIn(String base) {
    return base == null || start == null || base.equals(start)
        ? null
        : repository.base(base).filter(main -> !repository.contains(main, start)).orElse(null);
  }

  /** Whether its folder was never ready, so that nobody worked there. */
  boolean unready() {
    return SetupChanges.underWay(notes.place());
  }

  /** The tree of a commit if the index is of that. */
  private String known(String commit) {
    return commit != null && commit.equals(notes.indexed()) ? treeOf(commit) : null;
  }

  /** Whether the index of whoever worked there is what was checked out, to the byte. */
  private boolean unstaged(Path theirs) {
    try {
      return Files.isRegularFile(theirs, LinkOption.NOFOLLOW_LINKS)
          && Files.mismatch(theirs, notes.index()) < 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Notes the index of files that were read, for {@link #settle}. */
  void checkedOut(Read files) {
    try {
      Files.copy(
          files.reading().fresh(),
          next(),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.COPY_ATTRIBUTES);
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.HOME_UNWRITABLE,
          next() + " cannot be written: " + e.getMessage(),
          "Check its rights and space.",
          e);
    }
  }

  private Path next() {
    return notes.place().resolve("index.next");
  }

  /** The same, after rights that an agent took from its own files are given back. */
  <T> T filesUnlocked(String base, InnerRepositories inside, Function<Read, T> work) {
    try {
      return files(base, inside, work);
    } catch (HiveException e) {
      if (!e.is(ErrorCode.WORK_UNREADABLE) || !Folders.unlockAll(folder)) {
        throw e;
      }
      return files(base, inside, work);
    }
  }

  /** Keeps what was committed, whatever the files are. */
  void keepCommits() {
    var history = history();
    if (history.head() != null && !reachable(history.head())) {
      note("its commits are kept", kept.keep(task, name, history.head()));
    }
    keepOthers(history);
  }

  /** What other branches, worktrees inside and the stash have that the work has not. */
  void keepOthers(Isolation.History history) {
    for (var other : history.others()) {
      if (!reachable(other.commit())) {
        keepTaken(other.what(), other.commit());
      }
    }
    for (var inner : history.worktrees()) {
      if (!inner.folder().startsWith(folder)) {
        told.accept(
            "it made a worktree at " + inner.folder() + ", whose files stay where they are");
      } else if (inner.head() != null
          && Files.isDirectory(inner.folder(), LinkOption.NOFOLLOW_LINKS)) {
        keepWorktree(inner);
      }
    }
  }

  private void keepWorktree(GitDirectory.Linked inner) {
    var inside =
        new InnerRepositories(
            repository,
            inner.folder(),
            isolation.gitFolders(folder),
            notes.place(),
            start,
            false,
            limits,
            this::keepHistory);
    try {
      String tree =
          FolderSnapshot.read(
              repository.reading(inner.folder()),
              inner.folder(),
              notes.place().resolve("none"),
              notes.place(),
              reading -> {
                String made = reading.tree(inner.head(), inside);
                keepRefused(inner.head(), reading);
                return made;
              });
      tell(inside);
      String why = "the worktree " + folder.relativize(inner.folder());
      if (!tree.equals(treeOf(inner.head()))) {
        note(why, kept.keep(task, name, snapshot(tree, inner.head(), null, why)));
      } else if (!reachable(inner.head())) {
        note(why, kept.keep(task, name, inner.head()));
      }
    } catch (HiveException e) {
      if (e.outage()) {
        throw e;
      }
      lost("the worktree " + inner.folder() + " cannot be kept: " + e.getMessage(), e);
    }
  }

  private void lost(String words, HiveException why) {
    told.accept(words);
    if (SizeLimitFailure.is(why)) {
      excess.add(words);
    }
  }

  /** Keeps files with what they are based on; what was kept of this folder already is as it was. */
  KeptRef keepWork(String tree, String base, String staged, boolean dirty, String why) {
    String what = tree + " " + base + " " + (staged == null ? "" : treeOf(staged));
    String before = notes.read("kept");
    if (before != null && before.startsWith(what + " ")) {
      var as = kept.at(before.substring(what.length() + 1));
      if (as.isPresent()) {
        return as.get();
      }
    }
    var as = kept.keep(task, name, dirty ? snapshot(tree, base, staged, why) : base);
    notes.write("kept", what + " " + as.ref());
    return as;
  }

  /** Files that git has two sides of, by the index of whoever worked there. */
  List<String> unmerged() {
    Path index = isolation.index(folder);
    if (index == null
        || !Files.isRegularFile(index, LinkOption.NOFOLLOW_LINKS)
        || unstaged(index)) {
      return List.of();
    }
    return FolderSnapshot.read(
        repository.reading(folder), folder, index, notes.place(), FolderSnapshot::unmerged);
  }

  /** Keeps a history that has nothing to do with the user's. */
  KeptRef keepUnrelated(String head) {
    return kept.keep(task, name, head);
  }

  /** Lets the folder be on its branch, at the commit that its work became. */
  void settle(AttemptFolder worktree, String head) {
    isolation.settle(folder, notes, "refs/heads/" + worktree.branch(), head, next());
    notes.reindex(next(), head);
  }

  void note(String what, KeptRef as) {
    told.accept(what + " as " + as.ref());
  }

  /** Keeps what a repository inside has: what is checked out there, and all else. */
  private void keepHistory(String path, GitDirectory directory) {
    var all = new LinkedHashMap<String, String>();
    if (directory.head() != null) {
      all.put(directory.head(), "the history of " + path);
    }
    directory.others(null).forEach((id, what) -> all.putIfAbsent(id, what + " of " + path));
    var lost = new ArrayList<String>();
    try (var quarantine = Quarantine.of(directory.objects(), git, notes.place(), limits)) {
      var known = new ArrayList<String>();
      all.entrySet().stream().skip(MOST).forEach(other -> lost.add(other.getValue()));
      for (var other : all.entrySet().stream().limit(MOST).toList()) {
        var why = keepOne(quarantine, other.getKey(), other.getValue(), known);
        if (why.isPresent()) {
          String words = other.getValue() + " (" + why.get().getMessage() + ")";
          lost.add(words);
          if (SizeLimitFailure.is(why.get())
              && !quarantine.unknown(List.of(other.getKey()), directory.remoteTips()).isEmpty()) {
            excess.add(words);
          }
        }
        if (known.isEmpty()) { // what is on a remote can be had again, once its head is kept
          known.addAll(directory.remoteTips());
        }
      }
    } catch (HiveException e) {
      if (e.outage()) {
        throw e;
      }
      lost.add("the history of " + path + " (" + e.getMessage() + ")");
    }
    if (!lost.isEmpty()) {
      told.accept("cannot be kept: " + Plural.some(lost, NAMED));
    }
  }

  /** Untracked files of a stash are in a commit beside, which nobody would find in it. */
  private void keepTaken(String what, String id) {
    note(what + " is kept", kept.keep(task, name, id));
    if (!what.startsWith("stash@")) {
      return;
    }
    var untracked = git.run("rev-parse", "--verify", "--quiet", id + "^3");
    if (untracked.ok()) {
      note(
          "what was untracked in " + what + " is kept",
          kept.keep(task, name, untracked.out().strip()));
    }
  }

  /** Returns why it cannot be kept, where it cannot. */
  private Optional<HiveException> keepOne(
      Quarantine quarantine, String id, String what, List<String> known) {
    if (quarantine.unknown(List.of(id), known).isEmpty()) {
      return Optional.empty();
    }
    try {
      quarantine.take(List.of(id));
      keepTaken(what, id);
      return Optional.empty();
    } catch (HiveException e) {
      if (e.outage()) {
        throw e;
      }
      return Optional.of(e);
    }
  }

  String snapshot(String tree, String base, String staged, String why) {
    String before = base == null ? null : treeOf(base);
    long changed =
        before == null
            ? git.must("ls-tree", "-r", "--name-only", tree).lines().count()
            : git.must("diff-tree", "-r", "--name-only", "--no-renames", before, tree)
                .lines()
                .count();
    String message =
        "Kept of %s: %s\n\nHivedeck-Task: %s\nHivedeck-Attempt: %s\nHivedeck-Files: %d\n"
            .formatted(name, Printable.line(why), task, name, changed);
    return commitTree(message, tree, base, staged);
  }

  /** What was staged, where that is neither what is committed nor what the files are. */
  String staged(String base, String files) {
    var commit = new String[1];
    Path theirs = isolation.index(folder);
    if (theirs == null || base == null || base.equals(notes.indexed()) && unstaged(theirs)) {
      return null;
    }
    try {
      isolation.lending(
          folder,
          notes,
          (lent, take) -> {
            Path index = isolation.index(folder);
            if (index == null
                || base == null
                || !Files.isRegularFile(index, LinkOption.NOFOLLOW_LINKS)) {
              return;
            }
            String tree =
                FolderSnapshot.read(
                    lent.with(Map.of("GIT_DIR", repository.gitFolder().toString())),
                    folder,
                    index,
                    notes.place(),
                    reading -> reading.git().must("write-tree"));
            if (!tree.equals(files) && !tree.equals(treeOf(base))) {
              String made =
                  lent.with(repository.identity())
                      .mustWith(
                          "Index of " + name + "\n", "commit-tree", tree, "-p", base, "-F", "-");
              take.accept(made);
              commit[0] = made;
            }
          });
    } catch (HiveException e) {
      if (e.outage()) {
        throw e;
      }
      lost("what was staged cannot be kept: " + e.getMessage(), e);
    }
    return commit[0];
  }

  /**
   * Keeps files that git ignores: the outcome of hours may be among them. What is large or can be
   * had again is named only.
   */
  void keepIgnored(String base, Read files, InnerRepositories inside) {
    var chosen = IgnoredFiles.choose(files.reading(), folder, repository.root());
    chosen.repositories().forEach(inside::ignored);
    if (!chosen.left().isEmpty()) {
      told.accept("ignored files that are not kept: " + chosen.left());
    }
    if (!chosen.files().isEmpty()) {
      keepIgnored(base, files, chosen);
    }
    keepRefused(base, files.reading());
  }

  private void keepIgnored(String base, Read files, IgnoredFiles chosen) {
    try {
      files.reading().add(chosen.files());
      String tree = files.reading().git().must("write-tree");
      boolean none = tree.equals(files.tree()); // git takes no file of such a name
      if (!none && !tree.equals(notes.read("ignored"))) {
        var as = kept.keep(task, name, snapshot(tree, base, null, "files that git ignores"));
        note(
            chosen.files().size()
                + (chosen.files().size() == 1 ? " file" : " files")
                + " that git ignores, not part of the work, kept",
            as);
        notes.write("ignored", tree);
      }
    } catch (HiveException e) {
      if (e.outage()) {
        throw e;
      }
      told.accept("ignored files cannot be kept: " + e.getMessage());
    }
  }

  /** Keeps files that git takes under no such name, {@code .GIT/x} say, under another one. */
  void keepRefused(String base, FolderSnapshot reading) {
    var refused = reading.refused();
    if (refused.isEmpty()) {
      return;
    }
    String names = Plural.some(refused.stream().map(ByteNames::words).toList(), NAMED);
    try {
      String tree = reading.treeOfRefused();
      if (tree.equals(notes.read("refused"))) {
        return;
      }
      note(
          "git takes no files of such names, so they are not part of the work: "
              + names
              + "; kept, with a _ before each name,",
          kept.keep(task, name, snapshot(tree, base, null, "files of names that git refuses")));
      notes.write("refused", tree);
    } catch (HiveException e) {
      if (e.outage()) {
        throw e;
      }
      told.accept(
          "git takes no files of such names, and they cannot be kept: "
              + names
              + ": "
              + e.getMessage());
    }
  }

  /** Files as they were read. */
  record Read(FolderSnapshot reading, String tree) {}

  String treeOf(String commit) {
    return repository.treeOf(commit);
  }

  boolean reachable(String commit) {
    return !git.must(
            "for-each-ref", "--count=1", "--contains", commit, "refs/heads", HiddenRefs.KEPT)
        .isBlank();
  }

  String commitTree(String message, String tree, String... parents) {
    return repository.commit(message, tree, Stream.of(parents).filter(Objects::nonNull).toList());
  }

  /** Whether two commits have anything in common. */
  boolean related(String one, String other) {
    return one.equals(other) || git.holds("merge-base", one, other);
  }
}
