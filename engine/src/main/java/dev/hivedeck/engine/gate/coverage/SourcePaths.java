package dev.hivedeck.engine.gate.coverage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the file of a commit that a report means. Reports name files from their own root: a folder
 * of sources, a package, a module of Go, the folder that a build ran in. What could be two files is
 * none.
 */
final class SourcePaths {
  /** Paths of the commit by their last names. */
  private final Map<String, List<String>> byName = new HashMap<>();

  private final String root;

  /**
   * @param root where the commit was checked out when the report was made
   * @param paths of all its files, with slashes
   */
  SourcePaths(String root, Collection<String> paths) {
    this.root = root.replace('\\', '/') + "/";
    for (String path : paths) {
      byName.computeIfAbsent(last(path), name -> new ArrayList<>()).add(path);
    }
  }

  /**
   * @param named as the report has it
   * @param report the report's own path in the checkout
   */
  Optional<String> find(String named, String report) {
    String wanted = named.replace('\\', '/');
    if (wanted.startsWith(root)) {
      wanted = wanted.substring(root.length());
    }
    while (wanted.startsWith("./")) {
      wanted = wanted.substring(2);
    }
    var candidates = byName.getOrDefault(last(wanted), List.of());
    // The nearest folder above the report is where it most likely was made.
    for (String above = folder(report); ; above = folder(above)) {
      if (candidates.contains(above + wanted)) {
        return Optional.of(above + wanted);
      }
      if (above.isEmpty()) {
        break;
      }
    }
    for (String above = folder(report); ; above = folder(above)) {
      var below = endingWith(candidates, "/" + wanted, above);
      if (below.size() == 1) {
        return Optional.of(below.getFirst());
      }
      if (!below.isEmpty() || above.isEmpty()) {
        break;
      }
    }
    String all = "/" + wanted;
    return candidates.stream()
        .filter(path -> all.endsWith("/" + path))
        .max((a, b) -> Integer.compare(a.length(), b.length()));
  }

  private static List<String> endingWith(List<String> paths, String end, String above) {
    return paths.stream().filter(p -> p.startsWith(above) && p.endsWith(end)).toList();
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The folder that a file or a folder lies in, with its slash; empty for the root. */
  private static String folder(String path) {
    String plain = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return plain.substring(0, plain.lastIndexOf('/') + 1);
  }
}
