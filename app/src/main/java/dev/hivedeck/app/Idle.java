package dev.hivedeck.app;

import dev.hivedeck.engine.protocol.Door;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.Views;
import java.util.stream.Collectors;

/** Whether anything can proceed without a person. */
final class Idle {
  private static final long PAUSE = 200;

  private Idle() {}

  /** Waits until nothing can. */
  static void await(Door door) throws InterruptedException {
    // Twice in a row: between two commits a task may be with nobody for a moment.
    for (int still = 0; still < 2; still = is(door) ? still + 1 : 0) {
      Thread.sleep(PAUSE);
    }
  }

  static boolean is(Door door) {
    var awake =
        Doors.all(door, Topic.AGENT, Views.Agent.class).stream()
            .filter(a -> a.state() != Views.AgentState.PAUSED)
            .collect(Collectors.toMap(Views.Agent::id, Views.Agent::capabilities));
    for (var task : Doors.all(door, Topic.TASK, Views.Task.class)) {
      switch (task.state()) {
        case RUNNING, VALIDATING, DELAYED -> {
          return false;
        }
        case READY -> {
          boolean somebody =
              task.agent() != null
                  ? awake.containsKey(task.agent())
                  : awake.values().stream().anyMatch(c -> c.containsAll(task.capabilities()));
          if (somebody) {
            return false;
          }
        }
        default -> {
          // Waits for a person, for another task, or is at its end.
        }
      }
    }
    for (var change : Doors.all(door, Topic.CHANGE, Views.Change.class)) {
      if (change.state() == Views.ChangeState.QUEUED
          || change.state() == Views.ChangeState.MERGING
          || change.state() == Views.ChangeState.OPEN && change.dueAt() != null) {
        return false;
      }
    }
    return Doors.all(door, Topic.DECISION, Views.Decision.class).stream()
        .noneMatch(
            d ->
                d.state() == Views.DecisionState.OPEN && d.fallback() != null && d.dueAt() != null);
  }
}
