package dev.hivedeck.engine.plan;

import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Which of several alternatives may be chosen: its work passed its gates, and it waits for a choice
 * or was closed by nothing but the choice of another one.
 */
public final class Choosable {
  private static final String FROM =
      " FROM alternative a JOIN task t ON t.id = a.task JOIN change c ON c.task = a.task JOIN task"
          + " o ON o.id = a.original WHERE o.merged = 0 AND a.chosen_at IS NULL AND (c.state NOT IN"
          + " ('merged', 'closed') AND t.state = 'done' OR c.state = 'closed' AND a.aside = "
          + AlternativeLedger.Aside.CLOSED
          + " AND t.state IN ('done', 'cancelled'))";

  /** The chosen one came to nothing. */
  private static final String LOST =
      "SELECT b.task FROM alternative b JOIN task s ON s.id = b.task WHERE b.original = %s AND"
          + " b.chosen_at IS NOT NULL AND s.state IN ('cancelled', 'dead')";

  private Choosable() {}

  /** Whether a task may be chosen now. */
  public static boolean is(Sql sql, String task) throws SQLException {
    return sql.number("SELECT count(*)" + FROM + " AND a.task = ?", task) > 0;
  }

  /** The chosen one, where it was cancelled, closed or failed since, so that none is on its way. */
  public static Optional<String> lost(Sql sql, String original) throws SQLException {
    return sql.one(LOST.formatted("?"), row -> row.text("task"), original);
  }

  /** Tasks of which one is to be chosen, and can be. */
  public static List<String> waiting(Sql sql) throws SQLException {
    return sql.list(
        "SELECT a.original"
            + FROM
            + " AND (EXISTS ("
            + LOST.formatted("a.original")
            + ") OR NOT EXISTS (SELECT 1 FROM alternative b WHERE b.original = a.original AND"
            + " b.chosen_at IS NOT NULL)) GROUP BY a.original ORDER BY a.original",
        row -> row.text("original"));
  }
}
