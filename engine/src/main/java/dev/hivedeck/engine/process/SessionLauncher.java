package dev.hivedeck.engine.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How this machine starts a shell command in a session of its own. */
final class SessionLauncher {
  static final boolean WINDOWS =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("win");

  static final boolean LINUX =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux");

  private static final List<String> OWN_SESSION = ownSession();

  /** Bytes per page of memory. */
  static final long PAGE = fact(6, 4_096);

  /** In which part of a second processor time is counted. */
  static final long TICKS = fact(17, 100);

  private SessionLauncher() {}

  /** What the kernel tells each program about the machine when it starts. */
  private static long fact(long wanted, long otherwise) {
    try {
      var facts =
          ByteBuffer.wrap(Files.readAllBytes(Path.of("/proc/self/auxv")))
              .order(ByteOrder.nativeOrder())
              .asLongBuffer();
      while (facts.remaining() > 1) {
        long key = facts.get();
        long value = facts.get();
        if (key == wanted && value > 0) {
          return value;
        }
      }
      return otherwise;
    } catch (IOException e) {
      return otherwise;
    }
  }

  /** A line for the shell, as a command. */
  static List<String> shell(String line) {
    return WINDOWS ? List.of("cmd", "/c", line) : List.of("/bin/sh", "-c", line);
  }

  /**
   * A command in a session of its own.
   *
   * @param tag handed on to all that the command starts
   * @param procs the file that lets processes into a control group, or null: the command goes there
   *     by itself before it does anything, so nothing of it is ever outside. If it may not go there
   *     it runs all the same, and is watched
   */
  static List<String> apart(List<String> command, long tag, Path procs) {
    if (WINDOWS) {
      return command;
    }
    var words = new ArrayList<>(OWN_SESSION);
    if (LINUX) {
      words.addAll(
          List.of(
              "/bin/sh",
              "-c",
              (procs == null ? "" : "{ echo 0 > \"$0\"; } 2> /dev/null; ")
                  + ProcessTag.command(tag)
                  + "exec \"$@\"",
              procs == null ? "sh" : procs.toString()));
    }
    words.addAll(command);
    return words;
  }

  /** Linux has {@code setsid}; macOS has not, but brings Perl, which does the same. */
  private static List<String> ownSession() {
    if (WINDOWS) {
      return List.of();
    }
    return program("setsid")
        .map(setsid -> List.of(setsid))
        .or(
            () ->
                program("perl")
                    .map(perl -> List.of(perl, "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV;")))
        .orElse(List.of());
  }

  private static Optional<String> program(String name) {
    return Stream.of("/usr/bin", "/bin")
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }
}
