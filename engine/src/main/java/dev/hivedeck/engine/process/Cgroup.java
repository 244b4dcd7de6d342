package dev.hivedeck.engine.process;

import dev.hivedeck.engine.process.ResourceQuota.Excess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A control group of Linux (version 2) around one tree, in which the kernel itself holds the tree
 * to its quota. It stands below a group that was given into this user's hands; where there is none,
 * there are no such groups.
 */
final class Cgroup implements AutoCloseable {
  private static final String NAME = "hivedeck-";

  /**
   * The kernel counts threads, a quota counts processes: so the kernel only keeps a tree that
   * multiplies from taking the whole machine until the engine has seen it.
   */
  private static final int THREADS = 32;

  /** Microseconds within which the kernel gives each group its share of the processor. */
  private static final long PERIOD = 100_000;

  private static final int TRIES = 50;
  private static final AtomicLong COUNT = new AtomicLong();
  private static final Optional<Path> HOME = find();

  private final Path folder;
  private final ResourceQuota quota;
  private boolean gone;
  private Excess refused;

  private Cgroup(Path folder, ResourceQuota quota) {
    this.folder = folder;
    this.quota = quota;
  }

  /** Below which group those for trees are made, if any may be. */
  static Optional<Path> home() {
    return HOME;
  }

  private static Optional<Path> find() {
    try {
      var own =
          Files.readAllLines(Path.of("/proc/self/cgroup")).stream()
              .filter(line -> line.startsWith("0::/"))
              .map(line -> line.substring(4))
              .findFirst();
      var mount =
          Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
              .filter(line -> line.contains(" - cgroup2 "))
              .map(line -> line.split(" "))
              .filter(f -> f[3].equals("/"))
              .map(f -> Path.of(f[4]))
              .findFirst();
      if (own.isEmpty() || mount.isEmpty()) {
        return Optional.empty();
      }
      var home = above(mount.get(), own.get());
      home.ifPresent(Cgroup::sweep);
      return home.filter(Cgroup::tried);
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /**
   * The nearest group around {@code own} that is this user's and hands memory and processes down.
   * The group at the top is nobody's: what is there is the machine's own.
   */
  static Optional<Path> above(Path mount, String own) {
    for (Path at = mount.resolve(own); !at.equals(mount); at = at.getParent()) {
      if (Files.isWritable(at)
          && Files.isWritable(at.resolve("cgroup.procs"))
          && List.of(read(at.resolve("cgroup.subtree_control")).split(" "))
              .containsAll(List.of("memory", "pids"))) {
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }

  /** Rights alone do not tell: a group may also be at the end of its allowed depth or number. */
  private static boolean tried(Path home) {
    Path folder = home.resolve(name() + "-try");
    try {
      Files.createDirectory(folder);
      boolean limited = Files.isWritable(folder.resolve("memory.max"));
      Files.delete(folder);
      return limited;
    } catch (IOException e) {
      return false;
    }
  }

  /** Removes the groups of engines that are no more; one that still holds processes stays. */
  private static void sweep(Path home) {
    try (Stream<Path> all = Files.list(home)) {
      all.filter(p -> p.getFileName().toString().matches(NAME + "\\d+-.*"))
          .filter(p -> ProcessHandle.of(engine(p)).isEmpty())
          .forEach(Cgroup::remove);
    } catch (IOException e) {
      return;
    }
  }

  private static long engine(Path folder) {
    return Long.parseLong(folder.getFileName().toString().split("-")[1]);
  }

  private static String name() {
    return NAME + ProcessHandle.current().pid();
  }

  /** A fresh group with these limits; none where there is no home or nothing to hold. */
  static Optional<Cgroup> open(ResourceQuota quota) {
    return quota.isNone() ? Optional.empty() : HOME.flatMap(home -> open(home, quota));
  }

  static Optional<Cgroup> open(Path home, ResourceQuota quota) {
    Path folder = home.resolve(name() + "-" + COUNT.incrementAndGet());
    try {
      Files.createDirectory(folder);
      if (quota.memory() != null) {
        write(folder.resolve("memory.max"), Long.toString(quota.memory()));
        // A limit that only pushes others out of memory would be none. Not every kernel has these.
        tryWrite(folder.resolve("memory.swap.max"), "0");
        tryWrite(folder.resolve("memory.oom.group"), "1");
      }
      if (quota.processes() != null) {
        write(folder.resolve("pids.max"), Long.toString((long) quota.processes() * THREADS));
      }
      if (quota.cpu() != null) {
        // Not always handed down; then too much is reported, as without groups.
        tryWrite(
            folder.resolve("cpu.max"),
            Math.max(1_000, Math.round(quota.cpu() * PERIOD)) + " " + PERIOD);
      }
      return Optional.of(new Cgroup(folder, quota));
    } catch (IOException e) {
      remove(folder);
      return Optional.empty();
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
  }

  private static void tryWrite(Path file, String text) {
    try {
      write(file, text);
    } catch (IOException e) {
      return;
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** What a process writes 0 into to come in. */
  Path procs() {
    return folder.resolve("cgroup.procs");
  }

  /** Who is in it, and in groups that they made within. */
  Set<Long> members() {
    var members = new HashSet<Long>();
    for (Path group : within(folder)) {
      read(group.resolve("cgroup.procs"))
          .lines()
          .filter(line -> line.matches("[1-9]\\d*"))
          .map(Long::valueOf)
          .forEach(members::add);
    }
    return members;
  }

  /** What the kernel refused the tree, or null; known even when the group is gone. */
  synchronized Excess refused() {
    if (!gone) {
      refused = look();
    }
    return refused;
  }

  private Excess look() {
    // The machine may be out of memory as well, with the tree within its quota.
    if (quota.memory() != null
        && count("memory.events", "oom") > 0
        && count("memory.events", "oom_kill") > 0) {
      String allowed = ResourceUsage.bytes(quota.memory());
      return new Excess("memory", "used all of " + allowed + " and was ended when it wanted more");
    }
    if (quota.processes() != null && count("pids.events", "max") > 0) {
      long threads = (long) quota.processes() * THREADS;
      return new Excess(
          "processes",
          "wanted more than %d threads, for at most %d processes"
              .formatted(threads, quota.processes()));
    }
    return null;
  }

  private long count(String file, String what) {
    return read(folder.resolve(file))
        .lines()
        .filter(line -> line.startsWith(what + " "))
        .mapToLong(line -> Long.parseLong(line.substring(what.length() + 1).strip()))
        .sum();
  }

  /** Ends all that is in it and removes it. */
  @Override
  public synchronized void close() {
    if (gone) {
      return;
    }
    refused = look();
    gone = true;
    boolean interrupted = false;
    for (int i = 0; i < TRIES && Files.exists(folder) && !remove(folder); i++) {
      tryWrite(folder.resolve("cgroup.kill"), "1");
      try {
        TimeUnit.MILLISECONDS.sleep(20); // until the kernel has cleared away who was in it
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean remove(Path folder) {
    try {
      for (Path group : within(folder)) {
        Files.delete(group);
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The group and those within it, innermost first. */
  private static List<Path> within(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      return new ArrayList<>(
          all.filter(Files::isDirectory)
              .sorted(Comparator.comparing(Path::getNameCount).reversed())
              .toList());
    } catch (IOException | RuntimeException e) {
      return List.of(folder);
    }
  }
}
