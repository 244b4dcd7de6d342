package dev.hivedeck.engine.plan;

import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.util.List;

/** The ledger of requirements; their progress is derived from the tasks linked to them. */
public final class Requirements {
  private Requirements() {}

  private static final String VIEW =
      """
      SELECT r.*,
        (SELECT group_concat(l.task, ' ') FROM link l WHERE l.requirement = r.id) AS tasks,
        (SELECT count(*) FROM link l JOIN task t ON t.id = l.task
          WHERE l.requirement = r.id AND t.merged = 1) AS done,
        (SELECT avg(CASE WHEN t.state = 'done' THEN 100
            WHEN t.state IN ('running', 'validating', 'waiting') THEN
              (SELECT stage FROM attempt a WHERE a.task = t.id ORDER BY number DESC LIMIT 1)
            ELSE 0 END)
          FROM link l JOIN task t ON t.id = l.task WHERE l.requirement = r.id) AS stage
      FROM requirement r
      """;

  public static Views.Requirement view(Sql sql, String id) throws SQLException {
    return sql.one(VIEW + " WHERE r.id = ?", Requirements::view, id).orElseThrow();
  }

  public static List<Views.Requirement> views(Sql sql) throws SQLException {
    return sql.list(VIEW + " ORDER BY r.place", Requirements::view);
  }

  private static Views.Requirement view(Sql.Row row) throws SQLException {
    return new Views.Requirement(
        row.text("id"),
        row.text("title"),
        row.text("priority"),
        Tasks.strings(row.text("acceptance")),
        Tasks.words(row.text("tasks")),
        row.integer("done"),
        row.integer("stage"),
        row.integer("place"));
  }
}
