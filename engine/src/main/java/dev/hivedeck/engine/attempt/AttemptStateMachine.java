package dev.hivedeck.engine.attempt;

import static dev.hivedeck.engine.attempt.AttemptStateMachine.Step.*;
import static dev.hivedeck.engine.protocol.view.AttemptViews.AttemptState.*;

import dev.hivedeck.engine.area.StateMachine;
import dev.hivedeck.engine.area.StateMachine.Transition;
import dev.hivedeck.engine.protocol.view.AttemptViews.AttemptState;
import java.util.List;
import java.util.Set;

/** The life of an attempt. */
public final class AttemptStateMachine {
  private AttemptStateMachine() {}

  /** What may happen to an attempt. */
  public enum Step {
    /** Its worktree is there, the agent starts. */
    START,
    /** The agent is finished and left a commit; the gates begin. */
    CHECK,
    PASS,
    FAIL,
    /** The engine crashed under it. */
    LOSE,
    CANCEL
  }

  public static final StateMachine<AttemptState, Step> TABLE =
      new StateMachine<>(
          "attempt",
          PREPARING,
          Set.of(SUCCEEDED, FAILED, LOST, CANCELLED),
          List.of(
              new Transition<>(PREPARING, START, WORKING),
              new Transition<>(PREPARING, FAIL, FAILED),
              new Transition<>(PREPARING, LOSE, LOST),
              new Transition<>(PREPARING, CANCEL, CANCELLED),
              new Transition<>(WORKING, CHECK, CHECKING),
              new Transition<>(WORKING, FAIL, FAILED),
              new Transition<>(WORKING, LOSE, LOST),
              new Transition<>(WORKING, CANCEL, CANCELLED),
              new Transition<>(CHECKING, PASS, SUCCEEDED),
              new Transition<>(CHECKING, FAIL, FAILED),
              new Transition<>(CHECKING, LOSE, LOST),
              new Transition<>(CHECKING, CANCEL, CANCELLED)));
}
