package dev.hivedeck.engine.preparation;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.SubmodulePaths;
import dev.hivedeck.engine.git.remote.RemoteGit;
import dev.hivedeck.engine.git.remote.RemoteTrouble;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks the submodules of a folder out, and theirs in turn. What the user's repository has of them
 * is taken from there, without a network; else from where they come.
 */
final class Submodules {
  /** So long one may take that has to be fetched. */
  private static final Duration LIMIT = Duration.ofMinutes(10);

  /** Deeper nobody has nested them by hand. */
  private static final int DEEPEST = 8;

  private final Repository repository;

  Submodules(Repository repository) {
    this.repository = repository;
  }

  /** Whether a folder has any. */
  static boolean in(Path folder) {
    return Files.isRegularFile(folder.resolve(SubmodulePaths.FILE), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * @return how many were checked out
   * @throws HiveException {@code setup-failed} where one cannot be had
   */
  int checkOut(Path folder) {
    return checkOut(folder, repository.gitFolder().resolve("modules"), 0);
  }

  /**
   * @param there where the user's repository keeps those of this folder
   */
  private int checkOut(Path folder, Path there, int depth) {
    if (!in(folder) || depth > DEEPEST) {
      return 0;
    }
    int made = 0;
    var git = RemoteGit.quiet(repository, repository.git(folder)).within(LIMIT);
    for (var module : SubmodulePaths.names(git, folder).entrySet()) {
      String path = module.getKey();
      String name = module.getValue();
      String commit = linked(git, path);
      if (!commit.isEmpty()) {
        Path own = there.resolve(name);
        update(git, name, path, has(own, commit) ? own : null);
        made += 1 + checkOut(ByteNames.resolve(folder, path), own.resolve("modules"), depth + 1);
      }
    }
    return made;
  }

  /**
   * The commit that a path is to be at; empty where there is no submodule, or a sparse checkout
   * leaves it out.
   */
  private static String linked(Git git, String path) {
    String entry =
        git.run("--literal-pathspecs", "ls-files", "-t", "-s", "--", ByteNames.words(path)).out();
    String[] words = entry.split("\\s");
    return words.length > 2 && words[0].equals("H") && words[1].equals("160000") ? words[2] : "";
  }

  private boolean has(Path gitFolder, String commit) {
    return Files.isDirectory(gitFolder)
        && repository
            .git()
            .with(Map.of("GIT_DIR", gitFolder.toString()))
            .run("cat-file", "-e", commit + "^{commit}")
            .ok();
  }

  /**
   * Nothing is written to the configuration of the repository around it, which a linked worktree
   * shares with the user.
   *
   * @param own where the user's repository has the commit; it is read as a remote would be, so that
   *     both share no file
   */
  private void update(Git git, String name, String path, @Nullable Path own) {
    String words = ByteNames.words(path);
    String key = "submodule." + name + ".";
    var command = new ArrayList<>(List.of("-c", key + "active=true"));
    if (own != null) {
      command.addAll(List.of("-c", "protocol.file.allow=always", "-c", "protocol.version=2"));
      command.addAll(List.of("-c", key + "url=" + own.toUri()));
    }
    command.addAll(List.of("submodule", "--quiet", "update", "--", words));
    said(words, git.run(command.toArray(String[]::new)));
    if (own != null) {
      String url =
          repository
              .git()
              .with(Map.of("GIT_DIR", own.toString()))
              .run("config", "--get", "remote.origin.url")
              .value();
      git.run("-C", words, "config", "remote.origin.url", url.isBlank() ? own.toString() : url);
    }
  }

  private static void said(String path, Git.Result result) {
    if (!result.ok()) {
      throw new HiveException(
          ErrorCode.SETUP_FAILED,
          "The submodule "
              + path
              + " cannot be checked out: "
              + RemoteTrouble.shown(result.err().isBlank() ? result.out() : result.err()),
          "Have it in your checkout, where agents take it from: git submodule update --init "
              + path
              + ".");
    }
  }
}
