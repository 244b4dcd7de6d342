package dev.hivedeck.engine.dispatch;

import dev.hivedeck.engine.agent.log.ActivityLogs;
import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.attempt.AttemptStateMachine;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.decision.Questions;
import dev.hivedeck.engine.plan.PlanDocument;
import dev.hivedeck.engine.plan.PlanLedger;
import dev.hivedeck.engine.plan.ReworkHandler;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.TaskStateMachine;
import dev.hivedeck.engine.plan.VerifiedWorkHandler;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.EngineApi.Subscription;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.event.AgentEvent;
import dev.hivedeck.engine.protocol.event.AttemptEvent;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.failure.EndReason;
import dev.hivedeck.engine.protocol.failure.ReleaseReason;
import dev.hivedeck.engine.protocol.view.AttemptViews.AttemptState;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.rollout.agent.AgentTraffic;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.selection.AgentSelector;
import dev.hivedeck.engine.selection.TrackRecords;
import dev.hivedeck.engine.store.IdempotencyKeys;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The queue in the workspace's own database. Every call is one transaction. */
public final class SqliteDispatch implements Dispatch, ReworkHandler {
  private final Store store;
  private final Supplier<HiveConfig> config;
  private final AgentLedger agents;
  private final ActivityLogs logs;
  private final Supplier<String> ids;
  private final AttemptCompletion completion;
  private final Claims claims;
  private final AgentTraffic agentTraffic;

  /**
   * @param verified takes finished work further, in the transaction that records it
   * @param speed divides delays between tries; 1 is real
   * @param random decides which agent is tried to learn how good it is
   * @param agentTraffic which of two agents that share tasks gets one
   */
  public SqliteDispatch(
      Store store,
      Supplier<HiveConfig> config,
      AgentLedger agents,
      Questions questions,
      ActivityLogs logs,
      VerifiedWorkHandler verifiedWorkHandler,
      Supplier<String> ids,
      double speed,
      TrackRecords records,
      RandomGenerator random,
      AgentTraffic agentTraffic) {
    this.store = store;
    this.config = config;
    this.agents = agents;
    this.logs = logs;
    this.ids = ids;
    this.agentTraffic = agentTraffic;
    this.completion =
        new AttemptCompletion(
            config, agents, questions, logs, verifiedWorkHandler, records, speed, agentTraffic);
    this.claims =
        new Claims(
            completion,
            agents,
            logs,
            ids,
            new AgentSelector(agents, records, config, random),
            agentTraffic);
  }

  // ── what comes in ───────────────────────────────────────────────────────────────────────────

  @Override
  public PlanLedger.Imported submit(PlanDocument graph, String key) {
    return store.write(ids.get(), tx -> submit(tx, graph, key));
  }

  /** As {@link #submit(PlanDocument, String)}, as part of a transaction. */
  public PlanLedger.Imported submit(Tx tx, PlanDocument graph, String key) throws SQLException {
    return IdempotencyKeys.run(
        tx,
        key,
        key == null ? null : graph.toYaml(), // of a large plan that is much to write
        PlanLedger.Imported.class,
        () -> PlanLedger.take(tx, graph, config.get().queue().limit()));
  }

  // ── claiming ────────────────────────────────────────────────────────────────────────────────

  @Override
  public Claimed claim(Pool pool, int max, Duration lease) {
    return store.write(ids.get(), tx -> claims.claim(tx, pool, max, lease));
  }

  // ── what holders report ─────────────────────────────────────────────────────────────────────

  /** What to do while a hold lasts. */
  private interface Held {
    void run(Tx tx, AttemptLedger.Row attempt) throws SQLException;
  }

