package dev.hivedeck.engine.change;

import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.git.repository.RecordedMerges;
import dev.hivedeck.engine.plan.AlternativeLedger;
import dev.hivedeck.engine.plan.ReworkHandler;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.TaskStateMachine;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Brings the changes of the ledger in line with what git has: merges that main carries and the
 * ledger does not know, merges that somebody took off main, commits that are gone.
 */
public final class ChangeReconciler {
  private final Store store;
  private final ReworkHandler reworkHandler;
  private final ChangeReview review;
  private final Runnable wake;
  private final Supplier<String> ids;

  /**
   * @param wake called after a commit that left something to merge
   * @param ids of the correlation of what is written
   */
  public ChangeReconciler(
      Store store,
      ReworkHandler reworkHandler,
      ChangeReview review,
      Runnable wake,
      Supplier<String> ids) {
    this.store = store;
    this.reworkHandler = reworkHandler;
    this.review = review;
    this.wake = wake;
    this.ids = ids;
  }

  /**
   * Gives changes back to their agents whose commits are gone: there is nothing left to merge or to
   * review.
   */
  public void gone(Set<String> commits) {
    if (commits.isEmpty()) {
      return;
    }
    for (var change : store.read(ChangeLedger::unfinished)) {
      if (commits.contains(change.head()) && change.state() != ChangeState.MERGING) {
        store.update(
            ids.get(),
            tx -> lost(tx, ChangeLedger.get(tx.sql(), change.id()), change.head(), reworkHandler));
      }
    }
  }

  /** As long as it is with its agent, or has other work by now, nothing is lost. */
  static void lost(Tx tx, ChangeLedger.Row change, String head, ReworkHandler reworkHandler)
      throws SQLException {
    boolean waits =
        ChangeStateMachine.TABLE.allows(change.state(), ChangeStateMachine.Step.RETURN)
            && TaskLedger.get(tx.sql(), change.task()).state() == TaskState.DONE;
    if (!waits || !change.head().equals(head)) {
      return;
    }
    String commit = ObjectNames.abbreviated(head);
    ChangeLedger.step(
        tx,
        change.id(),
        ChangeStateMachine.Step.RETURN,
        "its commit %s is gone from the repository; %s makes it again"
            .formatted(commit, change.agent()),
        ChangeEvent.LOST,
        "#%d is back with %s: its commit %s is gone from the repository"
            .formatted(change.number(), change.agent(), commit));
    reworkHandler.rework(
        tx,
        change.task(),
        new TaskLedger.Context(
            "lost",
            "Your work (commit %s) is gone from the repository before it was merged."
                    .formatted(commit)
                + " You begin from main again: make it anew."),
        null,
        false);
  }

  /**
   * Writes down merges that main carries and the ledger does not know, as one does that is younger
   * than main or was restored: their tasks are done, and are not done again. A task of the same
   * name with another title is another task.
   */
  public void found(Tx tx, List<RecordedMerges.RecordedMerge> merges) throws SQLException {
    for (var merge : merges) {
      if (unknown(tx.sql(), merge)) {
        found(tx, merge);
      }
    }
  }

  /** What is known of attempts says nothing: a copy may be of the time when one was at work. */
  private static boolean unknown(Sql sql, RecordedMerges.RecordedMerge merge) throws SQLException {
    var task = TaskLedger.find(sql, merge.task());
    if (task.isEmpty()
        || !task.get().title().equals(merge.title())
        || task.get().state() == TaskState.CANCELLED) {
      return false;
    }
    var change = ChangeLedger.ofTask(sql, merge.task());
    return change.isEmpty() || !knows(change.get(), merge);
  }

  /** Whether it was merged, by whichever commit, was taken off main, or is being merged. */
  private static boolean knows(ChangeLedger.Row change, RecordedMerges.RecordedMerge merge) {
    return change.state() == ChangeState.MERGED
        || merge.commit().equals(change.merge())
        || change.state() == ChangeState.MERGING && change.head().equals(merge.head());
  }

