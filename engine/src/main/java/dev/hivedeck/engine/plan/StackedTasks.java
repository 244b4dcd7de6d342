package dev.hivedeck.engine.plan;

import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Tasks that are worked on on top of the change of a task that they need, before it is on main. */
public final class StackedTasks {
  private StackedTasks() {}

  /**
   * A change is open: tasks that wait for nothing but it may begin on top of it.
   *
   * @param needed the task whose change it is
   */
  public static void offer(Tx tx, String needed, long change) throws SQLException {
    var free =
        tx.sql()
            .list(
                """
                SELECT t.id FROM need d JOIN task t ON t.id = d.task
                WHERE d.needed = ?1 AND t.state = 'blocked' AND NOT EXISTS (
                  SELECT 1 FROM need n JOIN task m ON m.id = n.needed
                  WHERE n.task = t.id AND m.merged = 0 AND m.id <> ?1)
                """,
                row -> row.text("id"),
                needed);
    for (String id : free) {
      tx.sql().update("UPDATE task SET stands_on = ? WHERE id = ?", change, id);
      TaskLedger.step(
          tx,
          id,
          TaskStateMachine.Step.UNBLOCK,
          null,
          TaskEvent.READY,
          "%s is ready, on top of #%d".formatted(id, change));
    }
  }

  /** Where an attempt begins: on what was begun, or on top of a change; null for main. */
  public static @Nullable String start(Tx tx, TaskLedger.Row task) throws SQLException {
    if (task.start() != null) {
      return task.start();
    }
    var head = below(tx.sql(), task.id());
    if (head != null) {
      tx.sql().update("UPDATE task SET stands_at = ? WHERE id = ?", head, task.id());
    }
    return head;
  }

  private static @Nullable String below(Sql sql, String task) throws SQLException {
    return sql.one(
            "SELECT p.head FROM task t LEFT JOIN change c ON c.task = t.id JOIN change p"
                + " ON p.number = iif(c.number IS NULL, t.stands_on, c.parent)"
                + " WHERE t.id = ? AND p.state NOT IN ('merged', 'closed')",
            row -> row.text("head"),
            task)
        .orElse(null);
  }

  /** A change is over: what was to begin on top of it begins on main, or waits again. */
  public static void over(Tx tx, long change) throws SQLException {
    var waiting =
        tx.sql()
            .list(
                "SELECT id FROM task t WHERE stands_on = ? AND start IS NULL AND state IN ('ready',"
                    + " 'delayed', 'paused') AND NOT EXISTS (SELECT 1 FROM change c WHERE c.task ="
                    + " t.id)",
                row -> row.text("id"),
                change);
    for (String id : waiting) {
      tx.sql().update("UPDATE task SET stands_on = NULL, stands_at = NULL WHERE id = ?", id);
      TaskLedger.settle(tx, id);
    }
  }
}
