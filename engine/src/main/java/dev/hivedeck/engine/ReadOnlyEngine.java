package dev.hivedeck.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.agent.discovery.AgentDiscovery;
import dev.hivedeck.engine.agent.log.ActivityLogs;
import dev.hivedeck.engine.area.AreaContext;
import dev.hivedeck.engine.area.QueryRouter;
import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.budget.BudgetTracker;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.dispatch.TaskHolds;
import dev.hivedeck.engine.execution.DiffReader;
import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.git.diff.DiffExcerpt;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.git.repository.RepositoryPlaces;
import dev.hivedeck.engine.git.repository.UpstreamReader;
import dev.hivedeck.engine.maintenance.DatabaseNotes;
import dev.hivedeck.engine.maintenance.GitMonitor;
import dev.hivedeck.engine.maintenance.MainBranch;
import dev.hivedeck.engine.maintenance.MainCheckouts;
import dev.hivedeck.engine.maintenance.Reconciler;
import dev.hivedeck.engine.maintenance.RewoundMerges;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.metric.collect.Collector;
import dev.hivedeck.engine.notify.Notifier;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.preparation.WorktreePool;
import dev.hivedeck.engine.preview.Previews;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.security.ConsentStore;
import dev.hivedeck.engine.security.SecretLookup;
import dev.hivedeck.engine.security.SecretValues;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.selection.TrackRecords;
import dev.hivedeck.engine.service.control.ServiceArea;
import dev.hivedeck.engine.store.ReadOnlyLedger;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.workspace.ActiveConfiguration;
import dev.hivedeck.engine.workspace.WorkspaceStanding;
import dev.hivedeck.engine.worktree.AttemptCommits;
import dev.hivedeck.engine.worktree.Worktrees;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.SizeLimits;
import dev.hivedeck.engine.worktree.folder.WorktreeHomes;
import dev.hivedeck.engine.worktree.isolation.Isolations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A workspace as its ledger and git tell it, without an engine: questions are answered and
 * snapshots taken. It starts nothing, ends nothing, locks nothing and writes nothing, and where
 * Hivedeck was never used it finds an empty ledger. Another process may work on the workspace
 * meanwhile.
 */
public final class ReadOnlyEngine implements EngineApi, AutoCloseable {
  private static final Duration DAY = Duration.ofHours(24);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final int PAGE = 2_000;

  private final EngineOptions options;
  private final Repository repository;
  private final Path folder;
  private final ReadOnlyLedger ledger;
  private final ActiveConfiguration activeConfiguration;
  private final HiveConfig config;
  private final WorktreeHomes homes;
  private final MainCheckouts checkouts;
  private final GitMonitor watch;
  private final RewoundMerges rewoundMerges;
  private final BudgetTracker budgetTracker;
  private final QueryRouter queries;

  /**
   * @throws HiveException {@code no-repository}, what is wrong with {@code hive.yaml}, or as {@link
   *     ReadOnlyLedger#open}
   */
  public static ReadOnlyEngine open(EngineOptions options) {
    return open(options, RepositoryPlaces.locate(options.repository()));
  }

  /** The same of a repository that was located. */
  public static ReadOnlyEngine open(EngineOptions options, RepositoryPlaces places) {
    return new ReadOnlyEngine(options, places);
  }

  private ReadOnlyEngine(EngineOptions options, RepositoryPlaces places) {
    this.options = options;
    var root = places.root();
    this.activeConfiguration =
        new ActiveConfiguration(
            root, new ConsentStore(new HivedeckHome(options.home()).workspaceFolder(root)));
    this.config = activeConfiguration.known();
    var timers = options.timers();
    this.folder = new HivedeckHome(options.home()).workspaceFolder(root);
    this.ledger = ReadOnlyLedger.open(folder.resolve(Engine.DATABASE));
    var notes = DatabaseNotes.readOnly(ledger);
    this.repository = Repository.read(places, MainBranch.of(config.main(), notes));
    var agents = new AgentLedger(config::agents, new TrackRecords());
    var kept = new KeptWork(repository);
    this.homes = new WorktreeHomes(folder.resolve("worktrees"), Optional::empty);
    this.checkouts =
        new MainCheckouts(
            notes,
            repository,
            homes::hold,
            () -> config.git().update(),
            false,
            MainCheckouts.FINISH);
    this.watch =
        new GitMonitor(
            notes,
            since -> ledger.read(sql -> AttemptLedger.atWorkSince(sql, since)),
            repository,
            checkouts,
            kept,
            folder.resolve("put-aside"),
            homes::hold,
            timers.clock(),
            () -> {});
    this.rewoundMerges =
        new RewoundMerges(ledger, repository, kept, (change, resolution, how) -> {});
    this.budgetTracker =
        new BudgetTracker(ledger, () -> config, timers.clock(), (correlation, type, words) -> {});
    this.queries =
        new QueryRouter(
            ledger,
            Areas.reading(
                ledger,
                activeConfiguration,
                new AgentDiscovery(repository.root(), options.surroundings(), timers.clock()),
                agents,
                new ActivityLogs(folder.resolve("attempts"), timers),
                new DiffReader(ledger, repository.git(), ReadOnlyEngine::atWork),
                kept,
                this::why,
                () -> drift(kept),
                this::off,
                this::workspace,
                Objectives.ofKept(
                    ledger,
                    activeConfiguration::objectives,
                    (sql, now) -> Notifier.muting(sql, config.notifications(), now),
                    timers.clock()),
                SecretLookup.of(folder, options.surroundings().environment(), new SecretValues()),
                new Metrics(
                    ledger,
                    new MetricRegistry(),
                    () -> Collector.unasked(config.metrics(), "no engine runs"),
                    timers.clock()),
                VersionExposure.reading(
                    ledger,
                    config,
                    timers.clock(),
                    List.of(ServiceArea.reading(ledger, folder, timers), Previews.reading(ledger))),
                new AreaContext(ledger, timers.clock(), text -> text)));
  }

