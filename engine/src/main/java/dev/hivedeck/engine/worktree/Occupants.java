package dev.hivedeck.engine.worktree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Who works in a folder, as far as the platform tells (Linux does). */
final class Occupants {
  private Occupants() {}

  /** A live process whose working folder is inside. */
  static Optional<Long> of(Path folder) {
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
}
