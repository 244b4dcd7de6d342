package dev.hivedeck.app;

import dev.hivedeck.engine.git.Git;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A git repository named shop, of a user with a name, on main, and without a commit at first. */
public final class Shop {
  private final Path path;
  private final Git git;

  public Shop(Path folder) throws IOException {
    path = Files.createDirectories(folder.resolve("shop"));
    git = new Git(path);
    git.must("init", "--quiet", "--initial-branch=main");
    git.must("config", "user.name", "A User");
    git.must("config", "user.email", "user@example.org");
  }

  public Path path() {
    return path;
  }

  public Git git() {
    return git;
  }

  public Shop write(String file, String text) throws IOException {
    Path at = path.resolve(file);
    Files.createDirectories(at.getParent());
    Files.writeString(at, text);
    return this;
  }

  public Shop configure(String yaml) throws IOException {
    return write(".hivedeck/hive.yaml", yaml);
  }

  /** Commits all that was written. */
  public Shop commit() {
    git.must("add", "--all");
    git.must("commit", "--quiet", "-m", "Begin");
    return this;
  }
}
