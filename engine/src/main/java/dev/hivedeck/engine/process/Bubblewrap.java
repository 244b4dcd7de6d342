package dev.hivedeck.engine.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The command line of bubblewrap for a {@link Confinement}. All of the machine is there to be read;
 * over it lie the places that are hidden, over these those that may be read or changed. Processes,
 * devices, and what leads to services outside (its sockets) are its own.
 */
final class Bubblewrap {
  static final String NAME = "bwrap";

  /** Where services have their sockets: the system's bus, docker, the user's session. */
  private static final List<Path> RUNTIME = List.of(Path.of("/run"), Path.of("/var/run"));

  private static final Path TEMPORARY = Path.of("/tmp");

  /** Settings of the kernel are the machine's: what could write to one of them is not held. */
  private static final String PROBE =
      """
      for file in /proc/sys/kernel/* /proc/sys/vm/* /proc/sys/fs/* /proc/sysrq-trigger /proc/mtrr; do
        if [ -f "$file" ] && [ -w "$file" ]; then echo "$file can be written to"; exit 1; fi
      done
      """;

  private static final Path PROC = Path.of("/proc");

  private Bubblewrap() {}

  /** A place in it, and how it comes there. */
  private record Place(Path at, List<String> words) {}

  static List<String> trial(String program) {
    var words = new ArrayList<>(List.of(program, "--ro-bind", "/", "/"));
    words.addAll(List.of("--dev", "/dev", "--proc", "/proc"));
    words.addAll(kernel());
    words.addAll(List.of("--tmpfs", "/tmp"));
    words.addAll(apart(true));
    words.addAll(List.of("--", "/bin/sh", "-c", PROBE));
    return words;
  }

  static List<String> held(
      String program, List<String> command, Path folder, Confinement confinement) {
    var words = new ArrayList<>(List.of(program, "--ro-bind", "/", "/"));
    words.addAll(List.of("--dev", "/dev", "--proc", "/proc"));
    words.addAll(kernel());
    places(confinement).forEach(place -> words.addAll(place.words()));
    words.addAll(apart(confinement.network()));
    Confinement.DOORS.forEach(variable -> words.addAll(List.of("--unsetenv", variable)));
    for (String variable : List.of("TMPDIR", "TMP", "TEMP")) {
      words.addAll(List.of("--setenv", variable, TEMPORARY.toString()));
    }
    words.addAll(List.of("--chdir", real(folder).toString(), "--"));
    words.addAll(command);
    return List.copyOf(words);
  }

  /**
   * What the kernel shows belongs to root, so an agent of root's could write to it without any
   * capability. It may read it only, and may not make a namespace in which it would mount it anew.
   */
  private static List<String> kernel() {
    var words = new ArrayList<String>();
    if (!root()) {
      return words;
    }
    try (var entries = Files.list(PROC)) {
      entries
          .filter(entry -> !Character.isDigit(entry.getFileName().toString().charAt(0)))
          .filter(entry -> !Files.isSymbolicLink(entry))
          .filter(entry -> Files.isDirectory(entry) || Files.isWritable(entry))
          .sorted()
          .forEach(entry -> words.addAll(bound("--ro-bind", entry).words()));
    } catch (IOException e) {
      // The trial tells what that leaves open.
    }
    words.addAll(List.of("--unshare-user", "--disable-userns"));
    return words;
  }

  static boolean root() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(PROC.resolve("self"), "unix:uid"));
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** Its processes see and signal no others, and end with it; it ends with the engine. */
  private static List<String> apart(boolean network) {
    var words =
        new ArrayList<>(
            List.of(
                "--unshare-pid",
                "--unshare-ipc",
                "--unshare-uts",
                "--unshare-cgroup-try",
                "--die-with-parent",
                "--new-session",
                "--cap-drop",
                "ALL"));
    if (!network) {
      words.add("--unshare-net");
    }
    return words;
  }

  /** From the outside in, so that what is said of a place goes before what is said around it. */
  private static List<Place> places(Confinement confinement) {
    var places = new ArrayList<Place>();
    for (Path folder : RUNTIME) {
      if (Files.isDirectory(folder) && !Files.isSymbolicLink(folder)) {
        places.add(new Place(folder, List.of("--tmpfs", folder.toString())));
      }
    }
    Path names = real(Path.of("/etc/resolv.conf"));
    if (RUNTIME.stream().anyMatch(names::startsWith)) {
      places.add(bound("--ro-bind-try", names));
    }
    places.add(bound("--ro-bind-try", Path.of("/run/current-system"))); // NixOS
    places.add(
        new Place(
            TEMPORARY,
            List.of(
                "--bind", real(confinement.temporary()).toString(), real(TEMPORARY).toString())));
    confinement.hidden().stream()
        .map(Bubblewrap::real)
        .filter(Files::exists)
        .forEach(
            path ->
                places.add(
                    new Place(
                        path,
                        Files.isDirectory(path)
                            ? List.of("--tmpfs", path.toString())
                            : List.of("--ro-bind", "/dev/null", path.toString()))));
    confinement.readable().stream()
        .map(Bubblewrap::real)
        .filter(Files::exists)
        .forEach(path -> places.add(bound("--ro-bind", path)));
    confinement.writable().stream()
        .map(Bubblewrap::real)
        .filter(Files::exists)
        .forEach(path -> places.add(bound("--bind", path)));
    places.sort(Comparator.comparingInt(place -> place.at().getNameCount()));
    return places;
  }

  private static Place bound(String how, Path path) {
    return new Place(path, List.of(how, path.toString(), path.toString()));
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path.toAbsolutePath().normalize();
    }
  }
}
