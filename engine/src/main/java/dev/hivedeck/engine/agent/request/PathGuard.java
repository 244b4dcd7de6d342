package dev.hivedeck.engine.agent.request;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Tells what lies in a worktree, wherever its links lead. It keeps mistakes inside, no enemies: who
 * may run commands can change a link after it was looked at. These {@link SandboxedFiles} keep
 * inside.
 */
final class PathGuard {
  private final Path root;

  /**
   * @param root need not exist
   */
  PathGuard(Path root) {
    this.root = real(root.toAbsolutePath().normalize());
  }

  /**
   * Where a path leads, as far as it exists; empty when that is outside.
   *
   * @param path absolute, or from the root on
   */
  Optional<Path> inside(String path) {
    try {
      Path place = real(root.resolve(path).normalize());
      return place.startsWith(root) ? Optional.of(place) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** The same for what is to be changed; git's own files are not. */
  Optional<Path> changeable(String path) {
    return inside(path).filter(p -> !p.equals(root)).filter(p -> !ofGit(root.relativize(p)));
  }

  private static boolean ofGit(Path path) {
    for (Path part : path) {
      if (part.toString().equalsIgnoreCase(".git")) {
        return true;
      }
    }
    return false;
  }

  /** With every link followed; what does not exist yet hangs on what does. */
  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      Path parent = path.getParent();
      if (parent == null) {
        return path;
      }
      // A link that leads nowhere is not to be written through.
      return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
          ? Path.of(path.getRoot().toString())
          : real(parent).resolve(path.getFileName());
    }
  }
}
