package dev.hivedeck.ui.external;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which programs a machine has.
 *
 * @param environment the person's
 * @param system as {@code os.name} has it
 * @param home the person's folder
 * @param applications where macOS keeps them
 */
public record ProgramSearch(
    Map<String, String> environment, String system, Path home, List<Path> applications) {

  /** This machine. */
  public static ProgramSearch here() {
    var home = Path.of(System.getProperty("user.home"));
    return new ProgramSearch(
        System.getenv(),
        System.getProperty("os.name"),
        home,
        List.of(Path.of("/Applications"), home.resolve("Applications")));
  }

  boolean windows() {
    return system.toLowerCase(Locale.ROOT).startsWith("win");
  }

  boolean mac() {
    return system.toLowerCase(Locale.ROOT).startsWith("mac");
  }

  /** Whether a window can be seen: in a session over SSH, none can. */
  boolean windowed() {
    return windows()
        || mac()
        || !variable("DISPLAY").isEmpty()
        || !variable("WAYLAND_DISPLAY").isEmpty();
  }

  String variable(String name) {
    return environment.getOrDefault(name, "").strip();
  }

  /**
   * Where a command is. Only folders with a full path are searched: {@code .} on the PATH would let
   * a repository choose the program.
   *
   * @param command a name, or a full path
   */
  Optional<Path> find(String command) {
    try {
      var named = Path.of(command);
      if (named.isAbsolute()) {
        return Files.isExecutable(named) && Files.isRegularFile(named)
            ? Optional.of(named)
            : Optional.empty();
      }
      if (named.getNameCount() != 1 || command.isEmpty()) {
        return Optional.empty();
      }
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
    for (var folder : folders()) {
      for (var suffix : suffixes(command)) {
        var file = folder.resolve(command + suffix);
        if (Files.isRegularFile(file) && Files.isExecutable(file)) {
          return Optional.of(file);
        }
      }
    }
    return Optional.empty();
  }

  /** An application of macOS. */
  Optional<Path> application(String name) {
    return mac()
        ? applications.stream()
            .map(folder -> folder.resolve(name + ".app"))
            .filter(Files::isDirectory)
            .findFirst()
        : Optional.empty();
  }

  private List<String> suffixes(String command) {
    boolean whole = command.toLowerCase(Locale.ROOT).matches(".*\\.(exe|com|cmd|bat)");
    return windows() && !whole ? List.of(".exe", ".com", ".cmd", ".bat") : List.of("");
  }

  private List<Path> folders() {
    var folders = new ArrayList<Path>();
    for (var folder : environment.getOrDefault("PATH", "").split(File.pathSeparator)) {
      try {
        if (Path.of(folder).isAbsolute()) {
          folders.add(Path.of(folder));
        }
      } catch (InvalidPathException e) {
        continue; // such a folder holds nothing
      }
    }
    folders.add(home.resolve(".local/share/JetBrains/Toolbox/scripts"));
    folders.add(home.resolve("Library/Application Support/JetBrains/Toolbox/scripts"));
    return folders;
  }
}
