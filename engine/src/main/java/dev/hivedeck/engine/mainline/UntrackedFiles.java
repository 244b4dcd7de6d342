package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What lies in a checkout without being tracked. Git spares it, unless it is ignored: then it is
 * overwritten, a folder with all that is in it, by whatever a commit has there.
 */
final class UntrackedFiles {
  private static final String SUBMODULE = ":160000 ";

  private UntrackedFiles() {}

  /**
   * What of it is where a commit has something that the commit before it does not have.
   *
   * @param git in {@code root}
   * @return names from {@code root}, as people read them, sorted
   */
  static List<String> inTheWay(Git git, Path root, String from, String to) {
    return met(git, root, from, to).stream().map(ByteNames::words).toList();
  }

  /** As {@link #inTheWay}, with names as git has them. */
  static List<String> met(Git git, Path root, String from, String to) {
    var met = new TreeMap<String, Path>();
    for (String name : arriving(git, from, to)) {
      met(root, name, met);
    }
    if (met.isEmpty()) {
      return List.of();
    }
    Set<String> tracked = Set.copyOf(git.listed("ls-files", "-z"));
    return met.entrySet().stream()
        .filter(at -> !isTracked(at.getKey(), at.getValue(), tracked))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Paths of the second that the first has not, or has as a repository of its own. */
  private static List<String> arriving(Git git, String from, String to) {
    var fields =
        git.listed("diff-tree", "-r", "-z", "--raw", "--no-renames", "--diff-filter=AT", from, to);
    return Stream.iterate(0, i -> i + 1 < fields.size(), i -> i + 2)
        .filter(i -> fields.get(i).endsWith("A") || fields.get(i).startsWith(SUBMODULE))
        .map(i -> fields.get(i + 1))
        .toList();
  }

  /** Adds what is there on the disk: at its place, or a file where a folder on the way would be. */
  private static void met(Path root, String name, Map<String, Path> met) {
    for (int end = name.indexOf('/'); ; end = name.indexOf('/', end + 1)) {
      String part = end < 0 ? name : name.substring(0, end);
      Path at = ByteNames.resolve(root, part);
      if (!Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
        return;
      }
      if (end < 0 || !Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
        met.put(part, at);
        return;
      }
    }
  }

  /** Of what is tracked git knows whether it was edited. */
  private static boolean isTracked(String name, Path at, Set<String> tracked) {
    if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
      return tracked.contains(name);
    }
    try (var all = Files.walk(at)) {
      return all.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .allMatch(file -> tracked.contains(name + "/" + ByteNames.relative(at, file)));
    } catch (IOException | UncheckedIOException e) {
      return false; // what cannot be looked at is not to be lost
    }
  }
}
