package dev.hivedeck.engine.schedule;

import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.plan.PlanDocument;
import dev.hivedeck.engine.plan.PlanLedger;
import dev.hivedeck.engine.plan.Rework;
import dev.hivedeck.engine.plan.TaskLife;
import dev.hivedeck.engine.plan.Tasks;
import dev.hivedeck.engine.plan.Verified;
import dev.hivedeck.engine.protocol.Door.Subscription;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.protocol.Views.AttemptState;
import dev.hivedeck.engine.protocol.Views.GateResult;
import dev.hivedeck.engine.protocol.Views.Outcome;
import dev.hivedeck.engine.protocol.Views.TaskState;
import dev.hivedeck.engine.store.Once;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The queue in the workspace's own database. Every call is one transaction. */
public final class SqliteDispatch implements Dispatch, Rework {
  private final Store store;
  private final Supplier<HiveConfig> config;
  private final Agents agents;
  private final Questions questions;
  private final Logs logs;
  private final Verified verified;
  private final Supplier<String> ids;
  private final double speed;
  private Instant looked;

  /**
   * @param verified takes finished work further, in the transaction that records it
   * @param speed divides delays between tries; 1 is real
   */
  public SqliteDispatch(
      Store store,
      Supplier<HiveConfig> config,
      Agents agents,
      Questions questions,
      Logs logs,
      Verified verified,
      Supplier<String> ids,
      double speed) {
    this.store = store;
    this.config = config;
    this.agents = agents;
    this.questions = questions;
    this.logs = logs;
    this.verified = verified;
    this.ids = ids;
    this.speed = speed;
  }

  // ── what comes in ───────────────────────────────────────────────────────────────────────────

  @Override
  public PlanLedger.Imported submit(PlanDocument graph, String key) {
    return store.write(ids.get(), tx -> submit(tx, graph, key));
  }

  /** As {@link #submit(PlanDocument, String)}, as part of a transaction. */
  public PlanLedger.Imported submit(Tx tx, PlanDocument graph, String key) throws SQLException {
    return Once.run(
        tx,
        key,
        graph.toYaml(),
        PlanLedger.Imported.class,
        () -> PlanLedger.take(tx, graph, config.get().queue().limit()));
  }

  // ── claiming ────────────────────────────────────────────────────────────────────────────────

  @Override
  public Claimed claim(Pool pool, int max, Duration lease) {
    return store.write(
        ids.get(),
        tx -> {
          due(tx, lease);
          return new Claimed(give(tx, pool, max, lease), nextDue(tx.sql()));
        });
  }

  private void due(Tx tx, Duration lease) throws SQLException {
    var delayed =
        tx.sql()
            .list(
                "SELECT id FROM task WHERE state = 'delayed' AND not_before <= ?",
                row -> row.text("id"),
                tx.now());
    for (String id : delayed) {
      Tasks.step(tx, id, TaskLife.Step.DUE, null, "task.ready", id + " is ready to be tried again");
    }
    if (!awake(tx.now(), lease)) {
      Attempts.extend(tx, tx.now().plus(lease));
    }
    for (var attempt : Attempts.expired(tx.sql(), tx.now())) {
      lose(tx, attempt, "Nothing was heard of it for longer than its lease", attempt.checkpoint());
    }
  }

  /**
   * Whether this queue was looked at all the time. If not, the machine slept or the disk was full,
   * and its holders with it: leases that ran out meanwhile say nothing about them.
   */
  private boolean awake(Instant now, Duration lease) {
    var before = looked;
    looked = now;
    return before != null && Duration.between(before, now).compareTo(lease.dividedBy(2)) <= 0;
  }

