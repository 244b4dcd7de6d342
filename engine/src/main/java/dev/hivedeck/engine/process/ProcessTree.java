package dev.hivedeck.engine.process;

import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A shell command and everything that it starts. Ending only the process, or only its group, leaves
 * behind those that began a session of their own; so descendants are noted first, then the group is
 * ended, then whatever still carries the tree's variable in its environment (where the platform
 * shows environments: Linux).
 */
public final class ProcessTree {
  /** The variable whose value marks a tree. */
  public static final String MARK = "HIVEDECK_ATTEMPT_KEY";

  private static final boolean WINDOWS =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("win");
  private static final Duration GRACE = Duration.ofMillis(1_500);
  private static final Path PROC = Path.of("/proc");
  private static final char NUL = 0;
  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private final Process process;
  private final String key;

  private ProcessTree(Process process, String key) {
    this.process = process;
    this.key = key;
  }

  /**
   * @param environment the whole environment, but for PATH and the like, which are passed on;
   *     carries {@link #MARK}
   * @throws HiveException {@code not-started}
   */
  public static ProcessTree start(String command, Path folder, Map<String, String> environment) {
    var line =
        WINDOWS
            ? List.of("cmd", "/c", command)
            : Files.isExecutable(SETSID)
                ? List.of(SETSID.toString(), "--wait", "/bin/sh", "-c", command)
                : List.of("/bin/sh", "-c", command);
    var builder = new ProcessBuilder(line).directory(folder.toFile());
    builder.environment().keySet().retainAll(PLAIN);
    builder.environment().putAll(environment);
    try {
      return new ProcessTree(builder.start(), environment.get(MARK));
    } catch (IOException e) {
      throw new HiveException(
          "not-started",
          "\"" + command + "\" could not be started in " + folder + ": " + e.getMessage(),
          "Check the command and that its folder exists.",
          e);
    }
  }

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
          "TZ",
          "TMPDIR",
          "TEMP",
          "TMP",
          "SYSTEMROOT",
          "SystemRoot",
          "COMSPEC",
          "ComSpec",
          "PATHEXT",
          "USERPROFILE",
          "APPDATA",
          "LOCALAPPDATA",
          "JAVA_HOME");

  public Process process() {
    return process;
  }

  public long pid() {
    return process.pid();
  }

  /** Ends the whole tree: asks first, insists after a moment. */
  public void end() {
    boolean interrupted = Thread.interrupted();
    var all = new LinkedHashSet<ProcessHandle>();
    all.add(process.toHandle());
    process.descendants().forEach(all::add);
    all.addAll(marked(key));
    all.forEach(ProcessHandle::destroy);
    try {
      long until = System.nanoTime() + GRACE.toNanos();
      while (System.nanoTime() < until && all.stream().anyMatch(ProcessHandle::isAlive)) {
        process.waitFor(20, TimeUnit.MILLISECONDS);
        if (!process.isAlive()) {
          all.removeIf(p -> !p.isAlive());
          TimeUnit.MILLISECONDS.sleep(10);
        }
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    all.forEach(p -> p.descendants().forEach(ProcessHandle::destroyForcibly));
    all.forEach(ProcessHandle::destroyForcibly);
    marked(key).forEach(ProcessHandle::destroyForcibly);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<ProcessHandle> marked(String key) {
    if (key == null) {
      return List.of();
    }
    return carrying().stream()
        .filter(found -> found.key().equals(key))
        .flatMap(found -> ProcessHandle.of(found.pid()).stream())
        .toList();
  }

  /** Ends every process that carries this key. */
  public static void endCarrying(String key) {
    for (int i = 0; i < 3; i++) {
      var left = marked(key);
      if (left.isEmpty()) {
        return;
      }
      left.forEach(p -> p.descendants().forEach(ProcessHandle::destroyForcibly));
      left.forEach(ProcessHandle::destroyForcibly);
      for (var process : left) {
        try {
          process.onExit().get(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        } catch (Exception e) {
          continue;
        }
      }
    }
  }

  /**
   * A process that carries the mark.
   *
   * @param folder its working folder, or null when not to be seen
   */
  public record Found(long pid, String key, Path folder) {}

  /** All live processes that carry the mark; empty where environments cannot be read. */
  public static List<Found> carrying() {
    if (!Files.isDirectory(PROC.resolve("self"))) {
      return List.of();
    }
    var found = new ArrayList<Found>();
    try (Stream<Path> all = Files.list(PROC)) {
      all.filter(p -> Character.isDigit(p.getFileName().toString().charAt(0)))
          .forEach(p -> key(p).ifPresent(k -> found.add(found(p, k))));
    } catch (IOException e) {
      return found;
    }
    return found;
  }

  private static Found found(Path process, String key) {
    Path folder = null;
    try {
      folder = Files.readSymbolicLink(process.resolve("cwd"));
    } catch (IOException ignored) {
      // It may have ended meanwhile.
    }
    return new Found(Long.parseLong(process.getFileName().toString()), key, folder);
  }

  private static Optional<String> key(Path process) {
    try {
      String environment =
          new String(Files.readAllBytes(process.resolve("environ")), StandardCharsets.UTF_8);
      int at = environment.indexOf(MARK + "=");
      if (at < 0 || at > 0 && environment.charAt(at - 1) != NUL) {
        return Optional.empty();
      }
      int from = at + MARK.length() + 1;
      int to = environment.indexOf(NUL, from);
      return Optional.of(environment.substring(from, to < 0 ? environment.length() : to));
    } catch (IOException e) {
      return Optional.empty(); // gone by now, or somebody else's
    }
  }
}
