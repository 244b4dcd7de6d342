package dev.hivedeck.engine.service;

import static dev.hivedeck.engine.protocol.service.ServiceState.*;
import static dev.hivedeck.engine.service.ServiceStateMachine.Occasion.*;

import dev.hivedeck.engine.area.StateMachine;
import dev.hivedeck.engine.area.StateMachine.Transition;
import dev.hivedeck.engine.protocol.service.ServiceState;
import java.util.List;
import java.util.Set;

/** The life of an instance of a service, as the one table of its transitions. */
public final class ServiceStateMachine {
  private ServiceStateMachine() {}

  /** What may happen to an instance. */
  public enum Occasion {
    /** It is to run, and all that it needs is healthy. */
    START,
    /** Enough checks in a row were good. */
    ANSWER,
    /** Enough checks in a row were bad, or none was good in time. */
    FALL,
    /** It ended by itself, or could not be begun. */
    EXIT,
    /** It was unhealthy for too long, and is ended. */
    HANG,
    /** It ended by itself so often that it is not begun again. */
    GIVE_UP,
    /** The pause is over. */
    RETRY,
    /** It is not to run, or is to be begun anew. */
    STOP,
    /** All its processes are gone. */
    END
  }

  private static Transition<ServiceState, Occasion> on(
      ServiceState from, Occasion occasion, ServiceState to) {
    return new Transition<>(from, occasion, to);
  }

  public static final StateMachine<ServiceState, Occasion> TABLE =
      new StateMachine<>(
          "service",
          STOPPED,
          Set.of(STOPPED),
          List.of(
              on(STOPPED, START, STARTING),
              on(STOPPED, EXIT, BACKING_OFF),
              on(STOPPED, GIVE_UP, FAILED),
              on(STARTING, ANSWER, HEALTHY),
              on(STARTING, FALL, UNHEALTHY),
              on(STARTING, EXIT, BACKING_OFF),
              on(STARTING, GIVE_UP, FAILED),
              on(STARTING, STOP, STOPPING),
              on(HEALTHY, FALL, UNHEALTHY),
              on(HEALTHY, EXIT, BACKING_OFF),
              on(HEALTHY, GIVE_UP, FAILED),
              on(HEALTHY, STOP, STOPPING),
              on(UNHEALTHY, ANSWER, HEALTHY),
              on(UNHEALTHY, EXIT, BACKING_OFF),
              on(UNHEALTHY, HANG, BACKING_OFF),
              on(UNHEALTHY, GIVE_UP, FAILED),
              on(UNHEALTHY, STOP, STOPPING),
              on(BACKING_OFF, RETRY, STOPPED),
              on(BACKING_OFF, STOP, STOPPING),
              on(FAILED, RETRY, STOPPED),
              on(FAILED, STOP, STOPPING),
              on(STOPPING, END, STOPPED)));
}
