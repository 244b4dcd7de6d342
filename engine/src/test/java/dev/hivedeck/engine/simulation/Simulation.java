package dev.hivedeck.engine.simulation;

import dev.hivedeck.engine.agent.log.ActivityLogs;
import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.budget.BudgetTracker;
import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.ChangeReview;
import dev.hivedeck.engine.change.MergeQueue;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.decision.DecisionLedger;
import dev.hivedeck.engine.decision.Questions;
import dev.hivedeck.engine.dispatch.Dispatch;
import dev.hivedeck.engine.dispatch.OperatorActions;
import dev.hivedeck.engine.dispatch.SqliteDispatch;
import dev.hivedeck.engine.execution.Scheduler;
import dev.hivedeck.engine.plan.PlanDocument;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.TaskSpec;
import dev.hivedeck.engine.plan.TaskStateMachine;
import dev.hivedeck.engine.process.MachineCapacity;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi.Subscription;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.DecisionViews.DecisionState;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.rollout.agent.AgentTraffic;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.selection.TrackRecords;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Stores;
import dev.hivedeck.engine.store.Tx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One life of a workspace, from a seed: the engine's own store, queue, scheduler and merge queue,
 * on simulated threads, time, agents and git, with a person who meddles. Faults come at any step,
 * the engine is killed again and again; then the world calms down, and everything must come to its
 * end. {@link #run} tells what was violated.
 */
final class Simulation {
  private static final HiveConfig CONFIG =
      HiveConfig.parse(
          "hive.yaml",
          """
          version: 1
          defaults: { attempts: 2, backoff: [5s, 40s] }
          queue: { parallel: { gpu: 1 } }
          agents:
            ann:  { driver: command, run: work, capabilities: [java, gpu], fallback: [bob] }
            bob:  { driver: command, run: work, capabilities: [java], parallel: 2 }
            cleo: { driver: command, run: work, capabilities: [docs, gpu] }
          decisions:
            default: { human: none }
            ui: { human: advisory, within: 60s }
            risky: { human: required }
          """);

  private static final MachineCapacity PLENTY = new MachineCapacity(1L << 40, 0);
  private static final int LIMIT = 3;
  private static final long MOST_STEPS = 400_000;

  private final Random random;
  private final SimulatedScheduler simulatedScheduler;
  private final SimulatedWorld simulatedWorld;
  private final Path file;
  private final Plant plant;
  private final Consumer<String> trace;
  private final AtomicLong ids = new AtomicLong();
  private final List<String> wrong = new ArrayList<>();
  private final Map<String, String> keys = new HashMap<>();
  private final Map<String, Instant> orphans = new HashMap<>();

  // What a client has seen, over all lives of the engine.
  private long seen;
  private final Map<String, TaskState> stateSeen = new HashMap<>();

  // The engine that lives now.
  private Store store;
  private Dispatch dispatch;
  private SqliteDispatch queue;
  private Questions questions;
  private Scheduler scheduler;
  private ChangeReview review;
  private MergeQueue merges;
  private OperatorActions operatorActions;
  private boolean started;
  private Instant troubled = Instant.MIN;

  /** A defect to put in, to see whether it is found. */
  enum Plant {
    NONE,
    LOST_WAKE_UP,
    DOUBLED_CLAIM,
    OUTBOX_GAP,
    LEASE_NOT_EXPIRING,
    FENCE_DOWN
  }

  Simulation(long seed, Path folder, Plant plant, Consumer<String> trace) {
    this.random = new Random(seed);
    this.simulatedScheduler = new SimulatedScheduler(random);
    this.simulatedWorld =
        new SimulatedWorld(simulatedScheduler, random, 0.01 + random.nextDouble() * 0.05);
    this.file = folder.resolve("sim-" + seed + ".db");
    this.plant = plant;
    this.trace = trace;
  }

  /** Lives it through; empty when all was well. */
  List<String> run(Path template) {
    try {
      Files.copy(template, file);
      live();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      simulatedScheduler.close();
      for (String end : List.of("", "-wal", "-shm")) {
        file.resolveSibling(file.getFileName() + end).toFile().delete();
      }
    }
    wrong.addAll(simulatedWorld.wrong);
    return wrong;
  }

  private void live() {
    int crashes = random.nextInt(4);
    for (int life = 0; life <= crashes; life++) {
      open();
      long until = simulatedScheduler.steps() + 200 + random.nextInt(1_200);
      while (simulatedScheduler.steps() < until && wrong.isEmpty() && go()) {
        if (simulatedWorld.chance(0.002)) {
          simulatedScheduler.jump(Duration.ofMinutes(random.nextInt(180)));
          troubled = simulatedScheduler.now();
          orphans.clear();
        }
      }
      simulatedScheduler.crash();
      Stores.drop(store);
    }
    simulatedWorld.calm();
    open();
    Instant limit = simulatedScheduler.now().plus(Duration.ofHours(1));
    while (wrong.isEmpty() && !finished() && simulatedScheduler.steps() < MOST_STEPS) {
      if (simulatedScheduler.now().isAfter(limit) || !go()) {
        wrong.add("it does not come to an end: " + standing());
      }
    }
    if (wrong.isEmpty() && !finished()) {
      wrong.add("it does not come to an end in " + MOST_STEPS + " steps: " + standing());
    }
    settle();
    atTheEnd();
    simulatedScheduler.crash();
    Stores.drop(store);
  }

  /** What ended a moment ago clears up. */
  private void settle() {
    Instant until = simulatedScheduler.now().plusSeconds(30);
    long most = simulatedScheduler.steps() + MOST_STEPS;
    while (wrong.isEmpty()
        && simulatedScheduler.now().isBefore(until)
        && simulatedScheduler.steps() < most
        && go()) {
      // goes on
    }
  }

  private boolean go() {
    if (simulatedScheduler.quiet() && random.nextInt(4) == 0) {
      whenQuiet();
    }
    return simulatedScheduler.step();
  }

  // ── the engine ──────────────────────────────────────────────────────────────────────────────

  private void open() {
    started = false;
    store =
        Store.open(
            file, simulatedScheduler.clock(), body -> simulatedScheduler.thread("store", body));
    var records = new TrackRecords();
    var agents = new AgentLedger(CONFIG::agents, records);
    var logs =
        new ActivityLogs(file.resolveSibling(file.getFileName() + "-logs"), simulatedScheduler);
    questions = new Questions(store, () -> CONFIG, agents, this::id, 1);
    queue =
        new SqliteDispatch(
            store,
            () -> CONFIG,
            agents,
            questions,
            logs,
            (tx, work) -> review.verified(tx, work),
            this::id,
            1,
            records,
            new Random(ids.get()),
            new AgentTraffic(() -> CONFIG));
    dispatch = planted(queue);
    scheduler =
        new Scheduler(
            store,
            dispatch,
            questions,
            agents,
            simulatedWorld,
            () -> CONFIG,
            () -> true,
            () -> PLENTY,
            new BudgetTracker(
                store, () -> CONFIG, simulatedScheduler.clock(), (correlation, type, words) -> {}),
            simulatedScheduler,
            this::id,
            1);
    operatorActions = new OperatorActions(queue, agents, scheduler::wake, scheduler::hear);
    review =
        new ChangeReview(
            () -> CONFIG, queue, () -> merges.wake(), 1, text -> text, (_, _, _, _) -> {});
    merges =
        new MergeQueue(
            store,
            simulatedScheduler,
            simulatedWorld,
            () -> CONFIG,
            simulatedWorld.mergeGates(),
            queue,
            () -> {},
            t -> t,
            this::id,
            1);
    simulatedScheduler.start(
        "start",
        () -> {
          scheduler.recover();
          scheduler.start();
          merges.start();
          started = true;
          simulatedScheduler.start("person", this::person);
          client();
        });
  }

  private String id() {
    return "id-" + ids.incrementAndGet();
  }

  private Dispatch planted(SqliteDispatch real) {
    return new FaultyDispatch(real, plant, simulatedWorld, random);
  }

  /** Follows the feed as a desktop does: after a crash of the engine, from where it was. */
  private void client() {
    Subscription ignored = dispatch.subscribe(seen, this::heard);
  }

  private void heard(List<Event> events) {
    for (Event event : events) {
      if (event.seq() != seen + 1) {
        wrong.add("a client saw event " + event.seq() + " after " + seen);
      }
      seen = event.seq();
      trace.accept(
          "%s %d %s %s %s"
              .formatted(
                  simulatedScheduler.now(),
                  event.seq(),
                  event.type().word(),
                  event.id(),
                  event.text()));
      if (event.topic() == Topic.TASK && event.data() != null) {
        var to = TaskState.of(event.data().get("state").asText());
        var from = stateSeen.put(event.id(), to);
        if (from != null && from != to && !possible(from, to)) {
          wrong.add(event.id() + " went from " + from + " to " + to + " by " + event.type().word());
        }
      }
    }
  }

  private static boolean possible(TaskState from, TaskState to) {
    return TaskStateMachine.TABLE.transitions().stream()
        .anyMatch(t -> t.from() == from && t.to() == to);
  }

  // ── a person ────────────────────────────────────────────────────────────────────────────────

  private interface Step {
    void run(Tx tx) throws SQLException;
  }

  /**
   * @return false when it was refused
   */
  private boolean act(Step step) {
    try {
      store.write(
          id(),
          tx -> {
            step.run(tx);
            return null;
          });
      return true;
    } catch (HiveException refused) {
      return false;
    }
  }

  private void person() {
    try {
      begin();
      while (true) {
        simulatedScheduler.sleep(
            Duration.ofSeconds(1 + random.nextInt(simulatedWorld.calmed() ? 20 : 40)));
        answer();
        if (!simulatedWorld.calmed()) {
          meddle();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void begin() {
    act(tx -> operatorActions.work(tx, true, LIMIT));
    while (true) {
      try {
        dispatch.submit(plan("T", 6), "the-plan");
        return;
      } catch (HiveException e) {
        if (!e.code().startsWith("disk")) {
          throw e;
        }
        try {
          simulatedScheduler.sleep(Duration.ofSeconds(5));
        } catch (InterruptedException stop) {
          return;
        }
      }
    }
  }

  private PlanDocument plan(String prefix, int most) {
    String key = keys.computeIfAbsent(prefix, p -> Long.toString(random.nextLong()));
    var chance = new Random(Long.parseLong(key)); // the same plan in each life
    var tasks = new ArrayList<TaskSpec>();
    int count = 1 + chance.nextInt(most);
    for (int i = 1; i <= count; i++) {
      var needs = new ArrayList<String>();
      if (i > 1 && chance.nextInt(3) == 0) {
        needs.add(prefix + "-" + (1 + chance.nextInt(i - 1)));
      }
      int who = chance.nextInt(5);
      tasks.add(
          new TaskSpec(
              prefix + "-" + i,
              "Task " + i,
              List.of(),
              who < 3 ? List.of("ann", "bob", "cleo").get(who) : null,
              who < 3 ? List.of() : who == 3 ? List.of("java") : List.of("gpu"),
              needs,
              1 + chance.nextInt(9),
              List.of("plain", "plain", "plain", "ui", "risky").get(chance.nextInt(5)),
              "Do it.",
              List.of()));
    }
    return new PlanDocument("Plan", List.of(), tasks);
  }

  /** Decides, reviews and tries again, as somebody who does the job. */
  private void answer() {
    var decisions =
        store.read(DecisionLedger::views).stream()
            .filter(d -> d.state() == DecisionState.OPEN)
            .toList();
    if (!decisions.isEmpty()) {
      var d = decisions.get(random.nextInt(decisions.size()));
      act(tx -> questions.decide(tx, d.id(), d.options().getFirst(), null));
    }
    for (var change : store.read(ChangeLedger::unfinished)) {
      if (change.state() == ChangeState.OPEN && simulatedWorld.chance(5)) {
        act(tx -> review.sendBack(tx, change.id(), "Again, please.", List.of()));
      } else if (change.state() == ChangeState.OPEN) {
        act(tx -> review.approve(tx, change.id(), null, null));
      } else if (change.state() == ChangeState.BLOCKED) {
        act(tx -> review.merge(tx, change.id(), null));
      }
    }
    for (String task : ids("SELECT id FROM task WHERE state = 'dead'")) {
      act(tx -> operatorActions.retry(tx, new Command.RetryTask(task, "bob")));
    }
    for (String task : ids("SELECT id FROM task WHERE state = 'paused'")) {
      act(tx -> operatorActions.resume(tx, task));
    }
    for (String task : ids("SELECT id FROM task WHERE state = 'blocked'")) {
      if (dispatch.query(task).reason().contains("(cancelled)")) {
        act(tx -> cancel(tx, task)); // what it needs will never come
      }
    }
    for (String agent : ids("SELECT name AS id FROM agent WHERE paused = 1")) {
      act(tx -> operatorActions.resumeAgent(tx, agent));
    }
  }

  private List<String> ids(String query) {
    return store.read(sql -> sql.list(query, row -> row.text("id")));
  }

  private void meddle() throws InterruptedException {
    var tasks = ids("SELECT id FROM task");
    if (tasks.isEmpty()) {
      return;
    }
    String task = tasks.get(random.nextInt(tasks.size()));
    String agent = List.copyOf(CONFIG.agents().keySet()).get(random.nextInt(3));
    switch (random.nextInt(12)) {
      case 0 -> act(tx -> operatorActions.pause(tx, task));
      case 1 -> act(tx -> operatorActions.stopAgent(tx, agent));
      case 2 -> act(tx -> operatorActions.pauseAgent(tx, agent));
      case 3 -> act(tx -> operatorActions.say(tx, new Command.SayToAgent(agent, "hurry")));
      case 4 -> act(tx -> cancel(tx, task));
      case 5 -> fullDisk();
      case 6 -> act(tx -> operatorActions.work(tx, false, 0));
      case 7 -> {
        String prefix = "N" + random.nextInt(3);
        var more = plan(prefix, 2);
        act(tx -> queue.submit(tx, more, "key-" + prefix));
      }
      default -> act(tx -> operatorActions.work(tx, true, LIMIT));
    }
    if (random.nextBoolean()) {
      act(tx -> operatorActions.work(tx, true, LIMIT));
    }
  }

  private void cancel(Tx tx, String task) throws SQLException {
    review.withdraw(tx, task);
    if (!TaskLedger.get(tx.sql(), task).merged()) {
      queue.cancel(tx, task);
    }
  }

  private void fullDisk() throws InterruptedException {
    troubled = simulatedScheduler.now().plusSeconds(3_600);
    act(tx -> tx.sql().number("PRAGMA max_page_count = 1"));
    simulatedScheduler.sleep(Duration.ofSeconds(random.nextInt(90)));
    act(tx -> tx.sql().number("PRAGMA max_page_count = 1073741823"));
    troubled = simulatedScheduler.now();
    orphans.clear();
  }

  // ── what must hold ──────────────────────────────────────────────────────────────────────────

  private boolean finished() {
    return started
        && simulatedScheduler.quiet()
        && scheduler.running().isEmpty()
        && store.read(
            sql -> {
              int over =
                  TaskLedger.count(sql, TaskState.CANCELLED)
                      + (int) sql.number("SELECT count(*) FROM task WHERE merged = 1");
              return over > 0 && over == sql.number("SELECT count(*) FROM task");
            });
  }

  private String standing() {
    return store.read(
        sql -> {
          var text = new StringBuilder();
          for (var task : TaskLedger.views(sql)) {
            if (!task.merged() && task.state() != TaskState.CANCELLED) {
              text.append(
                  "%s %s (%s), attempt %s, change %s; "
                      .formatted(
                          task.id(),
                          task.state(),
                          task.reason(),
                          task.attempt(),
                          task.change() == null
                              ? "none"
                              : ChangeLedger.get(sql, task.change()).state()));
            }
          }
          return text
              + " running "
              + scheduler.running()
              + " working "
              + OperatorActions.working(sql)
              + " at "
              + simulatedScheduler.now();
        });
  }

  /** Holds whenever all threads wait. */
  private void whenQuiet() {
    if (!started) {
      return;
    }
    var alive = new HashMap<String, Integer>();
    simulatedWorld.running().values().stream()
        .filter(r -> !simulatedWorld.vanished.contains(r.attempt()))
        .forEach(r -> alive.merge(r.agent(), 1, Integer::sum));
    alive.forEach(
        (agent, count) -> {
          if (count > CONFIG.agents().get(agent).parallel()) {
            wrong.add(
                agent
                    + " works on "
                    + count
                    + " tasks at once: "
                    + simulatedWorld.running().values());
          }
        });
    if (scheduler.running().size() > LIMIT) {
      wrong.add("more run than may: " + scheduler.running());
    }
    store.read(
        sql -> {
          quiet(sql);
          return null;
        });
  }

  private void quiet(Sql sql) throws SQLException {
    long gpus =
        sql.number(
            "SELECT count(*) FROM attempt a JOIN task t ON t.id = a.task WHERE a.state IN"
                + " ('preparing', 'working', 'checking') AND t.capabilities LIKE '%gpu%'");
    if (gpus > 1) {
      wrong.add(gpus + " tasks hold the one gpu");
    }
    long miscounted =
        sql.number(
            "SELECT count(*) FROM agent_tally t WHERE (succeeded, failed) <> (SELECT"
                + " count(*) FILTER (WHERE state = 'succeeded'),"
                + " count(*) FILTER (WHERE state = 'failed') FROM attempt WHERE agent = t.agent)");
    if (miscounted > 0) {
      wrong.add(miscounted + " agents are told to have done what they did not");
    }
    boolean undisturbed = Duration.between(troubled, simulatedScheduler.now()).toSeconds() > 30;
    if (!undisturbed || troubled.isAfter(simulatedScheduler.now())) {
      return;
    }
    var active = AttemptLedger.active(sql);
    for (var attempt : active) {
      if (attempt.leaseUntil().plusSeconds(1).isBefore(simulatedScheduler.now())) {
        wrong.add(attempt.id() + " holds a lease that ran out at " + attempt.leaseUntil());
      }
      if (scheduler.running().contains(attempt.id())) {
        orphans.remove(attempt.id());
      } else if (orphans
          .computeIfAbsent(attempt.id(), id -> simulatedScheduler.now())
          .isBefore(leaseAgo())) {
        wrong.add(attempt.id() + " is held though nobody has worked on it for long");
      }
    }
    long overdue =
        sql.number(
            "SELECT count(*) FROM task WHERE state = 'delayed' AND not_before < ?",
            simulatedScheduler.now().minusSeconds(1));
    if (overdue > 0) {
      wrong.add(overdue + " tasks should have been tried again by " + simulatedScheduler.now());
    }
    // In an outage, and for a while after, nothing is begun; it is said.
    boolean rests = scheduler.held().stream().anyMatch(why -> why.contains("rests until"));
    if (OperatorActions.working(sql) && scheduler.running().size() < LIMIT && !rests) {
      idle(sql, active);
    }
  }

  private Instant leaseAgo() {
    return simulatedScheduler.now().minus(Scheduler.LEASE).minusSeconds(30);
  }

  /** Nothing that could run is left lying. */
  private void idle(Sql sql, List<AttemptLedger.Row> active) throws SQLException {
    for (var agent : CONFIG.agents().values()) {
      long holds =
          sql
              .list("SELECT id, agent FROM attempt", r -> r.text("agent") + " " + r.text("id"))
              .stream()
              .filter(a -> a.startsWith(agent.name() + " "))
              .map(a -> a.substring(agent.name().length() + 1))
              .filter(
                  id ->
                      scheduler.running().contains(id)
                          || active.stream().anyMatch(a -> a.id().equals(id)))
              .count();
      long paused =
          sql.number("SELECT count(*) FROM agent WHERE name = ? AND paused = 1", agent.name());
      if (holds < agent.parallel() && paused == 0) {
        boolean gpu =
            sql.number(
                    "SELECT count(*) FROM attempt a JOIN task t ON t.id = a.task WHERE a.state IN"
                        + " ('preparing', 'working', 'checking') AND t.capabilities LIKE '%gpu%'")
                > 0;
        var left =
            TaskLedger.next(sql, agent.name(), asked -> !gpu || !asked.contains("gpu"))
                .or(
                    () -> {
                      try {
                        return TaskLedger.next(
                            sql,
                            null,
                            asked ->
                                agent.capabilities().containsAll(asked)
                                    && (!gpu || !asked.contains("gpu")));
                      } catch (SQLException e) {
                        throw new IllegalStateException(e);
                      }
                    });
        if (left.isPresent()) {
          wrong.add(
              left.get().id()
                  + " is ready and "
                  + agent.name()
                  + " is free, but nothing happens at "
                  + simulatedScheduler.now());
        }
      }
    }
  }

  private void atTheEnd() {
    if (!wrong.isEmpty()) {
      return;
    }
    store.read(
        sql -> {
          for (var task : TaskLedger.views(sql)) {
            long merged =
                simulatedWorld.main.stream().filter(l -> l.task().equals(task.id())).count();
            if (merged != (task.merged() ? 1 : 0)) {
              wrong.add(task.id() + " is on main " + merged + " times, merged: " + task.merged());
            }
          }
          long gap = sql.number("SELECT max(seq) - count(*) FROM event");
          if (gap != 0) {
            wrong.add("the outbox lacks " + gap + " events");
          }
          if (seen != sql.number("SELECT max(seq) FROM event")) {
            wrong.add("a client saw events up to " + seen + " only");
          }
          for (var row :
              sql.list(
                  "SELECT state, tasks, (SELECT count(*) FROM task WHERE state = tally.state) AS n"
                      + " FROM tally",
                  r -> r.text("state") + ":" + (r.number("tasks") - r.number("n")))) {
            if (!row.endsWith(":0")) {
              wrong.add("the count is wrong by " + row);
            }
          }
          for (var agent : CONFIG.agents().keySet()) {
            lostWithoutCause(sql, agent);
          }
          return null;
        });
    for (var left : simulatedWorld.running().values()) {
      if (!simulatedWorld.vanished.contains(left.attempt())) {
        wrong.add("a process of " + left.attempt() + " is left");
      }
    }
  }

  private void lostWithoutCause(Sql sql, String agent) throws SQLException {
    var lost =
        sql.list(
            "SELECT id FROM attempt WHERE agent = ? AND state = 'lost'"
                + " AND detail LIKE 'Nothing was heard%'",
            row -> row.text("id"), agent);
    for (String attempt : lost) {
      if (!simulatedWorld.vanished.contains(attempt) && !simulatedWorld.unheard.contains(attempt)) {
        wrong.add(attempt + " lived, but lost its lease");
      }
    }
    var stopped =
        sql.list(
            "SELECT id FROM attempt WHERE agent = ? AND state = 'lost'"
                + " AND detail = 'The engine was stopped'",
            row -> row.text("id"),
            agent);
    for (String attempt : stopped) {
      if (!simulatedWorld.interrupted.contains(attempt)) {
        wrong.add(attempt + " was given back by somebody who did not hold it");
      }
    }
  }
}