  private void found(Tx tx, RecordedMerges.RecordedMerge merge) throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO change(number, task, attempt, agent, state, branch, base, head, files,"
                + " additions, deletions, commits, gates, risks, review, opened_at, updated_at,"
                + " merged_at)"
                + " SELECT coalesce(max(number), 0) + 1, ?, ?, ?, 'draft', ?, ?, ?, 0, 0, 0, 0,"
                + " '[]', '[]', 'none', ?, ?, ? FROM change WHERE true"
                + " ON CONFLICT(task) DO UPDATE SET attempt = excluded.attempt,"
                + " agent = excluded.agent, base = excluded.base, head = excluded.head,"
                + " merged_at = excluded.merged_at",
            merge.task(),
            merge.attempt(),
            merge.agent(),
            "hive/" + merge.task(),
            merge.base(),
            merge.head(),
            merge.at(),
            tx.now(),
            merge.at());
    String commit = ObjectNames.abbreviated(merge.commit());
    String what =
        "%s is on main already, by %s of %s".formatted(merge.task(), commit, merge.attempt());
    if (TaskLedger.get(tx.sql(), merge.task()).state() != TaskState.DONE) {
      TaskLedger.step(tx, merge.task(), TaskStateMachine.Step.FIND, null, TaskEvent.FOUND, what);
      reworkHandler.stop(tx, merge.task(), what);
    }
    ChangeLedger.merged(
        tx,
        ChangeLedger.ofTask(tx.sql(), merge.task()).orElseThrow(),
        merge.commit(),
        reworkHandler);
  }

  /**
   * One of several alternatives is on main, however it got there: the changes of the others are
   * closed, and what is at work at them ends; their work is kept.
   *
   * @param landed the change, or the last part of it
   */
  static void closeOthers(Tx tx, ChangeLedger.Row landed, ReworkHandler attempts)
      throws SQLException {
    String task = whole(tx.sql(), landed);
    var original = AlternativeLedger.original(tx.sql(), task);
    if (original.isEmpty() || !TaskLedger.get(tx.sql(), task).merged()) {
      return;
    }
    for (String other : AlternativeLedger.tasks(tx.sql(), original.get())) {
      if (!other.equals(task)) {
        String why = task + " was chosen";
        closeOther(tx, other, why);
        attempts.stop(tx, other, why);
      }
    }
  }

  private static String whole(Sql sql, ChangeLedger.Row landed) throws SQLException {
    return sql.one(
            "SELECT w.task FROM change p JOIN change w ON w.number = p.split_of WHERE p.number = ?",
            row -> row.text("task"),
            landed.number())
        .orElse(landed.task());
  }

  private static void closeOther(Tx tx, String task, String why) throws SQLException {
    var change = ChangeLedger.ofTask(tx.sql(), task).filter(c -> !c.state().over());
    if (change.isEmpty()) {
      return;
    }
    String id = change.get().id();
    if (change.get().state() == ChangeState.MERGING) {
      ChangeLedger.step(tx, id, ChangeStateMachine.Step.YIELD, null, ChangeEvent.QUEUED, null);
    }
    ChangeLedger.step(
        tx,
        id,
        ChangeStateMachine.Step.CLOSE,
        why,
        ChangeEvent.CLOSED,
        "closed #%d: %s; its branch %s stays"
            .formatted(change.get().number(), why, change.get().branch()));
  }

  // ── what was taken off main ─────────────────────────────────────────────────────────────────

  /** Writes down that main has it no more. */
  public void takenOff(String id, String why) {
    apply(id, (tx, change) -> ChangeLedger.takenOff(tx, change, why));
  }

  /** Writes down that main has it after all, by this commit. */
  public void onMain(String id, String commit) {
    apply(id, (tx, change) -> ChangeLedger.merged(tx, change, commit, reworkHandler));
  }

  /** Merges once more what was taken off main. */
  public void again(String id) {
    taken(
        id,
        (tx, change) -> {
          ChangeLedger.step(
              tx, id, ChangeStateMachine.Step.ENQUEUE, null, ChangeEvent.QUEUED, null);
          tx.after(wake);
        });
  }

  /** Has its agent make once more what was taken off main. */
  public void anew(String id) {
    String text =
        "Your work (commit %1$s, `git show %1$s`) was on main and was taken off it again by hand."
            + " You begin from main as it is now: make it anew.";
    taken(
        id,
        (tx, change) -> {
          ChangeLedger.step(
              tx,
              id,
              ChangeStateMachine.Step.RETURN,
              "to be made anew",
              ChangeEvent.RETURNED,
              "#" + change.number() + " is to be made anew");
          reworkHandler.rework(
              tx,
              change.task(),
              new TaskLedger.Context("taken off main", text.formatted(change.head())),
              null,
              false);
        });
  }

  /** Leaves it off main. */
  public void leaveOff(String id) {
    taken(id, (tx, change) -> review.close(tx, id, null));
  }

  /** What is settled of a change. */
  private interface Settled {
    void run(Tx tx, ChangeLedger.Row change) throws SQLException;
  }

  private void taken(String id, Settled what) {
    apply(
        id,
        (tx, change) -> {
          what.run(tx, change);
          tx.sql().update("UPDATE change SET merge = NULL WHERE number = ?", change.number());
        });
  }

  private void apply(String id, Settled what) {
    store.update(ids.get(), tx -> what.run(tx, ChangeLedger.get(tx.sql(), id)));
  }
}
