package dev.hivedeck.engine.git;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells from what git says why it failed, and what to do about that. */
final class GitFailure {
  /** What git says where it may not write. */
  private static final String[] REFUSED = {
    "Permission denied", "Read-only file system", "insufficient permission"
  };

  /** What git says of a write that failed, on a full disk for example, without saying why. */
  private static final String[] UNWRITTEN = {
    "unable to write", "could not write", "couldn't write", "failed to write", "write error"
  };

  /** Errors of starting a process that tell of the machine: no memory or no room for processes. */
  private static final Pattern NO_ROOM = Pattern.compile("error=(11|12|23|24|35),");

  /** There is no such program. */
  private static final Pattern NO_PROGRAM = Pattern.compile("error=(2|13),");

  /** So many lines of what git says are told. */
  private static final int LINES = 6;

  /** Of one that is required; the other end of a process that is one, as no remote is asked. */
  private static final Pattern FILTER =
      Pattern.compile(
          "(?m)^fatal: (.+: (smudge|clean) filter .+ failed|the remote end hung up unexpectedly)");

  private final Path folder;
  private final Map<String, String> extra;
  private final Path to;

  /**
   * @param folder that git ran in
   * @param extra of its environment
   * @param to the file that its output went to, or null
   */
  GitFailure(Path folder, Map<String, String> extra, Path to) {
    this.folder = folder;
    this.extra = extra;
    this.to = to;
  }

  /** Why git could not be started. */
  HiveException unstarted(IOException e, String... arguments) {
    String what = "git could not be started in " + folder + ": " + e.getMessage();
    if (NO_PROGRAM.matcher(e.getMessage()).find()) {
      return new HiveException(
          ErrorCode.GIT_MISSING,
          what,
          "Install git 2.39 or newer and make sure that it is on the PATH.",
          e);
    }
    if (NO_ROOM.matcher(e.getMessage()).find()) {
      return new HiveException(
          ErrorCode.GIT_UNSTARTED,
          what,
          "See whether the machine is short of memory or of processes.",
          e);
    }
    return new HiveException(
        ErrorCode.GIT_FAILED, what + " (git " + arguments[0] + ")", "Run git there by hand.", e);
  }

  /** What git says on several lines, some of them again and again, as one. */
  private static String oneLine(String said) {
    return said.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .distinct()
        .limit(LINES)
        .collect(Collectors.joining("; "));
  }

  /** Folders that it may write to: its repository, its index, the working tree. */
  private List<Path> writes() {
    var folders = new ArrayList<Path>();
    Path own = folder.resolve(".git");
    folders.add(Files.isDirectory(own) ? own : GitDirectory.named(folder).orElse(folder));
    Stream.of("GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE")
        .map(extra::get)
        .filter(path -> path != null)
        .forEach(path -> folders.add(Path.of(path)));
    if (to != null) {
      folders.add(to);
    }
    folders.add(folder);
    return folders;
  }

  private static boolean says(String said, String... words) {
    return Stream.of(words).anyMatch(said::contains);
  }

  /** Why a git that ran did not do what it was to do. */
  HiveException of(Git.Result result, String... arguments) {
    String said = oneLine(result.err());
    String what = "git " + String.join(" ", arguments) + ": " + said;
    var signal = result.signal();
    if (signal.isPresent()) {
      return new HiveException(
          ErrorCode.GIT_KILLED,
          "git %s was ended by signal %d."
              .formatted(String.join(" ", arguments), signal.getAsInt()),
          "See whether the machine is short of memory.");
    }
    if (says(said, "No space left on device", "Disk quota exceeded", "Out of diskspace")) {
      return Disk.fullException(what, writes());
    }
    if (FILTER.matcher(result.err()).find()) {
      return new HiveException(
          ErrorCode.FILTER_FAILED,
          "A filter that your git must pass files through fails: " + said,
          "See which program git config --get-regexp filter names: it may have to be installed.");
    }
    if (says(said, "Input/output error")) {
      return new HiveException(
          ErrorCode.DISK_FAILED, "The disk failed: " + what, "Check the disk; nothing was lost.");
    }
    if (says(said, ".lock': File exists")) {
      return new HiveException(
          ErrorCode.REPOSITORY_LOCKED,
          "Another git holds a lock: " + what,
          "If no git is at work there, one was killed: remove the .lock file that it names.");
    }
    if (says(said, UNWRITTEN) && Disk.of(writes()).stream().anyMatch(Disk::full)) {
      return Disk.fullException(what, writes());
    }
    if (says(said, REFUSED) || says(said, UNWRITTEN)) {
      return new HiveException(
          ErrorCode.REPOSITORY_UNWRITABLE,
          "The repository cannot be written: " + what,
          "Check the rights of its .git folder, the space of its disk and whether that is mounted"
              + " read-only.");
    }
    return new HiveException(
        ErrorCode.GIT_FAILED,
        "git %s failed in %s: %s"
            .formatted(
                String.join(" ", arguments),
                folder,
                said.isEmpty() ? "exit " + result.exit() + " without a word" : said),
        "Run the same command by hand to see more.");
  }
}
