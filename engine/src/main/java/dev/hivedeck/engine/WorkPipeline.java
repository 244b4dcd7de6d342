package dev.hivedeck.engine;

import dev.hivedeck.engine.agent.driver.Drivers;
import dev.hivedeck.engine.agent.log.ActivityLogs;
import dev.hivedeck.engine.alternative.AlternativeChoice;
import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.budget.BudgetTracker;
import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.ChangeReconciler;
import dev.hivedeck.engine.change.ChangeRevert;
import dev.hivedeck.engine.change.ChangeReview;
import dev.hivedeck.engine.change.MergeQueue;
import dev.hivedeck.engine.change.comment.CommentPlaces;
import dev.hivedeck.engine.change.comment.CommentedLines;
import dev.hivedeck.engine.change.forecast.ConflictForecast;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.decision.Questions;
import dev.hivedeck.engine.dispatch.NewTasks;
import dev.hivedeck.engine.dispatch.OperatorActions;
import dev.hivedeck.engine.dispatch.Proposals;
import dev.hivedeck.engine.dispatch.SqliteDispatch;
import dev.hivedeck.engine.execution.AgentRequests;
import dev.hivedeck.engine.execution.GateEvaluator;
import dev.hivedeck.engine.execution.LocalAttemptExecutor;
import dev.hivedeck.engine.execution.Scheduler;
import dev.hivedeck.engine.exposure.ExposedChanges;
import dev.hivedeck.engine.exposure.MainBase;
import dev.hivedeck.engine.forge.sync.ForgeArea;
import dev.hivedeck.engine.gate.Checkpoint;
import dev.hivedeck.engine.git.remote.RemoteGit;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.lesson.LessonLedger;
import dev.hivedeck.engine.mainline.TrialMerges;
import dev.hivedeck.engine.maintenance.CommitRetention;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.preparation.PortAllocator;
import dev.hivedeck.engine.preparation.WorktreePool;
import dev.hivedeck.engine.preparation.WorktreePreparation;
import dev.hivedeck.engine.preview.Previews;
import dev.hivedeck.engine.process.MachineCapacity;
import dev.hivedeck.engine.process.Meter;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.event.AgentEvent;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.event.DecisionEvent;
import dev.hivedeck.engine.protocol.event.PolicyEvent;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.event.WorkspaceEvent;
import dev.hivedeck.engine.protocol.rollout.RolloutEvent;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.remote.RemoteSync;
import dev.hivedeck.engine.review.AgentReviews;
import dev.hivedeck.engine.review.ReviewerRun;
import dev.hivedeck.engine.rollout.agent.AgentTraffic;
import dev.hivedeck.engine.rollout.traffic.Traffic;
import dev.hivedeck.engine.schedule.ScheduledTasks;
import dev.hivedeck.engine.security.Redactor;
import dev.hivedeck.engine.security.SecretLookup;
import dev.hivedeck.engine.security.SecretValues;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.selection.TrackRecords;
import dev.hivedeck.engine.service.control.ServiceArea;
import dev.hivedeck.engine.stack.ChangeSplit;
import dev.hivedeck.engine.stack.Restack;
import dev.hivedeck.engine.stack.SplitCommits;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.BackgroundTasks;
import dev.hivedeck.engine.workspace.ActiveConfiguration;
import dev.hivedeck.engine.workspace.DriftMonitor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The way of a task to main, put together: claim, attempt, gates, change, review, merge.
 *
 * <p>Long because each of its parts is made here, by hand, and nothing else is done.
 */
final class WorkPipeline {
  /** How soon a worktree that was taken is replaced. */
  private static final Duration POOL = Duration.ofSeconds(3);

  /** More an agent would not heed. */
  private static final int LESSONS_TOLD = 3;

  /** After which a change may wait for a person, or for none any more. */
  private static final Set<EventType> MOVES =
      Set.of(
          ChangeEvent.OPENED,
          ChangeEvent.HELD,
          ChangeEvent.STACKED,
          ChangeEvent.APPROVED,
          ChangeEvent.RETURNED,
          ChangeEvent.QUEUED,
          ChangeEvent.BLOCKED,
          ChangeEvent.CONFLICTED,
          ChangeEvent.LOST,
          ChangeEvent.MERGED,
          ChangeEvent.CLOSED,
          WorkspaceEvent.STARTED,
          WorkspaceEvent.TRUSTED,
          AgentEvent.PAUSED,
          AgentEvent.RESUMED);

  private final Store store;
  private final ActiveConfiguration configuration;
  private final PortAllocator ports;
  private final WorktreePreparation preparation;
  final WorktreePool pool;
  final Redactor redactor;
  final ActivityLogs logs;
  final TrackRecords records = new TrackRecords();
  final AgentLedger agents;
  final Questions questions;
  final AgentTraffic agentTraffic;
  final SqliteDispatch dispatch;
  final BudgetTracker budgets;
  final Scheduler scheduler;
  final NewTasks newTasks;
  final Proposals proposals;
  final AgentRequests requests;
  final OperatorActions actions;
  final ChangeReview review;
  final ChangeReconciler changes;
  final MergeQueue queue;
  final ConflictForecast forecast;
  final CommentPlaces comments;
  final ChangeRevert reverts;
  final AlternativeChoice choice;
  final ChangeSplit splits;
  final CommitRetention needed;
  final RemoteSync remote;
  final Previews previews;
  final AgentReviews reviews;
  final ScheduledTasks schedules;

