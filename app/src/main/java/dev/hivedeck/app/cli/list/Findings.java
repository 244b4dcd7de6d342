package dev.hivedeck.app.cli.list;

import java.util.ArrayList;
import java.util.List;

/** What {@code doctor} has looked at so far. */
final class Findings {
  private final List<Finding> all = new ArrayList<>();

  /**
   * One thing looked at.
   *
   * @param status {@code ok}, {@code note} (it could be better) or {@code wrong}
   * @param remedy null where there is nothing to do
   */
  record Finding(String what, String status, String detail, String remedy) {
    boolean wrong() {
      return status.equals("wrong");
    }

    String line() {
      String mark = wrong() ? "WRONG" : status;
      return "%-6s %-13s %s".formatted(mark, what, detail)
          + (remedy == null ? "" : "\n" + " ".repeat(21) + remedy);
    }
  }

  List<Finding> all() {
    return List.copyOf(all);
  }

  boolean areWell() {
    return all.stream().noneMatch(Finding::wrong);
  }

  void add(Finding finding) {
    all.add(finding);
  }

  void well(String what, String detail) {
    all.add(new Finding(what, "ok", detail, null));
  }

  void note(String what, String detail, String remedy) {
    all.add(new Finding(what, "note", detail, remedy));
  }

  void wrong(String what, String detail, String remedy) {
    all.add(new Finding(what, "wrong", detail, remedy));
  }

  void check(String what, boolean ok, String detail, String remedy) {
    all.add(new Finding(what, ok ? "ok" : "wrong", detail, ok ? null : remedy));
  }
}
