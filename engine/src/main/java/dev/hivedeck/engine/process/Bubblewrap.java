package dev.hivedeck.engine.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The command line of bubblewrap for a {@link SandboxPolicy}. All of the machine is there to be
 * read; over it lie the places that are hidden, over these those that may be read or changed.
 * Processes, devices, and what leads to services outside (its sockets) are its own.
 */
final class Bubblewrap {
  static final String NAME = "bwrap";

  /** Where services have their sockets: the system's bus, docker, the user's session. */
  private static final List<Path> RUNTIME = List.of(Path.of("/run"), Path.of("/var/run"));

  /** A line of the kernel's about a socket that listens, and has a path. */
  private static final Pattern SOCKET =
      Pattern.compile("\\S+: \\S+ \\S+ 00010000 \\S+ \\S+ +\\d+ (/.+)");

  /** A folder of more than this is not made anew. */
  private static final int MOST = 500;

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
      String program, List<String> command, Path folder, SandboxPolicy policy) {
    var words = new ArrayList<>(List.of(program, "--ro-bind", "/", "/"));
    words.addAll(List.of("--dev", "/dev", "--proc", "/proc"));
    words.addAll(kernel());
    places(policy).forEach(place -> words.addAll(place.words()));
    words.addAll(apart(policy.network()));
    SandboxPolicy.DOORS.forEach(variable -> words.addAll(List.of("--unsetenv", variable)));
    for (String variable : List.of("TMPDIR", "TMP", "TEMP")) {
      words.addAll(List.of("--setenv", variable, TEMPORARY.toString()));
    }
    words.addAll(List.of("--chdir", SandboxPolicy.real(folder).toString(), "--"));
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
          .filter(entry -> Files.isDirectory(entry) || writable(entry))
          .sorted()
          .forEach(entry -> words.addAll(bound("--ro-bind", entry).words()));
    } catch (IOException e) {
      // The trial tells what that leaves open.
    }
    words.addAll(List.of("--unshare-user", "--disable-userns"));
    return words;
  }

  private static boolean writable(Path file) {
    try {
      return Files.getPosixFilePermissions(file).stream()
          .anyMatch(right -> right.name().endsWith("WRITE"));
    } catch (IOException e) {
      return true;
    }
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
  private static List<Place> places(SandboxPolicy policy) {
    var places = new ArrayList<Place>();
    var empty = new ArrayList<Path>();
    for (Path folder : RUNTIME) {
      if (Files.isDirectory(folder) && !Files.isSymbolicLink(folder)) {
        places.add(new Place(folder, List.of("--tmpfs", folder.toString())));
        empty.add(folder);
      }
    }
    Path names = SandboxPolicy.real(Path.of("/etc/resolv.conf"));
    if (RUNTIME.stream().anyMatch(names::startsWith)) {
      places.add(bound("--ro-bind-try", names));
    }
    places.add(bound("--ro-bind-try", Path.of("/run/current-system"))); // NixOS
    places.add(
        new Place(
            TEMPORARY,
            List.of(
                "--bind",
                SandboxPolicy.real(policy.temporary()).toString(),
                SandboxPolicy.real(TEMPORARY).toString())));
    var shown = shown(policy);
    var hidden = hidden(policy, shown);
    for (Path path : hidden) {
      if (Files.isDirectory(path)) {
        places.add(new Place(path, List.of("--tmpfs", path.toString())));
        empty.add(path);
      } else {
        places.add(new Place(path, List.of("--ro-bind", "/dev/null", path.toString())));
      }
    }
    // What is mounted cannot be moved.
    policy.ways().stream()
        .filter(Files::isDirectory)
        .forEach(way -> places.add(bound("--bind", way)));
    for (var list : List.of(policy.readable(), policy.writable())) {
      String how = list == policy.readable() ? "--ro-bind" : "--bind";
      for (Path path : policy.shown(list)) {
        if (Files.exists(path)) {
          places.add(bound(how, SandboxPolicy.real(path)));
          link(path, hidden).ifPresent(places::add);
        }
      }
    }
    anew(hidden, shown, places, empty);
    places.sort(Comparator.comparingInt(place -> place.at().getNameCount()));
    empty.stream()
        .distinct()
        .forEach(path -> places.add(new Place(path, List.of("--remount-ro", path.toString()))));
    return places;
  }

  private static Set<Path> shown(SandboxPolicy policy) {
    return Stream.of(policy.readable(), policy.writable())
        .flatMap(list -> policy.shown(list).stream())
        .map(SandboxPolicy::real)
        .filter(Files::exists)
        .collect(Collectors.toSet());
  }

  /** What is to be hidden and would be seen, sockets of services outside among it. */
  private static List<Path> hidden(SandboxPolicy policy, Set<Path> shown) {
    var all =
        Stream.concat(policy.hidden().stream(), sockets().stream())
            .map(SandboxPolicy::real)
            .filter(Files::exists)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    var seen = new ArrayList<Path>();
    for (Path path : all) {
      Path around = path.getParent();
      while (around != null && !shown.contains(around) && !all.contains(around)) {
        around = around.getParent();
      }
      if (around == null || shown.contains(around)) {
        seen.add(path);
      }
    }
    return seen;
  }

  /** Sockets at which somebody listens. Those below {@code /run} and {@code /tmp} are hidden. */
  private static List<Path> sockets() {
    try (var lines = Files.lines(PROC.resolve("net/unix"), StandardCharsets.ISO_8859_1)) {
      return lines
          .map(SOCKET::matcher)
          .filter(Matcher::matches)
          .map(m -> Path.of(m.group(1)))
          .filter(path -> !path.startsWith(TEMPORARY))
          .filter(path -> RUNTIME.stream().noneMatch(path::startsWith))
          .distinct()
          .toList();
    } catch (IOException | UncheckedIOException | InvalidPathException e) {
      return List.of();
    }
  }

  /** A link within what is hidden, to what is shown elsewhere. */
  private static Optional<Place> link(Path path, List<Path> hidden) {
    if (!Files.isSymbolicLink(path) || hidden.stream().noneMatch(path::startsWith)) {
      return Optional.empty();
    }
    return Optional.of(
        new Place(
            path, List.of("--symlink", SandboxPolicy.real(path).toString(), path.toString())));
  }

  /**
   * A file that is only covered is seen again when its owner writes it anew under the same name. So
   * the folder around it is made anew, of all else that it holds.
   */
  private static void anew(
      List<Path> hidden, Set<Path> shown, List<Place> places, List<Path> empty) {
    var said = places.stream().map(Place::at).collect(Collectors.toSet());
    hidden.stream()
        .filter(path -> !Files.isDirectory(path) && Files.isReadable(path))
        .map(Path::getParent)
        .distinct()
        .filter(folder -> folder.getParent() != null && !said.contains(folder))
        .filter(folder -> shown.stream().noneMatch(folder::startsWith))
        .forEach(
            folder -> {
              try (var entries = Files.list(folder)) {
                var others =
                    entries.filter(entry -> !said.contains(entry)).limit(MOST + 1).toList();
                if (others.size() <= MOST) {
                  places.add(new Place(folder, List.of("--tmpfs", folder.toString())));
                  others.forEach(entry -> places.add(again(entry)));
                  empty.add(folder);
                }
              } catch (IOException | UncheckedIOException e) {
                // What cannot be listed stays as it is, with the file covered.
              }
            });
  }

  private static Place again(Path entry) {
    try {
      return Files.isSymbolicLink(entry)
          ? new Place(
              entry,
              List.of("--symlink", Files.readSymbolicLink(entry).toString(), entry.toString()))
          : bound("--ro-bind-try", entry);
    } catch (IOException e) {
      return bound("--ro-bind-try", entry);
    }
  }

  private static Place bound(String how, Path path) {
    return new Place(path, List.of(how, path.toString(), path.toString()));
  }
}
