package dev.hivedeck.engine;

import dev.hivedeck.engine.agent.discovery.AgentDiscovery;
import dev.hivedeck.engine.agent.log.ActivityLogs;
import dev.hivedeck.engine.alternative.AlternativeArea;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.area.AreaContext;
import dev.hivedeck.engine.area.AreaRegistration;
import dev.hivedeck.engine.change.ChangeArea;
import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.QueueArea;
import dev.hivedeck.engine.change.comment.CommentArea;
import dev.hivedeck.engine.change.health.ClearanceArea;
import dev.hivedeck.engine.change.reading.ReadingArea;
import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.dispatch.DecisionArea;
import dev.hivedeck.engine.dispatch.TaskArea;
import dev.hivedeck.engine.execution.AttemptArea;
import dev.hivedeck.engine.execution.DiffReader;
import dev.hivedeck.engine.forge.sync.ForgeArea;
import dev.hivedeck.engine.gateway.Gateway;
import dev.hivedeck.engine.gateway.GatewayArea;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.lesson.LessonArea;
import dev.hivedeck.engine.maintenance.KeptArea;
import dev.hivedeck.engine.maintenance.KeptRetention;
import dev.hivedeck.engine.permission.PermissionArea;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.remote.RemoteArea;
import dev.hivedeck.engine.schedule.ScheduledTasks;
import dev.hivedeck.engine.security.SecretLookup;
import dev.hivedeck.engine.security.secret.SecretArea;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.stack.StackArea;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.workspace.ActiveConfiguration;
import dev.hivedeck.engine.workspace.AgentArea;
import dev.hivedeck.engine.workspace.ConfigArea;
import dev.hivedeck.engine.workspace.DriftArea;
import dev.hivedeck.engine.workspace.DriftMonitor;
import dev.hivedeck.engine.workspace.PlanImport;
import dev.hivedeck.engine.workspace.WorkspaceArea;
import dev.hivedeck.engine.workspace.WorkspaceMonitor;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What each area hands the engine: all there is of commands, queries and topics is listed here. */
final class Areas {
  private Areas() {}

  /**
   * Of an engine that takes commands.
   *
   * @param others those that were put together elsewhere
   * @param stop ends the engine soon, and says what that waits for
   */
  static List<Area> working(
      EngineOptions options,
      Store store,
      ActiveConfiguration configuration,
      WorkspaceGit git,
      WorkPipeline work,
      WorkspaceMonitor monitor,
      DriftMonitor drift,
      KeptRetention keptRetention,
      Objectives objectives,
      Supplier<NotifyConfig> notifyConfig,
      Notifications notifications,
      SecretLookup secrets,
      Telemetry telemetry,
      List<Area> others,
      Supplier<Object> stop) {
    var clock = options.timers().clock();
    var discovery = new AgentDiscovery(git.repository().root(), options.surroundings(), clock);
    var plans =
        new PlanImport(
            monitor, drift, work.newTasks, work.dispatch, work.changes, work.scheduler::wake);
    var diffs = new DiffReader(store, git.repository().git(), git.commits()::diff);
    var areas =
        List.of(
            TaskArea.of(
                store,
                work.scheduler::why,
                work.newTasks,
                work.actions,
                work.dispatch,
                plans::take,
                work.review::withdraw),
            AgentArea.of(store, work.agents, discovery, configuration, work.actions, monitor),
            AttemptArea.of(store, work.logs, work.agents, diffs, work.requests),
            ChangeArea.of(work.review),
            QueueArea.of(store, () -> configuration.known().merge(), work.reverts, work.queue),
            StackArea.of(work.splits),
            AlternativeArea.of(store, clock, work.newTasks::alternatives, work.choice),
            ReadingArea.of(store, ChangeLedger::known),
            ClearanceArea.of(ChangeArea.CLEARED),
            CommentArea.of(ChangeArea.said(work.review)),
            DecisionArea.of(work.questions, work.proposals, work.scheduler::wake),
            LessonArea.of(store),
            PermissionArea.of(store, work.agents),
            KeptArea.of(git.kept(), keptRetention),
            RemoteArea.of(work.remote),
            work.schedules.area(),
            DriftArea.of(
                drift, monitor, () -> configuration.known().git().update(), work.queue::wake),
            ConfigArea.of(configuration, discovery, monitor),
            WorkspaceArea.of(
                store,
                work.agents,
                configuration,
                monitor,
                drift,
                work.actions,
                work.scheduler,
                work.queue::wake,
                stop),
            SloArea.of(store, objectives, configuration::objectives),
            NotifyArea.of(store, notifyConfig, notifications),
            SecretArea.of(secrets, configuration::live),
            GatewayArea.of(telemetry.gateway()),
            telemetry.metrics().area());
    return AreaRegistration.with(
        Stream.concat(areas.stream(), others.stream()).toList(),
        new AreaContext(store, clock, work.redactor::redact));
  }

  /**
   * Of an engine that is only asked.
   *
   * @param why what keeps a task from being worked on
   * @param drift looked for when it is asked for
   * @param off changes whose merges main was found not to have
   * @param context for those that register themselves
   */
  static List<Area> reading(
      Ledger ledger,
      ActiveConfiguration configuration,
      AgentDiscovery discovery,
      AgentLedger agents,
      ActivityLogs logs,
      DiffReader diffs,
      KeptWork kept,
      Function<String, List<Query.Hold>> why,
      Supplier<List<DriftViews.Drift>> drift,
      Supplier<Set<String>> off,
      Ledger.Look<WorkspaceViews.Workspace> workspace,
      Objectives objectives,
      SecretLookup secrets,
      Metrics metrics,
      List<Area> others,
      AreaContext context) {
    var areas =
        List.of(
            TaskArea.reading(ledger, why),
            AgentArea.reading(agents, discovery, configuration),
            AttemptArea.reading(ledger, logs, agents, diffs),
            ChangeArea.reading(),
            QueueArea.reading(ledger, () -> configuration.known().merge()),
            AlternativeArea.reading(ledger, context.clock()),
            ReadingArea.of(ledger, ChangeLedger::known),
            ClearanceArea.of(ChangeArea.CLEARED),
            DecisionArea.reading(),
            LessonArea.of(ledger),
            PermissionArea.of(ledger, agents),
            KeptArea.reading(kept),
            DriftArea.reading(drift),
            ConfigArea.reading(configuration, discovery),
            WorkspaceArea.reading(ledger, agents, configuration, off, workspace),
            SloArea.of(ledger, objectives, configuration::objectives),
            NotifyArea.reading(ledger, configuration.known()::notifications),
            SecretArea.reading(secrets, configuration::live),
            ForgeArea.reading(ledger),
            ScheduledTasks.reading(
                ledger, () -> configuration.agreed().schedules(), context.clock()),
            GatewayArea.of(() -> Gateway.unstarted(configuration.known().gateway())),
            metrics.area());
    return AreaRegistration.with(Stream.concat(areas.stream(), others.stream()).toList(), context);
  }
}
