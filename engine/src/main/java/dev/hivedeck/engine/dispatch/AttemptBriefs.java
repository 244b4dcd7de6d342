package dev.hivedeck.engine.dispatch;

import dev.hivedeck.engine.agent.Prompts;
import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.plan.RequirementLedger;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What attempts are told of their tasks, beyond the prompt. */
public final class AttemptBriefs {
  private static final int LONGEST_CONTEXT = 12_000;

  private AttemptBriefs() {}

  /**
   * What an attempt is to do, over or not.
   *
   * @throws HiveException {@code no-attempt}
   */
  public static Query.AttemptBrief of(Sql sql, AgentLedger agents, String attempt)
      throws SQLException {
    var row = AttemptLedger.get(sql, attempt);
    var task = TaskLedger.get(sql, row.task());
    var view = TaskLedger.view(sql, row.task());
    var requirements = new ArrayList<TaskViews.Requirement>();
    for (String id : view.requirements()) {
      requirements.add(RequirementLedger.view(sql, id));
    }
    var needs =
        sql.list(
            "SELECT m.* FROM need n JOIN task m ON m.id = n.needed WHERE n.task = ? ORDER BY"
                + " m.place",
            r ->
                new Query.Neighbour(
                    r.text("id"),
                    r.text("title"),
                    r.word("state", TaskState.class),
                    r.flag("merged")),
            row.task());
    var before =
        Claims.context(sql, task).stream()
            .map(c -> new Prompts.Before(c.kind(), c.text()))
            .toList();
    return new Query.AttemptBrief(
        attempt,
        row.agent(),
        view,
        task.prompt(),
        Prompts.context(before, LONGEST_CONTEXT),
        agents.all().stream()
            .filter(a -> a.name().equals(row.agent()))
            .findFirst()
            .map(a -> a.owns())
            .orElse(List.of()),
        requirements,
        needs);
  }
}
