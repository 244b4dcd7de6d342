package dev.hivedeck.engine.git.repository;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Who works in a folder, as far as the platform tells (Linux does). */
public final class FolderUsers {
  private FolderUsers() {}

  /** A live process whose working folder is inside. */
  public static Optional<Long> of(Path folder) {
    Path proc = Path.of("/proc");
    if (!Files.isDirectory(proc.resolve("self"))) {
      return Optional.empty();
    }
    try (Stream<Path> all = Files.list(proc)) {
      return all.filter(p -> Character.isDigit(p.getFileName().toString().charAt(0)))
          .filter(p -> worksIn(p, folder))
          .map(p -> Long.parseLong(p.getFileName().toString()))
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean worksIn(Path process, Path folder) {
    try {
      return Files.readSymbolicLink(process.resolve("cwd")).startsWith(folder);
    } catch (IOException | RuntimeException e) {
      return false; // gone by now, or somebody else's
    }
  }

  /**
   * Whether a process may use any of some folders: it is there, has a file open there, or was
   * pointed there by its options or environment. What cannot be looked at may.
   *
   * @param folders by their {@link #real} paths
   */
  static boolean mayUse(ProcessHandle process, List<Path> folders) {
    Path proc = Path.of("/proc", Long.toString(process.pid()));
    try {
      Path cwd = Files.readSymbolicLink(proc.resolve("cwd"));
      return Stream.of(Stream.of(cwd), opened(proc), named(proc, cwd))
          .flatMap(paths -> paths)
          .anyMatch(path -> folders.stream().anyMatch(path::startsWith));
    } catch (IOException | RuntimeException e) {
      return process.isAlive();
    }
  }

  private static Stream<Path> opened(Path proc) throws IOException {
    var opened = new ArrayList<Path>();
    try (Stream<Path> files = Files.list(proc.resolve("fd"))) {
      for (Path file : files.toList()) {
        try {
          opened.add(Files.readSymbolicLink(file));
        } catch (NoSuchFileException e) {
          // It was closed meanwhile.
        }
      }
    }
    return opened.stream();
  }

  /** What its words and variables name, {@code --git-dir=<path>} for example. */
  private static Stream<Path> named(Path proc, Path cwd) throws IOException {
    var named = new ArrayList<Path>();
    for (String file : List.of("cmdline", "environ")) {
      for (String word : Files.readString(proc.resolve(file), ISO_8859_1).split("\0")) {
        String value = word.substring(word.indexOf('=') + 1);
        if (file.equals("cmdline") || word.startsWith("GIT_")) {
          try {
            named.add(real(cwd.resolve(new String(value.getBytes(ISO_8859_1), UTF_8))));
          } catch (InvalidPathException e) {
            // It names no file.
          }
        }
      }
    }
    return named.stream();
  }

  /** Without links, as far as it is there. */
  static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path.toAbsolutePath().normalize();
    }
  }
}
