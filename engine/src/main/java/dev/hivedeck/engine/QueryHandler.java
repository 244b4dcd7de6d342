package dev.hivedeck.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.agent.discovery.AgentDiscovery;
import dev.hivedeck.engine.agent.discovery.CliScan;
import dev.hivedeck.engine.agent.log.ActivityLogs;
import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.decision.DecisionLedger;
import dev.hivedeck.engine.dispatch.AttemptBriefs;
import dev.hivedeck.engine.dispatch.Proposals;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.diff.DiffExcerpt;
import dev.hivedeck.engine.git.diff.Diffs;
import dev.hivedeck.engine.git.repository.KeptCommit;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.lesson.AttemptLessons;
import dev.hivedeck.engine.lesson.LessonLedger;
import dev.hivedeck.engine.notify.NotifyAnswers;
import dev.hivedeck.engine.permission.PermissionPolicy;
import dev.hivedeck.engine.plan.PlanLedger;
import dev.hivedeck.engine.plan.RequirementLedger;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.EngineApi.Snapshot;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.slo.policy.PolicyLedger;
import dev.hivedeck.engine.slo.watch.SloFeed;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** What there is, for whoever asks: questions are answered and snapshots taken here, no more. */
final class QueryHandler {
  private static final int ATTEMPTS_SHOWN = 5_000;

  /** How many lines of a diff are told unasked, and of one file at once. */
  private static final int DIFF_LINES = 5_000;

  private static final int FILE_LINES = 10_000;

  private final Ledger store;
  private final Git git;
  private final LiveDiff live;
  private final ActivityLogs logs;
  private final KeptWork keptWork;
  private final AgentLedger agents;
  private final Supplier<List<DriftViews.Drift>> drift;
  private final Supplier<Set<String>> off;
  private final AgentDiscovery agentDiscovery;
  private final ActiveConfiguration activeConfiguration;
  private final Store.Look<WorkspaceViews.Workspace> workspace;
  private final Function<String, List<Query.Hold>> why;
  private final Objectives objectives;
  private final Metrics metrics;
  private final Supplier<NotifyConfig> notifyConfig;

  /** What an attempt at work has changed since the commit that it began from. */
  interface LiveDiff {
    Query.FileDiffs of(Path folder, String start, DiffExcerpt excerpt);
  }

  /**
   * @param off changes whose merges main was found not to have
   */
  QueryHandler(
      Ledger store,
      Git git,
      LiveDiff live,
      ActivityLogs logs,
      KeptWork keptWork,
      AgentLedger agents,
      Supplier<List<DriftViews.Drift>> drift,
      Supplier<Set<String>> off,
      AgentDiscovery agentDiscovery,
      ActiveConfiguration activeConfiguration,
      Store.Look<WorkspaceViews.Workspace> workspace,
      Function<String, List<Query.Hold>> why,
      Objectives objectives,
      Metrics metrics,
      Supplier<NotifyConfig> notifyConfig) {
    this.store = store;
    this.git = git;
    this.live = live;
    this.logs = logs;
    this.keptWork = keptWork;
    this.agents = agents;
    this.drift = drift;
    this.off = off;
    this.agentDiscovery = agentDiscovery;
    this.activeConfiguration = activeConfiguration;
    this.workspace = workspace;
    this.why = why;
    this.objectives = objectives;
    this.metrics = metrics;
    this.notifyConfig = notifyConfig;
  }

  /** Answers a question. */
  JsonNode answer(Query query) {
    return Json.tree(
        switch (query) {
          case Query.Log q -> {
            store.read(sql -> AttemptLedger.get(sql, q.attempt()));
            yield logs.page(q.attempt(), q.from(), Math.clamp(q.limit(), 1, 5_000), q.raw());
          }
          case Query.Diff q -> diff(q);
          case Query.KeptDiff q -> keptWork.show(q.id(), DIFF_LINES);
          case Query.Prompt q -> store.read(sql -> prompt(sql, q.task()));
          case Query.Attempts q -> store.read(sql -> AttemptLedger.viewsOf(sql, q.task()));
          case Query.Events q -> {
            long after = q.after() < 0 ? Math.max(0, store.seq() + q.after()) : q.after();
            yield store.events(after, Math.clamp(q.limit(), 1, 5_000));
          }
          case Query.Permissions ignored -> store.read(PermissionPolicy::all);
          case Query.Sightings q -> store.read(sql -> LessonLedger.sightings(sql, q.lesson()));
          case Query.Export ignored ->
              Map.of("yaml", store.read(sql -> PlanLedger.give(sql)).toYaml());
          case Query.Clis ignored -> agentDiscovery.clis();
          case Query.Definitions ignored -> agentDiscovery.definitions(activeConfiguration.live());
          case Query.ConfigSource ignored ->
              activeConfiguration.source(() -> CliScan.first(agentDiscovery.clis()));
          case Query.ConfigPreview q -> activeConfiguration.preview(q.changes(), q.text());
          case Query.Thing q -> thing(q.topic(), q.id());
          case Query.Brief q -> store.read(sql -> AttemptBriefs.of(sql, agents, q.attempt()));
          case Query.Summary ignored -> {
            var away = off.get();
            yield store.read(
                sql -> StatusSummary.of(sql, agents, activeConfiguration.consent(), away));
          }
          case Query.Subtasks q -> store.read(sql -> Proposals.subtasks(sql, q.task()));
          case Query.Why q -> why.apply(q.task());
          case Query.Objectives ignored -> objectives.views();
          case Query.Rules ignored -> objectives.rules();
          case Query.PolicyActs ignored -> store.read(PolicyLedger::acts);
          case Query.Silences ignored -> objectives.silences();
          case Query.Alerts q -> objectives.alerts(Math.clamp(q.limit(), 1, 5_000));
          case Query.ObjectiveHistory q -> objectives.history().timeline(q);
          case Query.ObjectiveSpent q -> objectives.history().spent(q);
          case Query.ObjectiveExplanation q -> objectives.history().explain(q);
          case Query.ObjectiveReplay q -> objectives.replay(q);
          case Query.Metrics q -> metrics.newest(q.selector());
          case Query.MetricQuery q -> metrics.query(q);
          case Query.MetricTargets ignored -> metrics.targets();
          case Query.Notifications q ->
              store.read(
                  sql ->
                      NotifyAnswers.notifications(sql, q.state(), Math.clamp(q.limit(), 1, 5_000)));
          case Query.Channels _ ->
              store.read(sql -> NotifyAnswers.channels(sql, notifyConfig.get()));
          case Query.Lessons q ->
              store.read(sql -> AttemptLessons.latest(sql, Math.clamp(q.limit(), 1, 5_000)));
        });
  }