  private List<Query.Hold> why(String task) {
    return ledger.read(sql -> TaskHolds.withoutEngine(sql, task));
  }

  private WorkspaceViews.Workspace workspace(Sql sql) throws SQLException {
    return WorkspaceStanding.look(
            repository, checkouts, new UpstreamReader(repository), Optional.empty())
        .view(
            sql,
            config,
            repository,
            activeConfiguration.consent(),
            Engine.VERSION,
            null,
            activeConfiguration.problems());
  }

  private static Query.FileDiffs atWork(Path folder, String start, DiffExcerpt excerpt) {
    throw new HiveException(
        ErrorCode.NO_ENGINE,
        "What " + folder.getFileName() + " has changed so far is read by an engine; none runs.",
        "Start one with hivedeck serve, or look into " + folder + ".");
  }

  private Set<String> off() {
    rewoundMerges.find();
    return rewoundMerges.off();
  }

  /** Looked for anew: nobody else does. */
  private List<DriftViews.Drift> drift(KeptWork kept) {
    var folders = new AttemptFolders(homes);
    var isolations =
        new Isolations(
            repository,
            () -> config.isolation().kind(),
            () -> config.isolation().push(),
            new SizeLimits(() -> config.git().largest()));
    var commits = new AttemptCommits(repository, kept, folders, isolations);
    var worktrees = new Worktrees(repository, commits, kept, folders, isolations);
    return new Reconciler(
            ledger,
            repository,
            worktrees,
            List.of(
                watch::find,
                rewoundMerges::find,
                () -> checkouts.find(() -> {}, (commit, since, main) -> {})),
            false,
            options.timers().clock(),
            (found, changed, gone) -> {})
        .look();
  }

  /**
   * @throws HiveException {@code no-engine}, always
   */
  @Override
  public JsonNode execute(Command command, String correlation, String key) {
    throw new HiveException(
        ErrorCode.NO_ENGINE,
        "No engine runs for this workspace, so that it can only be read.",
        "Start one with hivedeck serve.");
  }

  @Override
  public JsonNode query(Query query) {
    return queries.answer(query);
  }

  @Override
  public Snapshot snapshot(Set<Topic> topics) {
    if (topics.contains(Topic.WORKSPACE) || topics.contains(Topic.DRIFT)) {
      watch.glance(); // nobody else does
    }
    return queries.snapshot(topics);
  }

  /** Looks once a second for what whoever writes the ledger has added. */
  @Override
  public Subscription subscribe(long after, Consumer<List<Event>> consumer) {
    var open = new AtomicBoolean(true);
    var thread = options.timers().start("read-events", () -> follow(after, consumer, open));
    return () -> {
      open.set(false);
      thread.interrupt();
    };
  }

  private void follow(long after, Consumer<List<Event>> consumer, AtomicBoolean open) {
    long seen = after;
    try {
      while (open.get()) {
        var news = ledger.events(seen, PAGE);
        if (news.isEmpty()) {
          options.timers().sleep(LOOK);
        } else {
          seen = news.getLast().seq();
          consumer.accept(news);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (HiveException e) {
      if (open.get()) {
        throw e;
      }
    }
  }

  /** Without an engine no lines come. */
  @Override
  public Subscription follow(Consumer<Query.LogPage> consumer) {
    return () -> {};
  }

  @Override
  public Stats stats() {
    var budgets = budgetTracker.standing(config.agents().values());
    return ledger.read(
        sql ->
            new Stats(
                sql.number("SELECT max(seq) FROM event"),
                TaskLedger.count(sql, TaskViews.TaskState.READY),
                AttemptLedger.active(sql).size(),
                TaskLedger.count(sql, TaskViews.TaskState.DEAD),
                0,
                size(),
                0,
                budgets,
                AttemptLedger.meanRecovery(sql, options.timers().clock().instant().minus(DAY))
                        .toMillis()
                    / 1e3,
                Disk.full(List.of(folder, repository.common(), Disk.temporary())),
                "",
                "",
                WorktreePool.left(
                        new AttemptFolders(homes).pooled().values(), config.worktree().pool())
                    .view()));
  }

  private long size() {
    try {
      return Files.size(folder.resolve(Engine.DATABASE));
    } catch (IOException e) {
      return 0;
    }
  }

  @Override
  public void close() {
    ledger.close();
  }
}
