package dev.hivedeck.app.cli.uninstall;

import dev.hivedeck.app.cli.uninstall.StoredWorktrees.Worktree;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.GitDirectory;
import dev.hivedeck.engine.git.repository.HiddenRefs;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.maintenance.DatabaseNotes;
import dev.hivedeck.engine.maintenance.RepositoryNote;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.store.ReadOnlyLedger;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Hivedeck has stored for one repository.
 *
 * @param folder Hivedeck's own, in its data folder
 * @param root of the repository, there or not; null where nothing tells any more which it is
 * @param repository null where it is not there
 * @param worktrees of attempts
 * @param refs below {@code refs/hivedeck}
 */
record StoredWorkspace(
    Path folder,
    @Nullable Path root,
    @Nullable Repository repository,
    List<Worktree> worktrees,
    List<String> refs) {
  private static final String CHECKOUT = "checkout:";
  private static final String ALTERNATES = "objects/info/alternates";
  private static final int SMALL = 64 * 1024;

  /** Its own while it is removed. */
  private static final String LOCK = "lock";

  /** The folders of all workspaces, by name. */
  static List<Path> folders(HivedeckHome home) {
    Path folder = home.folder().resolve("workspaces");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var entries = Files.list(folder)) {
      return entries.filter(e -> Files.isDirectory(e, LinkOption.NOFOLLOW_LINKS)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static StoredWorkspace read(HivedeckHome home, Path folder) {
    Path root = null;
    for (Path candidate : candidates(folder)) {
      if (home.workspaceFolder(candidate).equals(folder)) {
        root = candidate;
        if (Files.isDirectory(candidate)) {
          try {
            return of(folder, candidate, Repository.read(candidate, null));
          } catch (HiveException e) {
            // It is no repository any more.
          }
        }
      }
    }
    var unreadable =
        new AttemptFolders(folder.resolve(StoredWorktrees.FOLDER))
            .all().stream().sorted().map(Worktree::unreadable).toList();
    return new StoredWorkspace(folder, root, null, unreadable, List.of());
  }

  private static StoredWorkspace of(Path folder, Path root, Repository repository) {
    return new StoredWorkspace(
        folder,
        root,
        repository,
        new StoredWorktrees(folder, repository).all(),
        refs(repository.git()));
  }

  /** Where its repository may be: as the database has it, and as folders of attempts have it. */
  private static Set<Path> candidates(Path folder) {
    var paths = new LinkedHashSet<Path>();
    Path database = folder.resolve(Engine.DATABASE);
    if (Files.exists(database)) {
      try (var ledger = ReadOnlyLedger.open(database)) {
        var notes = DatabaseNotes.readOnly(ledger);
        RepositoryNote.of(notes).ifPresent(paths::add);
        notes.below(CHECKOUT).keySet().stream().map(Path::of).forEach(paths::add);
      } catch (HiveException e) {
        // One that cannot be read tells nothing; the folders may.
      }
    }
    for (Path tree : new AttemptFolders(folder.resolve(StoredWorktrees.FOLDER)).all()) {
      // <repository>/.git/worktrees/<name>
      GitDirectory.named(tree).map(p -> up(p, 3)).ifPresent(paths::add);
      // <repository>/.git/objects
      String borrowed = GitDirectory.text(tree.resolve(".git").resolve(ALTERNATES), SMALL);
      if (borrowed != null && borrowed.strip().startsWith("/")) {
        path(borrowed.strip()).ifPresent(p -> paths.add(up(p, 2)));
      }
    }
    return paths;
  }

  /** An agent could write anything there: what is no path names no repository. */
  private static Optional<Path> path(String text) {
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Path up(Path path, int levels) {
    Path at = path;
    for (int i = 0; i < levels && at.getParent() != null; i++) {
      at = at.getParent();
    }
    return at;
  }

  private static List<String> refs(Git git) {
    return git.must("for-each-ref", "--format=%(refname)", "refs/hivedeck/").lines().toList();
  }

  List<String> kept() {
    return refs.stream().filter(ref -> ref.startsWith(HiddenRefs.KEPT)).toList();
  }

  List<Worktree> unfinished() {
    return worktrees.stream().filter(Worktree::isUnfinished).toList();
  }

  /** Whether there is data, and nothing tells of what. */
  boolean isUnknown() {
    return root == null && (!worktrees.isEmpty() || Files.exists(folder.resolve(Engine.DATABASE)));
  }

  /** How many things are nowhere else. */
  int only() {
    return refs.size() + unfinished().size();
  }

  /** What people call it. */
  String name() {
    Path path = root == null ? folder : root;
    return String.valueOf(path.getFileName());
  }

  /**
   * Removes it: worktrees, hidden refs, then the folder, and last the lock that whoever removes it
   * holds. What a crash leaves is removed by the next call, as its repository is known by the
   * database until all else is gone.
   *
   * @param withOnly whether what is nowhere else is to go: hidden refs and unfinished worktrees,
   *     which stay otherwise, and the data that tells of them
   * @return folders of worktrees that the configuration named and that stay, which nothing tells of
   *     afterwards
   */
  List<Path> remove(boolean withOnly) {
    try {
      var stay = withOnly ? List.<Worktree>of() : unfinished();
      var stored = repository == null ? null : new StoredWorktrees(folder, repository);
      for (var tree : worktrees) {
        if (stay.contains(tree)) {
          continue;
        }
        if (stored == null) {
          Folders.delete(Path.of(tree.path()));
        } else {
          stored.remove(tree);
        }
      }
      if (repository != null) {
        if (withOnly && !refs.isEmpty()) {
          repository
              .git()
              .mustWith(
                  String.join("", refs.stream().map(ref -> "delete " + ref + "\n").toList()),
                  "update-ref",
                  "--stdin");
        }
      }
      if (!stay.isEmpty()) {
        return List.of();
      }
      var homes = new AttemptFolders(folder.resolve(StoredWorktrees.FOLDER)).homes().removeEmpty();
      removeData();
      return homes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void removeData() throws IOException {
    try (var entries = Files.list(folder)) {
      for (Path entry : entries.filter(e -> !last(e)).toList()) {
        Folders.delete(entry);
      }
    }
    try (var entries = Files.list(folder)) {
      for (Path entry : entries.filter(e -> !e.endsWith(LOCK)).toList()) {
        Folders.delete(entry);
      }
    }
    Files.deleteIfExists(folder.resolve(LOCK));
    try {
      Files.delete(folder);
    } catch (DirectoryNotEmptyException e) {
      // Somebody has begun there anew.
    }
  }

  private static boolean last(Path entry) {
    String name = entry.getFileName().toString();
    return name.startsWith(Engine.DATABASE) || name.equals(LOCK);
  }
}
