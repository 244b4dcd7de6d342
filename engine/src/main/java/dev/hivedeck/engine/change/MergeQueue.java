package dev.hivedeck.engine.change;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.mainline.Mainline;
import dev.hivedeck.engine.mainline.MergeResult;
import dev.hivedeck.engine.plan.ReworkHandler;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.TimeScale;
import dev.hivedeck.engine.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Takes changes to main, one after another: merge onto the present main in a worktree of its own,
 * run the merge gates on the result, fast-forward. What conflicts or is refused goes back to its
 * agent.
 */
public final class MergeQueue implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MergeQueue.class);

  private static final Duration AGAIN = Duration.ofSeconds(10);

  /** Ends of a merge after which it may do better, though nothing is wrong with git or the disk. */
  private static final Set<ErrorCode> PASSING = Set.of(ErrorCode.MAIN_MOVES, ErrorCode.GIT_FAILED);

  private final Store store;
  private final Timers timers;
  private final Mainline mainline;
  private final Supplier<HiveConfig> config;
  private final MergeGates gates;
  private final ReworkHandler reworkHandler;
  private final MergeRecorder recorder;
  private final MergeRetries retries = new MergeRetries();
  private final Supplier<String> ids;
  private final double speed;
  private final Semaphore signal = new Semaphore(0);
  private volatile boolean open = true;
  private Thread loop;
  private Timers.Timer alarm = () -> {};

  private volatile String held;

  /**
   * @param redact masks secrets in what is told of a change, such as the names of its files
   */
  public MergeQueue(
      Store store,
      Timers timers,
      Mainline mainline,
      Supplier<HiveConfig> config,
      MergeGates gates,
      ReworkHandler reworkHandler,
      UnaryOperator<String> redact,
      Supplier<String> ids,
      double speed) {
    this.store = store;
    this.timers = timers;
    this.mainline = mainline;
    this.config = config;
    this.gates = gates;
    this.reworkHandler = reworkHandler;
    this.recorder = new MergeRecorder(store, timers, mainline, reworkHandler, redact);
    this.ids = ids;
    this.speed = speed;
  }

  /** Finds out how merges ended that a previous engine left, then goes on with the queue. */
  public void start() {
    try {
      settle();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    loop = timers.start("merge-queue", this::loop);
    wake();
  }

  /** Why no change is merged now, in words; empty when nothing holds them. */
  public Optional<String> held() {
    return Optional.ofNullable(held);
  }

  public void wake() {
    signal.release();
  }

  /** Clears what could not be cleared when it was merged, under a lock of somebody else's git. */
  public void tidy() {
    recorder.tidy();
  }

  private void loop() {
    while (open) {
      try {
        signal.acquire();
        signal.drainPermits();
        config.get(); // without a policy in force nothing proceeds; a consent wakes it
        proceedDue();
        settle();
        boolean free = true;
        while (open && free) {
          var next = next();
          free = next.isPresent() && mayMerge();
          if (free) {
            merge(next.get());
          }
        }
      } catch (InterruptedException e) {
        return;
      } catch (HiveException e) {
        LOG.warn("merges wait: {}", e.getMessage());
        if (!e.is(ErrorCode.NOT_TRUSTED)) {
          held = "Merges wait: " + e.getMessage() + " " + e.hint();
          later(pause());
        }
      } catch (RuntimeException | Error e) { // whatever happens, it goes on merging
        if (open) {
          LOG.error("merge queue", e);
          later(pause());
        }
      }
    }
  }

  /** Not before a person has said so, where something stands in the way. */
  private boolean mayMerge() throws InterruptedException {
    var why = mainline.awaits();
    held = why.map(e -> "Merges wait: " + e.getMessage() + " " + e.hint()).orElse(null);
    if (why.isPresent()) {
      var queued = store.read(sql -> ChangeLedger.in(sql, ChangeState.QUEUED));
      String words = "waits: " + why.get().getMessage() + " " + why.get().hint();
      for (var change : queued) {
        recorder.written(ids.get(), tx -> ChangeLedger.stays(tx, change.id(), words));
      }
      later(pause());
    }
    return why.isEmpty();
  }

  private Duration pause() {
    return TimeScale.shorten(AGAIN, speed);
  }

  private void later(Duration delay) {
    alarm.cancel();
    alarm = timers.after(delay, this::wake);
  }

  /** The next in line; one that has trouble of its own lets others go first for a while. */
  private Optional<ChangeLedger.Row> next() throws InterruptedException {
    Instant now = timers.clock().instant();
    var queued = mayPass();
    var next = queued.stream().filter(c -> !retries.rests(c.id(), now, pause())).findFirst();
    if (!queued.isEmpty() && next.isEmpty()) {
      later(pause());
    }
    return next;
  }

  /** What is in line; while an error budget is spent that are fixes, the others are told why. */
  private List<ChangeLedger.Row> mayPass() throws InterruptedException {
    var line = store.read(MergeLine::of);
    if (line.passing().isEmpty()) {
      held = line.waiting().isEmpty() ? null : "Merges wait: " + line.why();
    }
    for (var change : line.waiting()) {
      recorder.written(ids.get(), tx -> ChangeLedger.stays(tx, change.id(), line.why()));
    }
    return line.passing();
  }

  private void proceedDue() {
    Optional<Instant> next =
        store.write(
            ids.get(),
            tx -> {
              var due =
                  tx.sql()
                      .list(
                          "SELECT number FROM change WHERE state = 'open' AND due_at <= ?",
                          row -> "C-" + row.number("number"),
                          tx.now());
              for (String id : due) {
                ChangeLedger.step(
                    tx,
                    id,
                    ChangeStateMachine.Step.ENQUEUE,
                    null,
                    ChangeEvent.QUEUED,
                    id + " proceeds: nobody objected in time");
              }
              return ChangeLedger.nextDue(tx.sql());
            });
    next.ifPresent(at -> later(Duration.between(timers.clock().instant(), at)));
  }

  private void merge(ChangeLedger.Row change) throws InterruptedException {
    String correlation = ids.get();
    MDC.put("correlation", correlation);
    try {
      if (recorder.begin(correlation, change)) {
        finish(correlation, change);
      }
    } finally {
      MDC.remove("correlation");
    }
  }

  private void finish(String correlation, ChangeLedger.Row change) throws InterruptedException {
    boolean accepted = store.read(sql -> MergeLedger.isAccepted(sql, change));
    var trial = new MergeTrial(mainline, gates, change, config.get().merge().method(), accepted);
    try {
      switch (trial.run()) {
        case MergeResult.Merged(String commit) -> landed(correlation, change, commit, trial);
        case MergeResult.Conflict conflict -> recorder.conflicted(correlation, change, conflict);
        case MergeResult.Unrelated _ -> recorder.unrelated(correlation, change);
        case MergeResult.Refused _ when trial.isUnexplained() ->
            recorder.unexplained(correlation, change, trial.record());
        case MergeResult.Refused _ when !trial.back().isEmpty() ->
            recorder.wouldBringBack(correlation, change, trial.back());
        case MergeResult.Refused _ when !trial.unapproved().isEmpty() ->
            recorder.held(correlation, change, trial.unapproved());
        case MergeResult.Refused _ -> recorder.refused(correlation, change, trial.results());
      }
    } catch (InterruptedException e) {
      recorder.yielded(correlation, change, null);
      throw e;
    } catch (HiveException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException(); // as it stands, the next start finds out how it ended
      }
      failed(correlation, change, trial, e);
    } catch (RuntimeException | Error e) {
      LOG.error("merging {}", change.id(), e);
      if (!landedAfterAll(correlation, change, trial)) {
        troubled(correlation, change, "Hivedeck itself failed: " + e);
      }
    }
  }

  /**
   * In an outage, which is one when it concerns every merge, all keep their places. What concerns
   * this one alone lets the others go first, and is tried a few times; else a person must look.
   */
  private void failed(
      String correlation, ChangeLedger.Row change, MergeTrial trial, HiveException e)
      throws InterruptedException {
    // Moved by an agent: what is on main says nothing. Being rebased: it is not to move.
    if (e.is(ErrorCode.MAIN_MOVED) || e.is(ErrorCode.MAIN_REBASED)) {
      recorder.yielded(correlation, change, "waits: " + e.getMessage() + " " + e.hint());
      return;
    }
    if (landedAfterAll(correlation, change, trial)) {
      return;
    }
    if (e.is(ErrorCode.COMMIT_GONE)) {
      recorder.written(
          correlation, tx -> ChangeReconciler.lost(tx, change, change.head(), reworkHandler));
    } else if (!e.outage() && PASSING.stream().noneMatch(e::is)) {
      LOG.error("merging {}", change.id(), e);
      recorder.blocked(correlation, change, e.getMessage());
    } else {
      var outage = outage();
      if (outage.isPresent()) {
        var why = outage.get();
        recorder.yielded(correlation, change, "waits: " + why.getMessage() + " " + why.hint());
        throw why;
      }
      LOG.warn("merging {}: {}", change.id(), e.getMessage());
      troubled(correlation, change, e.getMessage() + " " + e.hint());
    }
  }

  /** What keeps every merge now; empty when nothing does, whatever this one ran into. */
  private Optional<HiveException> outage() {
    try {
      mainline.probe();
      return Optional.empty();
    } catch (HiveException e) {
      return Optional.of(e);
    }
  }

  private void troubled(String correlation, ChangeLedger.Row change, String why)
      throws InterruptedException {
    int tries = retries.failed(change.id(), timers.clock().instant().plus(pause()));
    if (tries < MergeRetries.TRIES) {
      recorder.yielded(
          correlation,
          change,
          "try %d of %d comes soon: %s".formatted(tries + 1, MergeRetries.TRIES, why));
    } else {
      recorder.blocked(correlation, change, why);
    }
  }

  /**
   * @param trial that led to it; null where another engine made it
   */
  private void landed(String correlation, ChangeLedger.Row change, String commit, MergeTrial trial)
      throws InterruptedException {
    recorder.landed(correlation, change, commit, trial);
    retries.forget(change.id());
  }

  /**
   * Whether it is on main all the same, or nobody knows: then it stays in merging, where nobody can
   * close it, until that is known.
   */
  private boolean landedAfterAll(String correlation, ChangeLedger.Row change, MergeTrial trial)
      throws InterruptedException {
    try {
      var merge = mainline.mergeOf(change.head());
      if (merge.isPresent()) {
        landed(correlation, change, merge.get(), trial);
      }
      return merge.isPresent();
    } catch (HiveException e) {
      if (e.is(ErrorCode.COMMIT_GONE)) {
        return false;
      }
      unknown(correlation, change, e);
      return true;
    } catch (RuntimeException | Error e) {
      unknown(correlation, change, e);
      return true;
    }
  }

  private void unknown(String correlation, ChangeLedger.Row change, Throwable e)
      throws InterruptedException {
    LOG.warn("whether {} is on main is not known yet: {}", change.id(), e.toString());
    String why = "whether it is on main is not known yet: " + e.getMessage();
    recorder.written(correlation, tx -> ChangeLedger.stays(tx, change.id(), why));
    later(pause());
  }

  /**
   * Finds out how merges ended that were cut off, by a crash or by a git that did not answer: each
   * either reached main, which git knows, or goes back in line.
   */
  private void settle() throws InterruptedException {
    for (var change : store.read(sql -> ChangeLedger.in(sql, ChangeState.MERGING))) {
      String correlation = ids.get();
      try {
        gates.endLeft(change);
        var merge = mainline.mergeOf(change.head());
        if (merge.isPresent()) {
          landed(correlation, change, merge.get(), null);
        } else {
          recorder.yielded(correlation, change, null);
        }
      } catch (HiveException e) {
        if (e.is(ErrorCode.COMMIT_GONE)) {
          recorder.written(
              correlation, tx -> ChangeReconciler.lost(tx, change, change.head(), reworkHandler));
        } else {
          unknown(correlation, change, e);
        }
      } catch (RuntimeException | Error e) {
        unknown(correlation, change, e);
      }
    }
  }

  @Override
  public void close() {
    open = false;
    alarm.cancel();
    if (loop != null) {
      wake();
      try {
        // What is almost done, such as clearing up after a merge, is done rather than cut off.
        if (!loop.join(Duration.ofSeconds(3))) {
          loop.interrupt();
          loop.join(Duration.ofSeconds(30));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
