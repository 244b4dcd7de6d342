package dev.hivedeck.engine.alternative;

import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.ChangeReview;
import dev.hivedeck.engine.change.ChangeStateMachine;
import dev.hivedeck.engine.change.health.ReviewNeed;
import dev.hivedeck.engine.change.stack.StackLedger;
import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.plan.AlternativeLedger;
import dev.hivedeck.engine.plan.AlternativeLedger.Aside;
import dev.hivedeck.engine.plan.Choosable;
import dev.hivedeck.engine.plan.ReworkHandler;
import dev.hivedeck.engine.plan.StackedTasks;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.TaskStateMachine;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.alternative.AlternativeEvent;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Chooses one of several alternatives: its change goes on its way as any other does, the others are
 * closed, and their work is kept. Each act is one transaction, and can be taken back as long as
 * nothing is merged.
 */
public final class AlternativeChoice {
  private final ChangeReview review;
  private final ReworkHandler attempts;
  private final Runnable wake;

  /**
   * @param attempts ends what is still at work
   * @param wake called after a commit by which tasks became ready
   */
  public AlternativeChoice(ChangeReview review, ReworkHandler attempts, Runnable wake) {
    this.review = review;
    this.attempts = attempts;
    this.wake = wake;
  }

  /** The task that was asked for, by the id of it, of an alternative, or of the change of one. */
  static String original(Sql sql, String id) throws SQLException {
    String task = task(sql, id);
    return AlternativeLedger.original(sql, task)
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.NOT_NOW,
                    task + " has no alternatives.",
                    "hivedeck alternatives lists tasks that have; hivedeck alternatives add %s"
                            .formatted(task)
                        + " --agent NAME gives it to another agent as well."));
  }

  private static String task(Sql sql, String id) throws SQLException {
    return TaskLedger.find(sql, id).isEmpty() && id.matches("(C-|#)\\d+")
        ? ChangeLedger.get(sql, id).task()
        : TaskLedger.get(sql, id).id();
  }

  /**
   * @param head what the person saw; null for whatever it is now
   * @return the task that was asked for
   * @throws HiveException {@code not-now}, {@code at-work}, {@code merged}, {@code change-moved}
   */
  String choose(Tx tx, String id, @Nullable String head) throws SQLException {
    String task = task(tx.sql(), id);
    String original = original(tx.sql(), task);
    AlternativeLedger.checkNotMerged(tx.sql(), task);
    var before = AlternativeLedger.chosen(tx.sql(), original);
    if (before.filter(task::equals).isPresent()) {
      notLost(tx.sql(), original);
      return original;
    }
    if (before.isPresent()) {
      movable(tx.sql(), before.get());
    }
    var change = choosable(tx.sql(), task);
    if (head != null && (head.isBlank() || !change.head().startsWith(head))) {
      throw new HiveException(
          ErrorCode.CHANGE_MOVED,
          "#%d is at %s now, not at %s: it has changed since it was shown."
              .formatted(
                  change.number(),
                  ObjectNames.abbreviated(change.head()),
                  ObjectNames.abbreviated(head)),
          "Compare again, then choose.");
    }
    AlternativeLedger.choose(tx, original, task);
    for (String other : AlternativeLedger.tasks(tx.sql(), original)) {
      if (!other.equals(task)) {
        aside(tx, other, other.equals(original), task);
      }
    }
    reopen(tx, task, "#%d is chosen".formatted(change.number()));
    var now = ChangeLedger.get(tx.sql(), change.id());
    AlternativeLedger.tell(
        tx,
        original,
        AlternativeEvent.CHOSEN,
        "#%d by %s is chosen of %d for %s"
            .formatted(
                change.number(),
                change.agent(),
                AlternativeLedger.tasks(tx.sql(), original).size(),
                original));
    if (now.state() == ChangeState.OPEN) {
      var row = TaskLedger.get(tx.sql(), task);
      long lines = ChangeLedger.view(tx.sql(), change.id()).lines();
      var need = review.need(tx, row.kind(), !change.risks().isEmpty(), lines);
      reviewed(tx, change, need);
      review.enters(tx, change.id(), original, need);
    }
    review.proceed(tx);
    return original;
  }

  private static void reviewed(Tx tx, ChangeLedger.Row change, ReviewNeed need)
      throws SQLException {
    tx.sql()
        .update(
            "UPDATE change SET review = ?, due_at = ? WHERE number = ?",
            need.state(),
            need.due(),
            change.number());
    ChangeLedger.tell(tx, change.id(), ChangeEvent.OPENED, null);
  }

  /** To choose once more what came to nothing since does nothing about that. */
  private static void notLost(Sql sql, String original) throws SQLException {
    var lost = Choosable.lost(sql, original);
    if (lost.isPresent()) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "%s was chosen and is %s."
              .formatted(lost.get(), TaskLedger.get(sql, lost.get()).state().word()),
          "Choose another one, or have it tried anew: hivedeck task retry " + lost.get() + ".");
    }
  }

  /** The change that is to be chosen. */
  private static ChangeLedger.Row choosable(Sql sql, String task) throws SQLException {
    var change = ChangeLedger.ofTask(sql, task);
    var state = TaskLedger.get(sql, task).state();
    if (change.isEmpty()) {
      throw new HiveException(
          state.active() || state == TaskState.READY || state == TaskState.DELAYED
              ? ErrorCode.AT_WORK
              : ErrorCode.NOT_NOW,
          "%s has nothing to choose: it is %s.".formatted(task, state.word()),
          "Wait until its gates have passed, or choose another one.");
    }
    if (Choosable.is(sql, task)) {
      return change.get();
    }
    boolean closed = change.get().state() == ChangeState.CLOSED;
    if (closed && !StackLedger.parts(sql, change.get().number()).isEmpty()) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "#%d was split.".formatted(change.get().number()),
          "Join it again first: hivedeck change join " + change.get().id() + ".");
    }
    boolean over =
        state == TaskState.DONE || state == TaskState.CANCELLED || state == TaskState.DEAD;
    throw over
        ? new HiveException(
            ErrorCode.NOT_NOW,
            "#%d cannot be chosen: it is %s, and not by another choice alone."
                .formatted(change.get().number(), change.get().state().word()),
            "Choose another one, or have it tried anew: hivedeck task retry " + task + ".")
        : new HiveException(
            ErrorCode.AT_WORK,
            "#%d is with %s for another attempt."
                .formatted(change.get().number(), change.get().agent()),
            "Wait for it, or choose another one.");
  }

  /** Whether a choice may be taken from it. */
  private static void movable(Sql sql, String chosen) throws SQLException {
    var change = ChangeLedger.ofTask(sql, chosen);
    if (change.isEmpty()) {
      return;
    }
    long number = change.get().number();
    if (change.get().state() == ChangeState.MERGING) {
      throw new HiveException(
          ErrorCode.AT_WORK,
          "#%d was chosen and is being merged.".formatted(number),
          "Wait for it; what is merged is taken back with hivedeck change revert.");
    }
    if (!StackLedger.parts(sql, number).isEmpty()) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "#%d was chosen and was split since.".formatted(number),
          "Join it again first: hivedeck change join " + change.get().id() + ".");
    }
  }

  /** Another one was chosen: its change is closed, and what is at work ends; its work is kept. */
  private void aside(Tx tx, String task, boolean original, String chosen) throws SQLException {
    String why = chosen + " was chosen";
    var change = ChangeLedger.ofTask(tx.sql(), task).filter(c -> !c.state().over());
    if (change.isPresent()) {
      ChangeLedger.step(
          tx,
          change.get().id(),
          ChangeStateMachine.Step.CLOSE,
          why,
          ChangeEvent.CLOSED,
          "closed #%d: %s; its branch %s stays"
              .formatted(change.get().number(), why, change.get().branch()));
    }
    var state = TaskLedger.get(tx.sql(), task).state();
    boolean stopped =
        state != TaskState.DONE && state != TaskState.CANCELLED && state != TaskState.DEAD;
    if (original && stopped) {
      TaskLedger.step(
          tx, task, TaskStateMachine.Step.FIND, why, TaskEvent.FOUND, task + " ends: " + why);
    } else if (!original && state != TaskState.CANCELLED && state != TaskState.DEAD) {
      TaskLedger.step(
          tx,
          task,
          TaskStateMachine.Step.CANCEL,
          why,
          TaskEvent.CANCELLED,
          task + " is cancelled: " + why);
    }
    attempts.stop(tx, task, why);
    // Last, as each step before it counts as something that was done about it.
    AlternativeLedger.aside(
        tx, new Aside(task, change.isPresent(), stopped, state == TaskState.PAUSED));
  }

  /** What the choice of another one closed is open again. */
  private static void reopen(Tx tx, String task, String text) throws SQLException {
    var change = ChangeLedger.ofTask(tx.sql(), task);
    if (change.isEmpty() || change.get().state() != ChangeState.CLOSED) {
      return;
    }
    if (TaskLedger.get(tx.sql(), task).state() == TaskState.CANCELLED) {
      TaskLedger.step(
          tx, task, TaskStateMachine.Step.REOPEN, null, TaskEvent.DONE, task + " is done again");
    }
    ChangeLedger.step(
        tx,
        change.get().id(),
        ChangeStateMachine.Step.VERIFY,
        null,
        ChangeEvent.OPENED,
        "open again: " + text);
  }

  /**
   * @return the task that was asked for
   * @throws HiveException {@code not-now}, {@code merged}, {@code at-work}
   */
  String undo(Tx tx, String id) throws SQLException {
    String original = original(tx.sql(), id);
    AlternativeLedger.checkNotMerged(tx.sql(), original);
    var chosen = AlternativeLedger.chosen(tx.sql(), original);
    if (chosen.isEmpty()) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "Of the alternatives of " + original + " none is chosen.",
          "hivedeck alternatives show " + original + " compares them.");
    }
    movable(tx.sql(), chosen.get());
    var ended = AlternativeLedger.aside(tx.sql(), original);
    if (ended.isEmpty() && TaskLedger.get(tx.sql(), original).state() == TaskState.CANCELLED) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          original + " is cancelled with all of its alternatives.",
          "Have one of them tried anew: hivedeck task retry " + original + ".");
    }
    AlternativeLedger.unchoose(tx, original);
    var change = ChangeLedger.ofTask(tx.sql(), chosen.get());
    if (change.isPresent() && !change.get().state().over()) {
      hold(tx, change.get());
    }
    for (var one : ended) {
      back(tx, one);
    }
    AlternativeLedger.tell(
        tx,
        original,
        AlternativeEvent.UNDONE,
        "one of the alternatives of %s is to be chosen again".formatted(original));
    tx.after(wake);
    review.proceed(tx);
    return original;
  }

  private static void hold(Tx tx, ChangeLedger.Row change) throws SQLException {
    if (change.state() == ChangeState.QUEUED) {
      ChangeLedger.step(
          tx,
          change.id(),
          ChangeStateMachine.Step.HOLD,
          null,
          ChangeEvent.HELD,
          "#%d is chosen no more".formatted(change.number()));
    }
    unreviewed(tx, change.id());
    StackedTasks.over(tx, change.number()); // what had not begun on top of it waits again
  }

  /** Nobody is to review what is not chosen. */
  private static void unreviewed(Tx tx, String id) throws SQLException {
    var change = ChangeLedger.get(tx.sql(), id);
    if (change.state() == ChangeState.OPEN) {
      tx.sql()
          .update(
              "UPDATE change SET review = ?, due_at = NULL WHERE number = ?",
              ReviewState.NONE,
              change.number());
      ChangeLedger.tell(tx, id, ChangeEvent.HELD, null);
    }
  }

  /** What a choice ended, and nobody did anything about since, is as it was. */
  private static void back(Tx tx, Aside one) throws SQLException {
    String task = one.task();
    boolean dead = TaskLedger.get(tx.sql(), task).state() == TaskState.DEAD;
    if (one.closed()) {
      reopen(tx, task, "the choice was taken back");
      var change = ChangeLedger.ofTask(tx.sql(), task).orElseThrow();
      unreviewed(tx, change.id());
      if ((one.stopped() || dead) && change.state() == ChangeState.OPEN) {
        ChangeLedger.step(
            tx,
            change.id(),
            ChangeStateMachine.Step.RETURN,
            dead ? "its agent failed" : "its agent goes on",
            ChangeEvent.RETURNED,
            null);
      }
    }
    if (!one.stopped()) {
      return;
    }
    var step =
        switch (TaskLedger.get(tx.sql(), task).state()) {
          case DONE -> TaskStateMachine.Step.REWORK;
          case CANCELLED -> TaskStateMachine.Step.RETRY;
          default -> null;
        };
    if (step != null) {
      TaskLedger.step(tx, task, step, null, TaskEvent.READY, task + " goes on");
      if (one.paused()) {
        TaskLedger.step(
            tx,
            task,
            TaskStateMachine.Step.PAUSE,
            "paused by you",
            TaskEvent.PAUSED,
            task + " is paused");
      }
      TaskLedger.settle(tx, task);
    }
  }
}
