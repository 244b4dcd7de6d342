package dev.hivedeck.app;

import dev.hivedeck.engine.worktree.Git;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A git repository named shop, of a user with a name, on main, and without a commit at first. */
final class Shop {
  private final Path path;
  private final Git git;

  Shop(Path folder) throws IOException {
    path = Files.createDirectories(folder.resolve("shop"));
    git = new Git(path);
    git.must("init", "--quiet", "--initial-branch=main");
    git.must("config", "user.name", "A User");
    git.must("config", "user.email", "user@example.org");
  }

  Path path() {
    return path;
  }

  Git git() {
    return git;
  }

  Shop write(String file, String text) throws IOException {
    Path at = path.resolve(file);
    Files.createDirectories(at.getParent());
    Files.writeString(at, text);
    return this;
  }

  Shop configure(String yaml) throws IOException {
    return write(".hivedeck/hive.yaml", yaml);
  }

  /** Commits all that was written. */
  Shop commit() {
    git.must("add", "--all");
    git.must("commit", "--quiet", "-m", "Begin");
    return this;
  }
}
