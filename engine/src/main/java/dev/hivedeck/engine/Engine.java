package dev.hivedeck.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.area.CommandRouter;
import dev.hivedeck.engine.area.QueryRouter;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.forge.sync.ForgeArea;
import dev.hivedeck.engine.git.repository.RepositoryPlaces;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Results;
import dev.hivedeck.engine.protocol.Sender;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.security.ConsentStore;
import dev.hivedeck.engine.security.EndpointFile;
import dev.hivedeck.engine.security.LogEncoder;
import dev.hivedeck.engine.security.SecretLookup;
import dev.hivedeck.engine.security.SecretValues;
import dev.hivedeck.engine.security.WorkspaceLock;
import dev.hivedeck.engine.service.ServiceVersions;
import dev.hivedeck.engine.service.control.ServiceArea;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.BackgroundTasks;
import dev.hivedeck.engine.time.Timers;
import dev.hivedeck.engine.workspace.ActiveConfiguration;
import dev.hivedeck.engine.workspace.DriftMonitor;
import dev.hivedeck.engine.workspace.WorkspaceMonitor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A workspace, open: wires the packages by hand, starts and stops them in order, and is the API
 * that commands and questions come through. What they come to, the areas say.
 */
public final class Engine implements EngineApi, AutoCloseable {
  public static final String VERSION = "0.1.0";

  /** The database, in the workspace's folder. */
  public static final String DATABASE = "hive.db";

  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final Duration LOOK = Duration.ofSeconds(30);
  private static final Duration REFRESH = Duration.ofSeconds(3);

  /** So that who asked for the end still hears that it comes. */
  private static final Duration FAREWELL = Duration.ofMillis(200);

  /** How many seconds those who count may take to hear of the last events. */
  private static final long HEARD = 5;

  private final EngineOptions options;
  private final Timers timers;
  private final Path folder;
  private final WorkspaceLock lock;
  private final Store store;
  private final ActiveConfiguration configuration;
  private final WorkspaceGit git;
  final WorkPipeline work;
  final WorkspaceMonitor monitor;
  private final DriftMonitor drift;
  private final PeriodicMaintenance maintenance;
  private final Notifications notifications;
  private final Objectives objectives;
  private final Telemetry telemetry;
  private final ForgeArea forge;
  private final ServiceArea services;
  private final VersionExposure exposure;
  private final EngineEndpoints endpoints;
  private final CommandRouter commands;
  private final QueryRouter queries;
  private final EngineFigures figures;
  private final BackgroundTasks backgroundTasks;
  private final SecretValues secrets = new SecretValues();
  private final boolean works;

  private final AtomicBoolean open = new AtomicBoolean(true);
  private final CountDownLatch closed = new CountDownLatch(1);

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
    var clock = timers.clock();
    var home = new HivedeckHome(options.home());
    var places = RepositoryPlaces.locate(options.repository());
    var root = places.root();
    this.configuration =
        new ActiveConfiguration(root, new ConsentStore(home.workspaceFolder(root)));
    var repository = WorkspaceGit.open(places, config().main(), home.workspaceFolder(root));
    this.folder = home.workspace(repository.root());
    home.tighten();
    this.lock = WorkspaceLock.acquire(folder);
    try {
      this.store = Store.open(folder.resolve(DATABASE), clock);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
    this.endpoints = new EngineEndpoints(options, folder, secrets, () -> config().mcp());
    LogEncoder.know(secrets);
    this.git =
        WorkspaceGit.of(
            options,
            repository,
            folder,
            store,
            this::config,
            works,
            () -> backgroundTasks.start("reconcile", this::reconcile));
    this.work = new WorkPipeline(options, store, configuration, git, folder, endpoints, secrets);
    this.maintenance =
        new PeriodicMaintenance(
            store,
            folder.resolve(DATABASE),
            clock,
            this::config,
            work.logs,
            git,
            work.queue::tidy,
            () -> work.scheduler.running().isEmpty());
    this.drift = work.drift(options, git, works);
    this.monitor =
        new WorkspaceMonitor(
            store,
            configuration,
            repository,
            git.checkouts(),
            git.monitor(),
            work.remote,
            work.agents,
            options.ids(),
            VERSION,
            clock);
    var registry = new MetricRegistry();
    var lookup = SecretLookup.of(folder, options.surroundings().environment(), secrets);
    this.notifications =
        new Notifications(
            store,
            configuration::notifications,
            lookup,
            clock,
            options.ids(),
            options.random(),
            backgroundTasks::start,
            endpoints::desktops);
    this.objectives = Objectives.of(store, registry, notifications, lookup, clock, options.speed());
    this.telemetry =
        new Telemetry(
            options, store, registry, configuration, objectives, lookup, repository.root());
    this.forge = work.forge(options, repository, lookup);
    this.services =
        work.services(
            options, repository, folder, lookup, registry, telemetry.gateway()::discovered);
    telemetry.gateway().discover(services);
    this.exposure = work.exposure(options, telemetry.gateway().traffic(), services, git, folder);
    var areas =
        Areas.working(
            options,
            store,
            configuration,
            git,
            work,
            monitor,
            drift,
            maintenance.kept(),
            objectives,
            configuration::notifications,
            notifications,
            lookup,
            telemetry,
            exposure.areas(List.of(forge.area(), services.area(), work.previews.area())),
            this::stopSoon);
    this.commands = new CommandRouter(store, clock, options.ids(), areas);
    this.queries = new QueryRouter(store, areas);
    this.figures =
        new EngineFigures(
            store, work, endpoints, List.of(folder, repository.common(), Disk.temporary()), clock);
    store.listen(this::happened);
    exposure.restore();
    monitor.start(work.scheduler::wake, this::follow);
    start();
  }

