package dev.hivedeck.engine.execution;

import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.budget.BudgetTracker;
import dev.hivedeck.engine.change.stack.StackLedger;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.decision.DecisionLedger;
import dev.hivedeck.engine.decision.Questions;
import dev.hivedeck.engine.dispatch.Dispatch;
import dev.hivedeck.engine.dispatch.OperatorActions;
import dev.hivedeck.engine.dispatch.TaskHolds;
import dev.hivedeck.engine.permission.PermissionPolicy;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.process.MachineCapacity;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.event.AgentEvent;
import dev.hivedeck.engine.protocol.event.AttemptEvent;
import dev.hivedeck.engine.protocol.event.DecisionEvent;
import dev.hivedeck.engine.protocol.event.PlanEvent;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.event.WorkspaceEvent;
import dev.hivedeck.engine.protocol.failure.EndReason;
import dev.hivedeck.engine.protocol.failure.ReleaseReason;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.selection.Offer;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.WriteRetry;
import dev.hivedeck.engine.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims from the queue what this machine has room for, and carries it out: each claim by a {@link
 * AttemptRunner} on a thread of its own, whose lease is renewed here for as long as it lives.
 */
public final class Scheduler implements AutoCloseable {
  /** How long a claim is held without a sign of life. */
  public static final Duration LEASE = Duration.ofSeconds(30);

  /** So long ago may have been stopped what still has processes when the engine comes back. */
  private static final Duration LATELY = Duration.ofHours(1);

  /** For what it had git do for an attempt of an earlier engine to end. */
  private static final Duration ENDING = Duration.ofSeconds(6);

  /** How soon to look again at a machine that is full. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  private static final Duration BEAT = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

  private final Store store;
  private final Dispatch dispatch;
  private final Questions questions;
  private final AgentLedger agents;
  private final AttemptExecutor attemptExecutor;
  private final Supplier<HiveConfig> config;
  private final BooleanSupplier trusted;
  private final Supplier<MachineCapacity> capacity;
  private final BudgetTracker budgetTracker;
  private final CircuitBreakers circuitBreakers;
  private final PermissionPolicy permissions;
  private final Timers timers;
  private final Supplier<String> ids;

  private final Map<String, AttemptRunner> runs = new ConcurrentHashMap<>();
  private final Consumer<List<Event>> listener = this::happened;

  /** Attempts of an earlier engine that are still to be given back, by their ids. */
  private final Map<String, AttemptLedger.Row> recovering = new ConcurrentHashMap<>();

  private final List<Thread> recovery = new ArrayList<>();
  private final AtomicBoolean sweeps = new AtomicBoolean();
  private final Semaphore signal = new Semaphore(0);
  private volatile boolean open = true;
  private volatile String held;
  private Thread loop;
  private Timers.Timer alarm = () -> {};
  private Timers.Timer heart = () -> {};

  /**
   * @param trusted whether commands of the workspace may run
   * @param capacity what the machine has left, now
   * @param speed divides the rest of a broken way of running agents; 1 is real
   */
  public Scheduler(
      Store store,
      Dispatch dispatch,
      Questions questions,
      AgentLedger agents,
      AttemptExecutor attemptExecutor,
      Supplier<HiveConfig> config,
      BooleanSupplier trusted,
      Supplier<MachineCapacity> capacity,
      BudgetTracker budgetTracker,
      Timers timers,
      Supplier<String> ids,
      double speed) {
    this.store = store;
    this.dispatch = dispatch;
    this.questions = questions;
    this.agents = agents;
    this.attemptExecutor = attemptExecutor;
    this.config = config;
    this.trusted = trusted;
    this.capacity = capacity;
    this.budgetTracker = budgetTracker;
    this.circuitBreakers = new CircuitBreakers(timers.clock(), speed);
    this.permissions = new PermissionPolicy(store, questions::ask);
    this.timers = timers;
    this.ids = ids;
  }

