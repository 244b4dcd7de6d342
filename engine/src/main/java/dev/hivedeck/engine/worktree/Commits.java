package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Makes commits of what is in an attempt's folder: on its branch when its agent is finished, aside
 * as a checkpoint while it works, or under a hidden ref before the folder goes. Whatever is there
 * is read as a stranger's; see {@link WorkTree}, {@link Isolation} and {@link Quarantine}.
 */
public final class Commits {
  private final Repository repository;
  private final Git git;
  private final KeptWork kept;
  private final AttemptFolders folders;
  private final Isolations isolations;

  public Commits(
      Repository repository, KeptWork kept, AttemptFolders folders, Isolations isolations) {
    this.repository = repository;
    this.git = repository.git();
    this.kept = kept;
    this.folders = folders;
    this.isolations = isolations;
  }

  /** One attempt's folder with what is noted of it. */
  private final class Attempt {
    private final Path folder;
    private final String task;
    private final String name;
    private final AttemptFolders.Notes notes;
    private final Isolation isolation;
    private final String start;
    private final Consumer<String> told;

    Attempt(Worktree tree, Consumer<String> told) {
      this.folder = tree.path();
      this.notes = folders.notes(folder);
      this.isolation = isolations.of(folder, notes);
      this.task = tree.task().isEmpty() ? "unknown" : tree.task();
      this.name = tree.attempt();
      this.start = tree.start().isEmpty() ? null : tree.start();
      this.told = told;
    }

    private Isolation.History history() {
      var history = isolation.history(folder, notes, start);
      history.told().forEach(told);
      return history;
    }

    private InnerRepositories inside(boolean strict) {
      return new InnerRepositories(
          repository,
          folder,
          isolation.gitFolders(folder),
          notes.place(),
          start,
          strict,
          this::keepHistory);
    }

    /**
     * Lets {@code work} have the tree that the files make.
     *
     * @param base the commit that they are changes to, or null
     */
    private <T> T files(String base, WorkTree.Inside inside, Function<Read, T> work) {
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        throw new HiveException(
            "no-folder", "The worktree " + folder + " is gone.", "Something removed it.");
      }
      return WorkTree.read(
          repository.reading(folder),
          folder,
          notes.index(),
          notes.place(),
          reading -> work.apply(new Read(reading, reading.tree(base, inside))));
    }

    /** The same, after rights that an agent took from its own files are given back. */
    private <T> T filesUnlocked(String base, InnerRepositories inside, Function<Read, T> work) {
      try {
        return files(base, inside, work);
      } catch (HiveException e) {
        if (!e.code().equals("work-unreadable")) {
          throw e;
        }
        Folders.unlockAll(folder);
        return files(base, inside, work);
      }
    }

    /** What other branches, worktrees inside and the stash have that the work has not. */
    private void keepOthers(Isolation.History history) {
      for (var other : history.others()) {
        if (!reachable(other.commit())) {
          note(other.what() + " is kept", kept.keep(task, name, other.commit()));
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
              this::keepHistory);
      try {
        String tree =
            WorkTree.read(
                repository.reading(inner.folder()),
                inner.folder(),
                notes.place().resolve("none"),
                notes.place(),
                reading -> reading.tree(inner.head(), inside));
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
        told.accept("the worktree " + inner.folder() + " cannot be kept: " + e.getMessage());
      }
    }

    /** Keeps a history that has nothing to do with the user's. */
    private Kept keepUnrelated(String head) {
      return kept.keep(task, name, head);
    }

    /** Lets the folder be on its branch, at the commit that its work became. */
    private void settle(Worktree worktree, String head) {
      String ref = "refs/heads/" + worktree.branch();
      WorkTree.read(
          repository.reading(folder),
          folder,
          notes.index(),
          notes.place(),
          reading -> {
            reading.git().must("read-tree", "-m", "-i", head);
            reading.git().run("update-index", "-q", "--refresh");
            isolation.settle(folder, notes, ref, head, reading.index());
            return null;
          });
    }

    private void note(String what, Kept as) {
      told.accept(what + " as " + as.ref());
    }

    private void keepHistory(String path, GitDirectory directory) {
      String head = directory.head();
      if (head == null) {
        return;
      }
      try (var quarantine = Quarantine.of(directory.objects(), git, notes.place())) {
        if (!quarantine.unknown(List.of(head), List.of()).isEmpty()) {
          quarantine.take(List.of(head));
          note("the history of " + path + " is kept", kept.keep(task, name, head));
        }
      } catch (HiveException e) {
        if (e.outage()) {
          throw e;
        }
        told.accept("the history of " + path + " cannot be kept: " + e.getMessage());
      }
    }

    private String snapshot(String tree, String base, String staged, String why) {
      String before = base == null ? null : treeOf(base);
      long changed =
          before == null
              ? git.must("ls-tree", "-r", "--name-only", tree).lines().count()
              : git.must("diff-tree", "-r", "--name-only", "--no-renames", before, tree)
                  .lines()
                  .count();
      String message =
          "Kept of %s: %s\n\nHivedeck-Task: %s\nHivedeck-Attempt: %s\nHivedeck-Files: %d\n"
              .formatted(name, why, task, name, changed);
      return commitTree(message, tree, base, staged);
    }

    /** What was staged, where that is neither what is committed nor what the files are. */
    private String staged(String base, String files) {
      var commit = new String[1];
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
                  WorkTree.read(
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
        told.accept("what was staged cannot be kept: " + e.getMessage());
      }
      return commit[0];
    }

    /**
     * Keeps files that git ignores: the outcome of hours may be among them. What is large or can be
     * had again is named only.
     */
    private void keepIgnored(String base, Read files) {
      var chosen = IgnoredFiles.choose(files.reading(), folder, repository.root());
      if (!chosen.left().isEmpty()) {
        told.accept("ignored files that are not kept: " + chosen.left());
      }
      if (chosen.files().isEmpty()) {
        return;
      }
      files.reading().add(chosen.files());
      String tree = files.reading().git().must("write-tree");
      if (!tree.equals(notes.read("ignored"))) {
        var as = kept.keep(task, name, snapshot(tree, base, null, "files that git ignores"));
        note(
            chosen.files().size()
                + (chosen.files().size() == 1 ? " file" : " files")
                + " that git ignores, not part of the work, kept",
            as);
        notes.write("ignored", tree);
      }
    }
  }

