package dev.hivedeck.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.agent.discovery.AgentDiscovery;
import dev.hivedeck.engine.agent.driver.Drivers;
import dev.hivedeck.engine.agent.log.ActivityLogs;
import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.api.feed.FeedServer;
import dev.hivedeck.engine.api.http.HttpApi;
import dev.hivedeck.engine.api.mcp.McpEndpoint;
import dev.hivedeck.engine.api.metrics.ExpositionEndpoint;
import dev.hivedeck.engine.api.metrics.OtlpEndpoint;
import dev.hivedeck.engine.api.metrics.PrometheusEndpoint;
import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.budget.BudgetTracker;
import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.ChangeReconciler;
import dev.hivedeck.engine.change.ChangeReview;
import dev.hivedeck.engine.change.MergeQueue;
import dev.hivedeck.engine.change.UnrecordedMerges;
import dev.hivedeck.engine.config.GateConfig;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.config.metrics.MetricsConfig;
import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.decision.Questions;
import dev.hivedeck.engine.dispatch.NewTasks;
import dev.hivedeck.engine.dispatch.OperatorActions;
import dev.hivedeck.engine.dispatch.Proposals;
import dev.hivedeck.engine.dispatch.SqliteDispatch;
import dev.hivedeck.engine.execution.AgentRequests;
import dev.hivedeck.engine.execution.GateEvaluator;
import dev.hivedeck.engine.execution.LocalAttemptExecutor;
import dev.hivedeck.engine.execution.Scheduler;
import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.gate.Checkpoint;
import dev.hivedeck.engine.gate.GateSpec;
import dev.hivedeck.engine.git.repository.HeldCommits;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.git.repository.RepositoryMaintenance;
import dev.hivedeck.engine.git.repository.RepositoryPlaces;
import dev.hivedeck.engine.lesson.LessonLedger;
import dev.hivedeck.engine.mainline.GitMainline;
import dev.hivedeck.engine.maintenance.CommitRetention;
import dev.hivedeck.engine.maintenance.DatabaseNotes;
import dev.hivedeck.engine.maintenance.GitMonitor;
import dev.hivedeck.engine.maintenance.Housekeeping;
import dev.hivedeck.engine.maintenance.KeptRetention;
import dev.hivedeck.engine.maintenance.MainBranch;
import dev.hivedeck.engine.maintenance.MainCheckouts;
import dev.hivedeck.engine.maintenance.MissingMain;
import dev.hivedeck.engine.maintenance.NoteStore;
import dev.hivedeck.engine.maintenance.Reconciler;
import dev.hivedeck.engine.maintenance.RewoundMerges;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.collect.Collector;
import dev.hivedeck.engine.permission.PermissionPolicy;
import dev.hivedeck.engine.plan.PlanDocument;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.process.MachineCapacity;
import dev.hivedeck.engine.process.Meter;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Results;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.protocol.view.MetricViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.security.ConsentStore;
import dev.hivedeck.engine.security.EndpointFile;
import dev.hivedeck.engine.security.LogEncoder;
import dev.hivedeck.engine.security.Redactor;
import dev.hivedeck.engine.security.SecretValues;
import dev.hivedeck.engine.security.Token;
import dev.hivedeck.engine.security.WorkspaceLock;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.selection.TrackRecords;
import dev.hivedeck.engine.slo.policy.PolicyLedger;
import dev.hivedeck.engine.store.Backups;
import dev.hivedeck.engine.store.IdempotencyKeys;
import dev.hivedeck.engine.store.ReadOnlyLedger;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.store.WorkspaceMeta;
import dev.hivedeck.engine.time.TimeScale;
import dev.hivedeck.engine.time.Timers;
import dev.hivedeck.engine.worktree.AttemptCommits;
import dev.hivedeck.engine.worktree.Worktrees;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.SizeLimits;
import dev.hivedeck.engine.worktree.isolation.Isolations;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * A workspace, open: wires the packages by hand, starts and stops them in order, and is the API
 * that commands and questions come through.
 */
public final class Engine implements EngineApi, AutoCloseable {
  public static final String VERSION = "0.1.0";

  /** The database, in the workspace's folder. */
  public static final String DATABASE = "hive.db";

  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final Duration LOOK = Duration.ofSeconds(30);
  private static final Duration REFRESH = Duration.ofSeconds(3);
  private static final Duration HOUR = Duration.ofHours(1);

  /** So that who asked for the end still hears that it comes. */
  private static final Duration FAREWELL = Duration.ofMillis(200);

  private static final Duration DAY = Duration.ofHours(24);

  /** How long those who count may take to hear of the last events. */
  private static final Duration HEARD = Duration.ofSeconds(5);

  /** More an agent would not heed. */
  private static final int LESSONS_TOLD = 3;

