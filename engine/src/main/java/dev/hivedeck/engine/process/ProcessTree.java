package dev.hivedeck.engine.process;

import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A shell command and everything that it starts. Ending only the process, or only its group, leaves
 * behind those that began a session of their own. So its descendants are noted first, then all are
 * ended who descend from it, belong to its group or session, or carry its mark in their
 * environment; and again, until nobody is left.
 */
public final class ProcessTree {
  /** The variable whose value marks a tree. */
  public static final String MARK = "HIVEDECK_ATTEMPT_KEY";

  /** How long a process may take to end by itself when asked. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** How long it is tried to end those that start others faster than they are ended. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** What a program needs to run at all; anything more is passed on by name. */
  private static final Set<String> PLAIN =
      Set.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "SHELL",
          "LANG",
          "LC_ALL",
          "LC_CTYPE",
          "TZ",
          "TMPDIR",
          "TEMP",
          "TMP",
          "JAVA_HOME",
          "XDG_RUNTIME_DIR",
          "SystemRoot",
          "SYSTEMROOT",
          "SystemDrive",
          "ComSpec",
          "COMSPEC",
          "PATHEXT",
          "Path",
          "USERNAME",
          "USERPROFILE",
          "APPDATA",
          "LOCALAPPDATA",
          "ProgramFiles",
          "ProgramFiles(x86)",
          "ProgramData");

  /** Whether a variable is passed on to every program, because it tells no secret. */
  public static boolean isPlain(String name) {
    return PLAIN.contains(name);
  }

  private final Process process;
  private final String key;
  private final Optional<Cgroup> group;

  private ProcessTree(Process process, String key, Optional<Cgroup> group) {
    this.process = process;
    this.key = key;
    this.group = group;
  }

  /**
   * Starts a command in its own session, where the platform has such.
   *
   * @param command for {@code /bin/sh}, on Windows for {@code cmd}
   * @param environment all it gets, but for PATH and the like, which are passed on; with {@link
   *     #MARK} it can be ended more surely
   * @throws HiveException {@code not-started}
   */
  public static ProcessTree start(String command, Path folder, Map<String, String> environment) {
    return start(command, folder, environment, Optional.empty());
  }

  /**
   * Starts a command that the kernel holds to a quota, where it does such; elsewhere a {@link
   * Meter} has to watch it.
   *
   * @throws HiveException {@code not-started}
   */
  public static ProcessTree start(
      String command, Path folder, Map<String, String> environment, Quota quota) {
    var group = Cgroup.open(quota);
    try {
      return start(command, folder, environment, group);
    } catch (HiveException e) {
      group.ifPresent(Cgroup::close);
      throw e;
    }
  }

  /**
   * The same for a part of a greater tree, whose mark it carries: it ends with that one, and can be
   * ended without it.
   *
   * @throws HiveException {@code not-started}
   */
  public static ProcessTree startPart(
      String command, Path folder, Map<String, String> environment, Quota quota) {
    var whole = start(command, folder, environment, quota);
    return new ProcessTree(whole.process, null, whole.group);
  }

  static ProcessTree start(
      String command, Path folder, Map<String, String> environment, Optional<Cgroup> group) {
    if (!Files.isDirectory(folder)) {
      throw new HiveException(
          "not-started",
          "\"" + command + "\" was to start in " + folder + ", which is no folder.",
          "Something removed it; try again.");
    }
    var words =
        group.map(g -> Machine.shell(command, g.door())).orElseGet(() -> Machine.shell(command));
    var builder = new ProcessBuilder(words).directory(folder.toFile());
    builder.environment().keySet().retainAll(PLAIN);
    builder.environment().putAll(environment);
    try {
      return new ProcessTree(builder.start(), environment.get(MARK), group);
    } catch (IOException e) {
      throw new HiveException(
          "not-started",
          "\"" + command + "\" could not be started in " + folder + ": " + e.getMessage(),
          "See whether the machine is short of memory or processes.",
          e);
    }
  }

  /** The process that was started; its streams are the caller's to read. */
  public Process process() {
    return process;
  }

  public long pid() {
    return process.pid();
  }

  /** The one that it was started with, if it was. */
  Set<String> keys() {
    return key == null ? Set.of() : Set.of(key);
  }

  /** What the kernel refused it, known once it has ended. */
  public Optional<Quota.Excess> refused() {
    return group.map(Cgroup::refused);
  }

  /**
   * Ends the whole tree: asks first, insists after a moment. Returns when nobody of it is left,
   * even when the calling thread is interrupted; the interruption is kept.
   *
   * @return how many processes it ended
   */
  public int end() {
    int ended = end(Set.of(process.toHandle()), keys(), group.map(g -> g::members));
    group.ifPresent(Cgroup::close);
    return ended;
  }

  /**
   * Ends every process that carries one of these keys, wherever it hides, with all it started.
   *
   * @return how many it ended
   */
  public static int endCarrying(Set<String> keys) {
    return keys.isEmpty() ? 0 : end(Set.of(), keys, Optional.empty());
  }

  /**
   * @param members tells whom the kernel knows to belong to it
   */
  private static int end(
      Set<ProcessHandle> roots, Set<String> keys, Optional<Supplier<Set<Long>>> members) {
    // Who was seen once stays noted: when its parent has ended nothing else may tell its descent.
    var noted = new HashMap<Long, ProcessHandle>();
    roots.forEach(p -> noted.put(p.pid(), p));
    Set<Long> family = noted.keySet();
    var ended = new HashSet<Long>();
    long begin = System.nanoTime();
    boolean interrupted = false;
    while (System.nanoTime() - begin < PATIENCE.toNanos()) {
      boolean insist = System.nanoTime() - begin > GRACE.toNanos();
      var known = new HashSet<>(family);
      members.ifPresent(m -> known.addAll(m.get()));
      family = Census.family(known, keys, Census.take(MARK));
      boolean left = false;
      for (long pid : family) {
        var p = noted.computeIfAbsent(pid, id -> ProcessHandle.of(id).orElse(null));
        if (p != null && pid != ProcessHandle.current().pid() && Census.alive(p)) {
          left = true;
          boolean first = ended.add(pid);
          if (insist) {
            p.destroyForcibly();
          } else if (first) {
            p.destroy();
          }
        }
      }
      if (!left) {
        break;
      }
      interrupted |= pause();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return ended.size();
  }

  /** Processes end in real time, whatever clock the engine runs on. */
  private static boolean pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(20);
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }

  /**
   * A process that carries the mark.
   *
   * @param start null when not to be seen
   * @param folder its working folder, or null when not to be seen
   */
  public record Found(long pid, String key, Instant start, Path folder) {}

  /** All live processes that carry the mark; empty where environments cannot be read. */
  public static List<Found> carrying() {
    return Census.take(MARK).stream()
        .filter(p -> p.mark() != null && !p.mark().isEmpty())
        .map(p -> new Found(p.pid(), p.mark(), Census.start(p.pid()), Census.folder(p.pid())))
        .toList();
  }
}
