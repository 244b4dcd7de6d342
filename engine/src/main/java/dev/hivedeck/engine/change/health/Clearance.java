package dev.hivedeck.engine.change.health;

import dev.hivedeck.engine.protocol.view.ChangeViews.Cleared;
import dev.hivedeck.engine.protocol.view.ChangeViews.Obstacle;
import dev.hivedeck.engine.protocol.view.ChangeViews.ObstacleKind;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * That a person lets an obstacle be.
 *
 * @param head of the change that it was said of
 * @param said what the obstacle said then
 */
public record Clearance(String code, String head, String said, Cleared cleared) {
  /** What they say moves on by itself, with main or with time; the change is the same. */
  private static final Set<ObstacleKind> DRIFTING =
      Set.of(ObstacleKind.BEHIND, ObstacleKind.HOT, ObstacleKind.COST, ObstacleKind.FLAKY);

  /** They name what they are about: as long as they say the same, it is the same. */
  private static final Set<ObstacleKind> NAMING =
      Set.of(
          ObstacleKind.UNCHECKED,
          ObstacleKind.CONFLICT,
          ObstacleKind.DEPENDENCIES,
          ObstacleKind.OWNERS,
          ObstacleKind.CONTRACT,
          ObstacleKind.MIGRATION,
          ObstacleKind.QUESTION);

  /** Whether it still counts for what speaks against the change now. */
  boolean holds(Obstacle now, String headNow) {
    if (!now.code().equals(code) || whyNot(now) != null) {
      return false;
    }
    boolean same = now.text().equals(said);
    return head.equals(headNow)
        ? same || DRIFTING.contains(now.kind())
        : same && NAMING.contains(now.kind());
  }

  /** What helps instead of clearing it; null where it may be cleared. */
  static @Nullable String whyNot(Obstacle obstacle) {
    if (obstacle.clearable()) {
      return null;
    }
    return switch (obstacle.kind()) {
      case GATE -> "Send it back with what the gate found; what a gate judges by is for hive.yaml.";
      case CONFLICT -> "Merge it: its agent brings it in on top of main.";
      case RETURNED -> "Wait for its agent, or cancel its task.";
      case APPROVAL -> "Read these files, then approve it.";
      default -> obstacle.remedy();
    };
  }
}
