package dev.hivedeck.engine.agent.watch;

import dev.hivedeck.engine.agent.End;
import dev.hivedeck.engine.agent.Job;
import dev.hivedeck.engine.agent.Words;
import dev.hivedeck.engine.process.Quota;
import dev.hivedeck.engine.process.Usage;
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
public final class Watch {
  /** More than this nobody reads. */
  static final long FLOOD = 256L << 20;

  /** Reasons for which it ends that leave it time to put away what it has. */
  public static final Set<String> WAITED = Set.of("timeout", "quiet");

  /** So many times the time between two looks is no time of work. */
  private static final int LATE = 10;

  /** A moment of work on all cores is nobody's concern; so many looks in a row are. */
  private static final int BUSY = 3;

  private final Job job;
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
  private Usage used = Usage.NOTHING;
  private int busy;
  private final long first;

  public Watch(Job job, Clock clock) {
    this.job = job;
    this.clock = clock;
    this.calm = job.quiet() == null ? 0 : Math.max(0, job.quiet().toMillis());
    this.longest = LATE * every(job).toMillis();
    this.last = clock.instant();
    this.newest = trace(job.worktree());
    this.first = newest;
  }

  /** How often to look: often enough to be near the limits, seldom enough to cost nothing. */
  public static Duration every(Job job) {
    long least = job.timeout().toMillis();
    if (job.quiet() != null && job.quiet().isPositive()) {
      least = Math.min(least, job.quiet().toMillis());
    }
    return Duration.ofMillis(Math.clamp(least / 8, 10, 1_000));
  }

  /**
   * @param bytes how many it has printed by now
   * @param asked whether a question of its waits for an answer
   * @return why it must end, or null
   */
  public End verdict(long bytes, boolean asked) {
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
    var excess = job.quota().over(used);
    if (excess.isPresent()) {
      return over(job, excess.get());
    }
    if (bytes > FLOOD) {
      return End.bad("flood", "It printed more than " + (FLOOD >> 20) + " MB, as if without end.");
    }
    if (worked >= job.timeout().toMillis()) {
      return late(job);
    }
    return stuck() ? stuck(job) : null;
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
  public Optional<String> used(Usage usage) {
    used = usage;
    if (busy == BUSY) {
      return Optional.empty();
    }
    busy = job.quota().busier(usage) ? busy + 1 : 0;
    if (busy < BUSY) {
      return Optional.empty();
    }
    return Optional.of(
        "keeps "
            + job.quota().cores(usage)
            + " busy; nothing here slows it down. Raise limits.cpu of agent "
            + job.agent()
            + ", or let it do less at once.");
  }

  public static End over(Job job, Quota.Excess excess) {
    return End.bad(
        "over-limit",
        "It %s; see why it takes so much, or raise limits.%s of agent %s."
            .formatted(excess.words(), excess.limit(), job.agent()));
  }

  public static End late(Job job) {
    return End.bad("timeout", "It was not finished after " + Words.of(job.timeout()) + ".");
  }

  public static End stuck(Job job) {
    return End.bad(
        "quiet",
        "For " + Words.of(job.quiet()) + " it printed nothing and no file changed: it was stuck.");
  }

  /** Whether anything in the worktree was touched since the watch began. */
  public boolean changed() {
    return trace(job.worktree()) != first;
  }

  private boolean stuck() {
    if (calm == 0 || age - sign < calm / 4) {
      return false;
    }
    if (age - looked >= calm / 4) {
      looked = age;
      long seen = trace(job.worktree());
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
