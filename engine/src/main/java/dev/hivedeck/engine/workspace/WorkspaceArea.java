package dev.hivedeck.engine.workspace;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.dispatch.OperatorActions;
import dev.hivedeck.engine.execution.Scheduler;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Results;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.WorkspaceEvent;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Registers the workspace as a whole: how it stands, its start, pause and end. */
public final class WorkspaceArea {
  private final ActiveConfiguration configuration;
  private final WorkspaceMonitor monitor;
  private final DriftMonitor drift;
  private final OperatorActions actions;
  private final Scheduler scheduler;
  private final Runnable merge;
  private final Supplier<Object> stop;

  private WorkspaceArea(
      ActiveConfiguration configuration,
      WorkspaceMonitor monitor,
      DriftMonitor drift,
      OperatorActions actions,
      Scheduler scheduler,
      Runnable merge,
      Supplier<Object> stop) {
    this.configuration = configuration;
    this.monitor = monitor;
    this.drift = drift;
    this.actions = actions;
    this.scheduler = scheduler;
    this.merge = merge;
    this.stop = stop;
  }

  /**
   * Of an engine that is only asked.
   *
   * @param off changes whose merges main was found not to have
   */
  public static Area reading(
      Ledger ledger,
      AgentLedger agents,
      ActiveConfiguration configuration,
      Supplier<Set<String>> off,
      Ledger.Look<WorkspaceViews.Workspace> workspace) {
    return area(ledger, agents, configuration, off, workspace).build();
  }

  /**
   * @param merge has what is approved merged
   * @param stop ends the engine soon, and says what that waits for
   */
  public static Area of(
      Store store,
      AgentLedger agents,
      ActiveConfiguration configuration,
      WorkspaceMonitor monitor,
      DriftMonitor drift,
      OperatorActions actions,
      Scheduler scheduler,
      Runnable merge,
      Supplier<Object> stop) {
    var area = new WorkspaceArea(configuration, monitor, drift, actions, scheduler, merge, stop);
    return area(
            store,
            agents,
            configuration,
            () -> off(store, drift),
            sql -> {
              configuration.refresh(); // what is shown and consented to is what the files say now
              return monitor.view(sql);
            })
        .commands(Command.WorkspaceCommands.class, area::carryOut)
        .build();
  }

  private static Set<String> off(Store store, DriftMonitor drift) {
    store.mustWrite(); // an engine that can write no more does not stand well
    return drift.off();
  }

  private static Area.Builder area(
      Ledger ledger,
      AgentLedger agents,
      ActiveConfiguration configuration,
      Supplier<Set<String>> off,
      Ledger.Look<WorkspaceViews.Workspace> workspace) {
    return Area.named("workspace")
        .queries(
            Query.WorkspaceQueries.class,
            query ->
                switch (query) {
                  case Query.Events q -> {
                    long after = q.after() < 0 ? Math.max(0, ledger.seq() + q.after()) : q.after();
                    yield ledger.events(after, Math.clamp(q.limit(), 1, 5_000));
                  }
                  case Query.Summary _ -> {
                    var away = off.get();
                    yield ledger.read(
                        sql -> StatusSummary.of(sql, agents, configuration.consent(), away));
                  }
                })
        .things(Topic.WORKSPACE, sql -> List.of(workspace.run(sql)));
  }

  private Action carryOut(Command.WorkspaceCommands command) {
    return switch (command) {
      case Command.Trust c ->
          Action.run(
              () -> {
                monitor.trust(c.digest());
                merge.run();
              });
      case Command.StartHive c -> start(c.agents());
      case Command.PauseHive c -> Action.answer(tx -> pause(tx, c.park()));
      case Command.StopEngine _ -> Action.effect(stop);
      case Command.UpdateCheckout _ ->
          Action.effect(
              () -> {
                var updated = drift.update();
                monitor.refresh();
                drift.compare();
                return updated;
              });
    };
  }

  private Action start(int limit) {
    if (!configuration.trusted()) {
      throw configuration.notTrusted();
    }
    return Action.write(
        tx -> {
          actions.work(tx, true, limit);
          tx.emit(WorkspaceEvent.STARTED, "the hive was started", monitor.view(tx.sql()));
        });
  }

  private Results.Paused pause(Tx tx, boolean park) throws SQLException {
    actions.work(tx, false, 0);
    tx.emit(WorkspaceEvent.PAUSED, "the hive is paused; what runs may end", monitor.view(tx.sql()));
    if (park) {
      tx.after(scheduler::park);
    }
    var drain = AttemptLedger.drain(tx.sql(), tx.now());
    return new Results.Paused(scheduler.running().size(), park ? 0 : drain.toSeconds());
  }
}
