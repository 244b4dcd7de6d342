package dev.hivedeck.engine.preparation;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.remote.RemoteGit;
import dev.hivedeck.engine.git.remote.RemoteTrouble;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;

/** Has Git LFS put the content of large files where git alone has pointers to them. */
final class LargeFiles {
  private static final Duration LIMIT = Duration.ofMinutes(30);

  private final Repository repository;

  LargeFiles(Repository repository) {
    this.repository = repository;
  }

  /** Whether main has files that Git LFS is to hold. */
  boolean wanted() {
    String tip = repository.tip();
    return !repository.attributes(tip).isEmpty()
        && repository
            .git()
            .run("grep", "-q", "filter=lfs", tip, "--", ":(top,glob)**/.gitattributes")
            .ok();
  }

  boolean installed() {
    return repository.git().run("lfs", "version").ok();
  }

  /**
   * What the user's repository has is not fetched again.
   *
   * @throws HiveException {@code setup-failed}
   */
  void bring(Path folder) {
    if (!installed()) {
      throw new HiveException(
          ErrorCode.SETUP_FAILED,
          "This repository has files of Git LFS, and git lfs is not installed here.",
          "Install git-lfs, or take lfs out of worktree: in .hivedeck/hive.yaml: then they are"
              + " pointers.");
    }
    Git git = RemoteGit.quiet(repository, repository.git(folder)).within(LIMIT);
    String storage = "lfs.storage=" + repository.common().resolve("lfs");
    git.run("-c", storage, "lfs", "checkout");
    Predicate<String> there = name -> Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
    if (!pointers(git.run("lfs", "ls-files"), there)) {
      return;
    }
    var pulled = git.run("-c", storage, "lfs", "pull");
    if (!pulled.ok() || pointers(git.run("lfs", "ls-files"), there)) {
      String said = pulled.err().isBlank() ? pulled.out() : pulled.err();
      throw new HiveException(
          ErrorCode.SETUP_FAILED,
          "Git LFS cannot bring its files: "
              + (said.isBlank() ? "they stay pointers" : RemoteTrouble.shown(said)),
          "Have them in your checkout, where agents take them from: git lfs install, git lfs"
              + " pull.");
    }
  }

  /**
   * Whether there is any whose content is not there.
   *
   * @param listed what {@code git lfs ls-files} says: a line of id, {@code *} or {@code -}, and
   *     name for each
   * @param there whether a file is in the folder: of those outside of a sparse checkout none is
   * @throws HiveException {@code setup-failed} where it does not say
   */
  static boolean pointers(Git.Result listed, Predicate<String> there) {
    if (!listed.ok()) {
      throw new HiveException(
          ErrorCode.SETUP_FAILED,
          "Git LFS does not say which of its files are there: "
              + RemoteTrouble.shown(listed.err().isBlank() ? listed.out() : listed.err()),
          "Try it in your checkout: git lfs ls-files.");
    }
    return listed
        .out()
        .lines()
        .map(line -> line.split(" ", 3))
        .anyMatch(f -> f.length > 2 && f[1].equals("-") && there.test(f[2]));
  }
}
