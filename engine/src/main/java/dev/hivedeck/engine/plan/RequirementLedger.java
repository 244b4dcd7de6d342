package dev.hivedeck.engine.plan;

import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.util.List;

/**
 * The ledger of requirements. How many tasks each has and how far they are is summed up as they
 * change, by triggers, so that a look at one costs the same however many tasks it has.
 */
public final class RequirementLedger {
  private RequirementLedger() {}

  public static TaskViews.Requirement view(Sql sql, String id) throws SQLException {
    return sql.one("SELECT * FROM requirement WHERE id = ?", RequirementLedger::view, id)
        .orElseThrow();
  }

  public static List<TaskViews.Requirement> views(Sql sql) throws SQLException {
    return sql.list("SELECT * FROM requirement ORDER BY place", RequirementLedger::view);
  }

  private static TaskViews.Requirement view(Sql.Row row) throws SQLException {
    int tasks = row.integer("tasks");
    return new TaskViews.Requirement(
        row.text("id"),
        row.text("title"),
        row.text("priority"),
        TaskLedger.strings(row.text("acceptance")),
        tasks,
        row.integer("merged"),
        tasks == 0 ? 0 : row.integer("stages") / tasks,
        row.integer("place"));
  }
}
