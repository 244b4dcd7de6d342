package dev.hivedeck.engine.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
final class Census {
  private static final Path PROC = Path.of("/proc");
  private static final boolean SHOWN = Files.isReadable(PROC.resolve("self/environ"));
  private static final char NUL = 0;

  private Census() {}

  /**
   * A live process.
   *
   * @param group 0 when not to be seen
   * @param session 0 when not to be seen
   * @param mark the value of the variable looked for, or null
   */
  record Seen(long pid, long parent, long group, long session, String mark) {}

  /** All live processes, with what they carry in {@code variable}. */
  static List<Seen> take(String variable) {
    if (!SHOWN) {
      return takeWithoutProc();
    }
    try (Stream<Path> all = Files.list(PROC)) {
      return all.filter(p -> Character.isDigit(p.getFileName().toString().charAt(0)))
          .map(p -> see(p, variable))
          .filter(seen -> seen != null)
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** These, all that descend from them, and all in a group or session that one of these leads. */
  static Set<Long> family(Set<Long> of, String mark, List<Seen> census) {
    var family = new HashSet<>(of);
    boolean grown = true;
    while (grown) {
      grown = false;
      for (var p : census) {
        if (family.contains(p.parent())
            || family.contains(p.group())
            || family.contains(p.session())
            || mark != null && mark.equals(p.mark())) {
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
    return process.isAlive()
        && (!SHOWN || see(PROC.resolve(Long.toString(process.pid())), null) != null);
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

  /** Null when it is dead or gone. */
  private static Seen see(Path process, String variable) {
    try {
      String text = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
      // The name stands in brackets and may itself hold brackets and blanks.
      String[] f = text.substring(text.lastIndexOf(')') + 2).split(" ", 5);
      if (f[0].equals("Z") || f[0].equals("X")) {
        return null;
      }
      return new Seen(
          Long.parseLong(process.getFileName().toString()),
          Long.parseLong(f[1]),
          Long.parseLong(f[2]),
          Long.parseLong(f[3]),
          variable == null ? null : variable(process, variable));
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

  static List<Seen> takeWithoutProc() {
    var groups = Machine.WINDOWS ? Map.<Long, Long>of() : groups();
    return ProcessHandle.allProcesses()
        .map(
            p ->
                new Seen(
                    p.pid(),
                    p.parent().map(ProcessHandle::pid).orElse(0L),
                    groups.getOrDefault(p.pid(), 0L),
                    0,
                    null))
        .toList();
  }

  private static Map<Long, Long> groups() {
    try {
      Process ps =
          new ProcessBuilder("ps", "-A", "-o", "pid=", "-o", "pgid=")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      ps.getOutputStream().close();
      try (var lines = ps.inputReader()) {
        return lines
            .lines()
            .map(line -> line.strip().split("\\s+"))
            .filter(f -> f.length == 2)
            .collect(
                Collectors.toMap(
                    f -> Long.parseLong(f[0]),
                    f -> Long.parseLong(f[1]),
                    (a, b) -> a,
                    HashMap::new));
      }
    } catch (IOException e) {
      return Map.of();
    }
  }
}
