package dev.hivedeck.engine.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who runs on this machine, who started whom and what they carry. Linux shows it all in {@code
 * /proc}; other Unixes tell process groups through {@code ps}; on Windows only parents are known.
 */
final class ProcessTable {
  private static final Path PROC = Path.of("/proc");
  private static final boolean SHOWN = Files.isReadable(PROC.resolve("self/environ"));
  private static final char NUL = 0;

  /** The parent of the kernel's own threads, which carry nothing. */
  private static final long KERNEL = 2;

  private ProcessTable() {}

  /**
   * A process.
   *
   * @param group 0 when not to be seen
   * @param session 0 when not to be seen
   * @param mark the value of the variable looked for, or null
   * @param tag of the tree that it belongs to, or 0
   */
  record ProcessInfo(
      long pid,
      long parent,
      long group,
      long session,
      String mark,
      long tag,
      ProcessFigures figures) {

    ProcessInfo(
        long pid, long parent, long group, long session, String mark, ProcessFigures figures) {
      this(pid, parent, group, session, mark, 0, figures);
    }

    /** A number is given anew once its process is gone, but not within the same moment. */
    boolean same(ProcessInfo other) {
      return other != null && pid == other.pid && figures.start() == other.figures.start();
    }
  }

  /**
   * What a process is and takes.
   *
   * @param dead whether it has ended and only waits for its parent to hear of it
   * @param start when it began, on whatever scale
   * @param memory resident bytes, those shared with others too; 0 when not to be seen
   * @param cpu milliseconds of processor time, with those of its children that have ended
   */
  record ProcessFigures(String name, boolean dead, long start, long memory, long cpu) {}

  /** All processes, with what they carry in {@code variable}. */
  static List<ProcessInfo> take(String variable) {
    return take(variable, Map.of());
  }

