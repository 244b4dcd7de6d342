package dev.hivedeck.engine.git.repository;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/** What Hivedeck writes into git's log of main when it moves it, and reads there. */
public final class MainLog {
  private static final Pattern BROUGHT =
      Pattern.compile("([0-9a-f]+) hivedeck(?: \\((\\d{1,4}) commits\\))?: .*");

  private MainLog() {}

  /**
   * What is written there of a move.
   *
   * @param commits how many came to main by it, one on the other
   */
  public static String words(String subject, int commits) {
    return (commits == 1 ? "hivedeck: " : "hivedeck (%d commits): ".formatted(commits)) + subject;
  }

  /**
   * Commits that Hivedeck brought.
   *
   * @param log lines of a commit that main was moved to, a blank, and what was written of it
   * @param line so many commits of main by first parents
   */
  static Set<String> brought(String log, IntFunction<List<String>> line) {
    var all = new HashSet<String>();
    var several = new HashMap<String, Integer>();
    for (String entry : log.lines().toList()) {
      var brought = BROUGHT.matcher(entry);
      if (brought.matches()) {
        all.add(brought.group(1));
        if (brought.group(2) != null) {
          several.put(brought.group(1), Integer.parseInt(brought.group(2)));
        }
      }
    }
    if (!several.isEmpty()) {
      add(all, several, line);
    }
    return all;
  }

  private static void add(
      Set<String> all, Map<String, Integer> several, IntFunction<List<String>> line) {
    int most = several.values().stream().mapToInt(Integer::intValue).sum() + all.size();
    var commits = line.apply(most);
    for (int i = 0; i < commits.size(); i++) {
      int count = several.getOrDefault(commits.get(i), 0);
      all.addAll(commits.subList(i, Math.min(commits.size(), i + count)));
    }
  }
}
