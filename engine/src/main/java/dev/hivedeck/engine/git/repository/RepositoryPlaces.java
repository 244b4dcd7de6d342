package dev.hivedeck.engine.git.repository;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a repository lies.
 *
 * @param root the top of the working tree
 * @param common the git folder that all worktrees share
 * @param gitFolder that of this working tree
 */
public record RepositoryPlaces(Path root, Path common, Path gitFolder) {
  /** Whether names of files may have any letter; under LC_ALL=C they have only those of ASCII. */
  private static final boolean UTF_8 = "UTF-8".equals(System.getProperty("sun.jnu.encoding"));

  /**
   * Where the repository around a folder lies. One git process: who needs more of it hands this on.
   *
   * @throws HiveException {@code git-missing}, {@code no-folder}, {@code no-repository} or {@code
   *     no-files}
   */
  public static RepositoryPlaces locate(Path anywhere) {
    if (!Files.isDirectory(anywhere)) {
      throw new HiveException(
          ErrorCode.NO_FOLDER,
          "There is no folder " + anywhere + ".",
          anywhere.toString().matches("[^?\uFFFD]*") || UTF_8
              ? "Name the folder of a git repository."
              : "Its name has letters that the locale cannot write: set LC_ALL=C.UTF-8.");
    }
    var git = new Git(anywhere);
    String[] asked = {"--show-toplevel", "--git-common-dir", "--git-dir"};
    String[] command = {"rev-parse", "--path-format=absolute", asked[0], asked[1], asked[2]};
    var found = git.run(command);
    if (found.signal().isPresent()) {
      throw git.failed(found, command);
    }
    if (!found.ok()) {
      refuseWithoutFiles(git, anywhere);
      String said = found.err().strip();
      throw new HiveException(
          ErrorCode.NO_REPOSITORY,
          anywhere
              + " is not inside a git repository"
              + (said.isEmpty() ? ": git ended with " + found.exit() + "." : ": " + said),
          "Open a folder of a repository, or make one with git init and a first commit.");
    }
    var lines = List.of(found.value().split("\n", -1));
    if (lines.size() > asked.length) { // a name has a line break: which one, only git tells
      lines = Stream.of(asked).map(what -> git.value("rev-parse", command[1], what)).toList();
    }
    lines.forEach(RepositoryPlaces::refuseLineBreak);
    return new RepositoryPlaces(
        Path.of(lines.get(0)), Path.of(lines.get(1)), Path.of(lines.get(2)));
  }

  /**
   * Git keeps paths of folders in files that it reads by lines, and so do many agents and gates.
   */
  private static void refuseLineBreak(String path) {
    if (path.chars().anyMatch(c -> c == '\n' || c == '\r')) {
      throw new HiveException(
          ErrorCode.LINE_BREAK_IN_PATH,
          "The repository in " + Printable.line(path) + " has a line break in its path.",
          "Rename that folder: git itself keeps such paths in files that it reads by lines.");
    }
  }

  /**
   * @throws HiveException {@code no-files} where there is a repository, but none of its files
   */
  private static void refuseWithoutFiles(Git git, Path anywhere) {
    if (git.run("rev-parse", "--is-bare-repository").out().strip().equals("true")) {
      throw new HiveException(
          ErrorCode.NO_FILES,
          anywhere + " is a bare repository: it has no files for agents to work on.",
          "Open a checkout of it: git clone, or git worktree add, makes one.");
    }
    if (git.run("rev-parse", "--is-inside-git-dir").out().strip().equals("true")) {
      throw new HiveException(
          ErrorCode.NO_FILES,
          anywhere + " is inside the git folder of a repository, where none of its files are.",
          "Open the folder that its files are in.");
    }
  }

  /**
   * Tells a folder of a repository's git, which nobody can work in, from one that is no repository.
   *
   * @throws HiveException {@code no-files}
   */
  public static void refuseWithoutFiles(Path anywhere) {
    try {
      locate(anywhere);
    } catch (HiveException e) {
      if (e.is(ErrorCode.NO_FILES)) {
        throw e;
      }
    }
  }
}
