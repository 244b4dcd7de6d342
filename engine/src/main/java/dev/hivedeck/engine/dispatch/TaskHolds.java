package dev.hivedeck.engine.dispatch;

import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.Query.Hold;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.slo.policy.PolicyLedger;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Why a task is not being worked on: what the claim of {@link Claims} asks, told apart instead of
 * answered with yes or no. Changes nothing.
 *
 * @param trusted whether commands of the workspace may run
 * @param machine why the machine takes no more, in words; null when it does
 * @param outages what is broken for all or for some, in words
 * @param spent which budget is used up, in words; empty when none
 * @param agents all that are configured
 * @param rests whether an agent's program is left alone after it failed again and again
 * @param broke whether an agent has spent what it may today
 * @param parallel how many tasks that ask for a capability may run at once
 */
public record TaskHolds(
    boolean trusted,
    String machine,
    List<String> outages,
    Optional<String> spent,
    List<AgentSpec> agents,
    Predicate<AgentSpec> rests,
    Predicate<AgentSpec> broke,
    Map<String, Integer> parallel) {

  /** What holds it, the nearest first; empty when it runs or is over. */
  public List<Hold> of(Sql sql, String id) throws SQLException {
    var task = TaskLedger.get(sql, id);
    return task.state() == TaskState.READY ? ready(sql, task) : ofOneThatIsNotReady(sql, task);
  }

  /**
   * The same where no engine works on anything.
   *
   * @throws dev.hivedeck.engine.protocol.HiveException {@code no-task}
   */
  public static List<Hold> withoutEngine(Sql sql, String id) throws SQLException {
    var task = TaskLedger.get(sql, id);
    return switch (task.state()) {
      case READY, DELAYED, RUNNING, VALIDATING -> List.of(new Hold("no-engine", ""));
      default -> ofOneThatIsNotReady(sql, task);
    };
  }

  private static List<Hold> ofOneThatIsNotReady(Sql sql, TaskLedger.Row task) throws SQLException {
    var view = TaskLedger.view(sql, task.id());
    return switch (task.state()) {
      case READY, RUNNING, VALIDATING, CANCELLED -> List.of();
      case DONE ->
          task.merged() || view.change() == null
              ? List.of()
              : List.of(new Hold("change", view.change()));
      case DEAD -> List.of(new Hold("dead", words(task.reason())));
      case PAUSED -> List.of(new Hold("paused", ""));
      case WAITING ->
          List.of(
              view.decision() == null
                  ? new Hold("waiting", words(task.reason()))
                  : new Hold("decision", view.decision()));
      case DELAYED ->
          List.of(new Hold("delayed", task.notBefore() == null ? "" : task.notBefore().toString()));
      case BLOCKED -> needs(sql, task.id());
    };
  }

  private static String words(String reason) {
    return reason == null ? "" : reason;
  }

  private static List<Hold> needs(Sql sql, String id) throws SQLException {
    return List.of(
        new Hold(
            "needs",
            String.join(
                ", ",
                sql.list(
                    "SELECT m.id FROM need n JOIN task m ON m.id = n.needed"
                        + " WHERE n.task = ? AND m.merged = 0 ORDER BY m.place",
                    row -> row.text("id"),
                    id))));
  }

  private List<Hold> ready(Sql sql, TaskLedger.Row task) throws SQLException {
    var holds = new ArrayList<Hold>();
    if (!trusted) {
      holds.add(new Hold("untrusted", ""));
    }
    if (!OperatorActions.working(sql)) {
      holds.add(new Hold("hive-paused", ""));
    }
    var active = AttemptLedger.active(sql);
    agents(sql, task, active, holds);
    var working = active.stream().filter(a -> !a.agent().equals(View.YOU)).count();
    int limit = OperatorActions.limit(sql);
    if (working >= limit) {
      var slowed = PolicyLedger.slowed(sql);
      holds.add(
          slowed.isPresent()
              ? new Hold("policy", slowed.get())
              : new Hold("limit", working + " of " + limit));
    }
    for (String capability : task.capabilities()) {
      var most = parallel.get(capability);
      if (most != null && used(sql, active, capability) >= most) {
        holds.add(new Hold("capability", capability + ": " + most));
      }
    }
    spent.ifPresent(words -> holds.add(new Hold("budget", words)));
    outages.forEach(words -> holds.add(new Hold("outage", words)));
    if (machine != null && working > 0) {
      holds.add(new Hold("machine", machine));
    }
    if (holds.isEmpty()) {
      long before =
          sql.number(
              "SELECT count(*) FROM task WHERE state = 'ready' AND (priority < ? OR priority = ?"
                  + " AND place < ?)",
              task.priority(),
              task.priority(),
              task.place());
      holds.add(new Hold("next", Long.toString(before)));
    }
    return holds;
  }

  private static long used(Sql sql, List<AttemptLedger.Row> active, String capability)
      throws SQLException {
    long used = 0;
    for (var attempt : active) {
      used += TaskLedger.get(sql, attempt.task()).capabilities().contains(capability) ? 1 : 0;
    }
    return used;
  }

  /** Who might do it, and why none of them can now. */
  private void agents(
      Sql sql, TaskLedger.Row task, List<AttemptLedger.Row> active, List<Hold> holds)
      throws SQLException {
    var able =
        agents.stream()
            .filter(
                a ->
                    task.assigned() == null
                        ? !a.name().equals(View.YOU)
                            && a.capabilities().containsAll(task.capabilities())
                        : a.name().equals(task.assigned()))
            .toList();
    if (able.isEmpty()) {
      holds.add(
          task.assigned() != null
              ? new Hold("agent-missing", task.assigned())
              : new Hold("no-agent", String.join(", ", task.capabilities())));
      return;
    }
    var held = new HashMap<String, List<String>>();
    for (var attempt : active) {
      held.computeIfAbsent(attempt.agent(), _ -> new ArrayList<>()).add(attempt.task());
    }
    Set<String> paused =
        new HashSet<>(sql.list("SELECT name FROM agent WHERE paused = 1", row -> row.text("name")));
    var reasons = new ArrayList<Hold>();
    for (var agent : able) {
      var at = held.getOrDefault(agent.name(), List.of());
      if (paused.contains(agent.name())) {
        reasons.add(new Hold("agent-paused", agent.name()));
      } else if (broke.test(agent)) {
        reasons.add(new Hold("agent-budget", agent.name()));
      } else if (rests.test(agent)) {
        reasons.add(new Hold("agent-rests", agent.name()));
      } else if (at.size() >= agent.parallel()) {
        reasons.add(new Hold("agent-busy", agent.name() + ": " + String.join(", ", at)));
      } else {
        return; // One is free.
      }
    }
    reasons.stream().limit(3).forEach(holds::add);
  }
}
