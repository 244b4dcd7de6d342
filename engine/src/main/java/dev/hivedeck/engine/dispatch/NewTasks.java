package dev.hivedeck.engine.dispatch;

import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.plan.AlternativeLedger;
import dev.hivedeck.engine.plan.PlanDocument;
import dev.hivedeck.engine.plan.PlanLedger;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.TaskSpec;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.store.WorkspaceMeta;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Adds tasks to the plan one by one, checked as those of a whole plan are. */
public final class NewTasks {
  private static final int USUAL = 5;

  private final SqliteDispatch dispatch;
  private final AgentLedger agents;
  private final Supplier<Map<String, AgentSpec>> coming;
  private final Supplier<String> workspace;

  /**
   * @param coming agents that may wait for consent still; a plan may name them already
   * @param workspace what a plan is called that has no title
   */
  public NewTasks(
      SqliteDispatch dispatch,
      AgentLedger agents,
      Supplier<Map<String, AgentSpec>> coming,
      Supplier<String> workspace) {
    this.dispatch = dispatch;
    this.agents = agents;
    this.coming = coming;
    this.workspace = workspace;
  }

  /**
   * @return its id
   * @throws HiveException {@code duplicate-id}, {@code no-title}, {@code plan-invalid}, {@code
   *     plan-cycle}, {@code queue-full}
   */
  public String add(Tx tx, Command.AddTask c) throws SQLException {
    var plan = checked(tx.sql(), c);
    dispatch.submit(tx, plan, null);
    return plan.tasks().getFirst().id();
  }

  /**
   * Adds a task like another one, which needs nothing.
   *
   * @return its id
   */
  public String copy(Tx tx, String like, String title, String prompt) throws SQLException {
    var task = TaskLedger.get(tx.sql(), like);
    var requirements = TaskLedger.view(tx.sql(), like).requirements();
    return add(
        tx,
        new Command.AddTask(
            null,
            title,
            prompt,
            task.agent(),
            task.capabilities(),
            null,
            requirements,
            task.priority(),
            task.kind()));
  }

  /**
   * Gives a task to more agents, of whose work one is chosen.
   *
   * @throws HiveException {@code not-now}, {@code plan-invalid}, {@code queue-full}
   */
  public void alternatives(Tx tx, String task, List<String> more) throws SQLException {
    var row = TaskLedger.get(tx.sql(), task);
    AlternativeLedger.checkOpen(tx.sql(), row, more);
    var before = PlanLedger.spec(tx.sql(), task);
    var all = new ArrayList<>(before.agents());
    if (all.isEmpty()) {
      all.add(first(tx.sql(), row));
    }
    all.addAll(more);
    var plan =
        new PlanDocument(
            WorkspaceMeta.get(tx.sql(), "plan").orElseGet(workspace),
            List.of(),
            List.of(before.by(all)));
    plan.check(task, known(tx.sql()));
    dispatch.submit(tx, plan, null);
  }

  /** Who has the task that was for any agent. */
  private static String first(Sql sql, TaskLedger.Row row) throws SQLException {
    if (row.agent() != null) {
      return row.agent();
    }
    var latest = AttemptLedger.latestOf(sql, row.id());
    if (row.assigned() == null && latest.isEmpty()) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          row.id() + " is for any agent, so it is not known whom others are compared with.",
          "Say who is to do it first: hivedeck task change " + row.id() + " --agent NAME.");
    }
    return latest.map(AttemptLedger.Row::agent).orElse(row.assigned());
  }

  /** The plan that would add it. */
  PlanDocument checked(Sql sql, Command.AddTask c) throws SQLException {
    String id = c.id() != null && !c.id().isBlank() ? c.id() : freeId(sql);
    if (TaskLedger.find(sql, id).isPresent()) {
      throw new HiveException(
          ErrorCode.DUPLICATE_ID, "There is a task " + id + " already.", "Choose another id.");
    }
    if (c.title() == null || c.title().isBlank()) {
      throw new HiveException(
          ErrorCode.NO_TITLE, "A task needs a title.", "Say in a few words what it is to do.");
    }
    var agents = orEmpty(c.agents());
    var named =
        new TaskSpec(
            id,
            c.title(),
            orEmpty(c.requirements()),
            c.agent() == null || c.agent().isBlank() ? null : c.agent(),
            orEmpty(c.capabilities()),
            orEmpty(c.needs()),
            c.priority() == null ? USUAL : c.priority(),
            c.kind(),
            c.prompt() == null ? "" : c.prompt(),
            List.of(),
            agents);
    var spec = agents.size() == 1 && named.agent() == null ? named.by(agents) : named;
    var plan =
        new PlanDocument(
            WorkspaceMeta.get(sql, "plan").orElseGet(workspace), List.of(), List.of(spec));
    plan.check("new task", known(sql, PlanLedger.around(sql, spec)));
    return plan;
  }

  /** What a plan may refer to beside itself. */
  public PlanDocument.Known known(Sql sql) throws SQLException {
    return known(sql, PlanLedger.needs(sql));
  }

  private PlanDocument.Known known(Sql sql, Map<String, List<String>> tasks) throws SQLException {
    var able = new HashMap<String, List<String>>();
    coming.get().values().forEach(agent -> able.put(agent.name(), agent.capabilities()));
    agents.all().forEach(agent -> able.put(agent.name(), agent.capabilities()));
    able.put(View.YOU, List.of());
    return new PlanDocument.Known(able, tasks, PlanLedger.requirementIds(sql));
  }

  private static List<String> orEmpty(List<String> list) {
    return list == null ? List.of() : list;
  }

  private static String freeId(Sql sql) throws SQLException {
    int n = TaskLedger.count(sql, TaskViews.TaskState.values()) + 1;
    while (TaskLedger.find(sql, "T-" + n).isPresent()) {
      n++;
    }
    return "T-" + n;
  }
}