  /** Does it if the hold lasts, and tells how it stands. */
  private static Hold with(Tx tx, String task, long token, Held held) throws SQLException {
    var attempt = AttemptLedger.held(tx.sql(), task, token);
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

  private void started(Tx tx, AttemptLedger.Row attempt, Report.Started r) throws SQLException {
    tx.sql()
        .update(
            "UPDATE attempt SET branch = ?, start = ? WHERE id = ?",
            r.branch(),
            r.start(),
            attempt.id());
    AttemptLedger.step(tx, attempt.id(), AttemptStateMachine.Step.START, null, null);
    AttemptLedger.tell(
        tx, attempt.id(), AttemptEvent.WORKING, attempt.agent() + " works on " + attempt.task());
    agents.tell(tx, attempt.agent(), AgentEvent.WORKING, null);
  }

  private void progressed(Tx tx, AttemptLedger.Row attempt, Report.Progress r) throws SQLException {
    if (attempt.state() == AttemptState.PREPARING) {
      return;
    }
    tx.sql()
        .update(
            "UPDATE attempt SET stage = max(stage, ?), activity = ?, lines = ?, tokens_in = ?,"
                + " cached = ?, tokens_out = ?, cost = ?, unpriced = ?,"
                + " checkpoint = coalesce(?, checkpoint) WHERE id = ?",
            r.stage(),
            r.activity(),
            r.lines(),
            r.spent().in(),
            r.spent().cached(),
            r.spent().out(),
            r.spent().cost(),
            r.unpriced(),
            r.checkpoint(),
            attempt.id());
    if (r.session() != null) {
      AttemptLedger.converses(tx, attempt.id(), r.session());
    }
    AttemptLedger.progressed(tx, attempt.id(), r.used(), r.quota());
    agents.tell(tx, attempt.agent(), AgentEvent.PROGRESSED, null);
    if (r.stage() > attempt.stage()) {
      TaskLedger.reached(tx, attempt.task(), r.stage());
      TaskLedger.tell(tx, attempt.task(), TaskEvent.PROGRESSED, null);
    }
  }

  private void checking(Tx tx, AttemptLedger.Row attempt, Report.Checking r) throws SQLException {
    tx.sql()
        .update(
            "UPDATE attempt SET head = ?, stage = max(stage, 25) WHERE id = ?",
            r.head(),
            attempt.id());
    AttemptLedger.step(tx, attempt.id(), AttemptStateMachine.Step.CHECK, null, null);
    TaskLedger.reached(tx, attempt.task(), 25);
    TaskLedger.step(
        tx,
        attempt.task(),
        TaskStateMachine.Step.CHECK,
        null,
        TaskEvent.VALIDATING,
        attempt.task() + " is with its gates");
    AttemptLedger.tell(tx, attempt.id(), AttemptEvent.CHECKING, null);
    agents.tell(tx, attempt.agent(), AgentEvent.VALIDATING, null);
  }

  @Override
  public boolean complete(String task, long token, VerifiedWorkHandler.Work work) {
    return write(
            task,
            token,
            (tx, attempt) -> {
              completion.passed(tx, attempt, work);
              counted(tx, attempt, true);
            })
        == Hold.OK;
  }

  private void counted(Tx tx, AttemptLedger.Row attempt, boolean verified) {
    tx.mirror(() -> agentTraffic.ended(attempt.id(), attempt.agent(), verified));
  }

  @Override
  public boolean fail(String task, long token, Failure failure) {
    return write(
            task,
            token,
            (tx, attempt) -> {
              completion.failed(tx, attempt, failure);
              if (failure.reason().countsAgainstAgent()) {
                counted(tx, attempt, false);
              }
            })
        == Hold.OK;
  }

  @Override
  public boolean release(
      String task, long token, EndReason reason, String detail, String checkpoint) {
    return store.write(
        ids.get(),
        tx -> {
          var hold =
              with(
                  tx,
                  task,
                  token,
                  (in, attempt) -> {
                    if (reason == ReleaseReason.ASKED) {
                      completion.asked(in, attempt, detail, checkpoint);
                    } else {
                      completion.lost(in, attempt, reason, detail, checkpoint);
                    }
                  });
          if (hold != Hold.OK) {
            completion.late(tx, task, token, checkpoint);
          }
          return hold == Hold.OK;
        });
  }

  @Override
  public void rework(Tx tx, String id, TaskLedger.Context context, String start, boolean counts)
      throws SQLException {
    completion.rework(tx, id, context, start, counts);
  }

  @Override
  public long append(String task, long token, String kind, String text) {
    return logs.append(task + "." + token, kind, text);
  }

  @Override
  public long append(String task, long token, Act act) {
    return logs.append(task + "." + token, act);
  }

  @Override
  public void transcribe(String task, long token, String kind, String text) {
    logs.transcribe(task + "." + token, kind, text);
  }

  // ── what people do ──────────────────────────────────────────────────────────────────────────

  @Override
  public void cancel(String task) {
    store.update(ids.get(), tx -> cancel(tx, task));
  }

  /** As {@link #cancel(String)}, as part of a transaction. */
  public void cancel(Tx tx, String task) throws SQLException {
    completion.cancelled(tx, task);
  }

  @Override
  public void stop(Tx tx, String task, String why) throws SQLException {
    completion.stopped(tx, task, why);
  }

  @Override
  public TaskViews.Task query(String task) {
    return store.read(
        sql -> {
          TaskLedger.get(sql, task);
          return TaskLedger.view(sql, task);
        });
  }

  @Override
  public Subscription subscribe(long after, Consumer<List<Event>> consumer) {
    return store.subscribe(after, consumer);
  }
}
