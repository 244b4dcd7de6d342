package dev.hivedeck.engine.decision;

import dev.hivedeck.engine.area.StateMachine;
import dev.hivedeck.engine.area.StateMachine.Transition;
import dev.hivedeck.engine.protocol.view.DecisionViews.DecisionState;
import java.util.List;
import java.util.Set;

/** The life of a decision. */
public final class DecisionStateMachine {
  private DecisionStateMachine() {}

  /** What may happen to a decision. */
  public enum Step {
    /** A person chose an option. */
    DECIDE,
    /** Nobody did by the deadline; its default applies. */
    EXPIRE,
    /** The question is moot: its task was cancelled or its attempt failed. */
    WITHDRAW
  }

  public static final StateMachine<DecisionState, Step> TABLE =
      new StateMachine<>(
          "decision",
          DecisionState.OPEN,
          Set.of(DecisionState.DECIDED, DecisionState.EXPIRED, DecisionState.WITHDRAWN),
          List.of(
              new Transition<>(DecisionState.OPEN, Step.DECIDE, DecisionState.DECIDED),
              new Transition<>(DecisionState.OPEN, Step.EXPIRE, DecisionState.EXPIRED),
              new Transition<>(DecisionState.OPEN, Step.WITHDRAW, DecisionState.WITHDRAWN)));
}
