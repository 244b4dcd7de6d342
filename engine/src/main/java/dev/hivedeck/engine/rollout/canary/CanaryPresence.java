package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.rollout.ChangeVersions;
import dev.hivedeck.engine.rollout.ChangeVersions.Condition;
import dev.hivedeck.engine.rollout.traffic.Traffic;
import java.util.Optional;

/** Whether a canary is there: the gateway knows it, and that of a change is well. */
record CanaryPresence(Traffic traffic, ChangeVersions changes) {

  private boolean isKnown(Rollout view) {
    return traffic.present(view.service()).contains(view.canary());
  }

  /** Whether it may have traffic, or more of it. */
  boolean isThere(Rollout view) {
    return isKnown(view)
        && (view.change() == null
            ? !view.isPreview() || traffic.isHealthy(view.service(), view.canary())
            : changes.health(view).condition() == Condition.HEALTHY);
  }

  /** Whether nothing can be said of it: it is being made, or a person stopped it. */
  boolean isAway(Rollout view) {
    return view.change() != null && changes.health(view).condition() == Condition.AWAY;
  }

  /** Why it is no use to go on with it, in words; empty where it is. */
  Optional<String> broken(Rollout view) {
    if (view.change() == null) {
      return isKnown(view)
          ? Optional.empty()
          : Optional.of(traffic.gone(view.service(), view.canary()));
    }
    var health = changes.health(view);
    return health.condition() == Condition.BROKEN ? Optional.of(health.why()) : Optional.empty();
  }
}
