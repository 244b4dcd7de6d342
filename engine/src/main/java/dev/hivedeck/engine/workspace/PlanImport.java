package dev.hivedeck.engine.workspace;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.ChangeReconciler;
import dev.hivedeck.engine.dispatch.NewTasks;
import dev.hivedeck.engine.dispatch.SqliteDispatch;
import dev.hivedeck.engine.plan.AlternativeLedger;
import dev.hivedeck.engine.plan.PlanDocument;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Results;
import dev.hivedeck.engine.protocol.event.WorkspaceEvent;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;

/** Takes a plan in, as of what main and the configuration are now. */
public final class PlanImport {
  /** Of more than that only the numbers are told. */
  private static final int LISTED = 1_000;

  private final WorkspaceMonitor monitor;
  private final DriftMonitor drift;
  private final NewTasks newTasks;
  private final SqliteDispatch dispatch;
  private final ChangeReconciler changes;
  private final Runnable wake;

  /**
   * @param wake has ready tasks given to agents
   */
  public PlanImport(
      WorkspaceMonitor monitor,
      DriftMonitor drift,
      NewTasks newTasks,
      SqliteDispatch dispatch,
      ChangeReconciler changes,
      Runnable wake) {
    this.monitor = monitor;
    this.drift = drift;
    this.newTasks = newTasks;
    this.dispatch = dispatch;
    this.changes = changes;
    this.wake = wake;
  }

  /**
   * @throws dev.hivedeck.engine.protocol.HiveException when it is no plan, with the place
   */
  public Action take(Command.ImportPlan c) {
    var plan = PlanDocument.parse(c.name(), c.text());
    monitor.refresh();
    var merges = drift.unrecorded().all();
    return Action.answer(
        tx -> {
          plan.check(c.name(), newTasks.known(tx.sql()));
          var imported = dispatch.submit(tx, plan, null);
          changes.found(tx, merges);
          progressed(tx, plan);
          tx.emit(WorkspaceEvent.CHANGED, null, monitor.view(tx.sql()));
          tx.after(wake);
          int all = imported.added().size() + imported.changed().size() + imported.kept().size();
          return all <= LISTED
              ? imported
              : new Results.PlanImported(
                  imported.added().size(),
                  imported.changed().size(),
                  imported.kept().size(),
                  imported.earlier().size(),
                  imported.leftOut());
        });
  }

  /** The change of a task that more agents do by now waits for a choice. */
  private static void progressed(Tx tx, PlanDocument plan) throws SQLException {
    for (var task : plan.tasks()) {
      if (!task.agents().isEmpty()) {
        for (String one : AlternativeLedger.tasks(tx.sql(), task.id())) {
          ChangeLedger.progressed(tx, one);
        }
      }
    }
  }
}
