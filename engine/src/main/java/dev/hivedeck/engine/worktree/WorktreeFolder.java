package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.git.CheckIgnore;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * The folder that the configuration names for worktrees, checked before anything is written there:
 * a repository that somebody wrote must not have worktrees put among its files, into git's own
 * folders, into another repository, or through a link to elsewhere.
 */
public final class WorktreeFolder {
  private static final String REMEDY =
      "Change worktree: { folder: … } in .hivedeck/hive.yaml; ../worktrees lies beside the"
          + " repository.";
  private static final int OTHERS_WRITE = 0002;
  private static final int STICKY = 01000;

  private final Repository repository;

  public WorktreeFolder(Repository repository) {
    this.repository = repository;
  }

  /**
   * Its real path. It need not be there yet.
   *
   * @param folder from the root of the repository, from {@code ~/}, or absolute
   * @throws HiveException {@code worktree-folder}, with the reason
   */
  public Path check(String folder) {
    Path root = real(repository.root());
    Path place =
        folder.startsWith("~/")
            ? HivedeckHome.user().resolve(folder.substring(2)).normalize()
            : root.resolve(folder).normalize();
    if (place.startsWith(root)) {
      refuseLinks(root, place);
    }
    Path there = nearest(place);
    Path real = real(there).resolve(there.relativize(place)).normalize();
    if (!Files.isDirectory(there)) {
      throw refused(real, "is not a folder, or lies in a file");
    }
    if (real.equals(root)) {
      throw refused(real, "is the repository itself");
    }
    if (real.startsWith(real(repository.common())) || isInGit(real)) {
      throw refused(real, "lies in a folder of git's own");
    }
    refuseRepositories(root, real);
    if (real.startsWith(root)) {
      refuseFiles(root, real);
    }
    refuseOpen(real);
    return real;
  }

  /** What a commit brings may be a link to anywhere. */
  private static void refuseLinks(Path root, Path place) {
    Path at = root;
    for (Path name : root.relativize(place)) {
      at = at.resolve(name);
      if (Files.isSymbolicLink(at)) {
        throw refused(place, "is reached by a link in the repository, " + at);
      }
    }
  }

  private static boolean isInGit(Path real) {
    for (Path name : real) {
      if (name.toString().equalsIgnoreCase(".git")) {
        return true;
      }
    }
    return false;
  }

  /** From the folder up: git there would take a worktree's files for a repository's around it. */
  private static void refuseRepositories(Path root, Path real) {
    for (Path at = real; at != null && !at.equals(root); at = at.getParent()) {
      if (Files.exists(at.resolve(".git"), LinkOption.NOFOLLOW_LINKS)
          || Files.isRegularFile(at.resolve("HEAD")) && Files.isDirectory(at.resolve("objects"))) {
        throw refused(
            real, at.equals(real) ? "is another repository" : "lies in another repository, " + at);
      }
    }
  }

  private void refuseFiles(Path root, Path real) {
    String path = root.relativize(real).toString().replace('\\', '/');
    var git = repository.git();
    if (!git.must("ls-files", "--", ":(literal)" + path).isBlank()) {
      throw refused(real, "has files that git tracks");
    }
    if (CheckIgnore.of(git, List.of(path + "/worktree")).isEmpty()) {
      throw new HiveException(
          ErrorCode.WORKTREE_FOLDER,
          "Worktrees cannot be put into "
              + real
              + ", as git does not ignore it: its files would be taken for the repository's.",
          "Add /" + path + "/ to .gitignore, or name a folder beside it: ../worktrees.");
    }
  }

  /** Where anybody may write, anybody may put another folder in the place of one below. */
  private static void refuseOpen(Path real) {
    Path there = nearest(real);
    try {
      for (Path at = there; at != null; at = at.getParent()) {
        int mode = (Integer) Files.getAttribute(at, "unix:mode");
        if ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
          throw refused(
              real,
              at.equals(there)
                  ? "can be written by everybody (" + at + ")"
                  : "lies in a folder that can be written by everybody, " + at);
        }
      }
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      // The platform does not say.
    }
  }

  /** The folder, or the closest above it that is there. */
  private static Path nearest(Path path) {
    Path at = path;
    while (!Files.exists(at, LinkOption.NOFOLLOW_LINKS) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.WORKTREE_FOLDER,
          "Worktrees cannot be put into " + path + ", which leads nowhere.",
          REMEDY,
          e);
    }
  }

  private static HiveException refused(Path folder, String why) {
    return new HiveException(
        ErrorCode.WORKTREE_FOLDER,
        "Worktrees cannot be put into " + folder + ", which " + why + ".",
        REMEDY);
  }
}
