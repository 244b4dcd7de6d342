package dev.hivedeck.engine.change;

import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.slo.policy.PolicyLedger;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes that are in line to be merged.
 *
 * @param passing those that may be, in order
 * @param waiting those that are kept back, by an error-budget policy or as the queue is frozen
 * @param why they are, in words; empty when none does
 * @param until what they wait for, in words
 */
public record MergeLine(
    List<ChangeLedger.Row> passing, List<ChangeLedger.Row> waiting, String why, String until) {

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
            "GitHub merged them");
  }

  /** What may come to main, whoever merges it. */
  public static MergeLine allowed(Sql sql) throws SQLException {
    var queued = ChangeLedger.in(sql, ChangeState.QUEUED);
    var frozen = QueueFreezes.open(sql);
    if (!frozen.isEmpty()) {
      return new MergeLine(List.of(), queued, QueueFreezes.why(frozen), "the merge queue goes on");
    }
    var freeze = PolicyLedger.freeze(sql);
    if (freeze.isEmpty()) {
      return new MergeLine(queued, List.of(), "", "");
    }
    var passing = new ArrayList<ChangeLedger.Row>();
    var waiting = new ArrayList<ChangeLedger.Row>();
    for (var change : queued) {
      String kind = TaskLedger.get(sql, change.task()).kind();
      (kind != null && freeze.get().kinds().contains(kind) ? passing : waiting).add(change);
    }
    return new MergeLine(passing, waiting, freeze.get().why(), "there is error budget again");
  }
}
