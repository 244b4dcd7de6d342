package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.config.rollout.RolloutConfig;
import dev.hivedeck.engine.protocol.rollout.RolloutMetric;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.rollout.bucketing.Bucket;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.rollout.traffic.Traffic;
import dev.hivedeck.engine.rollout.traffic.TrafficAwayException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The traffic of a service as one of its rollouts has it: a canary, and stable with the rest. */
record CanaryTraffic(Traffic traffic) {
  private static final Logger LOG = LoggerFactory.getLogger(CanaryTraffic.class);

  /** Where no rule is about slow answers. */
  private static final Duration NEVER = Duration.ofDays(365);

  /** As it is now; null while the gateway does not lead to the service. */
  @Nullable Split split(Rollout view) {
    return traffic.split(view.service()).orElse(null);
  }

  /** Gives the canary a weight, and stable the rest; whoever has it already is left alone. */
  void weigh(Rollout view, int canary) {
    traffic.standIn(view.service(), view.stable());
    var split = split(view);
    if (split == null) {
      traffic
          .away(view.service())
          .ifPresent(
              why -> {
                throw new TrafficAwayException(why);
              });
      return;
    }
    if (traffic.isRuled(view.service())
        && split.weight(view.canary()) == canary
        && split.weight(view.stable()) == Bucket.COUNT - canary) {
      return;
    }
    traffic.weigh(view.service(), weights(split, view, canary));
  }

  /** The same for whoever does not wait until that is done. */
  void tell(Rollout view, int canary) {
    try {
      weigh(view, canary);
    } catch (TrafficAwayException e) {
      LOG.debug("{}", view.id(), e); // it is told again until it does
    }
  }

  /** As it is with the canary at a weight, also while the gateway does not lead to it. */
  @Nullable Split at(LiveCanary canary, int weight) {
    var now = split(canary.view());
    var kept = canary.now().split();
    if (now != null || kept == null) {
      return now;
    }
    var restored = kept.restored();
    var split = restored.to(weights(restored, canary.view(), weight));
    traffic.restore(canary.view().service(), split);
    return split;
  }

  private static Map<String, Integer> weights(Split split, Rollout view, int canary) {
    var weights = new HashMap<String, Integer>();
    weights.put(view.canary(), canary);
    weights.put(view.stable(), Bucket.COUNT - canary);
    weights.remove(split.base());
    return weights;
  }

  /** Requests that a version had, and those that it should have had. */
  Counted counted(String service, String version, RolloutConfig plan) {
    var counts = traffic.counts(service, version, slow(plan));
    return new Counted(
        counts.requests() + counts.missed(),
        counts.errors() + counts.missed(),
        counts.slow(),
        counts.untimed());
  }

  private static Duration slow(RolloutConfig plan) {
    return plan.limits().stream()
        .filter(limit -> limit.metric() == RolloutMetric.SLOW)
        .map(RolloutConfig.Limit::above)
        .findFirst()
        .orElse(NEVER);
  }
}