  private static Optional<Instant> nextDue(Sql sql) throws SQLException {
    var task =
        sql.one(
            "SELECT min(not_before) AS due FROM task WHERE state = 'delayed'",
            row -> row.instant("due"));
    return Stream.of(task, Attempts.nextExpiry(sql))
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder());
  }

  private record Pick(Tasks.Row task, String agent) {}

  private List<Claim> give(Tx tx, Pool pool, int max, Duration lease) throws SQLException {
    var claims = new ArrayList<Claim>();
    if (max <= 0 || pool.offers().isEmpty() || !Steering.working(tx.sql())) {
      return claims;
    }
    var free = free(tx.sql(), pool.offers());
    var used = pool.parallel().isEmpty() ? Map.<String, Integer>of() : used(tx.sql());
    used = new HashMap<>(used);
    while (claims.size() < max && !free.isEmpty()) {
      var full = new HashSet<String>();
      for (var limit : pool.parallel().entrySet()) {
        if (used.getOrDefault(limit.getKey(), 0) >= limit.getValue()) {
          full.add(limit.getKey());
        }
      }
      var pick = pick(tx.sql(), free.keySet(), full);
      if (pick.isEmpty()) {
        break;
      }
      var task = pick.get().task();
      claims.add(begin(tx, task, pick.get().agent(), lease));
      for (String capability : task.capabilities()) {
        used.merge(capability, 1, Integer::sum);
      }
      var offer = offer(free.keySet(), pick.get().agent());
      if (free.merge(offer, -1, Integer::sum) <= 0) {
        free.remove(offer);
      }
    }
    return claims;
  }

  private static Offer offer(Collection<Offer> offers, String agent) {
    return offers.stream().filter(o -> o.agent().equals(agent)).findFirst().orElseThrow();
  }

  /** How many more each agent can take, of those that nobody paused. */
  private static Map<Offer, Integer> free(Sql sql, List<Offer> offers) throws SQLException {
    var held = new HashMap<String, Integer>();
    for (var attempt : Attempts.active(sql)) {
      held.merge(attempt.agent(), 1, Integer::sum);
    }
    var paused =
        new HashSet<>(sql.list("SELECT name FROM agent WHERE paused = 1", row -> row.text("name")));
    var free = new LinkedHashMap<Offer, Integer>();
    for (var offer : offers) {
      int left = Math.min(offer.free(), offer.slots() - held.getOrDefault(offer.agent(), 0));
      if (left > 0 && !paused.contains(offer.agent())) {
        free.put(offer, left);
      }
    }
    return free;
  }

  /** How many tasks that ask for a capability are held. */
  private static Map<String, Integer> used(Sql sql) throws SQLException {
    var used = new HashMap<String, Integer>();
    for (var attempt : Attempts.active(sql)) {
      for (String capability : Tasks.get(sql, attempt.task()).capabilities()) {
        used.merge(capability, 1, Integer::sum);
      }
    }
    return used;
  }

  private static Optional<Pick> pick(Sql sql, Collection<Offer> free, Set<String> full)
      throws SQLException {
    Pick best = null;
    for (var offer : free) {
      var own = Tasks.next(sql, offer.agent(), asked -> asked.stream().noneMatch(full::contains));
      var open =
          Tasks.next(
              sql,
              null,
              asked ->
                  offer.capabilities().containsAll(asked)
                      && asked.stream().noneMatch(full::contains));
      for (var task : List.of(own, open)) {
        if (task.isPresent()
            && (best == null || Tasks.BY_TURN.compare(task.get(), best.task()) < 0)) {
          best = new Pick(task.get(), offer.agent());
        }
      }
    }
    return Optional.ofNullable(best);
  }

  private Claim begin(Tx tx, Tasks.Row task, String agent, Duration lease) throws SQLException {
    var attempt = Attempts.open(tx, task.id(), agent, ids.get(), ids.get(), tx.now().plus(lease));
    Tasks.step(
        tx,
        task.id(),
        TaskLife.Step.CLAIM,
        null,
        "task.started",
        task.id() + " started by " + agent);
    Attempts.tell(tx, attempt.id(), "attempt.preparing", null);
    agents.tell(tx, agent, "agent.working", null);
    tx.after(() -> logs.begin(attempt.id()));
    var context = new ArrayList<>(task.context());
    context.addAll(
        tx.sql()
            .list(
                "SELECT question, answer, comment FROM decision"
                    + " WHERE task = ? AND answer IS NOT NULL",
                row ->
                    new Tasks.Context(
                        "answer",
                        row.text("question")
                            + " → "
                            + row.text("answer")
                            + (row.text("comment") == null ? "" : ": " + row.text("comment"))),
                task.id()));
    var acceptance =
        tx.sql()
            .list(
                "SELECT r.* FROM requirement r JOIN link l ON l.requirement = r.id"
                    + " WHERE l.task = ?",
                row -> row.text("id") + " " + row.text("title") + " " + row.text("acceptance"),
                task.id());
    return new Claim(
        task.id(),
        attempt.number(),
        attempt.id(),
        agent,
        attempt.turn(),
        attempt.key(),
        attempt.correlation(),
        attempt.leaseUntil(),
        task.title(),
        task.prompt(),
        task.kind(),
        context,
        acceptance,
        task.start(),
        task.continues(),
        task.timeout());
  }

  // ── what holders report ─────────────────────────────────────────────────────────────────────

  /** What to do while a hold lasts. */
  private interface Held {
    void run(Tx tx, Attempts.Row attempt) throws SQLException;
  }

  /** Does it if the hold lasts, and tells how it stands. */
  private static Hold with(Tx tx, String task, long token, Held held) throws SQLException {
    var attempt = Attempts.held(tx.sql(), task, token);
    if (attempt.isEmpty() || attempt.get().state().over()) {
      return attempt.isPresent() && attempt.get().state() == AttemptState.CANCELLED
          ? Hold.CANCELLED
          : Hold.LOST;
    }
    held.run(tx, attempt.get());
    return Hold.OK;
  }

  private Hold write(String task, long token, Held held) {
    return store.write(ids.get(), tx -> with(tx, task, token, held));
  }

  @Override
  public Hold heartbeat(String task, long token, Duration lease) {
    return write(
        task,
        token,
        (tx, attempt) ->
            tx.sql()
                .update(
                    "UPDATE attempt SET lease_until = ? WHERE id = ?",
                    tx.now().plus(lease),
                    attempt.id()));
  }

  @Override
  public Hold report(String task, long token, Report report) {
    return switch (report) {
      case Report.Started r -> write(task, token, (tx, attempt) -> started(tx, attempt, r));
      case Report.Progress r -> {
        // Figures are told at leisure: the agent is not kept waiting for the disk.
        store.submit(
            ids.get(), tx -> with(tx, task, token, (in, attempt) -> progressed(in, attempt, r)));
        yield Hold.OK;
      }
      case Report.Checking r -> write(task, token, (tx, attempt) -> checking(tx, attempt, r));
    };
  }

  private void started(Tx tx, Attempts.Row attempt, Report.Started r) throws SQLException {
    tx.sql()
        .update(
            "UPDATE attempt SET branch = ?, start = ? WHERE id = ?",
            r.branch(),
            r.start(),
            attempt.id());
    Attempts.step(tx, attempt.id(), AttemptLife.Step.START, null, null);
    Attempts.tell(
        tx, attempt.id(), "attempt.working", attempt.agent() + " works on " + attempt.task());
    agents.tell(tx, attempt.agent(), "agent.working", null);
  }

  private void progressed(Tx tx, Attempts.Row attempt, Report.Progress r) throws SQLException {
    if (attempt.state() == AttemptState.PREPARING) {
      return;
    }
    tx.sql()
        .update(
            "UPDATE attempt SET stage = max(stage, ?), activity = ?, lines = ?, tokens_in = ?,"
                + " tokens_out = ?, cost = ?, checkpoint = coalesce(?, checkpoint) WHERE id = ?",
            r.stage(),
            r.activity(),
            r.lines(),
            r.tokensIn(),
            r.tokensOut(),
            r.cost(),
            r.checkpoint(),
            attempt.id());
    Attempts.progressed(tx, attempt.id(), r.used(), r.quota());
    agents.tell(tx, attempt.agent(), "agent.progressed", null);
    if (r.stage() > attempt.stage()) {
      Tasks.tell(tx, attempt.task(), "task.progressed", null);
    }
  }

  private void checking(Tx tx, Attempts.Row attempt, Report.Checking r) throws SQLException {
    tx.sql()
        .update(
            "UPDATE attempt SET head = ?, stage = max(stage, 25) WHERE id = ?",
            r.head(),
            attempt.id());
    Attempts.step(tx, attempt.id(), AttemptLife.Step.CHECK, null, null);
    Tasks.step(
        tx,
        attempt.task(),
        TaskLife.Step.CHECK,
        null,
        "task.validating",
        attempt.task() + " is with its gates");
    Attempts.tell(tx, attempt.id(), "attempt.checking", null);
    agents.tell(tx, attempt.agent(), "agent.validating", null);
  }

  @Override
  public boolean complete(String task, long token, Verified.Work work) {
    return write(
            task,
            token,
            (tx, attempt) -> {
              gates(tx, attempt, work.gates());
              Attempts.step(tx, attempt.id(), AttemptLife.Step.PASS, null, null);
              tx.sql()
                  .update(
                      "UPDATE task SET turns = turns + 1, context = '[]', start = NULL,"
                          + " continues = 0 WHERE id = ?",
                      task);
              Tasks.step(
                  tx,
                  task,
                  TaskLife.Step.PASS,
                  null,
                  "task.done",
                  task + " verified: " + work.title());
              Attempts.tell(tx, attempt.id(), "attempt.succeeded", null);
              agents.tell(tx, attempt.agent(), "agent.idle", null);
              verified.verified(tx, work);
              Tasks.tell(tx, task, "task.progressed", null);
              over(tx, attempt);
            })
        == Hold.OK;
  }

  @Override
  public boolean fail(String task, long token, Failure failure) {
    return write(
            task,
            token,
            (tx, attempt) -> {
              gates(tx, attempt, failure.gates());
              Attempts.step(
                  tx, attempt.id(), AttemptLife.Step.FAIL, failure.reason(), failure.detail());
              Attempts.tell(
                  tx,
                  attempt.id(),
                  "attempt.failed",
                  attempt.id()
                      + " by "
                      + attempt.agent()
                      + " failed ("
                      + failure.reason()
                      + "): "
                      + failure.detail());
              questions.withdraw(tx, task);
              if (failure.context() != null) {
                Tasks.addContext(tx, task, failure.context());
              }
              int turns = Tasks.get(tx.sql(), task).turns() + 1;
              start(tx, task, failure.start(), failure.continues());
              recourse(tx, task, attempt.agent(), turns, failure.reason(), failure.detail());
              agents.tell(tx, attempt.agent(), "agent.idle", null);
              over(tx, attempt);
            })
        == Hold.OK;
  }

  @Override
  public boolean release(String task, long token, String reason, String detail, String checkpoint) {
    return store.write(
        ids.get(),
        tx -> {
          var hold =
              with(
                  tx,
                  task,
                  token,
                  (in, attempt) -> {
                    if (reason.equals("asked")) {
                      asked(in, attempt, detail);
                    } else {
                      lose(in, attempt, detail, checkpoint);
                    }
                  });
          if (hold != Hold.OK && checkpoint != null) {
            late(tx, task, token, checkpoint);
          }
          return hold == Hold.OK;
        });
  }

  /**
   * The agent ended after asking. Its task waits for the answer without it, or, where the answer
   * came meanwhile, is ready for an attempt that knows it.
   */
  private void asked(Tx tx, Attempts.Row attempt, String detail) throws SQLException {
    Attempts.step(tx, attempt.id(), AttemptLife.Step.CANCEL, "asked", detail);
    Attempts.tell(tx, attempt.id(), "attempt.ended", null);
    if (Tasks.get(tx.sql(), attempt.task()).state() == TaskState.RUNNING) {
      Tasks.step(
          tx,
          attempt.task(),
          TaskLife.Step.LOSE,
          null,
          "task.ready",
          attempt.task() + " goes on with the answer");
    }
    agents.tell(tx, attempt.agent(), "agent.idle", null);
    over(tx, attempt);
  }

  /** Nobody works on it any more, which is not the agent's failure and counts for no try. */
  private void lose(Tx tx, Attempts.Row attempt, String why, String checkpoint)
      throws SQLException {
    Attempts.step(tx, attempt.id(), AttemptLife.Step.LOSE, "lost", why);
    Attempts.tell(tx, attempt.id(), "attempt.lost", attempt.id() + " was lost: " + why);
    questions.withdraw(tx, attempt.task());
    if (checkpoint != null) {
      start(tx, attempt.task(), checkpoint, true);
    }
    var state = Tasks.get(tx.sql(), attempt.task()).state();
    var step =
        TaskLife.TABLE.allows(state, TaskLife.Step.LOSE)
            ? TaskLife.Step.LOSE
            : state == TaskState.WAITING ? TaskLife.Step.RELEASE : null;
    if (step != null) {
      Tasks.step(tx, attempt.task(), step, null, "task.ready", attempt.task() + " is ready again");
    }
    agents.tell(tx, attempt.agent(), "agent.idle", null);
    over(tx, attempt);
  }

  /** Work of a hold that is gone serves the next attempt, if that has not begun. */
  private static void late(Tx tx, String task, long token, String checkpoint) throws SQLException {
    var last = Attempts.latestOf(tx.sql(), task);
    var row = Tasks.find(tx.sql(), task);
    boolean open =
        row.isPresent()
            && row.get().start() == null
            && Set.of(TaskState.READY, TaskState.PAUSED, TaskState.DELAYED, TaskState.WAITING)
                .contains(row.get().state());
    if (open && last.isPresent() && last.get().number() == token) {
      start(tx, task, checkpoint, true);
    }
  }

  private static void start(Tx tx, String task, String commit, boolean continues)
      throws SQLException {
    tx.sql()
        .update(
            "UPDATE task SET start = ?, continues = ? WHERE id = ?",
            commit,
            commit != null && continues,
            task);
  }

  private void over(Tx tx, Attempts.Row attempt) {
    tx.after(() -> logs.end(attempt.id()));
  }

  private static void gates(Tx tx, Attempts.Row attempt, List<GateResult> results)
      throws SQLException {
    tx.sql().update("UPDATE attempt SET gates = ? WHERE id = ?", Json.write(results), attempt.id());
    for (var gate : results) {
      if (gate.outcome() == Outcome.FAILED) {
        tx.emit(
            "gate.failed",
            Topic.ATTEMPT,
            attempt.id(),
            "gate " + gate.gate() + " failed · " + attempt.task() + " · " + gate.summary(),
            null);
      }
    }
  }

  private void recourse(Tx tx, String id, String agent, int turns, String reason, String detail)
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
    tx.sql().update("UPDATE task SET turns = ?, assigned = ? WHERE id = ?", turns, agent, id);
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
            .update(
                "UPDATE task SET turns = 0, assigned = ?,"
                    + " start = CASE WHEN continues THEN start END WHERE id = ?",
                next,
                id);
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

  @Override
  public void rework(Tx tx, String id, Tasks.Context context, String start, boolean counts)
      throws SQLException {
    var task = Tasks.get(tx.sql(), id);
    Tasks.addContext(tx, id, context);
    String agent = Attempts.latestOf(tx.sql(), id).orElseThrow().agent();
    start(tx, id, start, false);
    if (counts) {
      recourse(tx, id, agent, task.turns(), context.kind(), context.text());
      return;
    }
    tx.sql().update("UPDATE task SET assigned = ?, turns = 0 WHERE id = ?", agent, id);
    Tasks.step(
        tx,
        id,
        TaskLife.Step.REWORK,
        "came back: " + context.kind(),
        "task.returned",
        id + " goes back to " + agent + " (" + context.kind() + ")");
  }

  @Override
  public long append(String task, long token, String kind, String text) {
    return logs.append(task + "." + token, kind, text);
  }

  // ── what people do ──────────────────────────────────────────────────────────────────────────

  @Override
  public void cancel(String task) {
    store.write(
        ids.get(),
        tx -> {
          cancel(tx, task);
          return null;
        });
  }

  /** As {@link #cancel(String)}, as part of a transaction. */
  public void cancel(Tx tx, String task) throws SQLException {
    Tasks.step(
        tx,
        task,
        TaskLife.Step.CANCEL,
        "cancelled by you",
        "task.cancelled",
        task + " is cancelled");
    stop(tx, task, "task cancelled");
  }

  /** Ends the task's running attempt, if there is one; its work is kept. */
  void stop(Tx tx, String task, String why) throws SQLException {
    questions.withdraw(tx, task);
    var attempt = Attempts.activeOf(tx.sql(), task);
    if (attempt.isPresent()) {
      Attempts.step(tx, attempt.get().id(), AttemptLife.Step.CANCEL, "stopped", why);
      Attempts.tell(
          tx, attempt.get().id(), "attempt.cancelled", attempt.get().id() + " stopped: " + why);
      agents.tell(tx, attempt.get().agent(), "agent.idle", null);
      over(tx, attempt.get());
    }
  }

  @Override
  public Views.Task query(String task) {
    return store.read(
        sql -> {
          Tasks.get(sql, task);
          return Tasks.view(sql, task);
        });
  }

  @Override
  public Subscription subscribe(long after, Consumer<List<Event>> consumer) {
    return store.subscribe(after, consumer);
  }
}
