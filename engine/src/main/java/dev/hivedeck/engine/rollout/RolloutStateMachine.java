package dev.hivedeck.engine.rollout;

import static dev.hivedeck.engine.protocol.rollout.RolloutState.*;
import static dev.hivedeck.engine.rollout.RolloutStateMachine.Occasion.*;

import dev.hivedeck.engine.area.StateMachine;
import dev.hivedeck.engine.area.StateMachine.Transition;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import java.util.List;
import java.util.Set;

/** The life of a rollout, as the one table of its transitions. */
public final class RolloutStateMachine {
  private RolloutStateMachine() {}

  /** What may happen to a rollout. */
  public enum Occasion {
    /** The canary is there, and gets the weight of the first step. */
    BEGIN,
    /** The step is passed, and there is a next one. */
    PASS,
    /** The last step is passed. */
    COMPLETE,
    /** A person stops its clock, or has to say how to go on; also where its merge is refused. */
    HOLD,
    /** Its clock goes on. */
    RESUME,
    /** Evidence, a failure or a person takes the canary back. */
    TAKE_BACK,
    /** The canary is what is stable. */
    PROMOTE,
    /** The canary that was taken back is ended. */
    END,
    /** The canary that a person took back, or whose change moved on, is ended. */
    ABORT
  }

  private static Transition<RolloutState, Occasion> on(
      RolloutState from, Occasion occasion, RolloutState to) {
    return new Transition<>(from, occasion, to);
  }

  public static final StateMachine<RolloutState, Occasion> TABLE =
      new StateMachine<>(
          "rollout",
          STARTING,
          Set.of(PROMOTED, ROLLED_BACK, ABORTED),
          List.of(
              on(STARTING, BEGIN, STEPPING),
              on(STARTING, TAKE_BACK, ROLLING_BACK),
              on(STEPPING, PASS, STEPPING),
              on(STEPPING, COMPLETE, PROMOTING),
              on(STEPPING, HOLD, HELD),
              on(STEPPING, TAKE_BACK, ROLLING_BACK),
              on(HELD, PASS, STEPPING),
              on(HELD, COMPLETE, PROMOTING),
              on(HELD, RESUME, STEPPING),
              on(HELD, HOLD, HELD),
              on(HELD, TAKE_BACK, ROLLING_BACK),
              on(PROMOTING, HOLD, HELD),
              on(PROMOTING, PROMOTE, PROMOTED),
              on(PROMOTING, TAKE_BACK, ROLLING_BACK),
              on(ROLLING_BACK, END, ROLLED_BACK),
              on(ROLLING_BACK, ABORT, ABORTED)));
}
