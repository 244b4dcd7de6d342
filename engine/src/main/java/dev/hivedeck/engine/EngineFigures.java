package dev.hivedeck.engine;

import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.EngineApi.Stats;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.slo.policy.PolicyLedger;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.EventRate;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How an engine is doing, for the status bar. */
final class EngineFigures {
  private static final Duration DAY = Duration.ofHours(24);

  private final Store store;
  private final WorkPipeline work;
  private final EngineEndpoints endpoints;
  private final List<Path> disks;
  private final Clock clock;
  private final EventRate rate = new EventRate();

  /**
   * @param disks all that is written to while work goes on
   */
  EngineFigures(
      Store store, WorkPipeline work, EngineEndpoints endpoints, List<Path> disks, Clock clock) {
    this.store = store;
    this.work = work;
    this.endpoints = endpoints;
    this.disks = disks;
    this.clock = clock;
  }

  void happened(int events) {
    rate.count(events, clock.millis());
  }

  Stats stats(HiveConfig config) {
    var budgets = work.budgets.standing(config.agents().values());
    return store.read(
        sql ->
            new Stats(
                store.seq(),
                TaskLedger.count(sql, TaskViews.TaskState.READY),
                AttemptLedger.active(sql).size(),
                TaskLedger.count(sql, TaskViews.TaskState.DEAD),
                rate.perSecond(clock.millis()),
                store.bytes(),
                store.commitMillis() / 1e3,
                budgets,
                AttemptLedger.meanRecovery(sql, clock.instant().minus(DAY)).toMillis() / 1e3,
                held(),
                endpoints.api(),
                endpoints.feed(),
                work.pool.standing().view()));
  }

  private List<String> held() {
    var why = new ArrayList<>(work.scheduler.held());
    work.queue.held().ifPresent(why::add);
    store.read(PolicyLedger::slowed).ifPresent(why::add);
    why.addAll(Disk.full(disks));
    return why;
  }
}