  /**
   * @param known who was seen before: nobody changes what he carries, and looking it up is half of
   *     the work
   */
  static List<ProcessInfo> take(String variable, Map<Long, ProcessInfo> known) {
    if (!SHOWN) {
      return takeWithoutProc();
    }
    try (Stream<Path> all = Files.list(PROC)) {
      return all.filter(p -> Character.isDigit(p.getFileName().toString().charAt(0)))
          .map(p -> see(p, variable, known))
          .filter(processInfo -> processInfo != null)
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /**
   * These, all that carry one of the marks or tags, all that descend from them, and all in a group
   * or session that one of these leads.
   */
  static Set<Long> family(
      Set<Long> of, Set<String> marks, Set<Long> tags, List<ProcessInfo> census) {
    var family = new HashSet<>(of);
    boolean grown = true;
    while (grown) {
      grown = false;
      for (var p : census) {
        if (family.contains(p.parent())
            || family.contains(p.group())
            || family.contains(p.session())
            || p.mark() != null && marks.contains(p.mark())
            || tags.contains(p.tag())) {
          grown |= family.add(p.pid());
        }
      }
    }
    return family;
  }

  /**
   * Whether it still runs. A zombie does not: nobody can end it, and where no init collects orphans
   * it stays for ever.
   */
  static boolean alive(ProcessHandle process) {
    if (!process.isAlive() || !SHOWN) {
      return process.isAlive();
    }
    var processInfo = see(PROC.resolve(Long.toString(process.pid())), null, Map.of());
    return processInfo != null && !processInfo.figures().dead();
  }

  /**
   * The memory of a process, where what it shares with others is divided among them. The kernel
   * must walk all its pages for it, so this is only for when it matters.
   */
  static long share(ProcessInfo process) {
    try (Stream<String> lines = Files.lines(PROC.resolve(process.pid() + "/smaps_rollup"))) {
      return lines
          .filter(line -> line.startsWith("Pss:"))
          .findFirst()
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .orElse(process.figures().memory());
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException | RuntimeException e) {
      return process.figures().memory();
    }
  }

  static Instant start(long pid) {
    return ProcessHandle.of(pid).flatMap(p -> p.info().startInstant()).orElse(null);
  }

  static Path folder(long pid) {
    try {
      return Files.readSymbolicLink(PROC.resolve(pid + "/cwd"));
    } catch (IOException e) {
      return null;
    }
  }

  /** Null when it is gone. */
  private static ProcessInfo see(Path process, String variable, Map<Long, ProcessInfo> known) {
    try {
      String text = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
      // The name stands in brackets and may itself hold brackets and blanks.
      int name = text.lastIndexOf(')');
      String[] f = text.substring(name + 2).split(" ", 23);
      long ticks = 0;
      for (int i = 11; i <= 14; i++) {
        ticks += Long.parseLong(f[i]);
      }
      var processFigures =
          new ProcessFigures(
              text.substring(text.indexOf('(') + 1, name),
              f[0].equals("Z") || f[0].equals("X"),
              Long.parseLong(f[19]),
              Long.parseLong(f[21]) * SessionLauncher.PAGE,
              ticks * 1_000 / SessionLauncher.TICKS);
      long pid = Long.parseLong(process.getFileName().toString());
      long parent = Long.parseLong(f[1]);
      boolean looked = variable != null && pid != KERNEL && parent != KERNEL;
      var before = known.get(pid);
      boolean same = before != null && before.figures().start() == processFigures.start();
      return new ProcessInfo(
          pid,
          parent,
          Long.parseLong(f[2]),
          Long.parseLong(f[3]),
          !looked ? null : same ? before.mark() : variable(process, variable),
          !looked ? 0 : same && before.tag() != 0 ? before.tag() : ProcessTag.of(process),
          processFigures);
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  private static String variable(Path process, String name) {
    try {
      String all =
          NUL + new String(Files.readAllBytes(process.resolve("environ")), StandardCharsets.UTF_8);
      int at = all.indexOf(NUL + name + "=");
      if (at < 0) {
        return null;
      }
      int from = at + name.length() + 2;
      int to = all.indexOf(NUL, from);
      return all.substring(from, to < 0 ? all.length() : to);
    } catch (IOException e) {
      return null; // somebody else's
    }
  }

  static List<ProcessInfo> takeWithoutProc() {
    var listed = SessionLauncher.WINDOWS ? Map.<Long, Listed>of() : listed();
    return ProcessHandle.allProcesses()
        .map(p -> seen(p, listed.getOrDefault(p.pid(), new Listed(0, 0))))
        .toList();
  }

  private static ProcessInfo seen(ProcessHandle process, Listed listed) {
    var info = process.info();
    var program = info.command().map(Path::of).map(Path::getFileName);
    return new ProcessInfo(
        process.pid(),
        process.parent().map(ProcessHandle::pid).orElse(0L),
        listed.group(),
        0,
        null,
        new ProcessFigures(
            program.map(Path::toString).orElse("?"),
            !process.isAlive(),
            info.startInstant().map(Instant::toEpochMilli).orElse(0L),
            listed.memory(),
            info.totalCpuDuration().map(Duration::toMillis).orElse(0L)));
  }

  private record Listed(long group, long memory) {}

  private static Map<Long, Listed> listed() {
    try {
      Process ps =
          new ProcessBuilder("ps", "-A", "-o", "pid=", "-o", "pgid=", "-o", "rss=")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      ps.getOutputStream().close();
      try (var lines = ps.inputReader()) {
        return lines
            .lines()
            .map(line -> line.strip().split("\\s+"))
            .filter(f -> f.length == 3)
            .collect(
                Collectors.toMap(
                    f -> Long.parseLong(f[0]),
                    f -> new Listed(Long.parseLong(f[1]), Long.parseLong(f[2]) << 10),
                    (a, b) -> a,
                    HashMap::new));
      }
    } catch (IOException e) {
      return Map.of();
    }
  }
}
