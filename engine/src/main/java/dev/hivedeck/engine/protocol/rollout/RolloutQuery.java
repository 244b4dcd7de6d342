package dev.hivedeck.engine.protocol.rollout;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Query;
import org.jspecify.annotations.Nullable;

/** Questions about rollouts. */
public sealed interface RolloutQuery extends Query {

  /** All rollouts, the newest first. Answer: a list of {@link RolloutViews.Rollout}. */
  @JsonTypeName("rollouts")
  record Rollouts() implements RolloutQuery {}

  /** One of them. Answer: {@link RolloutViews.Rollout}. */
  @JsonTypeName("rollout")
  record OneRollout(String id) implements RolloutQuery {}

  /** What was counted until now, and what it says. Answer: {@link RolloutViews.RolloutFigures}. */
  @JsonTypeName("rollout.figures")
  record Figures(String id) implements RolloutQuery {}

  /**
   * What was counted over time, the oldest first. Answer: a list of {@link
   * RolloutViews.RolloutSample}.
   */
  @JsonTypeName("rollout.samples")
  record Samples(String id) implements RolloutQuery {}

  /**
   * What can be started: those of {@code hive.yaml}, with the versions that the gateway knows.
   * Answer: a list of {@link RolloutViews.RolloutOffer}.
   */
  @JsonTypeName("rollout.offers")
  record Offers() implements RolloutQuery {}

  /**
   * How long each step would have to be held. Answer: a list of {@link RolloutViews.StepForecast}.
   *
   * @param id the name of the rollout in {@code hive.yaml}
   * @param rate requests a minute of all versions; null for what the gateway counts now
   * @param errors percent of requests of stable that fail; null for 1
   * @param finds percent of requests of the canary that fail, and are to be found; null for three
   *     times that
   */
  @JsonTypeName("rollout.plan")
  record Plan(String id, @Nullable Double rate, @Nullable Double errors, @Nullable Double finds)
      implements RolloutQuery {}
}