  /** Files as they were read. */
  private record Read(WorkTree reading, String tree) {}

  private String treeOf(String commit) {
    return git.must("rev-parse", commit + "^{tree}");
  }

  private boolean reachable(String commit) {
    return !git.must(
            "for-each-ref", "--count=1", "--contains", commit, "refs/heads", HiddenRefs.KEPT)
        .isBlank();
  }

  private String commitTree(String message, String tree, String... parents) {
    var arguments = new ArrayList<>(List.of("commit-tree", tree));
    for (String parent : parents) {
      if (parent != null) {
        arguments.addAll(List.of("-p", parent));
      }
    }
    arguments.addAll(List.of("-F", "-"));
    return repository.git(repository.root()).mustWith(message, arguments.toArray(String[]::new));
  }

  /** Whether two commits have anything in common. */
  private boolean related(String one, String other) {
    return git.run("merge-base", one, other).ok();
  }

  /**
   * Commits what an agent left, and keeps what it left besides.
   *
   * @param told takes what a person should know about it
   * @return the tip of the branch, or empty when nothing differs from the start
   * @throws HiveException {@code dirty-submodule}, {@code submodule-missing}, {@code
   *     work-unreadable}, {@code branch-in-use}
   */
  public Optional<String> commitAll(
      Worktree worktree, String subject, Map<String, String> trailers, Consumer<String> told) {
    var attempt = new Attempt(worktree, told);
    var history = attempt.history();
    String base = history.head() == null ? worktree.start() : history.head();
    if (!related(base, worktree.start())) {
      attempt.note(
          "its history has nothing in common with the commit it began from; its files are taken,"
              + " its history is kept",
          attempt.keepUnrelated(base));
      base = worktree.start();
    }
    String parent = base;
    var inside = attempt.inside(true);
    String head =
        attempt.filesUnlocked(
            parent,
            inside,
            files -> {
              String commit = commit(files.tree(), parent, history, Message.of(subject, trailers));
              attempt.keepIgnored(commit, files);
              return commit;
            });
    inside.told().forEach(told);
    boolean changed =
        !head.equals(worktree.start()) && !treeOf(head).equals(treeOf(worktree.start()));
    if (changed) {
      move(worktree, head);
    }
    attempt.keepOthers(history);
    if (changed) {
      attempt.settle(worktree, head);
    }
    return changed ? Optional.of(head) : Optional.empty();
  }

  private String commit(String tree, String base, Isolation.History history, String message) {
    if (tree.equals(treeOf(base)) && history.merging().isEmpty()) {
      return base;
    }
    var parents = new LinkedHashSet<>(List.of(base));
    history.merging().stream().filter(id -> related(id, base)).forEach(parents::add);
    return commitTree(message, tree, parents.toArray(String[]::new));
  }

