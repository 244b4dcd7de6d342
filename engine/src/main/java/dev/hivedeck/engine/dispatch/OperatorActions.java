package dev.hivedeck.engine.dispatch;

import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.plan.AlternativeLedger;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.TaskStateMachine;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.event.AgentEvent;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.slo.policy.PolicyLedger;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.store.WorkspaceMeta;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What people steer: the hive as a whole, its tasks, its agents. Each within a transaction. */
public final class OperatorActions {
  private static final Duration LEAST = Duration.ofSeconds(1);

  /** How long the work of an attempt that was taken over is waited for, at most. */
  private static final Duration PUTTING_AWAY = Duration.ofSeconds(30);

  private final SqliteDispatch dispatch;
  private final AgentLedger agents;
  private final Runnable wake;
  private final BiConsumer<String, String> hear;

  /**
   * @param wake tells whoever claims that it may have become possible
   * @param hear passes words on to the running attempt of that id
   */
  public OperatorActions(
      SqliteDispatch dispatch, AgentLedger agents, Runnable wake, BiConsumer<String, String> hear) {
    this.dispatch = dispatch;
    this.agents = agents;
    this.wake = wake;
    this.hear = hear;
  }

  /** Whether ready tasks are given out. */
  public static boolean working(Sql sql) throws SQLException {
    return WorkspaceMeta.get(sql, "working").filter("yes"::equals).isPresent();
  }

  /** How many attempts may run at once. */
  public static int limit(Sql sql) throws SQLException {
    int most =
        WorkspaceMeta.get(sql, "limit")
            .map(Integer::valueOf)
            .orElseGet(() -> Runtime.getRuntime().availableProcessors());
    // Where an error budget runs low fewer work, but one may always: it may be the one that mends.
    return Math.max(Math.min(most, 1), (int) (most * PolicyLedger.agents(sql)));
  }

  /**
   * @param agents how many may work at once, 0 to leave as it is
   */
  public void work(Tx tx, boolean on, int agents) throws SQLException {
    WorkspaceMeta.put(tx, "working", on ? "yes" : "no");
    if (agents > 0) {
      WorkspaceMeta.put(tx, "limit", Integer.toString(agents));
    }
    tx.after(wake);
  }

  /** Makes a task ready anew, with what the command changes about it. */
  public void retry(Tx tx, Command.RetryTask c) throws SQLException {
    var task = TaskLedger.get(tx.sql(), c.id());
    AlternativeLedger.checkNotMerged(tx.sql(), c.id());
    if (c.agent() != null) {
      agents.spec(c.agent());
    }
    if (c.timeout() != null && c.timeout().compareTo(LEAST) < 0) {
      throw new HiveException(
          ErrorCode.BAD_TIMEOUT,
          "A timeout of " + c.timeout() + " leaves " + c.id() + " no time.",
          "Give it a second or more, for example PT20M.");
    }
    tx.sql()
        .update(
            "UPDATE task SET turns = 0, assigned = ?, prompt = coalesce(?, prompt),"
                + " timeout = coalesce(?, timeout) WHERE id = ?",
            c.agent() != null ? c.agent() : task.agent(),
            c.prompt() == null || c.prompt().isBlank() ? null : c.prompt(),
            c.timeout() == null ? null : c.timeout().toMillis(),
            c.id());
    if (c.prompt() != null && !c.prompt().isBlank()) {
      TaskLedger.keepPrompt(tx, c.id());
    }
    TaskLedger.step(tx, c.id(), again(tx, task), null, TaskEvent.READY, c.id() + " is tried anew");
    TaskLedger.settle(tx, c.id());
  }

  /** The one that was asked for is done once another alternative was chosen, and may go on. */
  private static TaskStateMachine.Step again(Tx tx, TaskLedger.Row task) throws SQLException {
    return task.state() == TaskState.DONE && AlternativeLedger.isAside(tx.sql(), task.id())
        ? TaskStateMachine.Step.REWORK
        : TaskStateMachine.Step.RETRY;
  }

