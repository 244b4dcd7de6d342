package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.protocol.rollout.RolloutStrategy;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.rollout.ChangeVersions;
import dev.hivedeck.engine.rollout.ChangeVersions.Condition;
import dev.hivedeck.engine.rollout.traffic.Traffic;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Whether a canary is there: the gateway knows it, and what is to be well is. */
final class CanaryPresence {
  private final Traffic traffic;
  private final Function<String, Optional<String>> routes;
  private final ChangeVersions changes;
  private final BurningObjectives objectives;

  /** What was missing of each at the last look; empty where nothing was. */
  private final Map<String, String> seen = new ConcurrentHashMap<>();

  /**
   * @param routes digest of what the gateway is told of a service; empty where it leads to no such
   */
  CanaryPresence(
      Traffic traffic,
      Function<String, Optional<String>> routes,
      ChangeVersions changes,
      BurningObjectives objectives) {
    this.traffic = traffic;
    this.routes = routes;
    this.changes = changes;
    this.objectives = objectives;
  }

  /** Whether somebody leads to its service: else nothing is exposed, and nothing is known. */
  private boolean isLed(Rollout view) {
    return traffic.services().contains(view.service());
  }

  /** Whether it can be seen now: whoever is down while nobody looks is not. */
  boolean isSeen(LiveCanary canary) {
    boolean isLed = isLed(canary.view());
    if (!isLed) {
      canary.unseen();
    }
    return isLed;
  }

  /** Says that nobody will lead to its service again; empty where somebody may. */
  Optional<String> unled(Rollout view) {
    return !isLed(view) && routes.apply(view.service()).isEmpty() && traffic.isOn(view.service())
        ? Optional.of(traffic.gone(view.service()))
        : Optional.empty();
  }

  private boolean isKnown(Rollout view) {
    return traffic.present(view.service()).contains(view.canary());
  }

  /**
   * Whether it can begin: what is only previewed has no traffic yet, and may become well in there.
   * Of any other an instance has to be known to be well.
   */
  boolean isBegun(Rollout view) {
    return view.change() == null
        ? isKnown(view) && (isBlueGreen(view) || health(view).well() > 0)
        : isThere(view);
  }

  /** What one that cannot begin waits for, in words. */
  String waitsFor(Rollout view) {
    return view.change() == null ? health(view).why() : changes.health(view).why();
  }

  private Traffic.Health health(Rollout view) {
    return traffic.health(view.service(), view.canary());
  }

  private static boolean isBlueGreen(Rollout view) {
    return view.strategy() == RolloutStrategy.BLUE_GREEN;
  }

  /** Whether it may have traffic, or more of it. */
  boolean isThere(Rollout view) {
    return missing(view).isEmpty();
  }

  /**
   * Why it may have no traffic, or no more of it, in words; empty where it may. What gets all
   * traffic at once has to be well altogether, of any other an instance.
   */
  Optional<String> missing(Rollout view) {
    String why = why(view);
    seen.put(view.id(), why);
    return Optional.of(why).filter(text -> !text.isEmpty());
  }

  private String why(Rollout view) {
    if (view.change() != null) {
      var health = changes.health(view);
      if (health.condition() != Condition.HEALTHY) {
        return health.why().isEmpty() ? view.canary() + " is not healthy" : health.why();
      }
    }
    if (!isKnown(view)) {
      return traffic.gone(view.service(), view.canary());
    }
    if (view.change() != null) {
      return "";
    }
    var health = health(view);
    return isBlueGreen(view) || health.well() == 0 ? health.why() : "";
  }

  /** What was missing of it at the last look, for whoever must not wait for another. */
  Optional<String> missed(Rollout view) {
    return Optional.of(seen.getOrDefault(view.id(), "nothing is known of it yet"))
        .filter(text -> !text.isEmpty());
  }

  /** It is over. */
  void forget(Rollout view) {
    seen.remove(view.id());
  }

  /** Whether nothing can be said of it: it is being made, or a person stopped it. */
  boolean isAway(Rollout view) {
    return view.change() != null
        && !view.isPreview()
        && changes.health(view).condition() == Condition.AWAY;
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

  /** Why it is no use to wait for one that has not begun, in words; empty where it is. */
  Optional<String> unable(LiveCanary canary, Instant now) {
    return broken(canary.view()).or(() -> down(canary, now));
  }

  /** Why it is no use to go on with one that is exposed, in words; empty where it is. */
  Optional<String> broken(LiveCanary canary, Instant now) {
    return broken(canary.view()).or(() -> burns(canary)).or(() -> down(canary, now));
  }

  private Optional<String> burns(LiveCanary canary) {
    var burning = objectives.of(canary.now().plan());
    if (canary.view().isPreview()) {
      canary.despite(burning);
      return Optional.empty();
    }
    return canary.burns(burning);
  }

  private Optional<String> down(LiveCanary canary, Instant now) {
    var view = canary.view();
    if (view.change() != null || view.isPreview()) {
      return Optional.empty();
    }
    var health = health(view);
    return canary.isDown(health.well() > 0, now) ? Optional.of(health.why()) : Optional.empty();
  }
}