  /** Moves the attempt's branch, unless somebody else works on it. */
  private void move(Worktree worktree, String head) {
    String ref = "refs/heads/" + worktree.branch();
    String[] now =
        git.must("for-each-ref", "--format=%(objectname) %(worktreepath)", ref).split(" ", 2);
    String tip = now[0];
    if (now.length == 2 && !now[1].isBlank() && !Path.of(now[1]).equals(worktree.path())) {
      throw new HiveException(
          "branch-in-use",
          "Branch " + worktree.branch() + " is checked out in " + now[1] + ".",
          "Leave that branch there, then retry the task.");
    }
    if (!tip.isBlank() && !repository.contains(tip, head) && !reachableBut(ref, tip)) {
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
   * @return empty when nothing was done since the worktree was made
   */
  public Optional<String> checkpoint(
      Worktree worktree, String subject, Map<String, String> trailers) {
    if (!Files.isDirectory(worktree.path(), LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    var attempt = new Attempt(worktree, note -> {});
    var history = attempt.history();
    String base =
        history.head() == null || !related(history.head(), worktree.start())
            ? worktree.start()
            : history.head();
    String commit =
        attempt.files(
            base,
            attempt.inside(false),
            files -> commit(files.tree(), base, history, Message.of(subject, trailers)));
    if (treeOf(commit).equals(treeOf(worktree.start()))) {
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
  public Optional<Kept> keep(Worktree worktree, String why, Consumer<String> told) {
    var attempt = new Attempt(worktree, told);
    var history = attempt.history();
    String base = history.head() == null ? attempt.start : history.head();
    var inside = attempt.inside(false);
    var work =
        attempt.filesUnlocked(
            base,
            inside,
            files -> {
              var made = keepFiles(attempt, worktree, base, files, why);
              String on = made.map(Kept::commit).orElse(base);
              attempt.keepIgnored(on, files);
              return made;
            });
    inside.told().forEach(told);
    attempt.keepOthers(history);
    return work;
  }

  private Optional<Kept> keepFiles(
      Attempt attempt, Worktree worktree, String base, Read files, String why) {
    String tree = files.tree();
    if (base == null) {
      boolean none = git.must("ls-tree", tree).isBlank();
      return none
          ? Optional.empty()
          : Optional.of(
              kept.keep(attempt.task, attempt.name, attempt.snapshot(tree, null, null, why)));
    }
    String staged = attempt.staged(base, tree);
    boolean dirty = staged != null || !tree.equals(treeOf(base));
    if (!dirty && reachable(base) || staged == null && committed(worktree, base, tree)) {
      return Optional.empty();
    }
    return Optional.of(
        kept.keep(
            attempt.task, attempt.name, dirty ? attempt.snapshot(tree, base, staged, why) : base));
  }

  /** Whether the attempt's branch has it all. */
  private boolean committed(Worktree worktree, String base, String tree) {
    if (worktree.branch().isEmpty()) {
      return false;
    }
    var tip = git.run("rev-parse", "--verify", "--quiet", "refs/heads/" + worktree.branch());
    return tip.ok()
        && tree.equals(treeOf(tip.out().strip()))
        && repository.contains(base, tip.out().strip());
  }

  /**
   * What a folder holds by now, committed or not, against where it started. Nothing of it is kept.
   */
  public FileDiffs diff(Path folder, String start, int maxLines) {
    var notes = folders.notes(folder);
    Path objects = notes.place().resolve("looked-at");
    try {
      Files.createDirectories(objects);
    } catch (IOException e) {
      throw folders.unwritable(e);
    }
    var looking =
        repository
            .reading(folder)
            .with(
                Map.of(
                    "GIT_OBJECT_DIRECTORY", objects.toString(),
                    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
                        Quarantine.quoted(repository.common().resolve("objects"))));
    return WorkTree.read(
        looking,
        folder,
        notes.index(),
        notes.place(),
        reading -> {
          String tree = reading.tree(start, new Looking(folder));
          return Diffs.between(reading.git(), start, tree, maxLines).asOf(null);
        });
  }

  /** Says what repositories inside would become, without taking anything. */
  private record Looking(Path folder) implements WorkTree.Inside {
    @Override
    public WorkTree.Becomes found(String path, String link) {
      Path place = ByteNames.resolve(folder, path);
      if (link == null) {
        return GitDirectory.named(place).isPresent()
            ? new WorkTree.Becomes.Nothing()
            : new WorkTree.Becomes.Files();
      }
      String head = GitDirectory.of(place, List.of(folder)).map(GitDirectory::head).orElse(null);
      return new WorkTree.Becomes.Submodule(head == null ? link : head);
    }

    @Override
    public WorkTree.Becomes empty(String path, String link, boolean files) {
      return files ? new WorkTree.Becomes.Files() : new WorkTree.Becomes.Submodule(link);
    }
  }
}
