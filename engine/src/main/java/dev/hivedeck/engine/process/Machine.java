package dev.hivedeck.engine.process;

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

  private static final List<String> OWN_SESSION = ownSession();

  private Machine() {}

  static List<String> shell(String command) {
    if (WINDOWS) {
      return List.of("cmd", "/c", command);
    }
    var words = new ArrayList<>(OWN_SESSION);
    words.addAll(List.of("/bin/sh", "-c", command));
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
