package dev.hivedeck.engine.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The folders below {@code .git/worktrees}, one for each worktree that git knows of. */
public final class WorktreeAdmins {
  private WorktreeAdmins() {}

  /**
   * Where git says that it has worktrees.
   *
   * @param common the repository's git folder
   */
  public static List<Path> of(Path common) {
    Path all = common.resolve("worktrees");
    if (!Files.isDirectory(all)) {
      return List.of();
    }
    try (Stream<Path> admins = Files.list(all)) {
      return admins.filter(Files::isDirectory).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Where the worktree is that git has this folder for; null where that is not to be read. */
  public static Path place(Path admin) {
    String text = GitDirectory.text(admin.resolve("gitdir"), 4096);
    try {
      return text == null ? null : admin.resolve(text.strip()).normalize().getParent();
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