  /**
   * @param folder of the workspace's data
   */
  WorkPipeline(
      EngineOptions options,
      Store store,
      ActiveConfiguration configuration,
      WorkspaceGit git,
      Path folder,
      EngineEndpoints endpoints,
      SecretValues secrets) {
    this.store = store;
    this.configuration = configuration;
    var timers = options.timers();
    var repository = git.repository();
    this.logs = new ActivityLogs(folder.resolve("attempts"), timers);
    this.agents = new AgentLedger(() -> config().agents(), records);
    this.redactor = new Redactor(secrets::all);
    this.ports = new PortAllocator(options.random());
    this.preparation =
        new WorktreePreparation(
            repository, git.worktrees(), () -> configuration.inForce().worktree(), ports, timers);
    this.pool =
        new WorktreePool(
            repository,
            git.worktrees(),
            preparation,
            () -> configuration.agreed().worktree(),
            this::full,
            configuration::trusted,
            redactor::redact,
            timers);
    var gates =
        new GateEvaluator(
            repository,
            git.worktrees(),
            preparation,
            new Checkpoint(timers),
            () -> GateRules.of(configuration.inForce()),
            endpoints::api,
            redactor::redact,
            timers.clock());
    var drivers = Drivers.all(timers, new Meter());
    var exchange = new HivedeckHome(options.home()).exchange(repository.root());
    var executor =
        new LocalAttemptExecutor(
            repository,
            git.worktrees(),
            git.commits(),
            git.held(),
            exchange,
            options.home(),
            drivers,
            gates,
            preparation,
            pool,
            redactor,
            secrets,
            endpoints::token,
            endpoints::forAgents,
            this::lessons,
            () -> config().health().description(),
            git.monitor()::glance,
            timers.clock(),
            options.speed());
    this.questions = new Questions(store, this::config, agents, options.ids(), options.speed());
    this.agentTraffic = new AgentTraffic(configuration::agreed);
    this.dispatch =
        new SqliteDispatch(
            store,
            this::config,
            agents,
            questions,
            logs,
            (tx, work) -> review().verified(tx, work),
            options.ids(),
            options.speed(),
            records,
            options.random(),
            agentTraffic);
    this.budgets =
        new BudgetTracker(
            store,
            this::config,
            timers.clock(),
            (correlation, type, words) ->
                store.submit(
                    correlation,
                    tx -> {
                      tx.emit(type, WorkspaceViews.Workspace.ID, words, null);
                      return null;
                    }));
    this.scheduler =
        new Scheduler(
            store,
            dispatch,
            questions,
            agents,
            executor,
            this::config,
            configuration::trusted,
            MachineCapacity::now,
            budgets,
            timers,
            options.ids(),
            options.speed());
    this.newTasks =
        new NewTasks(dispatch, agents, () -> configuration.live().agents(), () -> config().name());
    this.proposals = new Proposals(newTasks);
    this.requests = new AgentRequests(store, scheduler, agents, proposals, redactor::redact);
    this.actions = new OperatorActions(dispatch, agents, scheduler::wake, scheduler::hear);
    this.review =
        new ChangeReview(
            configuration::inForce,
            dispatch,
            () -> queue().wake(),
            options.speed(),
            redactor::redact,
            CommentedLines.of(git.repository()));
    this.changes =
        new ChangeReconciler(store, dispatch, review, () -> queue().wake(), options.ids());
    this.queue =
        new MergeQueue(
            store,
            timers,
            git.mainline(),
            configuration::inForce,
            new GateRules(store, this::config, gates),
            dispatch,
            new Restack(
                store,
                git.mainline(),
                dispatch,
                configuration::inForce,
                redactor::redact,
                options.ids()),
            redactor::redact,
            options.ids(),
            options.speed());
    this.forecast =
        new ConflictForecast(
            store,
            new TrialMerges(repository),
            (tx, change) -> ChangeLedger.forecast(tx, change),
            redactor::redact,
            options.ids());
    this.comments = new CommentPlaces(store, repository, ChangeLedger::placed, options.ids());
    this.reverts =
        new ChangeRevert(
            store,
            git.mainline(),
            review,
            (tx, title, prompt, kind) ->
                newTasks.add(
                    tx,
                    new Command.AddTask(null, title, prompt, null, null, null, null, null, kind)),
            options.ids());
    this.choice = new AlternativeChoice(review, dispatch, scheduler::wake);
    this.splits =
        new ChangeSplit(
            store,
            git.mainline(),
            new SplitCommits(repository),
            new GateRules(store, this::config, gates),
            review,
            newTasks::copy,
            redactor::redact,
            options.ids());
    this.remote =
        new RemoteSync(
            store,
            repository,
            git.monitor(),
            () -> configuration.agreed().remote(),
            new RemoteGit(repository, redactor::redact),
            timers.clock(),
            options.speed());
    this.needed = new CommitRetention(store, git.held(), git.checkouts()::onTheWay, changes::gone);
    this.schedules =
        new ScheduledTasks(
            store,
            newTasks,
            () -> configuration.agreed().schedules(),
            timers.clock(),
            options.ids());
    this.previews =
        new Previews(
            store,
            repository,
            git.worktrees(),
            preparation,
            () -> configuration.agreed().worktree(),
            timers);
    this.reviews =
        new AgentReviews(
            store,
            new ReviewerRun(
                store,
                repository,
                git.worktrees(),
                exchange,
                options.home(),
                drivers,
                budgets,
                redactor,
                secrets,
                git.monitor()::glance,
                options.speed()),
            configuration::agreed,
            () -> configuration.trusted() && store.read(OperatorActions::working),
            budgets,
            timers,
            options.ids());
  }