  private final EngineOptions options;
  private final Timers timers;
  private final Repository repository;
  private final Worktrees worktrees;
  private final Path folder;
  private final WorkspaceLock lock;
  private final Store store;
  private final KeptWork kept;
  private final ActiveConfiguration activeConfiguration;
  private final AgentLedger agents;
  private final TrackRecords records;
  private final AgentDiscovery agentDiscovery;
  private final ActivityLogs logs;
  private final Housekeeping housekeeping;
  private final Questions questions;
  private final SqliteDispatch dispatch;
  private final BudgetTracker budgetTracker;
  private final Scheduler scheduler;
  private final NewTasks newTasks;
  private final Proposals proposals;
  private final AgentRequests requests;
  private final OperatorActions operatorActions;
  private final MainCheckouts checkouts;
  private final GitMonitor watch;
  private final KeptRetention keptRetention;
  private final RepositoryMaintenance repositoryMaintenance;
  private final ChangeReview review;
  private final ChangeReconciler changeReconciler;
  private final MergeQueue queue;
  private final CommitRetention needed;
  private final RewoundMerges rewoundMerges;
  private final UnrecordedMerges unrecordedMerges;
  private final Reconciler reconciler;
  private final Notifications notifications;
  private final Objectives objectives;
  private final Metrics metrics;
  private final EngineMetrics engineMetrics;
  private final Collector collector;
  private final MetricsExport metricsExport;
  private final boolean works;
  private final QueryHandler queryHandler;
  private final EventRate rate = new EventRate();
  private final Map<String, String> attemptTokens = new ConcurrentHashMap<>();

  /** Keys of what is being done beside the ledger. */
  private final Map<String, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();

  private final BackgroundTasks backgroundTasks;
  private final SecretValues secrets = new SecretValues();
  private final Instant startedAt;
  private final String token;
  private volatile Standing standing;

  /** Whether channels know which objectives and rules this engine has. */
  private boolean retained;

  private Announced announced;
  private final AtomicBoolean open = new AtomicBoolean(true);
  private final CountDownLatch closed = new CountDownLatch(1);
  private FeedServer feed;
  private HttpApi http;
  private McpEndpoint mcp;

  /** What was told of the configuration last. */
  private record Announced(
      HiveConfig config, WorkspaceViews.Consent consent, List<String> problems) {
    static Announced of(ActiveConfiguration c) {
      return new Announced(c.known(), c.consent(), c.problems());
    }
  }

  /** What git says of main and of the user's checkout. */
  record Standing(String commit, String checkout, int behind) {}

  /**
   * Opens a workspace and takes up its work where it was left.
   *
   * @throws HiveException with code, place and remedy when it cannot; then nothing has changed
   */
  public static Engine open(EngineOptions options) {
    return new Engine(options, true);
  }

  /**
   * Opens a workspace to take commands, without working: they are written to the ledger, and the
   * next engine carries out what follows from them. No agent begins or ends, nothing is merged, and
   * what a former engine left is as it was.
   *
   * @throws HiveException as {@link #open}
   */
  public static Engine record(EngineOptions options) {
    return new Engine(options, false);
  }

