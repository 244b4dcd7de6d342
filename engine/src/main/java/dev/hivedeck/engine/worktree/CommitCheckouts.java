package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.worktree.folder.SetupChanges;
import dev.hivedeck.engine.worktree.folder.WorkFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a commit is laid out, so that commands can judge it: a clean checkout, and the folder that
 * it was made in, as far as that is proven to hold it. What is in a folder is compared with the
 * commit by an index of Hivedeck's own, so that no flag of another index hides a difference.
 */
public final class CommitCheckouts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CommitCheckouts.class);

  private final Repository repository;
  private final Worktrees worktrees;
  private final String name;
  private final String commit;
  private final Path made;
  private final Ready ready;
  private final Map<Path, Path> indexes = new HashMap<>();
  private Path clean;
  private List<String> differences;

  /** Makes a fresh checkout ready for commands. */
  @FunctionalInterface
  public interface Ready {
    void make(Path folder);
  }

  /**
   * @param name of the folder for the clean checkout
   * @param made the folder that the commit was made in, or null
   */
  CommitCheckouts(
      Repository repository,
      Worktrees worktrees,
      String name,
      String commit,
      Path made,
      Ready ready) {
    this.repository = repository;
    this.worktrees = worktrees;
    this.name = name;
    this.commit = commit;
    this.made = made;
    this.ready = ready;
  }

  /**
   * A checkout of the commit beside everything else. It is made when it is first asked for; asked
   * for again, it holds the commit, and of what commands left there only what the commit has git
   * ignore: what they built or installed.
   */
  public Path clean() {
    boolean first = clean == null;
    if (first) {
      clean = worktrees.detached(name, commit);
      ready.make(clean);
    }
    if (!first) {
      removePipes(clean);
    }
    if (!first || repository.sparse()) { // a gate judges all of the commit
      restore(clean);
    }
    if (!first) {
      // A .gitignore that a command left hides nothing.
      removeOthers(clean, "--exclude=!.gitignore");
    }
    return clean;
  }

  /** Whether the commit was made in a folder that is still there. */
  public boolean hasOwn() {
    return made != null && Files.isDirectory(made);
  }

  /**
   * In what the folder that the commit was made in differs from it, what is ignored left aside:
   * files that are not as in the commit, and files that are not in it. As of when it is first
   * asked.
   */
  public List<String> differences() {
    if (differences == null) {
      differences =
          Stream.concat(changed(made).stream(), others(made, false).stream()).sorted().toList();
    }
    return differences;
  }

  /** What the folder that the commit was made in holds beyond it because it is ignored. */
  public List<String> ignored() {
    return worktrees.withoutPrepared(made, others(made, true));
  }

  /**
   * The folder that the commit was made in, with its tracked files as in the commit. Where it held
   * nothing else, what commands left there since is removed, but for what git ignores.
   */
  public Path own() {
    removePipes(made);
    restore(made);
    if (differences().isEmpty()) {
      removeOthers(made);
    }
    return made;
  }

  private Git git(Path folder) {
    Path index = indexes.computeIfAbsent(folder, f -> index());
    Git git =
        repository
            .git(folder)
            .with(
                Map.of(
                    "GIT_DIR", repository.common().toString(),
                    "GIT_WORK_TREE", folder.toString(),
                    "GIT_INDEX_FILE", index.toString(),
                    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
                        Git.quoted(SetupChanges.objects(worktrees.notes(folder)))));
    if (!Files.exists(index)) {
      git.must("read-tree", commit);
      if (folder.equals(made) && (repository.sparse() || !worktrees.cone(made).isWhole())) {
        leaveOut(git);
      }
      addSetup(git, folder);
    }
    return git;
  }

  /** What the setup of a folder made there belongs to it, where the commit has not its own. */
  private void addSetup(Git git, Path folder) {
    var entries = SetupChanges.of(worktrees.notes(folder));
    if (entries.isEmpty()) {
      return;
    }
    var committed = SetupChanges.staged(git.run("ls-files", "-z", "--stage").bytes());
    var taken =
        entries.stream()
            .filter(e -> committed.getOrDefault(e.path(), "").equals(e.before()))
            .toList();
    var removed = new ArrayList<String>();
    var added = new ArrayList<String>();
    for (var entry : taken) {
      if (entry.after().isEmpty()) {
        removed.add("0 " + entry.before().split(" ")[1] + "\t" + entry.path());
      } else {
        added.add(entry.after() + "\t" + entry.path());
      }
    }
    fromList(git, removed, "update-index", "-z", "--index-info");
    fromList(git, added, "update-index", "-z", "--index-info");
    if (folder.equals(made)) {
      takeBack(git, taken);
    }
  }

  /** What the attempt put back as it was before the setup is as the commit has it. */
  private void takeBack(Git git, List<SetupChanges.Entry> entries) {
    var differs = Set.copyOf(different(git));
    var lines = new ArrayList<String>();
    for (var entry : entries) {
      boolean there =
          Files.exists(ByteNames.resolve(made, entry.path()), LinkOption.NOFOLLOW_LINKS);
      if (!differs.contains(entry.path()) && !(entry.after().isEmpty() && there)) {
        continue;
      }
      lines.add(
          entry.before().isEmpty()
              ? "0 " + entry.after().split(" ")[1] + "\t" + entry.path()
              : entry.before() + "\t" + entry.path());
    }
    fromList(git, lines, "update-index", "-z", "--index-info");
  }

  /** What a sparse checkout left out of the folder when it was made is no difference. */
  private void leaveOut(Git git) {
    var all = Set.copyOf(ByteNames.split(git.run("ls-files", "-z").bytes()));
    var out =
        ByteNames.split(
                git.with(Map.of("GIT_INDEX_FILE", worktrees.index(made).toString()))
                    .run("ls-files", "-z", "-t")
                    .bytes())
            .stream()
            .filter(entry -> entry.startsWith("S "))
            .map(entry -> entry.substring(2))
            .filter(all::contains)
            .filter(path -> !Files.exists(ByteNames.resolve(made, path), LinkOption.NOFOLLOW_LINKS))
            .toList();
    fromList(git, out, "update-index", "-z", "--skip-worktree", "--stdin");
  }

  private void fromList(Git git, List<String> lines, String... command) {
    if (lines.isEmpty()) {
      return;
    }
    Path list = index();
    try {
      Files.write(list, ByteNames.join(lines));
      git.from(list).run(command);
      Files.delete(list);
    } catch (IOException e) {
      throw Disk.noTemporaryFile(e);
    }
  }

  private Path index() {
    try {
      Path index = Files.createTempFile("hivedeck", ".index");
      Files.delete(index);
      return index;
    } catch (IOException e) {
      throw Disk.noTemporaryFile(e);
    }
  }

  private List<String> changed(Path folder) {
    return different(git(folder));
  }

  private static List<String> different(Git git) {
    git.run("update-index", "-q", "--really-refresh");
    return paths(
        git.must("diff-files", "--name-only", "-z", "--no-renames", "--ignore-submodules=dirty"));
  }

  private List<String> others(Path folder, boolean ignored) {
    var command =
        new ArrayList<>(List.of("ls-files", "-z", "--others", "--exclude-standard", "--directory"));
    command.add(ignored ? "--ignored" : "--no-empty-directory");
    command.addAll(worktrees.prepared(folder));
    return paths(git(folder).must(command.toArray(String[]::new)));
  }

  private static List<String> paths(String listed) {
    return Stream.of(listed.split("\0")).filter(path -> !path.isEmpty()).toList();
  }

  private void restore(Path folder) {
    var changed = changed(folder);
    if (!changed.isEmpty()) {
      git(folder)
          .mustWith(
              String.join("\0", changed) + "\0",
              "checkout-index",
              "--force",
              "-q",
              "-z",
              "--stdin");
    }
  }

  /** Removes what git would read as a file, and wait for, though it is none. */
  private static void removePipes(Path folder) {
    WorkFiles.pipes(folder).forEach(pipe -> remove(folder, pipe));
  }

  /**
   * @param exclude options that say more of what git ignores
   */
  private void removeOthers(Path folder, String... exclude) {
    String[] which =
        Stream.of(
                Stream.of("--others", "--exclude-standard"),
                Stream.of(exclude),
                worktrees.prepared(folder).stream())
            .flatMap(options -> options)
            .toArray(String[]::new);
    // What a .gitignore hid shows once that is gone.
    for (var left = files(folder, which); !left.isEmpty(); left = files(folder, which)) {
      left.forEach(file -> remove(folder, file));
    }
  }

  private List<Path> files(Path folder, String... which) {
    String[] command =
        Stream.concat(Stream.of("ls-files", "-z"), Stream.of(which)).toArray(String[]::new);
    return git(folder).listed(command).stream()
        .map(name -> ByteNames.resolve(folder, name))
        .toList();
  }

  private static void remove(Path folder, Path file) {
    try {
      Folders.delete(file);
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.HOME_UNWRITABLE,
          "What a gate left in " + folder + " cannot be removed: " + e.getMessage(),
          "Check the rights of that folder.",
          e);
    }
  }

  @Override
  public void close() {
    for (Path index : indexes.values()) {
      try {
        Files.deleteIfExists(index);
      } catch (IOException e) {
        LOG.warn("{} stays: {}", index, e.getMessage());
      }
    }
    if (clean != null) {
      try {
        worktrees.discard(clean);
      } catch (RuntimeException e) {
        LOG.warn("checkout {} stays for now: {}", clean, e.getMessage());
      }
    }
  }
}