  /**
   * Gives a task to the person. Where an attempt runs, the task waits for its work to be put away.
   */
  public void take(Tx tx, String id) throws SQLException {
    var task = TaskLedger.get(tx.sql(), id);
    AlternativeLedger.checkNotMerged(tx.sql(), id);
    var attempt = AttemptLedger.activeOf(tx.sql(), id);
    if (attempt.isPresent() && attempt.get().agent().equals(AgentLedger.PERSON.name())) {
      throw new HiveException(
          ErrorCode.NOT_NOW, id + " is with you already.", "Hand it back when done.");
    }
    boolean runs = attempt.isPresent();
    var step = runs ? TaskStateMachine.Step.DELAY : taking(tx, task);
    if (step == null && !Set.of(TaskState.READY, TaskState.BLOCKED).contains(task.state())) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          id + " is " + task.state().word() + ", there is nothing to take over.",
          "Return its change, or add a task of your own.");
    }
    tx.sql()
        .update(
            "UPDATE task SET turns = 0, assigned = ?, not_before = ? WHERE id = ?",
            AgentLedger.PERSON.name(),
            runs ? tx.now().plus(PUTTING_AWAY) : null,
            id);
    String words = id + " is taken over by you";
    if (step == null) {
      TaskLedger.tell(tx, id, TaskEvent.TAKEN, words);
    } else {
      TaskLedger.step(
          tx,
          id,
          step,
          runs ? "with you, once its work is put away" : null,
          TaskEvent.TAKEN,
          words);
    }
    if (runs) {
      dispatch.stop(tx, id, "you took it over");
    }
    TaskLedger.settle(tx, id);
  }

  private static TaskStateMachine.@Nullable Step taking(Tx tx, TaskLedger.Row task)
      throws SQLException {
    return switch (task.state()) {
      case WAITING -> TaskStateMachine.Step.RELEASE;
      case PAUSED -> TaskStateMachine.Step.RESUME;
      case DELAYED, DEAD, CANCELLED -> TaskStateMachine.Step.RETRY;
      case DONE -> AlternativeLedger.isAside(tx.sql(), task.id()) ? again(tx, task) : null;
      default -> null;
    };
  }

  public void pause(Tx tx, String id) throws SQLException {
    TaskLedger.step(
        tx, id, TaskStateMachine.Step.PAUSE, "paused by you", TaskEvent.PAUSED, id + " is paused");
    dispatch.stop(tx, id, "task paused");
  }

  public void resume(Tx tx, String id) throws SQLException {
    TaskLedger.step(tx, id, TaskStateMachine.Step.RESUME, null, TaskEvent.READY, id + " goes on");
    TaskLedger.settle(tx, id);
  }

  public void pauseAgent(Tx tx, String name) throws SQLException {
    agents.pause(tx, name, true);
  }

  public void resumeAgent(Tx tx, String name) throws SQLException {
    agents.pause(tx, name, false);
  }

  /** Ends what the agent runs now and pauses it. */
  public void stopAgent(Tx tx, String name) throws SQLException {
    agents.spec(name);
    for (var attempt : AttemptLedger.activeBy(tx.sql(), name)) {
      String task = attempt.task();
      boolean waits = TaskLedger.get(tx.sql(), task).state() == TaskState.WAITING;
      TaskLedger.step(
          tx,
          task,
          waits ? TaskStateMachine.Step.RELEASE : TaskStateMachine.Step.LOSE,
          null,
          TaskEvent.READY,
          task + " is ready again");
      dispatch.stop(tx, task, "agent stopped");
    }
    agents.pause(tx, name, true);
  }

  /** Changes the priority of a task and who is to do it. */
  public void change(Tx tx, Command.ChangeTask c) throws SQLException {
    var task = TaskLedger.get(tx.sql(), c.id());
    if (Set.of(TaskState.DONE, TaskState.CANCELLED).contains(task.state())) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          c.id() + " is " + task.state().word() + "; there is nothing left to change.",
          "Add a task of your own.");
    }
    if (c.priority() != null && (c.priority() < 1 || c.priority() > 9)) {
      throw new HiveException(
          ErrorCode.BAD_PRIORITY,
          c.priority() + " is no priority.",
          "Give one from 1 (first) to 9.");
    }
    if (c.agent() != null) {
      if (!c.agent().isEmpty()) {
        agents.spec(c.agent());
      } else if (AlternativeLedger.original(tx.sql(), c.id()).isPresent()) {
        throw new HiveException(
            ErrorCode.NOT_NOW,
            c.id() + " is one of several alternatives, each of which shows what its agent does.",
            "Name the agent that is to do it.");
      }
      if (AttemptLedger.activeOf(tx.sql(), c.id()).isPresent()) {
        throw new HiveException(
            ErrorCode.NOT_NOW,
            c.id() + " is being worked on.",
            "Pause it first, or let the attempt end.");
      }
      String agent = c.agent().isEmpty() ? null : c.agent();
      tx.sql().update("UPDATE task SET agent = ?, assigned = ? WHERE id = ?", agent, agent, c.id());
    }
    if (c.priority() != null) {
      tx.sql()
          .update(
              "UPDATE task SET priority = ? WHERE id = ? OR id IN (SELECT task FROM alternative"
                  + " WHERE original = ?)",
              c.priority(),
              c.id(),
              c.id());
      for (String other : AlternativeLedger.tasks(tx.sql(), c.id())) {
        if (!other.equals(c.id())) {
          TaskLedger.tell(tx, other, TaskEvent.CHANGED, null);
        }
      }
    }
    TaskLedger.tell(tx, c.id(), TaskEvent.CHANGED, "you changed " + c.id());
    tx.after(wake);
  }

  public void say(Tx tx, Command.SayToAgent c) throws SQLException {
    String name = c.name();
    String text = c.text();
    agents.spec(name);
    var attempt =
        AttemptLedger.activeBy(tx.sql(), name).stream()
            .filter(a -> c.task() == null || a.task().equals(c.task()))
            .findFirst();
    String task =
        (attempt.isPresent() ? attempt.map(AttemptLedger.Row::task) : delayedWith(tx.sql(), name))
            .orElseThrow(
                () ->
                    new HiveException(
                        ErrorCode.AGENT_IDLE,
                        name + " works on nothing, so nobody would hear it.",
                        "Say it in the prompt of a task instead."));
    TaskLedger.addContext(tx, task, new TaskLedger.Context("said", text));
    tx.emit(AgentEvent.TOLD, name, "you said to " + name + ": " + text, null);
    attempt.ifPresent(a -> tx.after(() -> hear.accept(a.id(), text)));
  }

  private static Optional<String> delayedWith(Sql sql, String agent) throws SQLException {
    return sql.one(
        "SELECT id FROM task WHERE not_before IS NOT NULL AND assigned = ?",
        row -> row.text("id"),
        agent);
  }
}
