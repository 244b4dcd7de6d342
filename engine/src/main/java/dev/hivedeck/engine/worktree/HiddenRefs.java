package dev.hivedeck.engine.worktree;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The refs below {@code refs/hivedeck}, which no branch list shows and no push takes along. */
final class HiddenRefs {
  /** Work that was kept: {@code <task>/<attempt>/<n>}. */
  static final String KEPT = "refs/hivedeck/kept/";

  private static final String CHECKPOINT = "refs/hivedeck/checkpoint/";
  static final String MADE = "refs/hivedeck/made/";

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

  /** A place for one more thing to keep. */
  String nextKept(String task, String attempt) {
    String base = KEPT + safe(task) + "/" + safe(attempt) + "/";
    return base + (matching(base).size() + 1);
  }

  /** Commits by the full name of the ref that points at them. */
  Map<String, String> matching(String... patterns) {
    var arguments = new ArrayList<>(List.of("for-each-ref", "--format=%(objectname) %(refname)"));
    arguments.addAll(List.of(patterns));
    return git.must(arguments.toArray(String[]::new))
        .lines()
        .filter(line -> !line.isBlank())
        .collect(Collectors.toMap(line -> line.substring(41), line -> line.substring(0, 40)));
  }

  private static String safe(String name) {
    return name.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("\\.{2,}|\\.lock$|^\\.|\\.$", "-");
  }
}
