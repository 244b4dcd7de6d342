package dev.hivedeck.engine.schedule;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.plan.Tasks;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Views.TaskState;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims from the queue what this machine has room for, and carries it out: each claim by a {@link
 * Run} on a thread of its own, whose lease is renewed here for as long as it lives.
 */
public final class Scheduler implements AutoCloseable {
  /** How long a claim is held without a sign of life. */
  public static final Duration LEASE = Duration.ofSeconds(30);

  private static final Duration BEAT = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

  private final Store store;
  private final Dispatch dispatch;
  private final Questions questions;
  private final Agents agents;
  private final Workshop workshop;
  private final Supplier<HiveConfig> config;
  private final BooleanSupplier trusted;
  private final Timers timers;
  private final Supplier<String> ids;

  private final Map<String, Run> runs = new ConcurrentHashMap<>();
  private final Consumer<List<Event>> listener = this::happened;
  private final Semaphore signal = new Semaphore(0);
  private volatile boolean open = true;
  private Thread loop;
  private Timers.Timer alarm = () -> {};
  private Timers.Timer heart = () -> {};

  /**
   * @param trusted whether commands of the workspace may run
   */
  public Scheduler(
      Store store,
      Dispatch dispatch,
      Questions questions,
      Agents agents,
      Workshop workshop,
      Supplier<HiveConfig> config,
      BooleanSupplier trusted,
      Timers timers,
      Supplier<String> ids) {
    this.store = store;
    this.dispatch = dispatch;
    this.questions = questions;
    this.agents = agents;
    this.workshop = workshop;
    this.config = config;
    this.trusted = trusted;
    this.timers = timers;
    this.ids = ids;
  }

  /** Takes up the ledger where a previous engine left it, then begins to claim. */
  public void start() {
    recover();
    store.listen(listener);
    loop = timers.start("schedule", this::loop);
    wake();
    beatLater();
  }

  /** Something may have become possible. Cheap; may be called from anywhere. */
  public void wake() {
    signal.release();
  }

  private void happened(List<Event> events) {
    for (Event event : events) {
      switch (event.type()) {
        case "task.ready",
            "task.returned",
            "task.retrying",
            "task.fallback",
            "task.waiting",
            "agent.resumed",
            "agent.configured",
            "plan.imported",
            "plan.reloaded",
            "decision.opened",
            "workspace.trusted" ->
            wake();
        case "attempt.cancelled", "attempt.lost" -> {
          stop(event.id());
          wake(); // its agent is free, even if nobody is left to stop
        }
        default -> {
          // Nothing waits for the others.
        }
      }
    }
  }

  private void stop(String attempt) {
    var run = runs.get(attempt);
    if (run != null) {
      run.stop();
    }
  }

  /** Passes what a person said on to a running attempt. */
  public void hear(String attempt, String text) {
    var run = runs.get(attempt);
    if (run != null) {
      run.hear(text);
    }
  }

  // ── claiming ────────────────────────────────────────────────────────────────────────────────

  private void loop() {
    while (open) {
      try {
        signal.acquire();
        signal.drainPermits();
        if (open) {
          cycle();
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException | Error e) { // whatever happens, it goes on deciding
        if (open) {
          LOG.error("scheduling", e);
          later(BEAT);
        }
      }
    }
  }

  private void cycle() {
    Instant now = timers.clock().instant();
    Optional<Instant> question = questions.expire(now);
    int room = trusted.getAsBoolean() ? store.read(Steering::limit) - runs.size() : 0;
    var claimed = dispatch.claim(room > 0 ? pool() : Dispatch.Pool.NONE, room, LEASE);
    claimed.claims().forEach(this::launch);
    Stream.of(question, claimed.next())
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder())
        .ifPresent(at -> later(Duration.between(timers.clock().instant(), at)));
  }

  private void later(Duration delay) {
    alarm.cancel();
    alarm = timers.after(delay, this::wake);
  }

  private Dispatch.Pool pool() {
    return new Dispatch.Pool(
        agents.all().stream()
            .map(a -> new Dispatch.Offer(a.name(), a.capabilities(), a.parallel()))
            .toList(),
        config.get().queue().parallel());
  }

  private void launch(Dispatch.Claim claim) {
    var run =
        new Run(
            dispatch,
            questions,
            workshop,
            timers,
            config.get().defaults(),
            agents.spec(claim.agent()),
            claim,
            local);
    runs.put(claim.attempt(), run);
    run.start(
        () -> {
          runs.remove(claim.attempt());
          wake();
        });
  }

  private final Run.Local local =
      new Run.Local() {
        @Override
        public void worktree(String attempt, String folder) {
          note("UPDATE attempt SET worktree = ? WHERE id = ?", folder, attempt);
        }

        @Override
        public void pid(String attempt, long pid) {
          note("UPDATE attempt SET pid = ? WHERE id = ? AND ended_at IS NULL", pid, attempt);
        }

        private void note(String sql, Object... parameters) {
          store.submit(ids.get(), tx -> tx.sql().update(sql, parameters));
        }

        @Override
        public List<String> unseen(String task) {
          return store.read(sql -> Attempts.unseenKeys(sql, task));
        }

        @Override
        public boolean waiting(String task) {
          return store.read(sql -> Tasks.get(sql, task).state() == TaskState.WAITING);
        }
      };

  // ── leases ──────────────────────────────────────────────────────────────────────────────────

  private void beatLater() {
    heart =
        timers.after(
            BEAT,
            () -> {
              if (open) {
                beat();
                wake();
                beatLater();
              }
            });
  }

  private void beat() {
    for (var run : runs.values()) {
      try {
        var claim = run.claim();
        if (dispatch.heartbeat(claim.task(), claim.token(), LEASE) != Dispatch.Hold.OK) {
          run.stop();
        }
      } catch (RuntimeException e) {
        LOG.warn("heartbeat of {}: {}", run.claim().attempt(), e.getMessage());
      }
    }
  }

  // ── recovery and end ────────────────────────────────────────────────────────────────────────

  /**
   * What a previous engine of this workspace held is given back at once, without waiting for
   * leases: the workspace's lock proves that it is gone. Its agents are ended first.
   */
  private void recover() {
    for (var attempt : store.read(Attempts::active)) {
      workshop.endProcesses(attempt.key());
      Optional<String> work = Optional.empty();
      try {
        work = workshop.rescue(attempt.id());
      } catch (RuntimeException e) {
        LOG.warn("the work of {} is kept but not gone on from", attempt.id(), e);
      }
      dispatch.release(
          attempt.task(),
          attempt.number(),
          "lost",
          "The engine ended under it",
          work.orElse(attempt.checkpoint()));
    }
    workshop.sweep();
  }

  /** Attempts that run in this engine. */
  public List<String> running() {
    return List.copyOf(runs.keySet());
  }

  /** Stops every running attempt with its work kept; a later engine goes on from there. */
  @Override
  public void close() {
    open = false;
    if (loop != null) {
      loop.interrupt();
    }
    alarm.cancel();
    heart.cancel();
    store.unlisten(listener);
    var all = List.copyOf(runs.values());
    all.forEach(Run::stop);
    for (var run : all) {
      if (!run.await()) {
        LOG.warn("{} did not end in time; the next start takes it up", run.claim().attempt());
      }
    }
  }
}
