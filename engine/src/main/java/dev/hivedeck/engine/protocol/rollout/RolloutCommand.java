package dev.hivedeck.engine.protocol.rollout;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Command;
import org.jspecify.annotations.Nullable;

/** What is done with rollouts. Answer of all: {@link RolloutViews.Rollout}. */
public sealed interface RolloutCommand extends Command {

  /**
   * Begins to expose another version of a service: one that the gateway knows, or a change.
   *
   * @param rollout its name in {@code hive.yaml}
   * @param canary the version to expose, one that the gateway knows; null for a change
   * @param change the change to expose, as {@code C-4}: Hivedeck runs it as a version of its own;
   *     null for a version
   */
  @JsonTypeName("rollout.start")
  record StartRollout(String rollout, @Nullable String canary, @Nullable String change)
      implements RolloutCommand {}

  /**
   * Passes the step that it is in, whatever its hold and its evidence.
   *
   * @param step the one that is meant, from 0, so that no other is passed; null for whichever
   */
  @JsonTypeName("rollout.promote")
  record PromoteRollout(String id, @Nullable Integer step) implements RolloutCommand {}

  /** Stops its clock at the weight it has. */
  @JsonTypeName("rollout.hold")
  record HoldRollout(String id) implements RolloutCommand {}

  /** Lets its clock go on. */
  @JsonTypeName("rollout.resume")
  record ResumeRollout(String id) implements RolloutCommand {}

  /**
   * Gives the canary another weight until the next step.
   *
   * @param weight in percent, as {@code 12.5}
   */
  @JsonTypeName("rollout.weigh")
  record WeighRollout(String id, double weight) implements RolloutCommand {}

  /**
   * Takes the canary back: its weight is 0 at once.
   *
   * @param because what for; null for nothing said
   */
  @JsonTypeName("rollout.abort")
  record AbortRollout(String id, @Nullable String because) implements RolloutCommand {}
}
