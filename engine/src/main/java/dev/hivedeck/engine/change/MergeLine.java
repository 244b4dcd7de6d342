package dev.hivedeck.engine.change;

import dev.hivedeck.engine.change.stack.StackLedger;
import dev.hivedeck.engine.plan.AlternativeLedger;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.slo.policy.PolicyLedger;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Changes that are in line to be merged.
 *
 * @param passing those that may be, in order
 * @param waiting those that are kept back, by an error-budget policy or as the queue is frozen
 * @param why they are, in words; empty when none does
 * @param until what they wait for, in words
 * @param stacked those that wait for a change below them, or for their own canary
 */
public record MergeLine(
    List<ChangeLedger.Row> passing,
    List<ChangeLedger.Row> waiting,
    String why,
    String until,
    List<Stacked> stacked) {

  /**
   * A change that waits for one below it, or for its canary.
   *
   * @param why in words
   */
  public record Stacked(ChangeLedger.Row change, String why) {}

  /** Whether GitHub merges rather than the queue. */
  private static final String ON_GITHUB =
      "SELECT count(*) FROM forge_link WHERE merged_by = 'github'";

  /** What the queue here merges: nothing where GitHub does it. */
  public static MergeLine of(Sql sql) throws SQLException {
    var line = allowed(sql);
    return line.passing().isEmpty() || sql.number(ON_GITHUB) == 0
        ? line
        : new MergeLine(
            List.of(),
            ChangeLedger.in(sql, ChangeState.QUEUED),
            "GitHub merges it, once its checks passed there",
            "GitHub merged them",
            List.of());
  }

  /** What a change waits for whose canary goes on, in words. */
  public static String canary(String rollout) {
    return "waits for its canary " + rollout;
  }

  /** What a change waits for as its canary goes on or is being taken back; empty for nothing. */
  static Optional<String> keeps(Sql sql, ChangeLedger.Row change) throws SQLException {
    return RolloutLedger.keeping(sql, change.number(), change.head())
        .map(rollout -> canary(rollout.id()));
  }

  /** What may come to main, whoever merges it. */
  public static MergeLine allowed(Sql sql) throws SQLException {
    var queued = new ArrayList<ChangeLedger.Row>();
    var exposed = new ArrayList<Stacked>();
    for (var change : ChangeLedger.in(sql, ChangeState.QUEUED)) {
      if (AlternativeLedger.waits(sql, change.task())) {
        continue; // it is one of several, and not the chosen one
      }
      var why = keeps(sql, change);
      if (why.isPresent()) {
        exposed.add(new Stacked(change, why.get()));
      } else {
        queued.add(change);
      }
    }
    var line = allowed(sql, queued);
    exposed.addAll(line.stacked());
    return new MergeLine(line.passing(), line.waiting(), line.why(), line.until(), exposed);
  }

  private static MergeLine allowed(Sql sql, List<ChangeLedger.Row> queued) throws SQLException {
    var frozen = QueueFreezes.open(sql);
    if (!frozen.isEmpty()) {
      return new MergeLine(
          List.of(), queued, QueueFreezes.why(frozen), "the merge queue goes on", List.of());
    }
    var freeze = PolicyLedger.freeze(sql);
    if (freeze.isEmpty()) {
      return inOrder(sql, queued, List.of(), "", "");
    }
    var passing = new ArrayList<ChangeLedger.Row>();
    var waiting = new ArrayList<ChangeLedger.Row>();
    for (var change : queued) {
      String kind = TaskLedger.get(sql, change.task()).kind();
      (kind != null && freeze.get().kinds().contains(kind) ? passing : waiting).add(change);
    }
    return inOrder(sql, passing, waiting, freeze.get().why(), "there is error budget again");
  }

  /** A stack stands together in line, each member after the one below it. */
  private static MergeLine inOrder(
      Sql sql,
      List<ChangeLedger.Row> passing,
      List<ChangeLedger.Row> waiting,
      String why,
      String until)
      throws SQLException {
    if (passing.stream().noneMatch(ChangeLedger.Row::stacked)) {
      return new MergeLine(passing, waiting, why, until, List.of());
    }
    var line = new LinkedHashMap<Long, ChangeLedger.Row>();
    passing.forEach(change -> line.put(change.number(), change));
    var ordered = new ArrayList<ChangeLedger.Row>();
    var stacked = new ArrayList<Stacked>();
    var placed = new HashSet<Long>();
    for (var change : passing) {
      for (long member : StackLedger.members(sql, change.number())) {
        if (line.containsKey(member) && placed.add(member)) {
          place(sql, line.get(member), ordered, stacked);
        }
      }
    }
    return new MergeLine(ordered, waiting, why, until, stacked);
  }

  private static void place(
      Sql sql, ChangeLedger.Row change, List<ChangeLedger.Row> ordered, List<Stacked> stacked)
      throws SQLException {
    var below = StackLedger.below(sql, change.number());
    boolean alone = below.isEmpty() || below.get().state() == ChangeState.MERGED;
    boolean before = alone || ordered.stream().anyMatch(c -> c.number() == below.get().number());
    if (alone || before && below.get().head().equals(change.base())) {
      ordered.add(change);
    } else {
      stacked.add(
          new Stacked(
              change,
              before
                  ? "waits until it stands on #%d as it is now".formatted(below.get().number())
                  : "waits for #%d below it".formatted(below.get().number())));
    }
  }
}
