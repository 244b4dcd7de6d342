package dev.hivedeck.engine.workspace;

import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.change.MergeLine;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.dispatch.OperatorActions;
import dev.hivedeck.engine.maintenance.GitMonitor;
import dev.hivedeck.engine.plan.Choosable;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.WorkspaceMeta;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** How all stands, in figures: counted by the database, never by reading all tasks. */
public final class StatusSummary {
  /** Of what waits, so many are named. */
  private static final int NAMED = 5;

  private StatusSummary() {}

  /**
   * @param consent while something waits for it nothing begins, and without any nothing is merged
   * @param off changes whose merges main was found not to have
   */
  public static Query.Standing of(
      Sql sql, AgentLedger agents, WorkspaceViews.Consent consent, Set<String> off)
      throws SQLException {
    boolean begins = consent.why() == null;
    boolean merges = begins || consent.at() != null;
    var tasks = new TreeMap<String, Long>();
    sql.list(
        "SELECT state, tasks FROM tally WHERE tasks > 0",
        row -> tasks.put(row.text("state"), row.number("tasks")));
    long merged =
        Math.min(
            tasks.getOrDefault("done", 0L),
            sql.number("SELECT count(*) FROM change WHERE state = 'merged'") - merged(sql, off));
    if (merged > 0) {
      tasks.put("merged", merged);
      tasks.merge("done", -merged, Long::sum);
      tasks.values().removeIf(n -> n == 0);
    }
    var changes = counts(sql, "SELECT state, count(*) AS n FROM change GROUP BY state");
    long questions = sql.number("SELECT count(*) FROM decision WHERE state = 'open'");
    long reviews =
        sql.number("SELECT count(*) FROM change WHERE state = 'open' AND review = 'wanted'");
    long attempts = AttemptLedger.active(sql).size();
    var awaits = WorkspaceMeta.get(sql, GitMonitor.AWAITS);
    var line = MergeLine.of(sql);
    boolean underWay =
        tasks.containsKey("running")
            || tasks.containsKey("validating")
            || begins && tasks.containsKey("delayed")
            || merges && !line.passing().isEmpty() && awaits.isEmpty()
            || changes.containsKey("merging")
            || sql.number("SELECT count(*) FROM change WHERE state = 'open' AND due_at IS NOT NULL")
                > 0
            || sql.number(
                    "SELECT count(*) FROM decision WHERE state = 'open' AND fallback IS NOT NULL"
                        + " AND due_at IS NOT NULL")
                > 0;
    // Only where nothing else goes on is it worth looking for who could begin.
    var ready =
        underWay || !begins || !OperatorActions.working(sql)
            ? new Ready(0, List.of())
            : ready(sql, agents);
    boolean goesOn = underWay || ready.withSomebody() > 0;
    return new Query.Standing(
        sql.number("SELECT max(seq) FROM event"),
        tasks,
        changes,
        questions,
        reviews,
        attempts,
        !goesOn,
        goesOn
            ? List.of()
            : waits(
                sql,
                ready,
                consent.why(),
                awaits.orElse(
                    line.why().isEmpty() ? "it can be merged" : line.until() + "; " + line.why())));
  }

  /** How many of them the ledger has as merged: what is settled by now counts no more. */
  private static long merged(Sql sql, Set<String> changes) throws SQLException {
    return changes.isEmpty()
        ? 0
        : sql.number(
            "SELECT count(*) FROM json_each(?) JOIN change ON 'C-' || number = value"
                + " WHERE state = 'merged'",
            Json.write(changes));
  }

  private static Map<String, Long> counts(Sql sql, String query) throws SQLException {
    var counts = new TreeMap<String, Long>();
    sql.list(query, row -> counts.put(row.text("state"), row.number("n")));
    return counts;
  }

  // ── what could begin ────────────────────────────────────────────────────────────────────────

  /**
   * Ready tasks.
   *
   * @param withSomebody how many kinds of them an agent that is not paused may take
   * @param nobody for which no agent is awake, in words
   */
  private record Ready(long withSomebody, List<String> nobody) {}

