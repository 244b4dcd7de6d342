package dev.hivedeck.engine.plan;

import static dev.hivedeck.engine.plan.TaskStateMachine.Step.*;
import static dev.hivedeck.engine.protocol.view.TaskViews.TaskState.*;

import dev.hivedeck.engine.area.StateMachine;
import dev.hivedeck.engine.area.StateMachine.Transition;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import java.util.List;
import java.util.Set;

/** The life of a task, as the one table of its transitions. */
public final class TaskStateMachine {
  private TaskStateMachine() {}

  /** What may happen to a task. */
  public enum Step {
    /** All that it needs is on main. */
    UNBLOCK,
    /** Something that it needs is not on main (again). */
    BLOCK,
    /** An agent takes it. */
    CLAIM,
    /** Its agent is finished, the gates begin. */
    CHECK,
    /** Its agent asks a person. */
    ASK,
    /** The person answered and the agent still runs. */
    ANSWER,
    /** The person answered after the agent had gone. */
    RELEASE,
    /** All gates of the attempt passed. */
    PASS,
    /** The attempt failed; again later. */
    DELAY,
    /** The delay is over. */
    DUE,
    /** The agent has had its tries; another one takes over. */
    FALL_BACK,
    /** Nobody is left to try. */
    EXHAUST,
    /** The attempt vanished with a crash; that is not the agent's failure. */
    LOSE,
    /** Its change came back from review or with a conflict. */
    REWORK,
    PAUSE,
    RESUME,
    CANCEL,
    RETRY,
    /** Its change was closed with it and is open again: another choice was made. */
    REOPEN,
    /** Main has its work already, from before what the ledger knows. */
    FIND
  }

  private static Transition<TaskState, Step> on(TaskState from, Step step, TaskState to) {
    return new Transition<>(from, step, to);
  }

  public static final StateMachine<TaskState, Step> TABLE =
      new StateMachine<>(
          "task",
          BLOCKED,
          Set.of(DONE, CANCELLED),
          List.of(
              on(BLOCKED, UNBLOCK, READY),
              on(BLOCKED, PAUSE, PAUSED),
              on(BLOCKED, CANCEL, CANCELLED),
              on(BLOCKED, FIND, DONE),
              on(READY, BLOCK, BLOCKED),
              on(READY, CLAIM, RUNNING),
              on(READY, PAUSE, PAUSED),
              on(READY, CANCEL, CANCELLED),
              on(READY, FIND, DONE),
              on(RUNNING, CHECK, VALIDATING),
              on(RUNNING, ASK, WAITING),
              on(RUNNING, DELAY, DELAYED),
              on(RUNNING, FALL_BACK, READY),
              on(RUNNING, EXHAUST, DEAD),
              on(RUNNING, LOSE, READY),
              on(RUNNING, PAUSE, PAUSED),
              on(RUNNING, CANCEL, CANCELLED),
              on(RUNNING, FIND, DONE),
              on(VALIDATING, PASS, DONE),
              on(VALIDATING, DELAY, DELAYED),
              on(VALIDATING, FALL_BACK, READY),
              on(VALIDATING, EXHAUST, DEAD),
              on(VALIDATING, LOSE, READY),
              on(VALIDATING, PAUSE, PAUSED),
              on(VALIDATING, CANCEL, CANCELLED),
              on(VALIDATING, FIND, DONE),
              on(WAITING, ANSWER, RUNNING),
              on(WAITING, RELEASE, READY),
              on(WAITING, DELAY, DELAYED),
              on(WAITING, FALL_BACK, READY),
              on(WAITING, EXHAUST, DEAD),
              on(WAITING, PAUSE, PAUSED),
              on(WAITING, CANCEL, CANCELLED),
              on(WAITING, FIND, DONE),
              on(DELAYED, DUE, READY),
              on(DELAYED, RETRY, READY),
              on(DELAYED, PAUSE, PAUSED),
              on(DELAYED, CANCEL, CANCELLED),
              on(DELAYED, FIND, DONE),
              on(PAUSED, RESUME, READY),
              on(PAUSED, CANCEL, CANCELLED),
              on(PAUSED, FIND, DONE),
              on(DONE, REWORK, READY),
              on(DONE, DELAY, DELAYED),
              on(DONE, FALL_BACK, READY),
              on(DONE, EXHAUST, DEAD),
              on(DONE, CANCEL, CANCELLED),
              on(DEAD, RETRY, READY),
              on(DEAD, CANCEL, CANCELLED),
              on(DEAD, FIND, DONE),
              on(CANCELLED, RETRY, READY),
              on(CANCELLED, REOPEN, DONE)));
}
