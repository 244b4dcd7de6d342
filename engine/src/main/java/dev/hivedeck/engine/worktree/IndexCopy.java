package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/** A copy of a worktree's index, so that everything can be added without its owner noticing. */
final class IndexCopy {
  private IndexCopy() {}

  /**
   * Lets {@code work} run git in a worktree on a copy of its index. The copy lies in git's own
   * folder for the worktree, so that one which a crash left there goes with it.
   */
  static <T> T with(Git git, Function<Git, T> work) {
    try {
      Path admin = admin(git.folder());
      Path index = admin.resolve("index");
      return empty(
          admin,
          copy -> {
            copy(index, copy);
            return work.apply(git.with(Map.of("GIT_INDEX_FILE", copy.toString())));
          });
    } catch (IOException | UncheckedIOException e) {
      throw unwritable(git.folder(), e);
    }
  }

  /** Lets {@code work} have a place in {@code folder} for an index that is not there yet. */
  static <T> T empty(Path folder, Function<Path, T> work) {
    Path index = null;
    try {
      index = Files.createTempFile(folder, "hivedeck", ".index");
      Files.delete(index);
      return work.apply(index);
    } catch (IOException e) {
      throw unwritable(folder, e);
    } finally {
      delete(index);
    }
  }

  private static void copy(Path index, Path copy) {
    try {
      if (Files.exists(index)) {
        Files.copy(index, copy);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HiveException unwritable(Path folder, Exception e) {
    return new HiveException(
        "repository-unwritable",
        "The index of " + folder + " cannot be copied: " + e.getMessage(),
        "Check the rights and the space of the repository's .git folder.",
        e);
  }

  private static void delete(Path copy) {
    try {
      if (copy != null) {
        Files.deleteIfExists(copy);
      }
    } catch (IOException ignored) {
      // It goes with its worktree.
    }
  }

  /** Git's own folder for a worktree. */
  static Path admin(Path worktree) throws IOException {
    String text = Files.readString(worktree.resolve(".git")).strip();
    return Path.of(text.substring("gitdir: ".length()));
  }
}
