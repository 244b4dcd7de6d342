package dev.hivedeck.app.cli.uninstall;

import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.repository.HiddenRefs;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.store.ReadOnlyLedger;
import dev.hivedeck.engine.store.WorkspaceMeta;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What Hivedeck has stored for one repository.
 *
 * @param folder Hivedeck's own, in its data folder
 * @param repository null where it is no more, or nothing tells any more which it was
 * @param worktrees of attempts, which git knows
 * @param refs below {@code refs/hivedeck}
 */
record StoredWorkspace(
    Path folder, @Nullable Path repository, List<Worktree> worktrees, List<String> refs) {
  private static final String CHECKOUT = "checkout:";
  private static final String GIT_FOLDER = "gitdir: ";
  private static final String WORKTREES = "worktrees";
  private static final String TREE = "worktree ";

  /** A folder of an attempt, and in how many files it differs from its last commit. */
  record Worktree(String path, long unfinished) {}

  /** All of a data folder, by name. */
  static List<StoredWorkspace> all(HivedeckHome home) {
    Path folder = home.folder().resolve("workspaces");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var entries = Files.list(folder)) {
      return entries.filter(Files::isDirectory).sorted().map(f -> read(home, f)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static StoredWorkspace read(HivedeckHome home, Path folder) {
    for (Path candidate : candidates(folder)) {
      if (home.workspaceFolder(candidate).equals(folder) && Files.isDirectory(candidate)) {
        var git = new Git(candidate);
        if (git.run("rev-parse", "--git-dir").ok()) {
          return new StoredWorkspace(folder, candidate, worktrees(git, folder), refs(git));
        }
      }
    }
    return new StoredWorkspace(folder, null, List.of(), List.of());
  }

  /** Where its repository may be: as the database has it, and as its worktrees have it. */
  private static Set<Path> candidates(Path folder) {
    var paths = new LinkedHashSet<Path>();
    Path database = folder.resolve(Engine.DATABASE);
    if (Files.exists(database)) {
      try (var ledger = ReadOnlyLedger.open(database)) {
        Map<String, String> known = ledger.read(sql -> WorkspaceMeta.below(sql, CHECKOUT));
        known.keySet().stream().map(Path::of).forEach(paths::add);
      } catch (HiveException e) {
        // One that cannot be read tells nothing; the worktrees may.
      }
    }
    try (Stream<Path> trees = Files.walk(folder.resolve(WORKTREES), 2)) {
      for (Path mark : trees.map(t -> t.resolve(".git")).filter(Files::isRegularFile).toList()) {
        String line = Files.readString(mark).strip();
        if (line.startsWith(GIT_FOLDER)) {
          // <repository>/.git/worktrees/<name>
          Path git = Path.of(line.substring(GIT_FOLDER.length())).getParent();
          Path common = git == null ? null : git.getParent();
          if (common != null && common.getParent() != null) {
            paths.add(common.getParent());
          }
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // There are none.
    }
    return paths;
  }

  private static List<Worktree> worktrees(Git git, Path folder) {
    var all = new ArrayList<Worktree>();
    for (String line : git.listed("worktree", "list", "--porcelain", "-z")) {
      if (line.startsWith(TREE)) {
        String path = line.substring(TREE.length());
        if (isBelow(Path.of(path), folder)) {
          all.add(new Worktree(path, unfinished(Path.of(path))));
        }
      }
    }
    return all;
  }

  /** Git writes the true paths of folders, which links may lead to. */
  private static boolean isBelow(Path path, Path folder) {
    try {
      return path.startsWith(folder) || path.startsWith(folder.toRealPath());
    } catch (IOException e) {
      return false;
    }
  }

  private static long unfinished(Path worktree) {
    if (!Files.isDirectory(worktree)) {
      return 0;
    }
    var status = new Git(worktree).run("status", "--porcelain");
    return status.ok() ? status.out().lines().count() : 0;
  }

  private static List<String> refs(Git git) {
    return git.must("for-each-ref", "--format=%(refname)", "refs/hivedeck/").lines().toList();
  }

  List<String> kept() {
    return refs.stream().filter(ref -> ref.startsWith(HiddenRefs.KEPT)).toList();
  }

  List<Worktree> unfinished() {
    return worktrees.stream().filter(tree -> tree.unfinished() > 0).toList();
  }

  /** What people call it. */
  String name() {
    Path path = repository == null ? folder : repository;
    return String.valueOf(path.getFileName());
  }

  /**
   * Removes it: worktrees, hidden refs, then the folder. What a crash leaves is removed by the next
   * call, as its repository is known by the folder until all else is gone.
   *
   * @param withRefs whether its hidden refs are to go
   */
  void remove(boolean withRefs) {
    try {
      if (repository != null) {
        var git = new Git(repository);
        for (var tree : worktrees) {
          Folders.delete(Path.of(tree.path()));
        }
        git.must("worktree", "prune");
        if (withRefs && !refs.isEmpty()) {
          git.mustWith(
              String.join("", refs.stream().map(ref -> "delete " + ref + "\n").toList()),
              "update-ref",
              "--stdin");
        }
      }
      try (var entries = Files.list(folder)) {
        for (Path entry : entries.filter(e -> !e.endsWith(Engine.DATABASE)).toList()) {
          Folders.delete(entry);
        }
      }
      Folders.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
