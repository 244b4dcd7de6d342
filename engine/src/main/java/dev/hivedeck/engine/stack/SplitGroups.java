package dev.hivedeck.engine.stack;

import dev.hivedeck.engine.git.diff.DiffFacts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** Puts the files of a change together by their directories. */
final class SplitGroups {
  /** Nobody reads a stack of more; the last has all that is left. */
  static final int MOST = 8;

  private static final String REST = "the rest";

  private SplitGroups() {}

  /** Files that make one part. */
  record Group(String title, List<String> paths) {}

  /**
   * The files by the first directory in which they differ; tests after what they test, and what is
   * only documentation or generated after both.
   *
   * @return less than two where they cannot be told apart
   */
  static List<Group> byDirectory(List<String> paths) {
    int common = common(paths);
    var groups = new TreeMap<String, List<String>>();
    for (String path : paths) {
      groups.computeIfAbsent(directory(path, common), _ -> new ArrayList<>()).add(path);
    }
    var all =
        groups.entrySet().stream()
            .map(e -> new Group(e.getKey(), List.copyOf(e.getValue())))
            .sorted(Comparator.comparing(SplitGroups::turn).thenComparing(Group::title))
            .toList();
    return all.size() <= MOST ? all : limited(all);
  }

  private static List<Group> limited(List<Group> all) {
    var some = new ArrayList<>(all.subList(0, MOST - 1));
    var rest = all.subList(MOST - 1, all.size()).stream().flatMap(g -> g.paths().stream()).toList();
    some.add(new Group(REST, rest));
    return List.copyOf(some);
  }

  private static int turn(Group group) {
    if (group.paths().stream().allMatch(SplitGroups::aside)) {
      return 2;
    }
    return group.paths().stream().allMatch(path -> DiffFacts.isTest(path) || aside(path)) ? 1 : 0;
  }

  private static boolean aside(String path) {
    return DiffFacts.isGenerated(path) || path.startsWith("docs/") || path.endsWith(".md");
  }

  /** How long the directory is that all are in, with its slash. */
  private static int common(List<String> paths) {
    String first = paths.isEmpty() ? "" : paths.getFirst();
    int common = first.lastIndexOf('/') + 1;
    while (common > 0) {
      String directory = first.substring(0, common);
      if (paths.stream().allMatch(path -> path.startsWith(directory))) {
        return common;
      }
      common = first.lastIndexOf('/', common - 2) + 1;
    }
    return 0;
  }

  private static String directory(String path, int common) {
    int end = path.indexOf('/', common);
    return end < 0 ? (common == 0 ? "." : path.substring(0, common)) : path.substring(0, end + 1);
  }
}
