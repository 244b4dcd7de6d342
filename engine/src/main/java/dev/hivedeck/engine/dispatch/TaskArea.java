package dev.hivedeck.engine.dispatch;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.plan.AlternativeLedger;
import dev.hivedeck.engine.plan.PlanLedger;
import dev.hivedeck.engine.plan.RequirementLedger;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Registers the plan: requirements and tasks. */
public final class TaskArea {
  private final NewTasks newTasks;
  private final OperatorActions actions;
  private final SqliteDispatch dispatch;
  private final Function<Command.ImportPlan, Action> importPlan;
  private final Withdrawal withdrawal;

  /** What becomes of a task's change when the task is cancelled. */
  @FunctionalInterface
  public interface Withdrawal {
    void withdraw(Tx tx, String task) throws SQLException;
  }

  private TaskArea(
      NewTasks newTasks,
      OperatorActions actions,
      SqliteDispatch dispatch,
      Function<Command.ImportPlan, Action> importPlan,
      Withdrawal withdrawal) {
    this.newTasks = newTasks;
    this.actions = actions;
    this.dispatch = dispatch;
    this.importPlan = importPlan;
    this.withdrawal = withdrawal;
  }

  /**
   * Of an engine that is only asked.
   *
   * @param why what keeps a task from being worked on
   */
  public static Area reading(Ledger ledger, Function<String, List<Query.Hold>> why) {
    return area(ledger, why).build();
  }

  /**
   * @param why what keeps a task from being worked on
   * @param importPlan takes a plan in
   */
  public static Area of(
      Ledger ledger,
      Function<String, List<Query.Hold>> why,
      NewTasks newTasks,
      OperatorActions actions,
      SqliteDispatch dispatch,
      Function<Command.ImportPlan, Action> importPlan,
      Withdrawal withdrawal) {
    var area = new TaskArea(newTasks, actions, dispatch, importPlan, withdrawal);
    return area(ledger, why).commands(Command.TaskCommands.class, area::carryOut).build();
  }

  private static Area.Builder area(Ledger ledger, Function<String, List<Query.Hold>> why) {
    return Area.named("task")
        .queries(Query.TaskQueries.class, query -> answer(ledger, why, query))
        .things(Topic.REQUIREMENT, RequirementLedger::views)
        .things(
            Topic.TASK,
            TaskLedger::views,
            (sql, id) -> TaskLedger.view(sql, TaskLedger.get(sql, id).id()));
  }

  private Action carryOut(Command.TaskCommands command) {
    return switch (command) {
      case Command.ImportPlan c -> importPlan.apply(c);
      case Command.AddTask c -> Action.answer(tx -> Map.of("id", newTasks.add(tx, c)));
      case Command.RetryTask c -> Action.write(tx -> actions.retry(tx, c));
      case Command.TakeTask c -> Action.write(tx -> actions.take(tx, c.id()));
      case Command.ChangeTask c -> Action.write(tx -> actions.change(tx, c));
      case Command.CancelTask c -> Action.write(tx -> cancel(tx, c.id()));
      case Command.PauseTask c -> Action.write(tx -> actions.pause(tx, c.id()));
      case Command.ResumeTask c -> Action.write(tx -> actions.resume(tx, c.id()));
    };
  }

  private void cancel(Tx tx, String id) throws SQLException {
    if (TaskLedger.get(tx.sql(), id).merged()) {
      throw new HiveException(
          ErrorCode.MERGED,
          id + " is on main already.",
          "Revert its merge with git if it must go.");
    }
    boolean others = AlternativeLedger.drop(tx, id);
    for (String other : AlternativeLedger.tasks(tx.sql(), id)) { // it stands for all of them
      if (!other.equals(id) && !cancelled(tx, other)) {
        withdrawal.withdraw(tx, other);
        dispatch.cancel(tx, other);
        others = true;
      }
    }
    if (!others || !cancelled(tx, id)) {
      withdrawal.withdraw(tx, id);
      dispatch.cancel(tx, id);
    }
  }

  private static boolean cancelled(Tx tx, String task) throws SQLException {
    return TaskLedger.get(tx.sql(), task).state() == TaskViews.TaskState.CANCELLED;
  }

  private static Object answer(
      Ledger ledger, Function<String, List<Query.Hold>> why, Query.TaskQueries query) {
    return switch (query) {
      case Query.Prompt q -> ledger.read(sql -> prompt(sql, q.task()));
      case Query.Export _ -> Map.of("yaml", ledger.read(PlanLedger::give).toYaml());
      case Query.Subtasks q -> ledger.read(sql -> Proposals.subtasks(sql, q.task()));
      case Query.Why q -> why.apply(q.task());
    };
  }

  private static Query.PromptText prompt(Sql sql, String id) throws SQLException {
    var task = TaskLedger.get(sql, id);
    return new Query.PromptText(
        id,
        task.prompt(),
        String.join("\n\n", task.context().stream().map(TaskLedger.Context::text).toList()));
  }
}