  private void start() {
    try {
      store.update(options.ids().get(), tx -> work.records.catchUp(tx));
      if (!works) {
        return;
      }
      work.needed.hold();
      git.monitor().glance(); // before what was at work is given back: it is known who was
      work.scheduler.recover();
      drift.findMerges(); // before anybody begins with what main has already
      work.start(backgroundTasks);
      if (options.serve()) {
        var mounts = exposure.endpoints(telemetry.endpoints());
        endpoints.start(this, work.scheduler::note, mounts, forge.webhooks());
      }
      monitor.opened(VERSION);
      backgroundTasks.start("reconcile", this::reconcile);
      backgroundTasks.every("reconcile", LOOK, LOOK, this::reconcile);
      maintenance.start(backgroundTasks);
      backgroundTasks.every("refresh", REFRESH, REFRESH, monitor::refresh);
      backgroundTasks.every("red-main", REFRESH, REFRESH, work.queue::look);
      backgroundTasks.every("notify", REFRESH, REFRESH, notifications::look);
      work.schedules.start(backgroundTasks, monitor::view);
      backgroundTasks.every("remote", REFRESH, REFRESH, work.remote::look);
      backgroundTasks.every("github", REFRESH, REFRESH, forge.sync()::look);
      services.start();
      exposure.start(backgroundTasks);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void reconcile() {
    drift.reconcile();
    work.look();
  }

  private void happened(List<Event> events) {
    figures.happened(events.size());
    for (Event event : events) {
      work.happened(event, backgroundTasks);
      forge.happened(event);
      if (event.type() == ChangeEvent.MERGED) {
        backgroundTasks.start("refresh", this::landed);
      }
      endpoints.happened(event, backgroundTasks);
    }
  }

  private void landed() {
    monitor.refresh();
    work.needed.hold();
  }

  /** Those that go by the configuration, one after another. */
  private void follow() {
    if (works) {
      telemetry.follow();
      services.follow();
    }
    telemetry.tick();
    notifications.looked(objectives.refresh(configuration.objectives()), objectives);
  }

  @Override
  public JsonNode execute(Command command, String correlation, String key) {
    return sentBy(Sender.person(Sender.EntryPoint.ENGINE)).execute(command, correlation, key);
  }

  @Override
  public EngineApi sentBy(Sender sender) {
    return new EngineForSender(this, commands, sender);
  }

  @Override
  public Results.SamplesTaken push(JsonNode samples) {
    return objectives.push(samples);
  }

  @Override
  public JsonNode query(Query query) {
    return queries.answer(query);
  }

  @Override
  public Snapshot snapshot(Set<Topic> topics) {
    return queries.snapshot(topics);
  }

  @Override
  public Subscription subscribe(long after, Consumer<List<Event>> consumer) {
    return store.subscribe(after, consumer);
  }

  @Override
  public Subscription follow(Consumer<Query.LogPage> consumer) {
    return work.logs.follow(consumer);
  }

  @Override
  public Stats stats() {
    return figures.stats(config());
  }

  /** Other versions of services, run beside those of the configuration. */
  ServiceVersions versions() {
    return services.versions();
  }

  /** Where the endpoints are, with the token that they take. */
  public EndpointFile endpoint() {
    return endpoints.file();
  }

  /** The configuration in force, or before the first consent what is there. */
  public HiveConfig config() {
    return configuration.known();
  }

  /** What a person consented to, or is asked to consent to. */
  public WorkspaceViews.Consent consent() {
    return configuration.consent();
  }

  private Object stopSoon() {
    timers.after(FAREWELL, () -> timers.start("stop", this::close));
    var answer = Json.object();
    git.checkouts().waitsFor().ifPresent(what -> answer.put("waitsFor", what));
    return answer;
  }

  /** Drains: running attempts are stopped with their work kept, then everything closes in order. */
  @Override
  public void close() {
    if (!open.compareAndSet(true, false)) {
      return;
    }
    monitor.close();
    // What asks goes before what answers: nothing is left that would use what is closed.
    var closing = new ArrayList<Runnable>();
    closing.addAll(List.<Runnable>of(work.scheduler::close, work.reviews::close));
    closing.add(work.queue::close);
    closing.addAll(List.<Runnable>of(backgroundTasks::close, forge::close));
    closing.addAll(List.<Runnable>of(services::close, exposure::close, work.previews::close));
    closing.addAll(telemetry.closing());
    closing.add(git.checkouts()::close);
    closing.add(git.worktrees()::removeLeft);
    closing.add(work.needed::hold);
    closing.addAll(endpoints.closing());
    // Those who count hear of all that was written.
    closing.add(() -> store.submit("close", tx -> null).orTimeout(HEARD, TimeUnit.SECONDS).join());
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

  /** Whether it is closed, or about to be. */
  public boolean closing() {
    return !open.get();
  }

  /** Waits until it is closed, by its owner or by {@link Command.StopEngine}. */
  public void awaitClosed() throws InterruptedException {
    closed.await();
  }
}
