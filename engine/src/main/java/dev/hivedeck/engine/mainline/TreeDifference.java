package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.git.Git;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Something that differs between two commits.
 *
 * @param before its mode and object, as {@code git update-index --index-info} takes them
 */
record TreeDifference(String path, String before, String after) {
  /** The mode of what a commit does not have. */
  static final String ABSENT = "000000";

  boolean arrives() {
    return before.startsWith(ABSENT);
  }

  boolean goes() {
    return after.startsWith(ABSENT);
  }

  /** By path. A line is: modes and objects before and after, a status; its path follows. */
  static Map<String, TreeDifference> between(Git git, String from, String to) {
    if (from.equals(to)) {
      return Map.of();
    }
    var fields = listed(git, "diff-tree", "-r", "--raw", from, to);
    var all = new HashMap<String, TreeDifference>();
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      var line = fields.get(i).substring(1).split(" ");
      String name = fields.get(i + 1);
      all.put(name, new TreeDifference(name, line[0] + " " + line[2], line[1] + " " + line[3]));
    }
    return all;
  }

  static List<String> listed(Git git, String... command) {
    var words = new ArrayList<>(List.of(command));
    words.addAll(1, List.of("-z", "--no-renames", "--ignore-submodules=none"));
    return git.listed(words.toArray(String[]::new));
  }
}
