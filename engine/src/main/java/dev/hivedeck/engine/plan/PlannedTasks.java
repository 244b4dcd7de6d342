package dev.hivedeck.engine.plan;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;

/** Writes tasks of a plan down. */
final class PlannedTasks {
  private PlannedTasks() {}

  /** An agent has been given its text, and works by it or has done it. */
  private static final String GIVEN = "state IN ('running', 'validating', 'waiting', 'done')";

  /** The same, and the plan has another by now. */
  private static final String OTHER =
      GIVEN + " AND (title, prompt) <> (excluded.title, excluded.prompt)";

  /** Which requirements it serves: those that it was asked for, not what is done once more. */
  static void links(Sql sql, TaskSpec t) throws SQLException {
    sql.update("DELETE FROM link WHERE task = ?", t.id());
    for (String requirement : new HashSet<>(t.requirements())) {
      sql.update("INSERT INTO link(task, requirement) VALUES (?, ?)", t.id(), requirement);
    }
  }

  /**
   * Writes down a task, or one of its alternatives.
   *
   * @param place 0 for one that is there already
   * @return whether it may wait for others, or wait no more
   */
  static boolean put(Sql sql, TaskSpec t, String id, String agent, int place, Instant now)
      throws SQLException {
    boolean fresh = place > 0;
    boolean waits = !t.needs().isEmpty(); // as far as is known now: settled at the end
    sql.update(
        "INSERT INTO task(id, place, title, prompt, priority, kind, agent, capabilities,"
            + " produces, state, ready_at, assigned, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?,"
            + " ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET title = iif("
            + GIVEN
            + ", title, excluded.title), prompt = iif("
            + GIVEN
            + ", prompt, excluded.prompt), planned_title = iif("
            + OTHER
            + ", excluded.title, NULL), planned_prompt = iif("
            + OTHER
            + ", excluded.prompt, NULL), priority = excluded.priority, kind = excluded.kind,"
            + " agent = excluded.agent, capabilities = excluded.capabilities, produces ="
            + " excluded.produces, assigned = CASE WHEN turns = 0 THEN excluded.agent ELSE"
            + " assigned END, updated_at = excluded.updated_at",
        id,
        place,
        t.title(),
        t.prompt(),
        t.priority(),
        t.kind(),
        agent,
        Json.write(t.capabilities()),
        Json.write(t.produces()),
        waits ? TaskState.BLOCKED : TaskState.READY,
        waits ? 0 : now,
        agent,
        now);
    if (!fresh) {
      sql.update("DELETE FROM need WHERE task = ?", id);
    }
    for (String needed : new HashSet<>(t.needs())) {
      sql.update("INSERT INTO need(task, needed) VALUES (?, ?)", id, needed);
    }
    return waits || !fresh;
  }
}