  private View thing(Topic topic, String id) {
    return switch (topic) {
      case TASK -> store.read(sql -> TaskLedger.view(sql, TaskLedger.get(sql, id).id()));
      case CHANGE -> store.read(sql -> ChangeLedger.view(sql, id));
      case DECISION -> store.read(sql -> DecisionLedger.view(sql, id));
      case ATTEMPT -> store.read(sql -> AttemptLedger.view(sql, AttemptLedger.get(sql, id).id()));
      case NOTICE -> store.read(sql -> NotifyAnswers.notice(sql, id));
      default ->
          snapshot(Set.of(topic)).things().get(topic).stream()
              .filter(view -> view.id().equals(id))
              .findFirst()
              .orElseThrow(
                  () ->
                      new HiveException(
                          topic.missing(),
                          "There is no " + topic.word() + " " + id + ".",
                          "List them to see those there are."));
    };
  }

  private static Query.PromptText prompt(Sql sql, String id) throws SQLException {
    var task = TaskLedger.get(sql, id);
    return new Query.PromptText(
        id,
        task.prompt(),
        String.join("\n\n", task.context().stream().map(TaskLedger.Context::text).toList()));
  }

  private Query.FileDiffs diff(Query.Diff q) {
    var excerpt =
        q.file() == null
            ? DiffExcerpt.of(DIFF_LINES)
            : new DiffExcerpt(FILE_LINES, q.file(), Math.max(0, q.from()));
    if (q.change() != null) {
      var change = store.read(sql -> ChangeLedger.view(sql, q.change()));
      // Once merged, what counts is what the merge brought to main.
      return change.merge() != null
          ? Diffs.between(git, change.merge() + "^1", change.merge(), excerpt)
          : Diffs.between(git, change.base(), change.head(), excerpt);
    }
    var attempt = store.read(sql -> AttemptLedger.get(sql, q.attempt()));
    if (attempt.head() != null) {
      return Diffs.between(git, attempt.start(), attempt.head(), excerpt);
    }
    // Before its worktree is made there is nothing to compare.
    if (attempt.worktree() == null || attempt.start() == null || attempt.state().over()) {
      return new Query.FileDiffs(attempt.start(), null, List.of(), false);
    }
    return live.of(Path.of(attempt.worktree()), attempt.start(), excerpt);
  }

  /** All things of these topics, as of one moment. */
  Snapshot snapshot(Set<Topic> topics) {
    List<AttemptViews.Kept> saved =
        topics.contains(Topic.KEPT)
            ? keptWork.list().stream().map(QueryHandler::kept).toList()
            : List.of();
    List<DriftViews.Drift> differences = topics.contains(Topic.DRIFT) ? drift.get() : List.of();
    return store.read(
        sql -> {
          long seq = sql.number("SELECT max(seq) FROM event");
          var things = new EnumMap<Topic, List<? extends View>>(Topic.class);
          for (Topic topic : topics) {
            things.put(
                topic,
                switch (topic) {
                  case WORKSPACE -> List.of(workspace.run(sql));
                  case REQUIREMENT -> RequirementLedger.views(sql);
                  case TASK -> TaskLedger.views(sql);
                  case AGENT -> agents.views(sql);
                  case ATTEMPT -> AttemptLedger.views(sql, ATTEMPTS_SHOWN);
                  case CHANGE -> ChangeLedger.views(sql);
                  case DECISION -> DecisionLedger.views(sql);
                  case KEPT -> saved;
                  case DRIFT -> differences;
                  case LESSON -> LessonLedger.views(sql);
                  case OBJECTIVE -> SloFeed.told(sql, topic, SloViews.Objective.class);
                  case ALERT -> SloFeed.told(sql, topic, SloViews.Alert.class);
                  case NOTICE -> NotifyAnswers.notices(sql);
                });
          }
          return new Snapshot(seq, things);
        });
  }

  private static AttemptViews.Kept kept(KeptCommit k) {
    return new AttemptViews.Kept(
        k.ref(), k.commit(), k.task(), k.attempt(), k.why(), k.files(), k.bytes(), k.at());
  }
}
