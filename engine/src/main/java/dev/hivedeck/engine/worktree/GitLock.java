package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A lock in the user's git folder. While it is there git refuses what needs it; a git that is
 * killed leaves it.
 *
 * @param since when it was made
 */
public record GitLock(Path file, Instant since) {
  private static final String LOCK = ".lock";

  /** Clocks of files and of processes differ by so much. */
  private static final Duration ABOUT = Duration.ofSeconds(2);

  /** Those that there are: of the index, HEAD, the configuration, refs and packed refs. */
  public static List<GitLock> of(Repository repository) {
    Path common = repository.common();
    var all = new ArrayList<GitLock>();
    find(common, 1, all);
    find(common.resolve("refs"), Integer.MAX_VALUE, all);
    find(common.resolve("worktrees"), 2, all);
    return all;
  }

  private static void find(Path folder, int depth, List<GitLock> into) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder, depth)) {
      for (Path file : files.filter(f -> f.toString().endsWith(LOCK)).toList()) {
        if (Files.isRegularFile(file)) {
          into.add(new GitLock(file, Files.getLastModifiedTime(file).toInstant()));
        }
      }
    } catch (IOException | RuntimeException e) {
      // Locks come and go; what is gone is none.
    }
  }

  /** A process that may hold it: a git that began before the lock was made. */
  public Optional<Long> holder() {
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().command().map(GitLock::isGit).orElse(false))
        .filter(p -> !p.info().startInstant().orElse(since).isAfter(since.plus(ABOUT)))
        .map(ProcessHandle::pid)
        .findFirst();
  }

  private static boolean isGit(String command) {
    String name = Path.of(command).getFileName().toString();
    return name.equals("git") || name.startsWith("git-") || name.equals("git.exe");
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
            "lock-held",
            file + " may be held" + holder.map(pid -> " by process " + pid).orElse("") + ".",
            "Look again when that git has ended.");
      }
      Files.delete(file);
    } catch (IOException e) {
      throw new HiveException(
          "repository-unwritable",
          file + " cannot be removed: " + e.getMessage(),
          "Check the rights of that folder.",
          e);
    }
  }
}
