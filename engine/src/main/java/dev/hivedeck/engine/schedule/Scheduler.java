package dev.hivedeck.engine.schedule;

import dev.hivedeck.engine.agent.Answer;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.decision.DecisionLife;
import dev.hivedeck.engine.decision.Decisions;
import dev.hivedeck.engine.plan.Rework;
import dev.hivedeck.engine.plan.TaskLife;
import dev.hivedeck.engine.plan.Tasks;
import dev.hivedeck.engine.plan.Verified;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Views.GateResult;
import dev.hivedeck.engine.protocol.Views.TaskState;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.Timers;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides who does what next. Every decision is one transaction over the ledgers; the attempts it
 * starts run on threads of their own and report back through the package-private methods here, each
 * again one transaction. A report about an attempt that is already over changes nothing.
 */
public final class Scheduler implements Rework, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

  private final Store store;
  private final Timers timers;
  private final Supplier<HiveConfig> config;
  private final Agents agents;
  private final Verified verified;
  private final BooleanSupplier trusted;
  private final Supplier<String> ids;
  private final double speed;
  private final Workshop workshop;

  private final Map<String, Run> runs = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<Answer>> questions = new ConcurrentHashMap<>();
  private final Semaphore signal = new Semaphore(0);
  private volatile boolean open = true;
  private Thread loop;
  private Timers.Timer alarm = () -> {};

  /**
   * @param trusted whether commands of the workspace may run
   * @param speed divides delays between tries; 1 is real
   */
  public Scheduler(
      Store store,
      Timers timers,
      Supplier<HiveConfig> config,
      Agents agents,
      Workshop workshop,
      Verified verified,
      BooleanSupplier trusted,
      Supplier<String> ids,
      double speed) {
    this.store = store;
    this.timers = timers;
    this.config = config;
    this.agents = agents;
    this.workshop = workshop;
    this.verified = verified;
    this.trusted = trusted;
    this.ids = ids;
    this.speed = speed;
  }

  /** Takes up the ledger where a previous engine left it, then begins to claim. */
  public void start() {
    recover();
    loop = Thread.ofVirtual().name("schedule").start(this::loop);
    wake();
  }

  /** Something may have become possible. Cheap; may be called from anywhere. */
  public void wake() {
    signal.release();
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
      } catch (RuntimeException e) {
        if (open) {
          LOG.error("scheduling", e);
        }
      }
    }
  }

  private void cycle() {
    Optional<Instant> next =
        store.write(
            ids.get(),
            tx -> {
              due(tx);
              claim(tx);
              return nextDue(tx.sql());
            });
    alarm.cancel();
    next.ifPresent(
        at -> alarm = timers.after(Duration.between(timers.clock().instant(), at), this::wake));
  }

  private void due(Tx tx) throws SQLException {
    var delayed =
        tx.sql()
            .list(
                "SELECT id FROM task WHERE state = 'delayed' AND not_before <= ?",
                row -> row.text("id"),
                tx.now());
    for (String id : delayed) {
      Tasks.step(tx, id, TaskLife.Step.DUE, null, "task.ready", id + " is ready to be tried again");
    }
    for (var decision : Decisions.due(tx.sql(), tx.now())) {
      close(tx, decision.id(), DecisionLife.Step.EXPIRE, decision.fallback(), null, "deadline");
    }
  }

  private Optional<Instant> nextDue(Sql sql) throws SQLException {
    var task =
        sql.one(
            "SELECT min(not_before) AS due FROM task WHERE state = 'delayed'",
            row -> row.instant("due"));
    return Stream.of(task, Decisions.nextDue(sql))
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder());
  }

  private record Pick(Tasks.Row task, AgentSpec agent) {}

  private void claim(Tx tx) throws SQLException {
    if (!working(tx.sql()) || !trusted.getAsBoolean()) {
      return;
    }
    int slots = limit(tx.sql()) - Attempts.active(tx.sql()).size();
    var free = new LinkedHashMap<String, AgentSpec>();
    agents.free(tx.sql()).forEach(spec -> free.put(spec.name(), spec));
    while (slots-- > 0 && !free.isEmpty()) {
      var pick = pick(tx.sql(), free.values().stream().toList());
      if (pick.isEmpty()) {
        return;
      }
      begin(tx, pick.get());
      free.remove(pick.get().agent().name());
    }
  }

  private static Optional<Pick> pick(Sql sql, List<AgentSpec> free) throws SQLException {
    Pick best = null;
    for (AgentSpec agent : free) {
      for (var task :
          List.of(Tasks.nextFor(sql, agent.name()), Tasks.nextOpen(sql, agent.capabilities()))) {
        if (task.isPresent()) {
          best = better(best, new Pick(task.get(), agent));
        }
      }
    }
    return Optional.ofNullable(best);
  }

  private static Pick better(Pick a, Pick b) {
    return a == null || Tasks.BY_TURN.compare(b.task(), a.task()) < 0 ? b : a;
  }

  private void begin(Tx tx, Pick pick) throws SQLException {
    var task = pick.task();
    var agent = pick.agent();
    var attempt = Attempts.open(tx, task.id(), agent.name(), ids.get(), ids.get());
    Tasks.step(
        tx,
        task.id(),
        TaskLife.Step.CLAIM,
        null,
        "task.started",
        task.id() + " started by " + agent.name());
    Attempts.tell(tx, attempt.id(), "attempt.preparing", null);
    agents.tell(tx, agent.name(), "agent.working", null);
    var decided =
        tx.sql()
            .list(
                "SELECT question, answer, comment FROM decision WHERE task = ? AND answer IS NOT NULL",
                row ->
                    new Tasks.Context(
                        "answer",
                        row.text("question")
                            + " → "
                            + row.text("answer")
                            + (row.text("comment") == null ? "" : ": " + row.text("comment"))),
                task.id());
    var acceptance =
        tx.sql()
            .list(
                "SELECT r.* FROM requirement r JOIN link l ON l.requirement = r.id WHERE l.task = ?",
                row -> row.text("id") + " " + row.text("title") + " " + row.text("acceptance"),
                task.id());
    var run =
        new Run(this, workshop, config.get().defaults(), agent, task, attempt, decided, acceptance);
    tx.after(() -> launch(attempt.id(), run));
  }

  private void launch(String attempt, Run run) {
    runs.put(attempt, run);
    run.start(
        () -> {
          runs.remove(attempt);
          wake();
        });
  }

  // ── what runs report ────────────────────────────────────────────────────────────────────────

  void started(Run run, String branch, String worktree, String start) {
    store.write(
        run.correlation(),
        tx -> {
          tx.sql()
              .update(
                  "UPDATE attempt SET branch = ?, worktree = ?, start = ? WHERE id = ?",
                  branch,
                  worktree,
                  start,
                  run.id());
          Attempts.step(tx, run.id(), AttemptLife.Step.START, null, null);
          Attempts.tell(tx, run.id(), "attempt.working", run.agent() + " works on " + run.task());
          agents.tell(tx, run.agent(), "agent.working", null);
          return null;
        });
  }

  /** Figures of a running attempt; written at most a few times a second by its run. */
  void progressed(Run run, Run.Figures f) {
    store.submit(
        run.correlation(),
        tx -> {
          int rows =
              tx.sql()
                  .update(
                      "UPDATE attempt SET stage = max(stage, ?), activity = ?, lines = ?, pid = ?,"
                          + " tokens_in = ?, tokens_out = ?, cost = ? WHERE id = ?"
                          + " AND state IN ('working', 'checking')",
                      f.stage(),
                      f.activity(),
                      f.lines(),
                      f.pid(),
                      f.tokensIn(),
                      f.tokensOut(),
                      f.cost(),
                      run.id());
          if (rows > 0) {
            Attempts.progressed(tx, run.id(), f.used(), f.quota());
            agents.tell(tx, run.agent(), "agent.progressed", null);
            if (f.staged()) {
              Tasks.tell(tx, run.task(), "task.progressed", null);
            }
          }
          return null;
        });
  }

  void checking(Run run, String head) {
    store.write(
        run.correlation(),
        tx -> {
          tx.sql()
              .update(
                  "UPDATE attempt SET head = ?, stage = max(stage, 25) WHERE id = ?",
                  head,
                  run.id());
          Attempts.step(tx, run.id(), AttemptLife.Step.CHECK, null, null);
          Tasks.step(
              tx,
              run.task(),
              TaskLife.Step.CHECK,
              null,
              "task.validating",
              run.task() + " is with its gates");
          Attempts.tell(tx, run.id(), "attempt.checking", null);
          agents.tell(tx, run.agent(), "agent.validating", null);
          return null;
        });
  }

  void succeeded(Run run, Verified.Work work) {
    store.write(
        run.correlation(),
        tx -> {
          gates(tx, run, work.gates());
          Attempts.step(tx, run.id(), AttemptLife.Step.PASS, null, null);
          tx.sql()
              .update(
                  "UPDATE task SET turns = turns + 1, context = '[]', start = NULL WHERE id = ?",
                  run.task());
          Tasks.step(
              tx,
              run.task(),
              TaskLife.Step.PASS,
              null,
              "task.done",
              run.task() + " verified: " + work.title());
          Attempts.tell(tx, run.id(), "attempt.succeeded", null);
          agents.tell(tx, run.agent(), "agent.idle", null);
          verified.verified(tx, work);
          Tasks.tell(tx, run.task(), "task.progressed", null);
          return null;
        });
  }

  /**
   * @param start commit that the next attempt goes on from, or null to begin at main again
   */
  void failed(
      Run run,
      String reason,
      String detail,
      List<GateResult> results,
      Tasks.Context context,
      String start) {
    store.write(
        run.correlation(),
        tx -> {
          gates(tx, run, results);
          Attempts.step(tx, run.id(), AttemptLife.Step.FAIL, reason, detail);
          Attempts.tell(
              tx,
              run.id(),
              "attempt.failed",
              run.id() + " by " + run.agent() + " failed (" + reason + "): " + detail);
          withdraw(tx, run.task());
          if (context != null) {
            Tasks.addContext(tx, run.task(), context);
          }
          int turns = Tasks.get(tx.sql(), run.task()).turns() + 1;
          recourse(tx, run.task(), run.agent(), turns, reason, detail, start);
          agents.tell(tx, run.agent(), "agent.idle", null);
          return null;
        });
  }

  /**
   * The agent ended after asking. Its task waits for the answer without it, or, where the answer
   * came meanwhile, is ready for an attempt that knows it.
   */
  void asked(Run run) {
    store.write(
        run.correlation(),
        tx -> {
          Attempts.step(
              tx, run.id(), AttemptLife.Step.CANCEL, "asked", "Ended to wait for a decision");
          Attempts.tell(tx, run.id(), "attempt.cancelled", null);
          if (Tasks.get(tx.sql(), run.task()).state() == TaskState.RUNNING) {
            Tasks.step(
                tx,
                run.task(),
                TaskLife.Step.LOSE,
                null,
                "task.ready",
                run.task() + " goes on with the answer");
          }
          agents.tell(tx, run.agent(), "agent.idle", null);
          return null;
        });
  }

  boolean waiting(Run run) {
    return store.read(sql -> Tasks.get(sql, run.task()).state() == TaskState.WAITING);
  }

  boolean over(Run run) {
    return store.read(sql -> Attempts.find(sql, run.id()).map(a -> a.state().over()).orElse(true));
  }

  private static void gates(Tx tx, Run run, List<GateResult> results) throws SQLException {
    tx.sql()
        .update(
            "UPDATE attempt SET gates = ? WHERE id = ?",
            dev.hivedeck.engine.protocol.Json.write(results),
            run.id());
    for (var gate : results) {
      if (gate.outcome() == dev.hivedeck.engine.protocol.Views.Outcome.FAILED) {
        tx.emit(
            "gate.failed",
            dev.hivedeck.engine.protocol.Topic.ATTEMPT,
            run.id(),
            "gate " + gate.gate() + " failed · " + run.task() + " · " + gate.summary(),
            null);
      }
    }
  }

  private void recourse(
      Tx tx, String id, String agent, int turns, String reason, String detail, String start)
      throws SQLException {
    var tried = new HashSet<String>();
    Attempts.of(tx.sql(), id).forEach(a -> tried.add(a.agent()));
    var defaults = config.get().defaults();
    var spec = agents.all().stream().filter(a -> a.name().equals(agent)).findFirst();
    var recourse =
        Recourse.after(
            turns,
            defaults.attempts(),
            defaults.backoff(),
            spec.map(AgentSpec::fallback).orElse(List.of()),
            tried);
    tx.sql()
        .update(
            "UPDATE task SET turns = ?, start = ?, assigned = ? WHERE id = ?",
            turns,
            start,
            agent,
            id);
    switch (recourse) {
      case Recourse.Again(Duration delay) -> {
        var wait = Duration.ofNanos((long) (delay.toNanos() / speed));
        tx.sql().update("UPDATE task SET not_before = ? WHERE id = ?", tx.now().plus(wait), id);
        Tasks.step(
            tx,
            id,
            TaskLife.Step.DELAY,
            "try %d of %d in %d s: %s"
                .formatted(turns + 1, defaults.attempts(), wait.toSeconds(), detail),
            "task.retrying",
            "%s is tried again in %d s, %d of %d (%s)"
                .formatted(id, wait.toSeconds(), turns + 1, defaults.attempts(), reason));
      }
      case Recourse.FallBack(String next) -> {
        tx.sql()
            .update("UPDATE task SET turns = 0, start = NULL, assigned = ? WHERE id = ?", next, id);
        Tasks.step(
            tx,
            id,
            TaskLife.Step.FALL_BACK,
            "after " + turns + " failures of " + agent,
            "task.fallback",
            "%s falls back from %s to %s after %d failures".formatted(id, agent, next, turns));
      }
      case Recourse.GiveUp() ->
          Tasks.step(
              tx,
              id,
              TaskLife.Step.EXHAUST,
              detail,
              "task.dead",
              id + " is a dead letter after " + turns + " tries: " + detail);
    }
  }

  // ── questions ───────────────────────────────────────────────────────────────────────────────

  CompletableFuture<Answer> ask(Run run, Question question) {
    var answer = new CompletableFuture<Answer>();
    store.write(
        run.correlation(),
        tx -> {
          var kind =
              question.kind() == null ? Tasks.get(tx.sql(), run.task()).kind() : question.kind();
          var rule = config.get().rule(kind);
          var options = question.options() == null ? List.<String>of() : question.options();
          String fallback =
              question.fallback() != null
                  ? question.fallback()
                  : options.isEmpty() ? "proceed" : options.getFirst();
          var due =
              rule.within() == null
                  ? null
                  : tx.now().plus(Duration.ofNanos((long) (rule.within().toNanos() / speed)));
          boolean required = rule.human() == dev.hivedeck.engine.config.DecisionRule.Human.REQUIRED;
          var decision =
              Decisions.open(
                  tx,
                  run.task(),
                  run.id(),
                  run.agent(),
                  kind,
                  question.question(),
                  question.detail(),
                  options.isEmpty() ? List.of("proceed", "stop") : options,
                  required && question.fallback() == null ? null : fallback,
                  due);
          questions.put(decision.id(), answer);
          if (rule.human() == dev.hivedeck.engine.config.DecisionRule.Human.NONE) {
            Decisions.close(
                tx, decision.id(), DecisionLife.Step.DECIDE, fallback, null, "decision matrix");
            tx.after(() -> questions.remove(decision.id()).complete(new Answer(fallback, null)));
          } else {
            Tasks.step(
                tx,
                run.task(),
                TaskLife.Step.ASK,
                "waits for " + decision.id(),
                "task.waiting",
                run.task() + " waits for a decision: " + question.question());
            agents.tell(tx, run.agent(), "agent.waiting", null);
            tx.after(this::wake);
          }
          return null;
        });
    return answer;
  }

  /** Answers a decision as a person. */
  public void decide(Tx tx, String id, String option, String comment) throws SQLException {
    close(tx, id, DecisionLife.Step.DECIDE, option, comment, "you");
  }

  private void close(
      Tx tx, String id, DecisionLife.Step step, String option, String comment, String by)
      throws SQLException {
    var decision = Decisions.close(tx, id, step, option, comment, by);
    var task = Tasks.get(tx.sql(), decision.task());
    var waiting = questions.remove(decision.id());
    if (task.state() == TaskState.WAITING) {
      boolean runs = Attempts.activeOf(tx.sql(), task.id()).isPresent() && waiting != null;
      Tasks.step(
          tx,
          task.id(),
          runs ? TaskLife.Step.ANSWER : TaskLife.Step.RELEASE,
          null,
          runs ? "task.running" : "task.ready",
          task.id() + " goes on: " + option);
      agents.tell(tx, decision.agent(), "agent.working", null);
    }
    tx.after(
        () -> {
          if (waiting != null) {
            waiting.complete(new Answer(option, comment));
          }
          wake();
        });
  }

  private void withdraw(Tx tx, String task) throws SQLException {
    var decision = Decisions.openOf(tx.sql(), task);
    if (decision.isPresent()) {
      Decisions.close(tx, decision.get().id(), DecisionLife.Step.WITHDRAW, null, null, null);
      questions.remove(decision.get().id());
    }
  }

  // ── what people steer ───────────────────────────────────────────────────────────────────────

  public static boolean working(Sql sql) throws SQLException {
    return sql.number("SELECT value = 'yes' FROM meta WHERE key = 'working'") == 1;
  }

  /** How many attempts may run at once. */
  public static int limit(Sql sql) throws SQLException {
    long limit = sql.number("SELECT value FROM meta WHERE key = 'limit'");
    return limit > 0 ? (int) limit : Runtime.getRuntime().availableProcessors();
  }

  /**
   * @param agents how many may work at once, 0 to leave as it is
   */
  public void work(Tx tx, boolean on, int agents) throws SQLException {
    meta(tx, "working", on ? "yes" : "no");
    if (agents > 0) {
      meta(tx, "limit", Integer.toString(agents));
    }
    tx.after(this::wake);
  }

  private static void meta(Tx tx, String key, String value) throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO meta(key, value) VALUES (?, ?)"
                + " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
            key,
            value);
  }

  public void retry(Tx tx, String id, String agent) throws SQLException {
    var task = Tasks.get(tx.sql(), id);
    if (agent != null) {
      agents.spec(agent);
    }
    tx.sql()
        .update(
            "UPDATE task SET turns = 0, assigned = ? WHERE id = ?",
            agent != null ? agent : task.agent(),
            id);
    Tasks.step(tx, id, TaskLife.Step.RETRY, null, "task.ready", id + " is tried anew");
    Tasks.settle(tx, id);
    tx.after(this::wake);
  }

  public void cancel(Tx tx, String id) throws SQLException {
    Tasks.step(
        tx, id, TaskLife.Step.CANCEL, "cancelled by you", "task.cancelled", id + " is cancelled");
    stop(tx, id, "task cancelled");
  }

  public void pause(Tx tx, String id) throws SQLException {
    Tasks.step(tx, id, TaskLife.Step.PAUSE, "paused by you", "task.paused", id + " is paused");
    stop(tx, id, "task paused");
  }

  public void resume(Tx tx, String id) throws SQLException {
    Tasks.step(tx, id, TaskLife.Step.RESUME, null, "task.ready", id + " goes on");
    Tasks.settle(tx, id);
    tx.after(this::wake);
  }

  public void pauseAgent(Tx tx, String name) throws SQLException {
    agents.pause(tx, name, true);
  }

  public void resumeAgent(Tx tx, String name) throws SQLException {
    agents.pause(tx, name, false);
    tx.after(this::wake);
  }

  public void stopAgent(Tx tx, String name) throws SQLException {
    agents.spec(name);
    var attempt = Attempts.activeBy(tx.sql(), name);
    if (attempt.isPresent()) {
      String task = attempt.get().task();
      if (Tasks.get(tx.sql(), task).state() == TaskState.WAITING) {
        Tasks.step(tx, task, TaskLife.Step.RELEASE, null, "task.ready", task + " is ready again");
      } else {
        Tasks.step(tx, task, TaskLife.Step.LOSE, null, "task.ready", task + " is ready again");
      }
      stop(tx, task, "agent stopped");
    }
    agents.pause(tx, name, true);
  }

  public void say(Tx tx, String name, String text) throws SQLException {
    agents.spec(name);
    var attempt = Attempts.activeBy(tx.sql(), name);
    String task =
        attempt
            .map(Attempts.Row::task)
            .or(() -> delayedWith(tx, name))
            .orElseThrow(
                () ->
                    new HiveException(
                        "agent-idle",
                        name + " works on nothing, so nobody would hear it.",
                        "Say it in the prompt of a task instead."));
    Tasks.addContext(tx, task, new Tasks.Context("said", text));
    tx.emit(
        "agent.told",
        dev.hivedeck.engine.protocol.Topic.AGENT,
        name,
        "you said to " + name + ": " + text,
        null);
    attempt.ifPresent(
        a ->
            tx.after(
                () -> {
                  var run = runs.get(a.id());
                  if (run != null) {
                    run.hear(text);
                  }
                }));
  }

  private static Optional<String> delayedWith(Tx tx, String agent) {
    try {
      return tx.sql()
          .one(
              "SELECT id FROM task WHERE state = 'delayed' AND assigned = ?",
              row -> row.text("id"),
              agent);
    } catch (SQLException e) {
      throw new HiveException("store-failed", e.getMessage(), "See the log.", e);
    }
  }

  @Override
  public void rework(Tx tx, String id, Tasks.Context context, String start, boolean counts)
      throws SQLException {
    var task = Tasks.get(tx.sql(), id);
    Tasks.addContext(tx, id, context);
    var last = Attempts.of(tx.sql(), id).getLast();
    tx.sql()
        .update(
            "UPDATE task SET assigned = ?, start = ?, turns = ? WHERE id = ?",
            last.agent(),
            start,
            counts ? task.turns() : 0,
            id);
    if (counts) {
      recourse(tx, id, last.agent(), task.turns(), context.kind(), context.text(), start);
    } else {
      Tasks.step(
          tx,
          id,
          TaskLife.Step.REWORK,
          "came back: " + context.kind(),
          "task.returned",
          id + " goes back to " + last.agent() + " (" + context.kind() + ")");
    }
    tx.after(this::wake);
  }

  /** Ends the task's running attempt, if there is one; its work is kept. */
  private void stop(Tx tx, String task, String why) throws SQLException {
    withdraw(tx, task);
    var attempt = Attempts.activeOf(tx.sql(), task);
    if (attempt.isPresent()) {
      String id = attempt.get().id();
      Attempts.step(tx, id, AttemptLife.Step.CANCEL, "stopped", why);
      Attempts.tell(tx, id, "attempt.cancelled", id + " stopped: " + why);
      agents.tell(tx, attempt.get().agent(), "agent.idle", null);
      tx.after(
          () -> {
            var run = runs.get(id);
            if (run != null) {
              run.stop();
            }
          });
    }
  }

  // ── recovery and end ────────────────────────────────────────────────────────────────────────

  /** Attempts that a previous engine left active are lost: end their processes, try again. */
  private void recover() {
    var lost = store.read(Attempts::active);
    for (var attempt : lost) {
      workshop.endProcesses(attempt.key());
      store.write(
          attempt.correlation(),
          tx -> {
            Attempts.step(
                tx, attempt.id(), AttemptLife.Step.LOSE, "lost", "The engine ended under it");
            Attempts.tell(
                tx, attempt.id(), "attempt.lost", attempt.id() + " was lost when the engine ended");
            var state = Tasks.get(tx.sql(), attempt.task()).state();
            withdraw(tx, attempt.task());
            if (TaskLife.TABLE.allows(state, TaskLife.Step.LOSE)) {
              Tasks.step(
                  tx,
                  attempt.task(),
                  TaskLife.Step.LOSE,
                  null,
                  "task.ready",
                  attempt.task() + " is ready again");
            } else if (state == TaskState.WAITING) {
              Tasks.step(
                  tx,
                  attempt.task(),
                  TaskLife.Step.RELEASE,
                  null,
                  "task.ready",
                  attempt.task() + " is ready again");
            }
            agents.tell(tx, attempt.agent(), "agent.idle", null);
            return null;
          });
    }
    workshop.sweep(
        store.read(
            sql ->
                sql.list(
                    "SELECT worktree FROM attempt WHERE worktree IS NOT NULL"
                        + " AND state IN ('preparing', 'working', 'checking')",
                    row -> row.text("worktree"))));
  }

  /** Attempts that run in this engine. */
  public List<String> running() {
    return List.copyOf(runs.keySet());
  }

  /** Stops every running attempt; a later engine tries them again. */
  @Override
  public void close() {
    open = false;
    if (loop != null) {
      loop.interrupt();
    }
    alarm.cancel();
    var all = List.copyOf(runs.values());
    all.forEach(Run::stop);
    all.forEach(Run::await);
    for (var run : all) {
      lose(run);
    }
  }

  private void lose(Run run) {
    try {
      store.write(
          run.correlation(),
          tx -> {
            var attempt = Attempts.get(tx.sql(), run.id());
            if (attempt.state().over()) {
              return null;
            }
            withdraw(tx, run.task());
            Attempts.step(tx, run.id(), AttemptLife.Step.LOSE, "lost", "The engine was stopped");
            Attempts.tell(tx, run.id(), "attempt.lost", null);
            var state = Tasks.get(tx.sql(), run.task()).state();
            Tasks.step(
                tx,
                run.task(),
                state == TaskState.WAITING ? TaskLife.Step.RELEASE : TaskLife.Step.LOSE,
                null,
                "task.ready",
                run.task() + " will be tried again");
            agents.tell(tx, run.agent(), "agent.idle", null);
            return null;
          });
    } catch (RuntimeException e) {
      LOG.warn("letting go of {}", run.id(), e);
    }
  }
}
