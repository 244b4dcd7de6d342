package dev.hivedeck.engine.selection;

import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.AgentSpec.Sandbox;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.event.AgentEvent;
import dev.hivedeck.engine.protocol.failure.EndReason;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.AgentDriver;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AgentViews.AgentState;
import dev.hivedeck.engine.protocol.view.AttemptViews.AttemptState;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The agents of the configuration with what the ledger says of them. Only whether a person paused
 * one is stored; state and figures are derived from its attempts when read.
 */
public final class AgentLedger {
  /** The person, who is in no configuration and can always be asked. */
  public static final AgentSpec PERSON =
      new AgentSpec(
          View.YOU,
          "",
          AgentDriver.PERSON,
          null,
          null,
          "general",
          List.of(),
          List.of(),
          null,
          List.of(),
          20,
          null,
          null,
          Sandbox.FULL,
          null,
          null,
          List.of(),
          null,
          Map.of(),
          List.of(),
          null);

  private final Supplier<Map<String, AgentSpec>> specs;
  private final TrackRecords records;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  /** The health of an agent that had that many attempts behind it. */
  private record Known(int attempts, AgentViews.Health health) {}

  public AgentLedger(Supplier<Map<String, AgentSpec>> specs, TrackRecords records) {
    this.specs = specs;
    this.records = records;
  }

  /**
   * @throws HiveException {@code no-agent}
   */
  public AgentSpec spec(String name) {
    AgentSpec spec = name.equals(View.YOU) ? PERSON : specs.get().get(name);
    if (spec == null) {
      throw new HiveException(
          ErrorCode.NO_AGENT,
          "There is no agent " + name + " in .hivedeck/hive.yaml.",
          specs.get().isEmpty()
              ? "Run hivedeck init to propose some."
              : "Agents are "
                  + String.join(", ", specs.get().keySet())
                  + "; one that is new there counts once you have run hivedeck trust.");
    }
    return spec;
  }

  /** The agent of that name; empty when the configuration has none, or it is the person. */
  public Optional<AgentSpec> find(String name) {
    return Optional.ofNullable(specs.get().get(name));
  }

  public List<AgentSpec> all() {
    return List.copyOf(specs.get().values());
  }

  /** Whether a person paused it. */
  public static boolean isPaused(Sql sql, String name) throws SQLException {
    return sql.number("SELECT count(*) FROM agent WHERE name = ? AND paused = 1", name) > 0;
  }

  public void pause(Tx tx, String name, boolean paused) throws SQLException {
    spec(name);
    tx.sql()
        .update(
            "INSERT INTO agent(name, paused, since) VALUES (?, ?, ?) ON CONFLICT(name) DO UPDATE"
                + " SET paused = excluded.paused, since = excluded.since",
            name,
            paused,
            tx.now());
    tell(
        tx,
        name,
        paused ? AgentEvent.PAUSED : AgentEvent.RESUMED,
        name + (paused ? " is paused" : " takes tasks again"));
  }

  /** Tells of an agent as it is now. */
  public void tell(Tx tx, String name, AgentEvent type, String text) throws SQLException {
    var spec = specs.get().get(name);
    if (spec != null) {
      tx.emit(type, text, view(tx.sql(), spec));
    }
  }

  public List<AgentViews.Agent> views(Sql sql) throws SQLException {
    var views = new ArrayList<AgentViews.Agent>();
    for (AgentSpec spec : specs.get().values()) {
      views.add(view(sql, spec));
    }
    return views;
  }

  private record Latest(
      String id,
      String task,
      AttemptState state,
      int stage,
      String activity,
      Instant at,
      TaskState taskState) {}

  private record Figures(int succeeded, int failed, long tokens, double cost) {}

  private AgentViews.Agent view(Sql sql, AgentSpec spec) throws SQLException {
    var latest =
        sql.one(
                "SELECT a.*, t.state AS task_state FROM attempt a JOIN task t ON t.id = a.task"
                    + " WHERE a.agent = ? ORDER BY a.started_at DESC, a.rowid DESC LIMIT 1",
                row ->
                    new Latest(
                        row.text("id"),
                        row.text("task"),
                        row.word("state", AttemptState.class),
                        row.integer("stage"),
                        row.text("activity"),
                        row.instant("ended_at") == null
                            ? row.instant("started_at")
                            : row.instant("ended_at"),
                        row.word("task_state", TaskState.class)),
                spec.name())
            .orElse(null);
    var figures =
        sql.one(
                "SELECT * FROM agent_tally WHERE agent = ?",
                row ->
                    new Figures(
                        row.integer("succeeded"),
                        row.integer("failed"),
                        row.number("tokens"),
                        row.real("cost")),
                spec.name())
            .orElse(new Figures(0, 0, 0, 0));
    boolean paused = isPaused(sql, spec.name());
    boolean busy = latest != null && !latest.state().over();
    AgentState state;
    if (busy) {
      state =
          latest.taskState() == TaskState.WAITING
              ? AgentState.WAITING
              : latest.state() == AttemptState.CHECKING
                  ? AgentState.VALIDATING
                  : AgentState.RUNNING;
    } else if (paused) {
      state = AgentState.PAUSED;
    } else {
      state =
          latest != null && latest.taskState() == TaskState.DELAYED
              ? AgentState.RETRYING
              : AgentState.IDLE;
    }
    boolean holds = busy || state == AgentState.RETRYING;
    return new AgentViews.Agent(
        spec.name(),
        spec.role(),
        spec.category(),
        spec.driver(),
        spec.version(),
        spec.model(),
        spec.capabilities(),
        spec.owns(),
        spec.fallback(),
        state,
        paused,
        holds ? latest.task() : null,
        latest == null ? null : latest.id(),
        busy ? latest.stage() : 0,
        latest == null ? null : latest.activity(),
        latest == null ? null : latest.at(),
        figures.succeeded(),
        figures.failed(),
        health(sql, spec.name(), figures.succeeded() + figures.failed()),
        figures.tokens(),
        figures.cost());
  }

  /** Reckoned anew when an attempt of its has ended, not whenever it is told of. */
  private AgentViews.Health health(Sql sql, String agent, int attempts) throws SQLException {
    var last = known.get(agent);
    if (last == null || last.attempts() != attempts) {
      last = new Known(attempts, AgentHealth.of(runs(sql, agent), records.peers(sql, agent)));
      known.put(agent, last);
    }
    return last.health();
  }

  private static List<AgentHealth.Run> runs(Sql sql, String agent) throws SQLException {
    return sql
        .list(
            "SELECT state, reason, ended_at - started_at AS took, cost, unpriced FROM attempt"
                + " WHERE agent = ? AND ended_at > 0 AND state IN ('succeeded', 'failed')"
                + " ORDER BY ended_at DESC LIMIT ?",
            row ->
                new AgentHealth.Run(
                    row.word("state", AttemptState.class) == AttemptState.SUCCEEDED,
                    EndReason.ofNullable(row.text("reason")),
                    row.number("took") / 1e3,
                    row.number("unpriced") > 0 ? null : (Double) row.real("cost")),
            agent,
            AgentHealth.HISTORY)
        .stream()
        .filter(run -> run.passed() || run.reason().countsAgainstAgent())
        .toList();
  }
}
