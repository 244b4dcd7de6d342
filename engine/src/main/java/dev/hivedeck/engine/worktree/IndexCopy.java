package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
    Path copy = null;
    try {
      Path admin = admin(git.folder());
      copy = Files.createTempFile(admin, "hivedeck", ".index");
      Path index = admin.resolve("index");
      if (Files.exists(index)) {
        Files.copy(index, copy, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.delete(copy);
      }
      return work.apply(git.with(Map.of("GIT_INDEX_FILE", copy.toString())));
    } catch (IOException e) {
      throw new HiveException(
          "repository-unwritable",
          "The index of " + git.folder() + " cannot be copied: " + e.getMessage(),
          "Check the rights and the space of the repository's .git folder.",
          e);
    } finally {
      delete(copy);
    }
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
