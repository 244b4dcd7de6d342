package dev.hivedeck.engine.worktree;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The refs below {@code refs/hivedeck}, which no branch list shows and no push takes along. */
final class HiddenRefs {
  /** Work that was kept: {@code <task>/<attempt>/<n>}. */
  static final String KEPT = "refs/hivedeck/kept/";

  private static final String CHECKPOINT = "refs/hivedeck/checkpoint/";
  static final String MADE = "refs/hivedeck/made/";
  private static final String HELD = "refs/hivedeck/held/";

  private final Git git;

  HiddenRefs(Git git) {
    this.git = git;
  }

  /** Says that Hivedeck made a branch, and may move and remove it. */
  static String made(String branch) {
    return MADE + branch;
  }

  /** Holds a task's latest checkpoint. */
  static String checkpoint(String task) {
    return CHECKPOINT + safe(task);
  }

  /** Holds a commit that something still needs. */
  static String held(String commit) {
    return HELD + commit;
  }

  /** The commits that are held. */
  Set<String> held() {
    return git.must("for-each-ref", "--format=%(refname)", HELD)
        .lines()
        .filter(name -> name.startsWith(HELD))
        .map(name -> name.substring(HELD.length()))
        .collect(Collectors.toSet());
  }

  /** A place for one more thing to keep, behind all that were there. */
  String nextKept(String task, String attempt) {
    String base = KEPT + safe(task) + "/" + safe(attempt) + "/";
    int last =
        matching(base).keySet().stream()
            .map(name -> name.substring(base.length()))
            .filter(n -> n.matches("\\d{1,9}"))
            .mapToInt(Integer::parseInt)
            .max()
            .orElse(0);
    return base + (last + 1);
  }

  /** Commits by the full name of the ref that points at them. */
  Map<String, String> matching(String... patterns) {
    var arguments = new ArrayList<>(List.of("for-each-ref", "--format=%(objectname) %(refname)"));
    arguments.addAll(List.of(patterns));
    return git.must(arguments.toArray(String[]::new))
        .lines()
        .filter(line -> !line.isBlank())
        .map(line -> line.split(" ", 2))
        .collect(Collectors.toMap(parts -> parts[1], parts -> parts[0]));
  }

  static String safe(String name) {
    return name.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("\\.{2,}|\\.lock$|^\\.|\\.$", "-");
  }
}
