package dev.hivedeck.engine.process;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.stream.Collectors;

/**
 * A shell command and everything that it starts. Ending only the process, or only its group, leaves
 * behind those that began a session of their own. So its descendants are noted first, then all are
 * ended who descend from it, belong to its group or session, carry its mark in their environment,
 * or its tag, which no process can lay down by clearing that; and again, until nobody is left.
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

  /** What it says and what it complains of, as one; as the shell of the system writes that. */
  public static String both(String command) {
    return File.separatorChar == '/' ? "{ " + command + "\n} 2>&1" : "( " + command + " ) 2>&1";
  }

  private final Process process;
  private final String key;
  private final long tag;
  private final Optional<Cgroup> group;

  /**
   * @param key null when it has none, or is a part of the tree that has it
   * @param tag 0 for such a part
   */
  private ProcessTree(Process process, String key, long tag, Optional<Cgroup> group) {
    this.process = process;
    this.key = key;
    this.tag = tag;
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
      String command, Path folder, Map<String, String> environment, ResourceQuota quota) {
    return start(command, folder, environment, quota, null);
  }

  /**
   * Starts a command that can do no more than it may.
   *
   * @param confinement what it may see and change, or null: all that the user may
   * @throws HiveException {@code not-started}
   */
  public static ProcessTree start(
      String command,
      Path folder,
      Map<String, String> environment,
      ResourceQuota quota,
      SandboxPolicy policy) {
    var group = Cgroup.open(quota);
    try {
      return start(command, folder, environment, group, policy);
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
      String command,
      Path folder,
      Map<String, String> environment,
      ResourceQuota quota,
      SandboxPolicy policy) {
    var whole = start(command, folder, environment, quota, policy);
    return new ProcessTree(whole.process, null, 0, whole.group);
  }

  static ProcessTree start(
      String command, Path folder, Map<String, String> environment, Optional<Cgroup> group) {
    return start(command, folder, environment, group, null);
  }

  private static ProcessTree start(
      String command,
      Path folder,
      Map<String, String> environment,
      Optional<Cgroup> group,
      SandboxPolicy policy) {
    if (!Files.isDirectory(folder)) {
      throw new HiveException(
          ErrorCode.NOT_STARTED,
          "\"" + command + "\" was to start in " + folder + ", which is no folder.",
          "Something removed it; try again.");
    }
    String key = environment.get(MARK);
    long tag = key == null || key.isEmpty() ? ProcessTag.random() : ProcessTag.of(key);
    var line = SessionLauncher.shell(command);
    List<String> held;
    try {
      held = policy == null ? line : SandboxLauncher.here().held(line, folder, policy);
    } catch (UncheckedIOException e) {
      throw notStarted(command, folder, e.getCause());
    }
    var words = SessionLauncher.apart(held, tag, group.map(Cgroup::procs).orElse(null));
    var builder = new ProcessBuilder(words).directory(folder.toFile());
    builder.environment().keySet().retainAll(PLAIN);
    builder.environment().putAll(environment);
    try {
      var process = Spawner.start(builder);
      return new ProcessTree(process, key, tag, group);
    } catch (IOException e) {
      throw notStarted(command, folder, e);
    }
  }

  private static HiveException notStarted(String command, Path folder, IOException e) {
    return new HiveException(
        ErrorCode.NOT_STARTED,
        "\"" + command + "\" could not be started in " + folder + ": " + e.getMessage(),
        "See whether the machine is short of memory, processes or space in its temporary folder.",
        e);
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

  /** The one that all of it hand on, if it is its own. */
  Set<Long> tags() {
    return tag == 0 ? Set.of() : Set.of(tag);
  }

  /** What the kernel refused it, known once it has ended. */
  public Optional<ResourceQuota.Excess> refused() {
    return group.map(Cgroup::refused);
  }

  /**
   * Ends the whole tree: asks first, insists after a moment. Returns when nobody of it is left,
   * even when the calling thread is interrupted; the interruption is kept.
   *
   * @return how many processes it ended
   */
  public int end() {
    int ended = end(Set.of(process.toHandle()), keys(), tags(), group.map(g -> g::members));
    group.ifPresent(Cgroup::close);
    return ended;
  }

  /**
   * Ends every process that carries one of these keys, wherever it hides, with all it started.
   *
   * @return how many it ended
   */
  public static int endCarrying(Set<String> keys) {
    var tags = keys.stream().map(ProcessTag::of).collect(Collectors.toSet());
    return keys.isEmpty() ? 0 : end(Set.of(), keys, tags, Optional.empty());
  }

  /**
   * @param members tells whom the kernel knows to belong to it
   */
  private static int end(
      Set<ProcessHandle> roots,
      Set<String> keys,
      Set<Long> tags,
      Optional<Supplier<Set<Long>>> members) {
    // Who was seen once stays noted: when its parent has ended nothing else may tell its descent.
    var noted = new HashMap<Long, ProcessHandle>();
    roots.forEach(p -> noted.put(p.pid(), p));
    Set<Long> family = noted.keySet();
    Map<Long, ProcessTable.ProcessInfo> seen = Map.of();
    var ended = new HashSet<Long>();
    long begin = System.nanoTime();
    boolean interrupted = false;
    while (System.nanoTime() - begin < PATIENCE.toNanos()) {
      boolean insist = System.nanoTime() - begin > GRACE.toNanos();
      var known = new HashSet<>(family);
      members.ifPresent(m -> known.addAll(m.get()));
      var census = ProcessTable.take(MARK, seen);
      seen =
          census.stream()
              .collect(Collectors.toMap(ProcessTable.ProcessInfo::pid, p -> p, (a, b) -> a));
      family = ProcessTable.family(known, keys, tags, census);
      // What holds others ends with them; ended first, it would leave them no time.
      var holders =
          census.stream()
              .filter(p -> p.figures().name().equals(Bubblewrap.NAME))
              .map(ProcessTable.ProcessInfo::pid)
              .collect(Collectors.toSet());
      boolean left = false;
      for (long pid : family) {
        var p = noted.computeIfAbsent(pid, id -> ProcessHandle.of(id).orElse(null));
        if (p != null && pid != ProcessHandle.current().pid() && ProcessTable.alive(p)) {
          left = true;
          boolean first = ended.add(pid);
          if (insist) {
            p.destroyForcibly();
          } else if (first && !holders.contains(pid)) {
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
    return ProcessTable.take(MARK).stream()
        .filter(p -> p.mark() != null && !p.mark().isEmpty())
        .map(
            p ->
                new Found(
                    p.pid(), p.mark(), ProcessTable.start(p.pid()), ProcessTable.folder(p.pid())))
        .toList();
  }
}
