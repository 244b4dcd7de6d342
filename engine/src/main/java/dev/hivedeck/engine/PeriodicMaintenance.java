package dev.hivedeck.engine;

import dev.hivedeck.engine.agent.log.ActivityLogs;
import dev.hivedeck.engine.change.batch.BatchRetention;
import dev.hivedeck.engine.change.reading.ReadingRetention;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.git.repository.RepositoryMaintenance;
import dev.hivedeck.engine.maintenance.Housekeeping;
import dev.hivedeck.engine.maintenance.KeptRetention;
import dev.hivedeck.engine.store.Backups;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.BackgroundTasks;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What an engine does from time to time beside its work: copies, and what is over its time. */
final class PeriodicMaintenance {
  private static final Duration LOOK = Duration.ofSeconds(30);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofHours(24);

  private final Path database;
  private final Clock clock;
  private final Supplier<HiveConfig> config;
  private final Runnable branches;
  private final BooleanSupplier idle;
  private final Housekeeping housekeeping;
  private final KeptRetention kept;
  private final ReadingRetention readings;
  private final BatchRetention batches;
  private final RepositoryMaintenance repository;

  /**
   * @param branches takes away those that nobody needs
   * @param idle whether nothing works in the repository
   */
  PeriodicMaintenance(
      Store store,
      Path database,
      Clock clock,
      Supplier<HiveConfig> config,
      ActivityLogs logs,
      WorkspaceGit git,
      Runnable branches,
      BooleanSupplier idle) {
    this.database = database;
    this.clock = clock;
    this.config = config;
    this.branches = branches;
    this.idle = idle;
    this.housekeeping = new Housekeeping(store, logs, clock, () -> config.get().retention());
    this.kept =
        new KeptRetention(
            store, git.kept(), git.monitor(), () -> config.get().retention().kept(), clock);
    this.readings = new ReadingRetention(store, clock);
    this.batches = new BatchRetention(store);
    this.repository = new RepositoryMaintenance(git.repository());
  }

  KeptRetention kept() {
    return kept;
  }

  /** Begins, soon for the first time: a session may be shorter than an hour. */
  void start(BackgroundTasks background) {
    background.every("backup", LOOK, HOUR, this::backUp);
    background.every("tidy", LOOK, HOUR, housekeeping::tidy);
    background.every("branches", LOOK, HOUR, branches);
    background.every("kept", LOOK, HOUR, kept::tidy);
    background.every("readings", LOOK, HOUR, readings::tidy);
    background.every("batches", LOOK, HOUR, batches::tidy);
    background.every("maintenance", LOOK, LOOK, this::pack);
  }

  /** One copy a day, made beside the work. */
  private void backUp() {
    new Backups(database, clock).makeIfDue(DAY, config.get().backups());
  }

  /** Packs the repository when there is enough to pack and nothing works in it. */
  private void pack() {
    if (config.get().git().maintenance() && idle.getAsBoolean() && repository.due()) {
      repository.run();
    }
  }
}
