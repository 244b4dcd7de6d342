package dev.hivedeck.engine.change.health;

import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.view.ChangeViews.Obstacle;
import dev.hivedeck.engine.protocol.view.ChangeViews.ObstacleKind;
import java.util.Locale;

/** What the canary of a change says of it. */
final class CanaryVerdict {
  private static final int POINTS = 15;

  private CanaryVerdict() {}

  /** One that goes on or was promoted is a note; one that was rolled back blocks until cleared. */
  static void add(ChangeFacts facts, Obstacles found) {
    var canary = facts.canary();
    if (canary == null || canary.state() == RolloutState.ABORTED) {
      return;
    }
    switch (canary.state()) {
      case ROLLED_BACK -> {
        if (!facts.over()) {
          found.add(
              new Obstacle(
                  ObstacleKind.CANARY,
                  true,
                  POINTS,
                  "its canary " + canary.id() + " was rolled back: " + canary.why(),
                  "send it back with what was found, or clear it and say why",
                  canary.id()));
        }
      }
      case PROMOTED -> note(canary, "was promoted", "nothing is to be done", found);
      default -> {
        if (!facts.over()) {
          note(canary, stands(canary), "hivedeck rollout show " + canary.id(), found);
        }
      }
    }
  }

  private static String stands(Rollout canary) {
    String state = canary.state().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return canary.state() == RolloutState.STARTING
        ? "is starting"
        : "is " + state + ", with " + Math.round(canary.weight() * 10) / 10.0 + "% of the traffic";
  }

  private static void note(Rollout canary, String what, String remedy, Obstacles found) {
    found.add(
        new Obstacle(
            ObstacleKind.CANARY,
            false,
            0,
            "its canary " + canary.id() + " " + what,
            remedy,
            canary.id()));
  }
}
