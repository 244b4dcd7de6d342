package dev.hivedeck.engine.agent.watch;

import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.agent.TextFormat;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.process.ResourceUsage;
import dev.hivedeck.engine.protocol.failure.EndReason;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Watches one run of an agent for what its exit code will not tell: that it takes too long, is
 * stuck, or prints without end. While a question of its waits for a person, its time stands still.
 */
public final class Watchdog {
  /** More than this nobody reads. */
  static final long FLOOD = 256L << 20;

  /** Reasons for which it ends that leave it time to put away what it has. */
  public static final Set<EndReason> WAITED = Set.of(FailureReason.TIMEOUT, FailureReason.QUIET);

  /** So many times the time between two looks is no time of work. */
  private static final int LATE = 10;

  /** A moment of work on all cores is nobody's concern; so many looks in a row are. */
  private static final int BUSY = 3;

  private final RunRequest request;
  private final Clock clock;
  private final long calm;
  private final long longest;
  private Instant last;
  private long age;
  private long sign;
  private long looked;
  private long worked;
  private long heard;
  private long newest;
  private ResourceUsage used = ResourceUsage.NOTHING;
  private int busy;
  private final long first;

  public Watchdog(RunRequest request, Clock clock) {
    this.request = request;
    this.clock = clock;
    this.calm = request.quiet() == null ? 0 : Math.max(0, request.quiet().toMillis());
    this.longest = LATE * every(request).toMillis();
    this.last = clock.instant();
    this.newest = trace(request.worktree());
    this.first = newest;
  }

  /** How often to look: often enough to be near the limits, seldom enough to cost nothing. */
  public static Duration every(RunRequest request) {
    long least = request.timeout().toMillis();
    if (request.quiet() != null && request.quiet().isPositive()) {
      least = Math.min(least, request.quiet().toMillis());
    }
    return Duration.ofMillis(Math.clamp(least / 8, 10, 1_000));
  }

  /**
   * @param bytes how many it has printed by now
   * @param asked whether a question of its waits for an answer
   * @return why it must end, or null
   */
  public RunResult verdict(long bytes, boolean asked) {
    long passed = passed();
    age += passed;
    if (asked) {
      sign = age;
    } else {
      worked += passed;
    }
    if (bytes != heard) {
      heard = bytes;
      sign = age;
    }
    var excess = request.quota().over(used);
    if (excess.isPresent()) {
      return over(request, excess.get());
    }
    if (bytes > FLOOD) {
      return RunResult.bad(
          FailureReason.FLOOD, "It printed more than " + (FLOOD >> 20) + " MB, as if without end.");
    }
    if (worked >= request.timeout().toMillis()) {
      return late(request);
    }
    return stuck() ? stuck(request) : null;
  }

  /**
   * Milliseconds since the last look. One that comes very late was kept by a machine that slept, or
   * a clock that was set, of which the agent had nothing.
   */
  private long passed() {
    Instant now = clock.instant();
    long passed = Duration.between(last, now).toMillis();
    last = now;
    return Math.clamp(passed, 0, longest);
  }

  /**
   * @return what is to be said of it, once: nothing slows what keeps too many cores busy where the
   *     kernel does not, and it is no reason to end it
   */
  public Optional<String> used(ResourceUsage usage) {
    used = usage;
    if (busy == BUSY) {
      return Optional.empty();
    }
    busy = request.quota().busier(usage) ? busy + 1 : 0;
    if (busy < BUSY) {
      return Optional.empty();
    }
    return Optional.of(
        "keeps "
            + request.quota().cores(usage)
            + " busy; nothing here slows it down. Raise limits.cpu of agent "
            + request.agent()
            + ", or let it do less at once.");
  }

  public static RunResult over(RunRequest request, ResourceQuota.Excess excess) {
    return RunResult.bad(
        FailureReason.OVER_LIMIT,
        "It %s; see why it takes so much, or raise limits.%s of agent %s."
            .formatted(excess.words(), excess.limit(), request.agent()));
  }

  public static RunResult late(RunRequest request) {
    return RunResult.bad(
        FailureReason.TIMEOUT,
        "It was not finished after " + TextFormat.of(request.timeout()) + ".");
  }

  public static RunResult stuck(RunRequest request) {
    return RunResult.bad(
        FailureReason.QUIET,
        "For "
            + TextFormat.of(request.quiet())
            + " it printed nothing and no file changed: it was stuck.");
  }

  /** Whether anything in the worktree was touched since the watch began. */
  public boolean changed() {
    return trace(request.worktree()) != first;
  }

  private boolean stuck() {
    if (calm == 0 || age - sign < calm / 4) {
      return false;
    }
    if (age - looked >= calm / 4) {
      looked = age;
      long seen = trace(request.worktree());
      if (seen != newest) {
        newest = seen;
        sign = age;
      }
    }
    return age - sign >= calm;
  }

  /**
   * Differs whenever something in the folder was changed: when the youngest change was, how many
   * things there are and how large they are. Time alone is too coarse: file systems stamp by the
   * tick of the kernel, in which an agent may begin and end. Git's own files do not count.
   */
  private static long trace(Path folder) {
    var visitor =
        new SimpleFileVisitor<Path>() {
          private long latest;
          private long things;
          private long bytes;

          private void see(BasicFileAttributes attributes) {
            latest = Math.max(latest, attributes.lastModifiedTime().toMillis());
            things++;
            bytes += attributes.isRegularFile() ? attributes.size() : 0;
          }

          private long trace() {
            return (latest * 31 + things) * 31 + bytes;
          }

          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            if (dir.endsWith(".git")) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            see(attributes);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!file.endsWith(".git")) {
              see(attributes);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE; // removed while being looked at
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        };
    try {
      Files.walkFileTree(folder, visitor);
    } catch (IOException e) {
      return visitor.trace();
    }
    return visitor.trace();
  }
}
