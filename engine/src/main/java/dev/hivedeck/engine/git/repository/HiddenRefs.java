package dev.hivedeck.engine.git.repository;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The refs below {@code refs/hivedeck}, which no branch list shows and no push takes along. */
public final class HiddenRefs {
  /** Work that was kept: {@code <task>/<attempt>/<n>}. */
  public static final String KEPT = "refs/hivedeck/kept/";

  private static final String CHECKPOINT = "refs/hivedeck/checkpoint/";
  public static final String MADE = "refs/hivedeck/made/";
  private static final String HELD = "refs/hivedeck/held/";

  private final GitRefs refs;

  public HiddenRefs(GitRefs refs) {
    this.refs = refs;
  }

  /** Says that Hivedeck made a branch, and may move and remove it. */
  public static String made(String branch) {
    return MADE + branch;
  }

  /** Holds a task's latest checkpoint. */
  public static String checkpoint(String task) {
    return CHECKPOINT + safe(task);
  }

  /** Holds a commit that something still needs. */
  static String held(String commit) {
    return HELD + commit;
  }

  /** The commits that are held. */
  Set<String> held() {
    return refs.matching(HELD).keySet().stream()
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
  public Map<String, String> matching(String... patterns) {
    return refs.matching(patterns);
  }

  static String safe(String name) {
    return name.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("\\.{2,}|\\.lock$|^\\.|\\.$", "-");
  }
}