  /** Begins to claim. What a previous engine left may still be read, however much it is. */
  public void start() {
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
        case TaskEvent.READY,
            TaskEvent.TAKEN,
            TaskEvent.RETURNED,
            TaskEvent.RETRYING,
            TaskEvent.FALLBACK,
            TaskEvent.WAITING,
            AttemptEvent.WORKING, // what it was let begin to see may be well again
            AgentEvent.RESUMED,
            AgentEvent.CONFIGURED,
            PlanEvent.IMPORTED,
            TaskEvent.ADDED,
            PlanEvent.RELOADED,
            DecisionEvent.OPENED,
            WorkspaceEvent.TRUSTED ->
            wake();
        case AttemptEvent.CANCELLED, AttemptEvent.LOST -> {
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
    var runner = runs.get(attempt);
    if (runner != null) {
      runner.stop();
    }
  }

  /** What holds an attempt that runs here. */
  Optional<AttemptRunner> run(String attempt) {
    return Optional.ofNullable(runs.get(attempt));
  }

  /** Adds a line to the log of an attempt that runs here. */
  public void note(String attempt, String kind, String text) {
    run(attempt).ifPresent(runner -> runner.progress().line(kind, text));
  }

  /** Passes what a person said on to a running attempt. */
  public void hear(String attempt, String text) {
    var runner = runs.get(attempt);
    if (runner != null) {
      runner.progress().hear(text);
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
    // What is with a person takes nothing of the machine.
    int working =
        (int)
            runs.values().stream()
                .filter(runner -> !runner.claim().agent().equals(AgentLedger.PERSON.name()))
                .count();
    int wanted =
        trusted.getAsBoolean()
            ? circuitBreakers.admit(store.read(OperatorActions::limit) - working)
            : 0;
    var admitted =
        wanted > 0
            ? AdmissionControl.of(capacity.get(), config.get().queue(), wanted, working)
            : AdmissionControl.NONE;
    var spent = wanted > 0 ? budgetTracker.spent() : Optional.<String>empty();
    if (spent.isPresent()) {
      admitted = new AdmissionControl(0, spent.get());
    }
    var claimed =
        dispatch.claim(admitted.room() > 0 ? pool() : Dispatch.Pool.NONE, admitted.room(), LEASE);
    claimed.claims().forEach(this::launch);
    held = admitted.held();
    var looked = Optional.ofNullable(held).map(why -> now.plus(LOOK));
    Stream.of(question, claimed.next(), looked, Optional.ofNullable(circuitBreakers.next()))
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder())
        .ifPresent(at -> later(Duration.between(timers.clock().instant(), at)));
  }

  private void later(Duration delay) {
    alarm.cancel();
    alarm = timers.after(delay, this::wake);
  }

  private Dispatch.Pool pool() {
    var live = new HashMap<String, Integer>();
    runs.values().forEach(runner -> live.merge(runner.claim().agent(), 1, Integer::sum));
    return new Dispatch.Pool(
        Stream.concat(agents.all().stream(), Stream.of(AgentLedger.PERSON))
            .filter(circuitBreakers::closed)
            .filter(agent -> !budgetTracker.spent(agent))
            .map(
                a ->
                    new Offer(
                        a.name(),
                        a.capabilities(),
                        a.parallel(),
                        a.parallel() - live.getOrDefault(a.name(), 0)))
            .toList(),
        config.get().queue().parallel());
  }

  /**
   * Why no more agents work than do, and what those that are done wait for, in words; empty when
   * nothing but their number limits it.
   */
  public List<String> held() {
    var why = new ArrayList<>(circuitBreakers.open());
    if (held != null) {
      why.add(held);
    }
    runs.values().forEach(runner -> runner.waitsFor().ifPresent(why::add));
    return why;
  }

  /** Why the machine has no room for anything beside its work, in words; empty when it has. */
  public Optional<String> full() {
    String why = held;
    return Optional.ofNullable(
        why == null ? AdmissionControl.of(capacity.get(), config.get().queue(), 1, 1).held() : why);
  }

  /** Why a task is not being worked on, the nearest first. */
  public List<Query.Hold> why(String task) {
    var taskHolds =
        new TaskHolds(
            trusted.getAsBoolean(),
            held,
            circuitBreakers.open(),
            budgetTracker.spent(),
            Stream.concat(agents.all().stream(), Stream.of(AgentLedger.PERSON)).toList(),
            agent -> !circuitBreakers.closed(agent),
            budgetTracker::spent,
            config.get().queue().parallel());
    return store.read(sql -> taskHolds.of(sql, task));
  }

  private void launch(Claim claim) {
    var agent = agents.spec(claim.agent());
    var runner =
        new AttemptRunner(
            dispatch,
            questions,
            attemptExecutor,
            timers,
            config.get().defaults(),
            agent,
            claim,
            local,
            circuitBreakers,
            permissions,
            budgetTracker);
    runs.put(claim.attempt(), runner);
    runner.start(
        () -> {
          runs.remove(claim.attempt());
          wake();
        });
  }

  private final LocalNotes local =
      new LocalNotes() {
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
        public Set<String> unseen(String task) {
          return store.read(sql -> AttemptLedger.unseenKeys(sql, task));
        }

        @Override
        public long ended(String task, EndReason reason) {
          return store.read(sql -> AttemptLedger.endedFor(sql, task, reason));
        }

        @Override
        public boolean answered(String attempt, Instant since) {
          return store.read(sql -> DecisionLedger.answeredSince(sql, attempt, since));
        }

        @Override
        public List<String> below(String task) {
          return store.read(sql -> StackLedger.stands(sql, task));
        }

        @Override
        public boolean waiting(String task) {
          return store.read(sql -> TaskLedger.get(sql, task).state() == TaskState.WAITING);
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
    for (var attempt : recovering.values()) {
      try {
        dispatch.heartbeat(attempt.task(), attempt.number(), LEASE);
      } catch (RuntimeException e) {
        LOG.warn("heartbeat of {}: {}", attempt.id(), e.getMessage());
      }
    }
    for (var runner : runs.values()) {
      try {
        var claim = runner.claim();
        if (dispatch.heartbeat(claim.task(), claim.token(), LEASE) != Dispatch.Hold.OK) {
          runner.stop();
        }
      } catch (RuntimeException e) {
        LOG.warn("heartbeat of {}: {}", runner.claim().attempt(), e.getMessage());
      }
    }
  }

  // ── recovery and end ────────────────────────────────────────────────────────────────────────

  /**
   * Takes up the ledger where a previous engine of this workspace left it. What that held is given
   * back at once, without waiting for leases: the workspace's lock proves that it is gone. Its
   * agents are ended first.
   */
  public void recover() {
    Instant lately = timers.clock().instant().minus(LATELY);
    var active = store.read(AttemptLedger::active);
    // Those of attempts that are over, too: it was about to end them, perhaps.
    var keys = new HashSet<>(store.read(sql -> AttemptLedger.unseenSince(sql, lately)));
    active.forEach(attempt -> keys.add(attempt.key()));
    attemptExecutor.endProcesses(keys);
    var sweep = attemptExecutor.sweep();
    if (active.isEmpty()) {
      recovery.add(timers.start("sweep", sweep));
      return;
    }
    active.forEach(attempt -> recovering.put(attempt.id(), attempt));
    for (var attempt : active) {
      recovery.add(
          timers.start(
              "recover-" + attempt.id(),
              () -> {
                recover(attempt);
                if (open && recovering.isEmpty() && sweeps.compareAndSet(false, true)) {
                  sweep.run();
                }
              }));
    }
  }

  /**
   * Gives an attempt back with its work; one that a closing engine interrupts is the next one's.
   */
  private void recover(AttemptLedger.Row attempt) {
    try {
      var work = rescued(attempt);
      if (open) {
        String why = "The engine ended under it";
        String commit = work.orElse(attempt.checkpoint());
        WriteRetry.insist(
            timers,
            () ->
                dispatch.release(
                    attempt.task(), attempt.number(), ReleaseReason.LOST, why, commit));
      }
    } catch (InterruptedException e) {
      LOG.info("{} is given back by the next start", attempt.id());
    } catch (RuntimeException e) {
      LOG.error("{} cannot be given back; its lease will run out", attempt.id(), e);
    } finally {
      recovering.remove(attempt.id());
    }
  }

  private Optional<String> rescued(AttemptLedger.Row attempt) {
    try {
      return attemptExecutor.rescue(attempt.id());
    } catch (RuntimeException e) {
      LOG.warn("the work of {} is kept but not gone on from", attempt.id(), e);
      return Optional.empty();
    }
  }

  /** Stops what runs, with its work kept to go on from. */
  public void park() {
    runs.values().forEach(AttemptRunner::stop);
  }

  private static void await(Thread thread) {
    try {
      thread.join(ENDING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
    recovery.forEach(Thread::interrupt);
    recovery.forEach(Scheduler::await);
    var all = List.copyOf(runs.values());
    all.forEach(AttemptRunner::stop);
    for (var runner : all) {
      if (!runner.await()) {
        LOG.warn("{} did not end in time; the next start takes it up", runner.claim().attempt());
      }
    }
  }
}