  private Engine(EngineOptions options, boolean works) {
    this.options = options;
    this.works = works;
    this.timers = options.timers();
    this.backgroundTasks = new BackgroundTasks(timers);
    this.startedAt = timers.clock().instant();
    this.token = Token.random();
    var home = new HivedeckHome(options.home());
    var root = RepositoryPlaces.locate(options.repository()).root();
    this.activeConfiguration =
        new ActiveConfiguration(root, new ConsentStore(home.workspaceFolder(root)));
    this.repository = open(options.repository(), config().main(), home.workspaceFolder(root));
    this.folder = home.workspace(repository.root());
    home.tighten();
    this.lock = WorkspaceLock.acquire(folder);
    try {
      this.store = Store.open(folder.resolve(DATABASE), timers.clock());
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
    this.kept = new KeptWork(repository);
    var folders = new AttemptFolders(folder.resolve("worktrees"));
    var isolations =
        new Isolations(
            repository,
            () -> config().isolation().kind(),
            () -> config().isolation().push(),
            new SizeLimits(() -> config().git().largest()));
    var commits = new AttemptCommits(repository, kept, folders, isolations);
    this.worktrees = new Worktrees(repository, commits, kept, folders, isolations);
    this.logs = new ActivityLogs(folder.resolve("attempts"), timers);
    this.housekeeping = new Housekeeping(store, logs, timers.clock(), () -> config().retention());
    this.records = new TrackRecords();
    this.agents = new AgentLedger(() -> config().agents(), records);
    this.agentDiscovery =
        new AgentDiscovery(repository.root(), options.surroundings(), timers.clock());
    secrets.add(List.of(token));
    LogEncoder.know(secrets);
    var redactor = new Redactor(secrets::all);
    var gates =
        new GateEvaluator(
            repository,
            worktrees,
            new Checkpoint(timers),
            this::rules,
            () -> endpoints().api(),
            redactor::redact);
    var meter = new Meter();
    var drivers = Drivers.all(timers, meter);
    var held = new HeldCommits(repository);
    Path trees = folder.resolve("worktrees");
    NoteStore notes = DatabaseNotes.of(store, options.ids());
    MainBranch.remember(config().main(), repository.main(), notes);
    this.checkouts =
        new MainCheckouts(
            notes,
            repository,
            trees,
            () -> config().git().update(),
            works,
            TimeScale.shorten(MainCheckouts.FINISH, options.speed()));
    this.watch =
        new GitMonitor(
            notes,
            since -> store.read(sql -> AttemptLedger.atWorkSince(sql, since)),
            repository,
            checkouts,
            kept,
            folder.resolve("put-aside"),
            trees,
            timers.clock(),
            () -> backgroundTasks.start("reconcile", this::reconcile));
    this.keptRetention =
        new KeptRetention(store, kept, watch, () -> config().retention().kept(), timers.clock());
    this.repositoryMaintenance = new RepositoryMaintenance(repository);
    var workshop =
        new LocalAttemptExecutor(
            repository,
            worktrees,
            commits,
            held,
            new HivedeckHome(options.home()).exchange(repository.root()),
            options.home(),
            drivers,
            gates,
            redactor,
            secrets,
            attempt -> attemptTokens.computeIfAbsent(attempt, this::newToken),
            this::endpoints,
            this::lessons,
            watch::glance,
            timers.clock(),
            options.speed());
    this.questions = new Questions(store, this::config, agents, options.ids(), options.speed());
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
            options.random());
    this.budgetTracker =
        new BudgetTracker(
            store,
            this::config,
            timers.clock(),
            (correlation, type, words) ->
                store.submit(
                    correlation,
                    tx -> {
                      tx.emit(type, Topic.WORKSPACE, WorkspaceViews.Workspace.ID, words, null);
                      return null;
                    }));
    this.scheduler =
        new Scheduler(
            store,
            dispatch,
            questions,
            agents,
            workshop,
            this::config,
            activeConfiguration::trusted,
            MachineCapacity::now,
            budgetTracker,
            timers,
            options.ids(),
            options.speed());
    this.newTasks =
        new NewTasks(
            dispatch, agents, () -> activeConfiguration.live().agents(), () -> config().name());
    this.proposals = new Proposals(newTasks);
    this.requests = new AgentRequests(store, scheduler, agents, proposals, redactor::redact);
    this.operatorActions = new OperatorActions(dispatch, agents, scheduler::wake, scheduler::hear);
    var mainline = new GitMainline(repository, worktrees, held, watch);
    this.review =
        new ChangeReview(
            activeConfiguration::inForce, dispatch, () -> queue().wake(), options.speed());
    this.changeReconciler =
        new ChangeReconciler(store, dispatch, review, () -> queue().wake(), options.ids());
    this.queue =
        new MergeQueue(
            store,
            timers,
            mainline,
            activeConfiguration::inForce,
            new MergeJudge(gates, this::judged),
            dispatch,
            redactor::redact,
            options.ids(),
            options.speed());
    this.needed = new CommitRetention(store, held, checkouts::onTheWay, changeReconciler::gone);
    this.rewoundMerges = new RewoundMerges(store, repository, kept, this::settle);
    this.unrecordedMerges =
        new UnrecordedMerges(repository, () -> watch.awaits().isPresent(), watch.mainBefore());
    this.reconciler =
        new Reconciler(
            store,
            repository,
            worktrees,
            List.of(
                watch::find,
                rewoundMerges::find,
                () -> checkouts.find(this::bringUp, mainline::bringBack)),
            works,
            timers.clock(),
            this::drifted);
    var registry = new MetricRegistry();
    this.notifications =
        new Notifications(
            store,
            this::notifyConfig,
            folder,
            secrets,
            timers.clock(),
            options.ids(),
            options.random(),
            backgroundTasks::start);
    this.objectives =
        Objectives.of(store, registry, notifications::changed, timers.clock(), repository.root());
    this.engineMetrics = new EngineMetrics(registry, timers.clock());
    this.collector =
        new Collector(
            timers,
            objectives::arrive,
            this::secret,
            Metrics.history(store, timers.clock()),
            registry);
    this.metrics = new Metrics(store, registry, this::targets, timers.clock());
    this.metricsExport =
        new MetricsExport(
            this::counted, this::secret, timers, repository.root().getFileName().toString());
    this.queryHandler =
        new QueryHandler(
            store,
            repository.git(),
            commits::diff,
            logs,
            kept,
            agents,
            reconciler::drift,
            rewoundMerges::off,
            agentDiscovery,
            activeConfiguration,
            this::workspace,
            scheduler::why,
            objectives,
            metrics,
            this::notifyConfig);
    store.listen(engineMetrics::happened);
    store.listen(metricsExport::happened);
    store.listen(this::happened);
    this.standing = look();
    this.announced = Announced.of(activeConfiguration);
    start(works);
  }

  private void settle(String change, RewoundMerges.Resolution resolution, String how) {
    switch (resolution) {
      case TAKEN_OFF -> changeReconciler.takenOff(change, how);
      case ON_MAIN -> changeReconciler.onMain(change, how);
      case AGAIN -> changeReconciler.again(change);
      case ANEW -> changeReconciler.anew(change);
      case CLOSED -> changeReconciler.leaveOff(change);
    }
  }

  private String newToken(String attempt) {
    String fresh = Token.random();
    secrets.hold(attempt, Set.of(fresh));
    return fresh;
  }

  private MergeQueue queue() {
    return queue;
  }

  private ChangeReview review() {
    return review;
  }

  /** Writes down what main has that the ledger, which may be an old copy, does not know. */
  private void findMerges() {
    var merges = unrecordedMerges.look();
    if (!merges.isEmpty()) {
      store.write(
          options.ids().get(),
          tx -> {
            changeReconciler.found(tx, merges);
            return null;
          });
    }
  }

