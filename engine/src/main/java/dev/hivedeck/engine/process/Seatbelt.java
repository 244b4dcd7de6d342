package dev.hivedeck.engine.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The command line of {@code sandbox-exec} for a {@link SandboxPolicy}, with its profile: the last
 * rule that fits a place goes. It does not end processes that hide; these are looked for.
 */
final class Seatbelt {
  private Seatbelt() {}

  static List<String> held(String program, List<String> command, SandboxPolicy policy) {
    var words = new ArrayList<>(List.of("/usr/bin/env"));
    SandboxPolicy.DOORS.forEach(variable -> words.addAll(List.of("-u", variable)));
    words.add("TMPDIR=" + SandboxPolicy.real(policy.temporary()));
    words.addAll(List.of(program, "-p", profile(policy)));
    words.addAll(command);
    return List.copyOf(words);
  }

  static String profile(SandboxPolicy policy) {
    var rules = new ArrayList<String>();
    rules.add("(version 1)");
    rules.add("(allow default)");
    rules.add("(deny file-write*)");
    rules.add(
        "(allow file-write* (literal \"/dev/null\") (literal \"/dev/zero\") (literal \"/dev/tty\")"
            + " (literal \"/dev/dtracehelper\") (regex #\"^/dev/fd/\"))");
    rules.add("(deny network-outbound (remote unix-socket))");
    places(policy).forEach(place -> rules.add(rule(place.what(), place.at())));
    policy.ways().forEach(way -> rules.add(rule("deny file-write-unlink", "literal", way)));
    // On the way to what is shown lies what is hidden: that it is there may be seen.
    places(policy).stream()
        .filter(place -> place.what().startsWith("allow"))
        .flatMap(place -> Stream.iterate(place.at().getParent(), Objects::nonNull, Path::getParent))
        .distinct()
        .forEach(above -> rules.add(rule("allow file-read-metadata", "literal", above)));
    rules.add("(deny signal (target others))");
    rules.add("(allow signal (target same-sandbox))");
    if (!policy.network()) {
      rules.add("(deny network*)");
    }
    return String.join("\n", rules);
  }

  private record Place(Path at, String what) {}

  /** From the outside in, so that what is said of a place goes before what is said around it. */
  private static List<Place> places(SandboxPolicy policy) {
    var places = new ArrayList<Place>();
    policy
        .hidden()
        .forEach(
            path -> places.add(new Place(SandboxPolicy.real(path), "deny file-read* file-write*")));
    policy
        .shown(policy.readable())
        .forEach(path -> places.add(new Place(SandboxPolicy.real(path), "allow file-read*")));
    var own = new ArrayList<>(policy.shown(policy.writable()));
    own.add(policy.temporary());
    own.forEach(
        path -> places.add(new Place(SandboxPolicy.real(path), "allow file-read* file-write*")));
    places.sort(Comparator.comparingInt(place -> place.at().getNameCount()));
    return places;
  }

  private static String rule(String what, Path path) {
    return rule(what, "subpath", path);
  }

  private static String rule(String what, String how, Path path) {
    return "("
        + what
        + " ("
        + how
        + " \""
        + path.toString().replace("\\", "\\\\").replace("\"", "\\\"")
        + "\"))";
  }
}