  /** Begins to give out what is ready, to merge, and to have changes reviewed. */
  void start(BackgroundTasks background) {
    pool.takeUp(); // before anybody begins
    scheduler.start();
    background.every("pool", POOL, POOL, pool::look);
    queue.start();
    reviews.start();
  }

  /** What brings changes to GitHub and back. */
  ForgeArea forge(EngineOptions options, Repository repository, SecretLookup secrets) {
    return new ForgeArea(
        store,
        repository,
        this::config,
        configuration::inForce,
        review,
        changes,
        newTasks,
        secrets,
        options.surroundings().environment(),
        options.ids(),
        options.timers().clock(),
        options.speed());
  }

  /** What begins and watches services. */
  ServiceArea services(
      EngineOptions options,
      Repository repository,
      Path folder,
      SecretLookup secrets,
      MetricRegistry registry,
      Runnable moved) {
    var services =
        new ServiceArea(
            store,
            () -> previews.with(configuration.agreed().services()),
            repository,
            folder,
            secrets,
            options.surroundings().environment(),
            ports,
            registry,
            options.timers(),
            options.ids(),
            moved,
            options.speed());
    previews.supervised(services::follow, services::runs);
    return services;
  }

  /** What exposes new versions, and takes them back. */
  VersionExposure exposure(
      EngineOptions options, Traffic traffic, ServiceArea services, WorkspaceGit git, Path folder) {
    var changed =
        new ExposedChanges(
            store,
            () -> configuration.agreed().services(),
            services,
            review,
            git.worktrees(),
            preparation,
            new MainBase(git.repository(), git.checkouts()),
            folder.toString(),
            options.timers());
    return new VersionExposure(
        options, store, configuration::agreed, traffic, agentTraffic, changed);
  }

  /** What looks whether the ledger and the world agree. */
  DriftMonitor drift(EngineOptions options, WorkspaceGit git, boolean works) {
    return new DriftMonitor(
        store,
        options.ids(),
        git.repository(),
        git.kept(),
        git.worktrees(),
        git.checkouts(),
        git.monitor(),
        git.mainline(),
        changes,
        needed,
        works,
        options.timers().clock());
  }

  private HiveConfig config() {
    return configuration.known();
  }

  private Optional<String> full() {
    return scheduler.full();
  }

  private MergeQueue queue() {
    return queue;
  }

  private ChangeReview review() {
    return review;
  }

  private List<String> lessons(Claim claim) {
    return store.read(
        sql ->
            LessonLedger.worthTelling(
                sql, claim.agent(), TaskLedger.get(sql, claim.task()).work(), LESSONS_TOLD));
  }

  /** Follows what has happened. */
  void happened(Event event, BackgroundTasks background) {
    if (MOVES.contains(event.type())) {
      background.start("reviews", reviews::look);
    }
    switch (event.type()) {
      case ChangeEvent.OPENED -> {
        background.start("forecast", forecast::look);
        background.start("comments", comments::look);
      }
      case ChangeEvent.STACKED -> background.start("comments", comments::look);
      case ChangeEvent.MERGED -> background.start("forecast", forecast::look);
      case PolicyEvent _ -> wake();
      case TaskEvent type when type != TaskEvent.PROGRESSED ->
          tell(event, tx -> ChangeLedger.progressed(tx, event.id()));
      case DecisionEvent _ when event.data() != null ->
          tell(event, tx -> ChangeLedger.progressed(tx, event.data().path("task").asText()));
      case RolloutEvent _ when event.data() != null && event.data().hasNonNull("change") ->
          tell(event, tx -> ChangeLedger.pull(tx, event.data().path("change").asText()));
      case RolloutEvent _ -> scheduler.wake(); // agents share tasks in another way
      default -> {}
    }
  }

  /** What is said of a change goes by its task, by the questions of it and by its canary too. */
  private void tell(Event event, Action.Writing told) {
    store.submit(
        event.correlation(),
        tx -> {
          told.run(tx);
          return null;
        });
  }

  /** Looks at what open changes have come to. */
  void look() {
    forecast.look();
    comments.look();
    reviews.look();
  }

  /** Looks for work, and for what is approved. */
  private void wake() {
    scheduler.wake();
    queue.wake();
  }
}
