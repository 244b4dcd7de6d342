package dev.hivedeck.engine.worktree.folder;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Runs git over files that somebody else wrote, so that none of them can make it wait for ever. */
final class SnapshotGit {
  /** Git that takes longer may wait for a pipe; where there is none, it is run anew with time. */
  static final Duration SOON = Duration.ofSeconds(2);

  /** Then it has so much, where it reads names rather than files. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Bytes of all that git lists of a folder: names of a million files or more. */
  private static final int LISTED = 128 * 1024 * 1024;

  private final Git git;
  private final Path folder;
  private final Path own;

  /**
   * @param folder that it reads
   * @param own a folder for what it is given to read
   */
  SnapshotGit(Git git, Path folder, Path own) {
    this.git = git;
    this.folder = folder;
    this.own = own;
  }

  String must(String... arguments) {
    return must(null, arguments);
  }

  String must(byte[] input, String... arguments) {
    return checked(input, arguments).out();
  }

  Git.Result checked(byte[] input, String... arguments) {
    return checked(PATIENCE, input, arguments);
  }

  Git.Result checked(Duration time, byte[] input, String... arguments) {
    var result = run(time, input, arguments);
    if (result.ok()) {
      return result;
    }
    var failure = git.failed(result, arguments);
    String said = result.err().strip();
    if (!failure.is(ErrorCode.FILTER_FAILED)
            && said.contains("open(\"")
            && said.contains("Permission denied")
        || !failure.outage() && said.contains("Unable to process path")) {
      throw WorkFiles.unreadable(folder, said);
    }
    throw failure;
  }

  Git.Result run(byte[] input, String... arguments) {
    return run(PATIENCE, input, arguments);
  }

  private Git.Result run(Duration time, byte[] input, String... arguments) {
    Git fed = git;
    if (input != null) {
      try {
        fed = git.from(Files.write(own.resolve("list"), input));
      } catch (IOException e) {
        throw Disk.unwritable(
            own,
            e,
            ErrorCode.HOME_UNWRITABLE,
            own + " cannot be written: " + e.getMessage(),
            "Check its rights and space.");
      }
    }
    try {
      return whole(fed.within(SOON).upTo(LISTED, arguments));
    } catch (HiveException e) {
      if (!e.is(ErrorCode.GIT_SLOW)) {
        throw e;
      }
      var pipes = WorkFiles.pipes(folder);
      if (!pipes.isEmpty()) {
        throw WorkFiles.unreadable(
            folder,
            folder.relativize(pipes.getFirst())
                + " is no file but a pipe or the like, so git waits for ever.");
      }
      return whole(fed.within(time).upTo(LISTED, arguments)); // there may just be much to read
    }
  }

  /** Nobody works through a listing of millions of files. */
  private Git.Result whole(Git.Result result) {
    if (result.bytes().length < LISTED) {
      return result;
    }
    throw new HiveException(
        ErrorCode.TOO_LARGE,
        "There are more files in " + folder + " than are listed.",
        "Have the agent remove what is no work.");
  }
}