  private void start(boolean works) {
    try {
      store.write(
          options.ids().get(),
          tx -> {
            records.catchUp(tx);
            return null;
          });
      if (!works) {
        return;
      }
      needed.hold();
      watch.glance(); // before what was at work is given back: it is known who was
      scheduler.recover();
      findMerges(); // before anybody begins with what main has already
      scheduler.start();
      queue.start();
      if (options.serve()) {
        Authenticator authenticator = this::caller;
        feed = FeedServer.start(this, authenticator, options.feedPort(), VERSION, timers);
        mcp = new McpEndpoint(this, () -> config().mcp(), scheduler::note, VERSION, timers);
        http =
            HttpApi.start(
                this,
                authenticator,
                options.apiPort(),
                VERSION,
                timers.clock(),
                mcp,
                new ExpositionEndpoint(this::counted, () -> metricsConfig().isPublic()),
                new PrometheusEndpoint(metrics.queries(), metrics::targets, VERSION),
                new OtlpEndpoint(objectives::arrive, timers.clock()));
        EndpointFile.write(
            folder,
            new EndpointFile(feed.address(), http.address(), token, ProcessHandle.current().pid()));
      }
      tellWorkspace("workspace.opened", "engine " + VERSION + " started");
      backgroundTasks.start("reconcile", this::reconcile);
      backgroundTasks.every("reconcile", LOOK, LOOK, this::reconcile);
      // Soon for the first time: a session may be shorter than an hour.
      backgroundTasks.every("backup", LOOK, HOUR, this::backUp);
      backgroundTasks.every("tidy", LOOK, HOUR, housekeeping::tidy);
      backgroundTasks.every("branches", LOOK, HOUR, queue::tidy);
      backgroundTasks.every("kept", LOOK, HOUR, keptRetention::tidy);
      backgroundTasks.every("maintenance", LOOK, LOOK, this::maintain);
      backgroundTasks.every("refresh", REFRESH, REFRESH, this::refresh);
      backgroundTasks.every("notify", REFRESH, REFRESH, notifications::look);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** One copy a day, made beside the work. */
  private void backUp() {
    new Backups(folder.resolve(DATABASE), timers.clock()).makeIfDue(DAY, config().backups());
  }

  private void drifted(
      List<DriftViews.Drift> found, List<DriftViews.Drift> changed, List<String> gone) {
    store.write(
        options.ids().get(),
        tx -> {
          for (var drift : found) {
            tx.emit("drift.found", Topic.DRIFT, drift.what(), drift);
          }
          for (var drift : changed) {
            tx.emit("drift.changed", Topic.DRIFT, null, drift);
          }
          for (String id : gone) {
            tx.emit("drift.removed", Topic.DRIFT, id, null, null);
          }
          return null;
        });
  }

  /** Packs the repository when there is enough to pack and nothing works in it. */
  private void maintain() {
    if (config().git().maintenance()
        && scheduler.running().isEmpty()
        && repositoryMaintenance.due()) {
      repositoryMaintenance.run();
    }
  }

  private void reconcile() {
    worktrees.removeLeft();
    needed.hold();
    watch.glance();
    lookAtMerges();
    reconciler.look();
  }

  /**
   * While it is not known whether main is right, what it has says nothing. One looks at a time:
   * what two have seen would be written down twice.
   */
  private void lookAtMerges() {
    synchronized (rewoundMerges) {
      if (watch.awaits().isEmpty()) {
        findMerges();
        rewoundMerges.look();
      }
    }
  }

  /** Where an agent of this engine finds it. */
  private LocalAttemptExecutor.Endpoints endpoints() {
    String api = http == null ? "" : http.address();
    return new LocalAttemptExecutor.Endpoints(
        api, http == null || !config().mcp() ? null : api + McpEndpoint.PATH);
  }

  // ── what the packages ask ──────────────────────────────────────────────────────────────────────

  private GateEvaluator.Rules rules() {
    var config = activeConfiguration.inForce();
    return new GateEvaluator.Rules(
        config.gates().values().stream().map(Engine::gate).toList(), config.protectedPaths());
  }

  private GateEvaluator.Judged judged(ChangeLedger.Row change) {
    var attempt = store.read(sql -> AttemptLedger.get(sql, change.attempt()));
    var spec = config().agents().get(change.agent());
    return new GateEvaluator.Judged(
        change.task(),
        change.attempt(),
        attempt.key(),
        attempt.correlation(),
        spec == null ? List.of() : spec.owns());
  }

  private static GateSpec gate(GateConfig g) {
    return new GateSpec(
        g.name(),
        g.run() != null
            ? GateSpec.Kind.RUN
            : GateSpec.Kind.valueOf(g.builtin().toUpperCase(Locale.ROOT)),
        g.run(),
        g.at(),
        g.timeout(),
        g.checkout() == null
            ? GateSpec.Place.EITHER
            : GateSpec.Place.valueOf(g.checkout().toUpperCase(Locale.ROOT)),
        new GateSpec.Limits(
            g.warn(),
            g.max(),
            g.warnBytes() == null ? GateSpec.Limits.WARN_BYTES : g.warnBytes(),
            g.maxBytes() == null ? 0 : g.maxBytes()));
  }

  private List<String> lessons(Claim claim) {
    return store.read(
        sql ->
            LessonLedger.worthTelling(
                sql, claim.agent(), TaskLedger.get(sql, claim.task()).work(), LESSONS_TOLD));
  }

  private Optional<Authenticator.Caller> caller(String presented) {
    if (Token.same(token, presented)) {
      return Optional.of(Authenticator.Caller.person());
    }
    return attemptTokens.entrySet().stream()
        .filter(e -> Token.same(e.getValue(), presented))
        .map(e -> Authenticator.Caller.attempt(e.getKey()))
        .findFirst();
  }

  private void happened(List<Event> events) {
    rate.count(events.size(), timers.clock().millis());
    for (Event event : events) {
      if (event.type().startsWith("policy.")) {
        scheduler.wake();
        queue.wake();
      } else if (event.type().equals("change.merged")) {
        backgroundTasks.start("refresh", this::landed);
      } else if (event.endsAttempt()) {
        attemptTokens.remove(event.id());
        secrets.forget(event.id());
        if (mcp != null) {
          backgroundTasks.start("mcp-end", () -> mcp.ended(event.id()));
        }
      }
    }
  }

  private void landed() {
    refresh();
    needed.hold();
  }

  /** Follows what changed outside: the configuration file, main, the user's checkout. */
  private synchronized void refresh() {
    if (!open.get()) {
      return;
    }
    boolean changed = reload();
    var now = look();
    if (changed || !now.equals(standing)) {
      standing = now;
      tellWorkspace("workspace.changed", null);
    }
    if (works) {
      collector.follow(metricsConfig());
      metricsExport.follow(metricsConfig().otlp());
    }
    engineMetrics.tick();
    if (objectives.refresh(config().slo()) || !retained) {
      notifications.retain(objectives.watched());
      retained = true;
    }
  }

  /** Where messages go is in force once a person consented to it, as all that leaves the engine. */
  private NotifyConfig notifyConfig() {
    return activeConfiguration.consented()
        ? activeConfiguration.known().notifications()
        : NotifyConfig.STANDARD;
  }

  /** What of metrics is consented to: nobody is asked for anything before that. */
  private MetricsConfig metricsConfig() {
    return activeConfiguration.consented() ? config().metrics() : MetricsConfig.NONE;
  }

  private List<MetricViews.Target> targets() {
    if (!activeConfiguration.consented()) {
      return Collector.unasked(
          activeConfiguration.live().metrics(), "waits for your consent: hivedeck trust");
    }
    var all = new ArrayList<>(collector.targets());
    all.addAll(metricsExport.targets());
    return all;
  }

  private List<Reading> counted() {
    engineMetrics.tick();
    return metrics.own();
  }

  /** The value behind {@code env:NAME}; from then on it is masked wherever it turns up. */
  private Optional<String> secret(String reference) {
    var value =
        Optional.ofNullable(
            options.surroundings().environment().get(reference.replaceFirst("^env:", "")));
    value.filter(text -> !text.isBlank()).ifPresent(text -> secrets.add(List.of(text)));
    return value;
  }

  /**
   * Reads hive.yaml again; a broken one leaves all as it is and is told, a changed one waits for
   * consent.
   */
  private boolean reload() {
    activeConfiguration.refresh();
    boolean other = !config().equals(announced.config());
    boolean consent = !activeConfiguration.consent().equals(announced.consent());
    boolean changed =
        other || consent || !activeConfiguration.problems().equals(announced.problems());
    if (other) {
      configured(announced.config());
    }
    if (consent && activeConfiguration.consent().why() != null) {
      tellWorkspace("workspace.untrusted", activeConfiguration.consent().why());
    }
    announced = Announced.of(activeConfiguration);
    if (consent) {
      scheduler.wake();
    }
    return changed;
  }

  /** Tells of the agents as they are in force now. */
  private void configured(HiveConfig before) {
    var gone = new TreeSet<>(before.agents().keySet());
    gone.removeAll(config().agents().keySet());
    store.write(
        options.ids().get(),
        tx -> {
          for (String name : gone) {
            tx.emit("agent.removed", Topic.AGENT, name, name + " is no longer configured", null);
          }
          for (var view : agents.views(tx.sql())) {
            tx.emit("agent.configured", Topic.AGENT, null, view);
          }
          return null;
        });
    scheduler.wake();
  }

  /** As it is shown; empty where somebody removed main. */
  static String tip(Repository repository) {
    return repository.tipIfThere().map(tip -> tip.substring(0, 7)).orElse("");
  }

  /**
   * @param folder where what is known of the workspace is
   * @throws HiveException as {@link Repository#open}, and says where main was
   */
  private static Repository open(Path anywhere, String main, Path folder) {
    try (var ledger = ReadOnlyLedger.open(folder.resolve(DATABASE))) {
      var notes = DatabaseNotes.readOnly(ledger);
      String branch = MainBranch.of(main, notes);
      try {
        return Repository.open(anywhere, branch);
      } catch (HiveException e) {
        throw branch != null && e.is(ErrorCode.NO_MAIN)
            ? MissingMain.exception(Repository.read(anywhere, branch), notes)
            : e;
      }
    }
  }

  private Standing look() {
    watch.glance();
    return new Standing(
        tip(repository), repository.checkout().orElse(null), checkouts.behind(repository.root()));
  }

  private void tellWorkspace(String type, String text) {
    store.write(
        options.ids().get(),
        tx -> {
          tx.emit(type, Topic.WORKSPACE, text, workspace(tx.sql()));
          return null;
        });
  }

  private WorkspaceViews.Workspace workspace(Sql sql) throws SQLException {
    var wrong = new ArrayList<>(activeConfiguration.problems());
    store.trouble().ifPresent(wrong::add);
    return workspace(
        sql, config(), repository, standing, activeConfiguration.consent(), startedAt, wrong);
  }

  /** What there is to tell of a workspace, whether an engine works on it or not. */
  static WorkspaceViews.Workspace workspace(
      Sql sql,
      HiveConfig config,
      Repository repository,
      Standing now,
      WorkspaceViews.Consent consent,
      Instant startedAt,
      List<String> problems)
      throws SQLException {
    return new WorkspaceViews.Workspace(
        WorkspaceViews.Workspace.ID,
        config.name() != null ? config.name() : repository.root().getFileName().toString(),
        repository.root().toString(),
        repository.main(),
        now.commit(),
        now.checkout(),
        now.behind(),
        consent.why() == null,
        OperatorActions.working(sql),
        OperatorActions.limit(sql),
        WorkspaceMeta.get(sql, "plan").orElse(null),
        VERSION,
        startedAt,
        problems,
        consent);
  }

  // ── the API ────────────────────────────────────────────────────────────────────────────────

  @Override
  public JsonNode execute(Command command, String correlation, String key) {
    String id = correlation == null ? options.ids().get() : correlation;
    MDC.put("correlation", id);
    try {
      LOG.info("command {}", command.getClass().getSimpleName());
      // Before anything of the command is looked at: what was answered once stays so.
      var before = answered(key, command);
      JsonNode answer =
          before.isPresent()
              ? before.get().value()
              : switch (action(command)) {
                case Action.Write(var write) -> written(id, key, command, write);
                case Action.Effect(var effect) -> done(id, key, command, effect);
              };
      return answer == null ? Json.object() : answer;
    } finally {
      MDC.remove("correlation");
    }
  }

  /**
   * What a command comes to. None of them sees the key that it came with: that is kept in one
   * place, for all.
   */
  private sealed interface Action {
    /** In one transaction, the key within it. */
    record Write(Answering answering) implements Action {}

    /** Beside the ledger. Its key is written when it is done, so it may be done again by itself. */
    record Effect(Supplier<Object> effect) implements Action {}
  }

  private interface Writing {
    void run(Tx tx) throws SQLException;
  }

  private interface Answering {
    Object run(Tx tx) throws SQLException;
  }

  private static Action write(Writing writing) {
    return answer(
        tx -> {
          writing.run(tx);
          return null;
        });
  }

  private static Action answer(Answering answering) {
    return new Action.Write(answering);
  }

  private static Action effect(Supplier<Object> effect) {
    return new Action.Effect(effect);
  }

  private static Action effect(Runnable effect) {
    return effect(
        () -> {
          effect.run();
          return null;
        });
  }

  private Action action(Command command) {
    return switch (command) {
      case Command.ImportPlan c -> importPlan(c);
      case Command.AddTask c -> answer(tx -> Map.of("id", newTasks.add(tx, c)));
      case Command.RetryTask c -> write(tx -> operatorActions.retry(tx, c));
      case Command.TakeTask c -> write(tx -> operatorActions.take(tx, c.id()));
      case Command.ChangeTask c -> write(tx -> operatorActions.change(tx, c));
      case Command.CancelTask c -> write(tx -> cancel(tx, c.id()));
      case Command.PauseTask c -> write(tx -> operatorActions.pause(tx, c.id()));
      case Command.ResumeTask c -> write(tx -> operatorActions.resume(tx, c.id()));
      case Command.PauseAgent c -> write(tx -> operatorActions.pauseAgent(tx, c.name()));
      case Command.ResumeAgent c -> write(tx -> operatorActions.resumeAgent(tx, c.name()));
      case Command.StopAgent c -> write(tx -> operatorActions.stopAgent(tx, c.name()));
      case Command.SayToAgent c -> write(tx -> operatorActions.say(tx, c));
      case Command.ImportAgents c -> effect(() -> importAgents(c.ids()));
      case Command.RemoveAgents c -> effect(() -> removeAgents(c.names()));
      case Command.EditConfig c ->
          effect(() -> edited(() -> activeConfiguration.edit(c.digest(), c.changes())));
      case Command.WriteConfig c ->
          effect(() -> edited(() -> activeConfiguration.write(c.digest(), c.text())));
      case Command.ApproveChange c ->
          write(tx -> review.approve(tx, c.id(), c.comment(), c.head()));
      case Command.ReturnChange c ->
          write(tx -> review.sendBack(tx, c.id(), c.comment(), c.lines()));
      case Command.MergeChange c -> write(tx -> review.merge(tx, c.id(), c.head()));
      case Command.CloseChange c -> write(tx -> review.close(tx, c.id(), c.comment()));
      case Command.JudgeLesson c -> write(tx -> LessonLedger.judge(tx, c.id(), c.state()));
      case Command.WordLesson c -> write(tx -> LessonLedger.word(tx, c.id(), c.remedy()));
      case Command.Decide c -> answer(tx -> decide(tx, c));
      case Command.Trust c -> effect(() -> giveTrust(c.digest()));
      case Command.StartHive c -> work(c.agents());
      case Command.PauseHive c -> answer(tx -> rest(tx, c.park()));
      case Command.StopEngine ignored -> effect(this::stopSoon);
      case Command.UpdateCheckout ignored -> effect(() -> updateCheckout());
      case Command.DropKept c -> effect(() -> Map.of("dropped", keptRetention.drop(c.ids())));
      case Command.RestoreKept c ->
          effect(() -> Map.of("branch", kept.restore(c.id(), c.branch())));
      case Command.SetPermission c -> write(tx -> permit(tx, c));
      case Command.Silence c -> answer(tx -> objectives.silence(tx, c));
      case Command.EndSilence c -> write(tx -> objectives.unsilence(tx, c.id()));
      case Command.LiftPolicy c -> answer(tx -> objectives.lift(tx, c));
      case Command.ResumePolicy c -> answer(tx -> objectives.resume(tx, c));
      case Command.ReceiveAlerts c -> answer(tx -> notifications.receive(tx, c));
      case Command.RetryNotification c -> write(tx -> notifications.retry(tx, c.id()));
      case Command.DropNotification c -> write(tx -> notifications.drop(tx, c.id()));
      case Command.TestChannel c -> effect(() -> notifications.test(c.name()));
      case Command.ReadNotice c -> write(tx -> notifications.read(tx, c.id()));
      case Command.ReadNotices _ -> answer(notifications::readAll);
      case Command.RemovePermission c -> write(tx -> PermissionPolicy.remove(tx, c.id()));
      case Command.Repair c -> effect(() -> repair(c));
      case Command.Reconcile ignored -> effect(() -> Map.of("drift", look(reconciler)));
      case Command.Progress c -> effect(() -> requests.progress(c));
      case Command.Ask c -> effect(() -> Map.of("id", requests.ask(c)));
      case Command.ProposeTask c -> answer(tx -> Map.of("decision", requests.propose(tx, c)));
      case Command.ClaimSubtask c -> write(tx -> requests.claim(tx, c));
      case Command.RecordLesson c -> answer(tx -> Map.of("id", requests.learn(tx, c)));
    };
  }

  private static JsonNode tree(Object answer) {
    return answer == null ? null : Json.tree(answer);
  }

  private Optional<IdempotencyKeys.Answered<JsonNode>> answered(String key, Command command) {
    Instant now = timers.clock().instant();
    return key == null
        ? Optional.empty()
        : store.read(sql -> IdempotencyKeys.answered(sql, now, key, command, JsonNode.class));
  }

  private JsonNode written(String id, String key, Command command, Answering answering) {
    return store.write(
        id,
        tx -> IdempotencyKeys.run(tx, key, command, JsonNode.class, () -> tree(answering.run(tx))));
  }

  private JsonNode done(String id, String key, Command command, Supplier<Object> effect) {
    if (key == null) {
      return tree(effect.get());
    }
    // Of two that come together one waits: else the key would be new to both.
    var mine = new CompletableFuture<Void>();
    for (var other = underWay.putIfAbsent(key, mine);
        other != null;
        other = underWay.putIfAbsent(key, mine)) {
      other.join();
    }
    try {
      var before = answered(key, command);
      if (before.isPresent()) {
        return before.get().value();
      }
      var answer = tree(effect.get());
      store.write(
          id,
          tx -> {
            IdempotencyKeys.note(tx, key, command, answer);
            return null;
          });
      return answer;
    } finally {
      underWay.remove(key, mine);
      mine.complete(null);
    }
  }

  private Object decide(Tx tx, Command.Decide c) throws SQLException {
    if (Proposals.has(tx.sql(), c.id())) {
      tx.after(scheduler::wake);
      return proposals
          .decide(tx, c.id(), c.option(), c.comment())
          .map(task -> Map.of("task", task))
          .orElse(null);
    }
    questions.decide(tx, c.id(), c.option(), c.comment());
    return null;
  }

  private Action importPlan(Command.ImportPlan c) {
    var plan = PlanDocument.parse(c.name(), c.text());
    refresh();
    var merges = unrecordedMerges.all();
    return answer(
        tx -> {
          plan.check(c.name(), newTasks.known(tx.sql()));
          var imported = dispatch.submit(tx, plan, null);
          changeReconciler.found(tx, merges);
          tx.emit("workspace.changed", Topic.WORKSPACE, null, workspace(tx.sql()));
          tx.after(scheduler::wake);
          int all = imported.added().size() + imported.changed().size() + imported.kept().size();
          return all <= 1_000
              ? imported
              : new Results.PlanImported(
                  imported.added().size(),
                  imported.changed().size(),
                  imported.kept().size(),
                  imported.earlier().size(),
                  imported.leftOut());
        });
  }

  private void permit(Tx tx, Command.SetPermission c) throws SQLException {
    if (c.agent() != null) {
      agents.spec(c.agent());
    }
    PermissionPolicy.set(tx, c);
  }

  private void cancel(Tx tx, String id) throws SQLException {
    var change = ChangeLedger.ofTask(tx.sql(), id);
    if (change.isPresent()
        && !Set.of(ChangeViews.ChangeState.MERGED, ChangeViews.ChangeState.CLOSED)
            .contains(change.get().state())) {
      review.closeFor(tx, change.get());
    }
    if (TaskLedger.get(tx.sql(), id).merged()) {
      throw new HiveException(
          ErrorCode.MERGED,
          id + " is on main already.",
          "Revert its merge with git if it must go.");
    }
    dispatch.cancel(tx, id);
  }

  private synchronized Object importAgents(List<String> ids) {
    refresh();
    var imported = agentDiscovery.add(ids, activeConfiguration.live());
    refresh();
    return imported;
  }

  private synchronized Object removeAgents(List<String> names) {
    refresh();
    for (var agent : store.read(agents::views)) {
      if (names.contains(agent.id()) && agent.task() != null) {
        throw new HiveException(
            ErrorCode.AT_WORK,
            agent.id() + " works on " + agent.task() + ".",
            "Stop it, or let it end, then remove it.");
      }
    }
    var removed = agentDiscovery.remove(names, activeConfiguration.live());
    refresh();
    return Map.of("removed", removed);
  }

  private synchronized Object edited(Supplier<Config.Edited> edit) {
    var edited = edit.get();
    refresh();
    return edited;
  }

  private synchronized void giveTrust(String digest) {
    activeConfiguration.consent(digest, timers.clock().instant());
    tellWorkspace("workspace.trusted", "you trusted what this workspace runs and decides");
    reload();
    scheduler.wake();
    queue.wake();
  }

  private Action work(int limit) {
    if (!activeConfiguration.trusted()) {
      throw activeConfiguration.notTrusted();
    }
    return write(
        tx -> {
          operatorActions.work(tx, true, limit);
          tx.emit(
              "workspace.started", Topic.WORKSPACE, "the hive was started", workspace(tx.sql()));
        });
  }

  private Object rest(Tx tx, boolean park) throws SQLException {
    operatorActions.work(tx, false, 0);
    tx.emit(
        "workspace.paused",
        Topic.WORKSPACE,
        "the hive is paused; what runs may end",
        workspace(tx.sql()));
    if (park) {
      tx.after(scheduler::park);
    }
    var drain = AttemptLedger.drain(tx.sql(), tx.now());
    return new Results.Paused(scheduler.running().size(), park ? 0 : drain.toSeconds());
  }

  private Object stopSoon() {
    timers.after(FAREWELL, () -> timers.start("stop", this::close));
    var answer = Json.object();
    checkouts.waitsFor().ifPresent(what -> answer.put("waitsFor", what));
    return answer;
  }

  private int look(Reconciler reconciler) {
    watch.glance();
    lookAtMerges();
    return reconciler.look().size();
  }

  private void repair(Command.Repair c) {
    reconciler.repair(c.id(), c.remedy(), c.digest());
    if (config().git().update()) { // what moved main was asked for
      watch.update(false);
    }
    lookAtMerges();
    reconciler.look();
    refresh();
    queue.wake(); // what held it may be settled
  }

  private MainCheckouts.Updated updateCheckout() {
    var updated = watch.update(true);
    refresh();
    reconciler.look();
    return updated;
  }

  private void bringUp() {
    var left = watch.update(true).left();
    if (!left.isEmpty()) {
      throw new HiveException(
          ErrorCode.CHECKOUT_EDITED,
          left.getFirst().path() + " was left: " + left.getFirst().why() + ".",
          "Move away what is in the way, or end what is under way there. Nothing was changed.");
    }
  }

  @Override
  public int push(JsonNode samples) {
    return objectives.push(samples);
  }

  @Override
  public JsonNode query(Query query) {
    if (query instanceof Query.Summary) {
      store.mustWrite(); // an engine that can write no more does not stand well
    }
    return queryHandler.answer(query);
  }

  @Override
  public Snapshot snapshot(Set<Topic> topics) {
    return queryHandler.snapshot(topics);
  }

  @Override
  public Subscription subscribe(long after, Consumer<List<Event>> consumer) {
    return store.subscribe(after, consumer);
  }

  @Override
  public Subscription follow(Consumer<Query.LogPage> consumer) {
    return logs.follow(consumer);
  }

  @Override
  public Stats stats() {
    var budgets = budgetTracker.standing(config().agents().values());
    return store.read(
        sql ->
            new Stats(
                store.seq(),
                TaskLedger.count(sql, TaskViews.TaskState.READY),
                AttemptLedger.active(sql).size(),
                TaskLedger.count(sql, TaskViews.TaskState.DEAD),
                rate.perSecond(timers.clock().millis()),
                store.bytes(),
                store.commitMillis() / 1e3,
                budgets,
                AttemptLedger.meanRecovery(sql, timers.clock().instant().minus(DAY)).toMillis()
                    / 1e3,
                held(),
                http == null ? "" : http.address(),
                feed == null ? "" : feed.address()));
  }

  private List<String> held() {
    var why = new ArrayList<>(scheduler.held());
    queue.held().ifPresent(why::add);
    store.read(PolicyLedger::slowed).ifPresent(why::add);
    why.addAll(Disk.full(disks()));
    return why;
  }

  /** All that is written to while work goes on. */
  private List<Path> disks() {
    return List.of(folder, repository.common(), Disk.temporary());
  }

  /** Where the endpoints are, with the token that they take. */
  public EndpointFile endpoint() {
    return new EndpointFile(feed.address(), http.address(), token, ProcessHandle.current().pid());
  }

  /** The configuration in force, or before the first consent what is there. */
  public HiveConfig config() {
    return activeConfiguration.known();
  }

  /** What a person consented to, or is asked to consent to. */
  public WorkspaceViews.Consent consent() {
    return activeConfiguration.consent();
  }

  /** Drains: running attempts are stopped with their work kept, then everything closes in order. */
  @Override
  public void close() {
    if (!open.compareAndSet(true, false)) {
      return;
    }
    // What asks goes before what answers: nothing is left that would use what is closed.
    var closing = new ArrayList<Runnable>();
    closing.add(scheduler::close);
    closing.add(queue::close);
    closing.add(backgroundTasks::close);
    closing.add(collector::close);
    closing.add(metricsExport::close);
    closing.add(checkouts::close);
    closing.add(worktrees::removeLeft);
    closing.add(needed::hold);
    if (http != null) {
      closing.add(http::close);
      closing.add(mcp::close);
    }
    if (feed != null) {
      closing.add(feed::close);
      closing.add(() -> EndpointFile.remove(folder));
    }
    closing.add(this::heard);
    closing.add(notifications::close);
    closing.add(objectives::close);
    closing.add(store::close);
    closing.add(lock::close);
    closing.add(() -> LogEncoder.forget(secrets));
    for (Runnable step : closing) {
      try {
        step.run();
      } catch (RuntimeException e) {
        LOG.warn("closing", e);
      }
    }
    closed.countDown();
  }

  /** Waits until those who count have heard of all that was written. */
  private void heard() {
    store.submit("close", tx -> null).orTimeout(HEARD.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  /** Whether it is closed, or about to be. */
  public boolean closing() {
    return !open.get();
  }

  /** Waits until it is closed, by its owner or by {@link Command.StopEngine}. */
  public void awaitClosed() throws InterruptedException {
    closed.await();
  }
}
