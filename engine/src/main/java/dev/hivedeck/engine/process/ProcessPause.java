package dev.hivedeck.engine.process;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * All processes of a tree, stopped, so that nobody swaps a folder for a link while it is read. They
 * go on when it is closed. Only where the kernel shows processes in {@code /proc}; elsewhere nobody
 * is stopped.
 */
public final class ProcessPause implements AutoCloseable {
  private static final Path PROC = Path.of("/proc");
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Set<String> keys;
  private final Set<Long> tags;
  private final Set<Long> stopped = new TreeSet<>();

  /** Each thread with how often it has run so far. */
  private Map<String, Long> threads = Map.of();

  private ProcessPause(String key) {
    this.keys = Set.of(key);
    this.tags = Set.of(ProcessTag.of(key));
  }

  /**
   * Stops all that carry a key, with all that they started.
   *
   * @throws HiveException {@code not-paused} when some go on: then none is stopped
   */
  public static ProcessPause of(String key) {
    var processPause = new ProcessPause(key);
    if (SessionLauncher.LINUX) {
      processPause.stop();
    }
    return processPause;
  }

  private void stop() {
    long begin = System.nanoTime();
    Map<String, Long> before = null;
    while (System.nanoTime() - begin < PATIENCE.toNanos()) {
      var running = new TreeSet<Long>();
      var seen = look(running);
      if (running.isEmpty() && seen.equals(before)) {
        threads = seen;
        return; // twice the same, so nobody was left who could have woken another in between
      }
      before = running.isEmpty() ? seen : null;
      stopped.addAll(running);
      signal("STOP", running);
      pause();
    }
    close();
    throw new HiveException(
        ErrorCode.NOT_PAUSED,
        "Its processes could not be stopped, so its folder was not read while they work.",
        "Nothing is to be done: it is read when they have ended.");
  }

  /**
   * Whether nobody has run since.
   *
   * @throws HiveException {@code not-paused} when somebody has: then what was read may be anything
   */
  public void check() {
    if (SessionLauncher.LINUX && !look(new TreeSet<>()).equals(threads)) {
      throw new HiveException(
          ErrorCode.NOT_PAUSED,
          "Some of its processes went on while its folder was read, so that does not count.",
          "Nothing is to be done: it is read when they have ended.");
    }
  }

  /**
   * @param running receives the processes of which a thread is not stopped
   */
  private Map<String, Long> look(Set<Long> running) {
    var threads = new TreeMap<String, Long>();
    for (long pid :
        ProcessTable.family(Set.of(), keys, tags, ProcessTable.take(ProcessTree.MARK))) {
      if (pid == ProcessHandle.current().pid()) {
        continue;
      }
      try (var tasks = Files.list(PROC.resolve(pid + "/task"))) {
        for (Path task : tasks.toList()) {
          String status = Files.readString(task.resolve("status"), StandardCharsets.ISO_8859_1);
          if (!field(status, "State").matches("[TtZX].*")) {
            running.add(pid);
          }
          threads.put(
              pid + "/" + task.getFileName(),
              number(status, "voluntary_ctxt_switches")
                  + number(status, "nonvoluntary_ctxt_switches"));
        }
      } catch (NoSuchFileException e) {
        continue; // it has ended
      } catch (IOException | UncheckedIOException e) {
        running.add(pid); // it cannot be told
      }
    }
    return threads;
  }

  private static String field(String status, String name) {
    return status
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  private static long number(String status, String name) {
    String text = field(status, name);
    return text.isEmpty() ? 0 : Long.parseLong(text);
  }

  /** Lets them go on; those that were stopped before stay so. */
  @Override
  public void close() {
    signal("CONT", stopped);
    stopped.clear();
  }

  private static void signal(String name, Collection<Long> pids) {
    if (pids.isEmpty()) {
      return;
    }
    var command =
        new ArrayList<>(List.of("/bin/sh", "-c", "kill -" + name + " \"$@\" 2> /dev/null", "sh"));
    command.addAll(pids.stream().map(pid -> Long.toString(pid)).toList());
    try {
      new ProcessBuilder(command).start().onExit().join();
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.NOT_PAUSED,
          "Nobody could be told to stop or go on: " + e.getMessage(),
          "See whether the machine is short of memory or of processes.",
          e);
    }
  }

  /** Processes stop in real time, whatever clock the engine runs on. */
  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