  private static Ready ready(Sql sql, AgentLedger agents) throws SQLException {
    var paused =
        new HashSet<>(sql.list("SELECT name FROM agent WHERE paused = 1", r -> r.text("name")));
    var awake = agents.all().stream().filter(a -> !paused.contains(a.name())).toList();
    long withPerson =
        AttemptLedger.active(sql).stream()
            .filter(attempt -> attempt.agent().equals(AgentLedger.PERSON.name()))
            .count();
    long somebody = 0;
    var nobody = new ArrayList<String>();
    for (var kind : TaskLedger.readyKinds(sql)) {
      if (AgentLedger.PERSON.name().equals(kind.assigned())) {
        somebody += withPerson < AgentLedger.PERSON.parallel() ? 1 : 0; // it is put before them
      } else if (kind.assigned() == null && agents.all().isEmpty()) {
        nobody.add("ready tasks wait: no agent works here yet; hivedeck init proposes some");
      } else if (kind.assigned() == null
          ? awake.stream().anyMatch(a -> a.capabilities().containsAll(kind.capabilities()))
          : awake.stream().map(AgentSpec::name).anyMatch(kind.assigned()::equals)) {
        somebody++;
      } else {
        nobody.add(why(kind, paused));
      }
    }
    return new Ready(somebody, nobody.stream().distinct().toList());
  }

  private static String why(TaskLedger.Kind kind, Set<String> paused) {
    if (kind.assigned() == null) {
      return kind.capabilities().isEmpty()
          ? "ready tasks wait: no agent takes any"
          : "ready tasks wait for an agent that can " + String.join(", ", kind.capabilities());
    }
    return paused.contains(kind.assigned())
        ? "ready tasks of " + kind.assigned() + " wait, it is paused"
        : "ready tasks wait for " + kind.assigned();
  }

  // ── what it waits for ───────────────────────────────────────────────────────────────────────

  private static List<String> waits(Sql sql, Ready ready, String consent, String awaits)
      throws SQLException {
    var waits = new ArrayList<String>();
    if (consent != null) {
      waits.add(consent + "; look at it with hivedeck trust");
    }
    add(
        waits,
        sql.list(
            "SELECT number FROM decision WHERE state = 'open' ORDER BY number",
            row -> "D-" + row.number("number")),
        "a question waits for your answer",
        "questions wait for your answers");
    add(
        waits,
        sql.list(
            "SELECT number FROM change WHERE state = 'open' AND review = 'wanted' ORDER BY number",
            row -> "C-" + row.number("number")),
        "a change waits for your review",
        "changes wait for your review");
    add(
        waits,
        Choosable.waiting(sql),
        "a choice between alternatives waits for you",
        "choices between alternatives wait for you");
    add(
        waits,
        sql.list(
            "SELECT number FROM change WHERE state = 'blocked' ORDER BY number",
            row -> "C-" + row.number("number")),
        "a change could not be merged",
        "changes could not be merged");
    add(
        waits,
        sql.list(
            "SELECT number FROM change WHERE state = 'queued' ORDER BY number",
            row -> "C-" + row.number("number")),
        "a change waits until " + awaits,
        "changes wait until " + awaits);
    add(waits, tasks(sql, "dead"), "a task failed for good", "tasks failed for good");
    add(waits, tasks(sql, "paused"), "a task is paused", "tasks are paused");
    waits.addAll(ready.nobody());
    if (!OperatorActions.working(sql)
        && sql.number("SELECT tasks FROM tally WHERE state = 'ready'") > 0) {
      waits.add("tasks are ready, but the hive is paused");
    }
    add(waits, tasks(sql, "blocked"), "a task is blocked by others", "tasks are blocked by others");
    return waits;
  }

  private static List<String> tasks(Sql sql, String state) throws SQLException {
    if (sql.number("SELECT tasks FROM tally WHERE state = ?", state) == 0) {
      return List.of();
    }
    return sql.list(
        "SELECT id FROM task WHERE state = ? ORDER BY place", row -> row.text("id"), state);
  }

  private static void add(List<String> waits, List<String> ids, String one, String many) {
    if (!ids.isEmpty()) {
      var some = ids.stream().limit(NAMED).toList();
      waits.add(
          (ids.size() == 1 ? one : ids.size() + " " + many)
              + ": "
              + String.join(", ", some)
              + (ids.size() > NAMED ? " …" : ""));
    }
  }
}
