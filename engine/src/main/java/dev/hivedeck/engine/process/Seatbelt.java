package dev.hivedeck.engine.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line of {@code sandbox-exec} for a {@link Confinement}, with its profile: the last
 * rule that fits a place goes. It does not end processes that hide; these are looked for.
 */
final class Seatbelt {
  private Seatbelt() {}

  static List<String> held(String program, List<String> command, Confinement confinement) {
    var words = new ArrayList<>(List.of("/usr/bin/env"));
    Confinement.DOORS.forEach(variable -> words.addAll(List.of("-u", variable)));
    words.add("TMPDIR=" + real(confinement.temporary()));
    words.addAll(List.of(program, "-p", profile(confinement)));
    words.addAll(command);
    return List.copyOf(words);
  }

  static String profile(Confinement confinement) {
    var rules = new ArrayList<String>();
    rules.add("(version 1)");
    rules.add("(allow default)");
    rules.add("(deny file-write*)");
    rules.add(
        "(allow file-write* (literal \"/dev/null\") (literal \"/dev/zero\") (literal \"/dev/tty\")"
            + " (literal \"/dev/dtracehelper\") (regex #\"^/dev/fd/\"))");
    confinement.hidden().forEach(path -> rules.add(rule("deny file-read* file-write*", path)));
    rules.add("(deny network-outbound (remote unix-socket))");
    confinement.readable().forEach(path -> rules.add(rule("allow file-read*", path)));
    rules.add(rule("allow file-read* file-write*", confinement.temporary()));
    confinement.writable().forEach(path -> rules.add(rule("allow file-read* file-write*", path)));
    rules.add("(deny signal (target others))");
    rules.add("(allow signal (target same-sandbox))");
    if (!confinement.network()) {
      rules.add("(deny network*)");
    }
    return String.join("\n", rules);
  }

  private static String rule(String what, Path path) {
    return "("
        + what
        + " (subpath \""
        + real(path).toString().replace("\\", "\\\\").replace("\"", "\\\"")
        + "\"))";
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path.toAbsolutePath().normalize();
    }
  }
}
