package dev.hivedeck.engine.change.health;

import dev.hivedeck.engine.config.health.HealthConfig;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.Obstacle;
import dev.hivedeck.engine.protocol.view.ChangeViews.ObstacleKind;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What keeps a change from being approved. */
public final class ReviewBlockers {
  private ReviewBlockers() {}

  /** Whether a workspace wants a person to look at it, whatever its kind of work. */
  public static boolean hold(ChangeViews.Change change) {
    return configured(change).isPresent();
  }

  /**
   * @param comment that it is approved with
   * @throws HiveException {@code no-comment} where so large a change is approved without a word, or
   *     {@code still-blocked}
   */
  public static void check(ChangeViews.Change change, @Nullable String comment) {
    var large = blockers(change).stream().filter(o -> o.kind() == ObstacleKind.SIZE).findFirst();
    if (large.isPresent() && (comment == null || comment.isBlank())) {
      throw new HiveException(
          ErrorCode.NO_COMMENT,
          "#%d has %s.".formatted(change.number(), large.get().text()),
          "Split it, or approve it with a comment that says why it stays one.");
    }
    var blocked = configured(change);
    if (blocked.isPresent()) {
      throw new HiveException(
          ErrorCode.STILL_BLOCKED,
          "#%d is blocked: %s.".formatted(change.number(), blocked.get().text()),
          "Send it back, or let it be: hivedeck change clear %s %s --because \"…\""
              .formatted(change.id(), blocked.get().code()));
    }
  }

  private static Optional<Obstacle> configured(ChangeViews.Change change) {
    return blockers(change).stream()
        .filter(o -> HealthConfig.MAY_BLOCK.contains(o.kind()))
        .findFirst();
  }

  private static List<Obstacle> blockers(ChangeViews.Change change) {
    return change.verdict() == null ? List.of() : change.verdict().blockers();
  }
}
