package dev.hivedeck.engine.git.repository;

import dev.hivedeck.engine.git.WorktreeAdmins;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A lock in the user's git folder. While it is there git refuses what needs it; a git that is
 * killed leaves it.
 *
 * @param since when it was made
 * @param places folders that a git which works on the repository is in, or names
 */
public record GitLock(Path file, Instant since, List<Path> places) {
  private static final String LOCK = ".lock";

  /** Commands that take no lock, however long they last: what serves others, and what reads. */
  private static final Set<String> HARMLESS =
      Set.of(
          "blame",
          "cat-file",
          "credential-cache--daemon",
          "daemon",
          "fsmonitor--daemon",
          "grep",
          "help",
          "log",
          "show",
          "upload-pack");

  /** Options before a command whose value is the next word. */
  private static final Set<String> VALUED =
      Set.of("-C", "-c", "--git-dir", "--work-tree", "--namespace", "--config-env");

  /** Clocks of files and of processes differ by so much. */
  private static final Duration ABOUT = Duration.ofSeconds(2);

  /** Those that there are: of the index, HEAD, the configuration, refs and packed refs. */
  public static List<GitLock> of(Repository repository) {
    Path common = repository.common();
    var files = new ArrayList<Path>();
    find(common, 1, files);
    find(common.resolve("refs"), Integer.MAX_VALUE, files);
    find(common.resolve("worktrees"), 2, files);
    if (files.isEmpty()) {
      return List.of();
    }
    var places = places(repository);
    var all = new ArrayList<GitLock>();
    for (Path file : files) {
      try {
        all.add(new GitLock(file, Files.getLastModifiedTime(file).toInstant(), places));
      } catch (IOException e) {
        // It is gone.
      }
    }
    return all;
  }

  /**
   * One that may be there.
   *
   * @param folders that a git which may hold it works in, or names
   */
  public static Optional<GitLock> at(Path file, List<Path> folders) {
    try {
      Instant since = Files.getLastModifiedTime(file).toInstant();
      return Optional.of(
          new GitLock(file, since, folders.stream().map(FolderUsers::real).toList()));
    } catch (IOException e) {
      return Optional.empty(); // none, or it is gone
    }
  }

  private static List<Path> places(Repository repository) {
    var places = new ArrayList<>(List.of(repository.root(), repository.common()));
    WorktreeAdmins.of(repository.common()).stream()
        .map(WorktreeAdmins::place)
        .filter(Objects::nonNull)
        .forEach(places::add);
    return places.stream().map(FolderUsers::real).toList();
  }

  private static void find(Path folder, int depth, List<Path> into) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder, depth)) {
      for (Path file : files.filter(f -> f.toString().endsWith(LOCK)).toList()) {
        if (Files.isRegularFile(file)) {
          into.add(file);
        }
      }
    } catch (IOException | RuntimeException e) {
      // Locks come and go; what is gone is none.
    }
  }

  /**
   * A process that may hold it: a git that began before the lock was made, may write, and works on
   * this repository as far as that can be told.
   */
  public Optional<Long> holder() {
    return ProcessHandle.allProcesses()
        .filter(p -> mayWrite(p.info()))
        .filter(p -> !p.info().startInstant().orElse(since).isAfter(since.plus(ABOUT)))
        .filter(p -> FolderUsers.mayUse(p, places))
        // Of one that ended meanwhile nothing could be told, and it may be there until that is
        // noted.
        .filter(p -> p.isAlive() && mayWrite(p.info()))
        .map(ProcessHandle::pid)
        .findFirst();
  }

  private static boolean mayWrite(ProcessHandle.Info process) {
    String program =
        process.command().map(command -> Path.of(command).getFileName().toString()).orElse("");
    if (program.startsWith("git-")) {
      return !HARMLESS.contains(program.substring("git-".length()));
    }
    boolean git = program.equals("git") || program.equals("git.exe");
    return git && !HARMLESS.contains(command(process.arguments().orElse(new String[0])));
  }

  /** What git is asked to do, after the options that stand before it. */
  private static String command(String[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      if (!arguments[i].startsWith("-")) {
        return arguments[i];
      }
      if (VALUED.contains(arguments[i])) {
        i++;
      }
    }
    return "";
  }

  /**
   * Removes it.
   *
   * @throws HiveException {@code lock-held} when a git may hold it, or it is another one by now
   */
  public void remove() {
    try {
      var holder = holder();
      if (holder.isPresent() || !Files.getLastModifiedTime(file).toInstant().equals(since)) {
        throw new HiveException(
            ErrorCode.LOCK_HELD,
            file + " may be held" + holder.map(pid -> " by process " + pid).orElse("") + ".",
            "Look again when that git has ended.");
      }
      Files.delete(file);
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.REPOSITORY_UNWRITABLE,
          file + " cannot be removed: " + e.getMessage(),
          "Check the rights of that folder.",
          e);
    }
  }
}
