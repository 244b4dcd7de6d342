package dev.hivedeck.app.cli.uninstall;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.IsolationConfig;
import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.GitDirectory;
import dev.hivedeck.engine.git.WorktreeAdmins;
import dev.hivedeck.engine.git.diff.DiffExcerpt;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.worktree.AttemptCommits;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.SizeLimits;
import dev.hivedeck.engine.worktree.isolation.Isolations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folders of attempts, as the engine has them: those with a repository of their own, which git
 * does not list, and worktrees of the user's. What is in them is read as a stranger's.
 */
final class StoredWorktrees {
  /** Below the folder of a workspace. */
  static final String FOLDER = "worktrees";

  private final Path workspace;
  private final Repository repository;
  private final AttemptFolders folders;
  private final AttemptCommits commits;

  StoredWorktrees(Path workspace, Repository repository) {
    this.workspace = workspace;
    this.repository = repository;
    this.folders = new AttemptFolders(workspace.resolve(FOLDER));
    var isolations =
        new Isolations(
            repository,
            IsolationConfig.STANDARD::kind,
            IsolationConfig.STANDARD::push,
            new SizeLimits(() -> HiveConfig.NONE.git().largest()));
    this.commits = new AttemptCommits(repository, new KeptWork(repository), folders, isolations);
  }

  /**
   * A folder of an attempt.
   *
   * @param unfinished files that differ from its last commit
   * @param commits how many of its commits no branch or other ref of the repository has
   * @param readable whether that could be told; what cannot be read counts as unfinished
   */
  record Worktree(String path, long unfinished, long commits, boolean readable) {
    static Worktree unreadable(Path folder) {
      return new Worktree(folder.toString(), 0, 0, false);
    }

    boolean isUnfinished() {
      return unfinished > 0 || commits > 0 || !readable;
    }

    /** What is nowhere but there. */
    String told() {
      var parts = new ArrayList<String>();
      if (unfinished > 0) {
        parts.add("differs in " + Plural.of(unfinished, "file") + " from its last commit");
      }
      if (commits > 0) {
        parts.add("has " + Plural.of(commits, "commit") + " that no branch has");
      }
      if (!readable) {
        parts.add("cannot be read, or not all of it");
      }
      return path + " " + String.join(" and ", parts);
    }
  }

  List<Worktree> all() {
    return places().entrySet().stream().map(p -> read(p.getKey(), p.getValue())).toList();
  }

  /** Folders, with git's own for those that are worktrees of the repository. */
  private Map<Path, @Nullable Path> places() {
    var places = new LinkedHashMap<Path, @Nullable Path>();
    folders.all().stream().sorted().forEach(folder -> places.put(folder, null));
    for (Path admin : WorktreeAdmins.of(repository.common())) {
      Path place = WorktreeAdmins.place(admin);
      if (place != null && below(place)) {
        places.put(plain(place), admin);
      }
    }
    return places;
  }

  /** Git writes the true paths of folders, which links may lead to. */
  private boolean below(Path place) {
    return place.startsWith(workspace)
        || place.startsWith(real(workspace))
        || folders.homes().hold(place);
  }

  private Path plain(Path place) {
    Path real = real(workspace);
    return place.startsWith(real) ? workspace.resolve(real.relativize(place)) : place;
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path;
    }
  }

  private Worktree read(Path folder, @Nullable Path admin) {
    boolean there = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS);
    try {
      var notes = folders.notes(folder);
      if (there && notes.unfinished()) {
        return new Worktree(folder.toString(), 0, 0, true); // nobody has worked there yet
      }
      var tips = new LinkedHashSet<String>();
      String head = admin == null ? tips(folder, notes, tips) : head(admin, tips);
      String start = notes.worktree(folder).map(w -> w.start()).orElse(null);
      String base = head != null && known(head) ? head : start;
      var excess = new ArrayList<HiveException>();
      long files = 0;
      if (there) {
        if (base == null) {
          return Worktree.unreadable(folder);
        }
        files = commits.diff(folder, base, DiffExcerpt.of(0), excess::add).files().size();
      }
      long lost = tips.stream().filter(tip -> !reachable(tip)).count();
      return new Worktree(folder.toString(), files, lost, excess.isEmpty());
    } catch (HiveException e) {
      return Worktree.unreadable(folder);
    }
  }

  /** Adds what a repository of its own has, and returns what is checked out there. */
  private static @Nullable String tips(Path folder, AttemptFolders.Notes notes, Set<String> tips) {
    var own = GitDirectory.at(folder.resolve(".git")).orElse(null);
    if (own == null) {
      return null;
    }
    String head = own.head();
    if (head != null) {
      tips.add(head);
    }
    tips.addAll(own.merging());
    tips.addAll(own.others(notes.read("refs")).keySet());
    return head;
  }

  private @Nullable String head(Path admin, Set<String> tips) {
    Git git = repository.git().with(Map.of("GIT_DIR", admin.toString()));
    var head = git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}");
    if (!head.ok()) {
      return null;
    }
    tips.add(head.value());
    return head.value();
  }

  private boolean known(String commit) {
    return repository.git().run("cat-file", "-e", commit + "^{commit}").ok();
  }

  /** Whether a ref leads to it; one that the repository does not have is led to by none. */
  private boolean reachable(String commit) {
    var found = repository.git().run("for-each-ref", "--count=1", "--contains", commit);
    return found.ok() && !found.out().isBlank();
  }

  /**
   * Removes one, and what git knows of it, whatever other worktrees there are: git's own prune
   * forgets also those whose disk is away for a while.
   */
  void remove(Worktree worktree) throws IOException {
    Path folder = Path.of(worktree.path());
    Path admin = places().get(folder);
    Folders.delete(folder);
    if (admin != null) {
      Folders.delete(admin);
    }
    folders.notes(folder).forget();
  }
}
