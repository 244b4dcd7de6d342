package dev.hivedeck.engine.change;

import dev.hivedeck.engine.change.batch.MainJudge;
import dev.hivedeck.engine.change.batch.RedMainLedger;
import dev.hivedeck.engine.change.health.ReviewBlockers;
import dev.hivedeck.engine.change.stack.StackLedger;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.MergeConfig;
import dev.hivedeck.engine.mainline.Mainline;
import dev.hivedeck.engine.plan.ReworkHandler;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.TimeScale;
import dev.hivedeck.engine.time.Timers;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes changes to main, one after another: merge onto the present main in a worktree of its own,
 * run the merge gates on the result, fast-forward. What conflicts or is refused goes back to its
 * agent.
 */
public final class MergeQueue implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MergeQueue.class);

  private static final Duration AGAIN = Duration.ofSeconds(10);

  /** So long a change waits for main to be mended, if nothing comes to it. */
  private static final Duration MAIN_FAILS = Duration.ofMinutes(5);

  private final Store store;
  private final Timers timers;
  private final Mainline mainline;
  private final Supplier<HiveConfig> config;
  private final MainJudge main;
  private final MergeRecorder recorder;
  private final MergeRun single;
  private final MergeBatch batch;
  private final MergeRetries retries = new MergeRetries();
  private final Restacking restack;
  private final Supplier<String> ids;
  private final double speed;
  private final Semaphore signal = new Semaphore(0);
  private volatile boolean open = true;
  private Thread loop;
  private Timers.Timer alarm = () -> {};

  private volatile String held;

  /** Where main was at the last look. */
  private String seen;

  /** Puts changes on what is below them as it is now. */
  @FunctionalInterface
  public interface Restacking {
    void run() throws InterruptedException;
  }

  /**
   * @param restack done before each look at the line
   * @param redact masks secrets in what is told of a change, such as the names of its files
   */
  public MergeQueue(
      Store store,
      Timers timers,
      Mainline mainline,
      Supplier<HiveConfig> config,
      MergeGates gates,
      ReworkHandler reworkHandler,
      Restacking restack,
      UnaryOperator<String> redact,
      Supplier<String> ids,
      double speed) {
    this.restack = restack;
    this.store = store;
    this.timers = timers;
    this.mainline = mainline;
    this.config = config;
    this.main =
        new MainJudge(
            store,
            timers.clock(),
            TimeScale.shorten(MAIN_FAILS, speed),
            (tx, type, text) -> QueueFreezes.told(tx, type, text));
    this.recorder = new MergeRecorder(store, timers, mainline, main, reworkHandler, redact);
    this.ids = ids;
    this.speed = speed;
    Supplier<MergeConfig> how = () -> config.get().merge();
    this.single =
        new MergeRun(
            new MergeRun.Surroundings(
                store, timers, mainline, gates, main, how, () -> later(pause()), ids, speed),
            recorder,
            reworkHandler,
            retries);
    this.batch = new MergeBatch(single);
  }

  /** Finds out how merges ended that a previous engine left, then goes on with the queue. */
  public void start() {
    try {
      single.settle();
      endLeft();
      batch.settle();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    loop = timers.start("merge-queue", this::loop);
    wake();
  }

  /** Ends what gates left that ran ahead when the engine was killed. */
  private void endLeft() {
    store
        .read(sql -> ChangeLedger.in(sql, ChangeState.QUEUED))
        .forEach(single.around().gates()::endLeft);
  }

  /** Why no change is merged now, in words; empty when nothing holds them. */
  public Optional<String> held() {
    return Optional.ofNullable(held);
  }

  public void wake() {
    signal.release();
  }

  /** Somebody froze it: what was judged until then says nothing of what is merged afterwards. */
  void frozen() {
    single.ahead().forget();
    wake();
  }

  /** Looks at main where gates are known to fail on it: a person may have mended it. */
  public void look() {
    var red = store.read(RedMainLedger::now);
    if (red != null && !red.commit().equals(tip())) {
      wake();
    }
  }

  /** Where main is; null where it cannot be looked at. */
  private @Nullable String tip() {
    try {
      return mainline.tip();
    } catch (HiveException e) {
      LOG.debug("main cannot be looked at: {}", e.getMessage());
      return null; // whoever merges says so
    }
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
        single.settle();
        boolean free = true;
        while (open && free) {
          var line = ready();
          free = !line.isEmpty() && mayMerge();
          if (free) {
            batch.merge(line);
          } else {
            single.ahead().forget(); // by the time that something may be merged it is old
          }
        }
      } catch (InterruptedException e) {
        return;
      } catch (HiveException e) {
        LOG.warn("merges wait: {}", e.getMessage());
        single.ahead().forget();
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

  /** What was found out of main counts for the commit that it was at. */
  private void lookAtMain() throws InterruptedException {
    String tip = tip();
    if (tip == null) {
      return;
    }
    if (!tip.equals(seen)) {
      retries.moved();
      seen = tip;
    }
    if (main.isOutdated(tip)) {
      recorder.written(ids.get(), tx -> main.moved(tx, tip));
    }
  }

  /** Those in line whose turn it is; one that has trouble lets others go first for a while. */
  private List<ChangeLedger.Row> ready() throws InterruptedException {
    lookAtMain();
    restack.run();
    Instant now = timers.clock().instant();
    var queued = mayPass();
    var ready = new ArrayList<ChangeLedger.Row>();
    var resting = new HashSet<Long>();
    for (var change : queued) {
      boolean waits = change.stacked() && resting.contains(below(change));
      if (waits || retries.rests(change.id(), now)) {
        resting.add(change.number());
      } else {
        ready.add(change);
      }
    }
    if (!queued.isEmpty() && ready.isEmpty()) {
      later(pause());
    }
    return ready;
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
    for (var stacked : line.stacked()) {
      recorder.written(
          ids.get(), tx -> ChangeLedger.stays(tx, stacked.change().id(), stacked.why()));
    }
    return line.passing();
  }

  private long below(ChangeLedger.Row change) {
    return store
        .read(sql -> StackLedger.below(sql, change.number()))
        .map(StackLedger.Below::number)
        .orElse(0L);
  }

  private void proceedDue() {
    Instant now = timers.clock().instant();
    for (String id : store.read(sql -> ChangeLedger.due(sql, now))) {
      try {
        store.update(ids.get(), tx -> proceed(tx, id));
      } catch (HiveException e) { // it keeps no other one back
        LOG.warn("{} does not proceed: {}", id, e.getMessage());
        store.update(ids.get(), tx -> ChangeReview.wanted(tx, id));
      }
    }
    Optional<Instant> next = store.read(ChangeLedger::nextDue);
    next.ifPresent(at -> later(Duration.between(timers.clock().instant(), at)));
  }

  private static void proceed(Tx tx, String id) throws SQLException {
    var change = ChangeLedger.get(tx.sql(), id);
    if (change.state() != ChangeState.OPEN) {
      return; // somebody closed it, or sent it back, just now
    }
    if (ReviewBlockers.hold(ChangeLedger.view(tx.sql(), id))) {
      ChangeReview.wanted(tx, id);
      return;
    }
    ChangeLedger.step(
        tx,
        id,
        ChangeStateMachine.Step.ENQUEUE,
        null,
        ChangeEvent.QUEUED,
        id + " proceeds: nobody objected in time");
  }

  @Override
  public void close() {
    open = false;
    alarm.cancel();
    single.ahead().stop();
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
    single.ahead().close();
  }
}
