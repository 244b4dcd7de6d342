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
final class Machine {
  static final boolean WINDOWS =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("win");

  static final boolean LINUX =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux");

  private static final List<String> OWN_SESSION = ownSession();

  /** Bytes per page of memory. */
  static final long PAGE = fact(6, 4_096);

  /** In which part of a second processor time is counted. */
  static final long TICKS = fact(17, 100);

  private Machine() {}

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

  /**
   * @param tag handed on to all that the command starts
   */
  static List<String> shell(String command, long tag) {
    if (WINDOWS) {
      return List.of("cmd", "/c", command);
    }
    var words = new ArrayList<>(OWN_SESSION);
    words.addAll(
        LINUX
            ? List.of("/bin/sh", "-c", Tag.command(tag) + "exec /bin/sh -c \"$0\"", command)
            : List.of("/bin/sh", "-c", command));
    return words;
  }

  /**
   * The same, within a control group: the shell goes there by itself before it does anything, so
   * nothing of it is ever outside. If it may not go there it runs all the same, and is watched.
   *
   * @param door the file that lets processes into the group
   */
  static List<String> shell(String command, long tag, Path door) {
    var words = new ArrayList<>(OWN_SESSION);
    words.addAll(
        List.of(
            "/bin/sh",
            "-c",
            "{ echo 0 > \"$0\"; } 2> /dev/null; " + Tag.command(tag) + "exec /bin/sh -c \"$1\"",
            door.toString(),
            command));
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
