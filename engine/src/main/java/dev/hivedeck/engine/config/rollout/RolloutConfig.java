package dev.hivedeck.engine.config.rollout;

import dev.hivedeck.engine.config.yaml.SharePercent;
import dev.hivedeck.engine.protocol.rollout.RolloutMetric;
import dev.hivedeck.engine.protocol.rollout.RolloutStrategy;
import dev.hivedeck.engine.protocol.rollout.RolloutSubject;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How new versions of a service are exposed.
 *
 * @param service whose traffic is split, as {@link RolloutSubject#key} has it
 * @param steps in their order; each has a larger weight than the one before; where it is
 *     blue-green, the preview without traffic, and the switch
 * @param limits at least one, and all slow answers by the same time
 * @param ratio how many times worse than stable it has to be for that to matter
 * @param automatic whether a step that is passed leads to the next by itself; where it is
 *     blue-green, whether it is switched to by itself
 * @param patience how long a step goes on without enough data until a person is asked
 * @param objectives whose alert takes a canary back that has begun before it fires
 * @param canary the agent that is to take the place of another; null unless it is about agents
 * @param rework whether a change that is rolled back goes back to its agent with the evidence
 * @param strategy how a canary gets its traffic
 * @param traffic the proxy that has it; null where the gateway does
 */
public record RolloutConfig(
    String name,
    String service,
    List<Step> steps,
    List<Limit> limits,
    double ratio,
    boolean automatic,
    Duration patience,
    List<String> objectives,
    boolean rework,
    @Nullable String canary,
    RolloutStrategy strategy,
    @Nullable ProxyConfig traffic) {
  /** One whose traffic the gateway has. */
  public RolloutConfig(
      String name,
      String service,
      List<Step> steps,
      List<Limit> limits,
      double ratio,
      boolean automatic,
      Duration patience,
      List<String> objectives,
      boolean rework,
      @Nullable String canary,
      RolloutStrategy strategy) {
    this(
        name,
        service,
        steps,
        limits,
        ratio,
        automatic,
        patience,
        objectives,
        rework,
        canary,
        strategy,
        null);
  }

  /** A canary of a service. */
  public RolloutConfig(
      String name,
      String service,
      List<Step> steps,
      List<Limit> limits,
      double ratio,
      boolean automatic,
      Duration patience,
      List<String> objectives,
      boolean rework) {
    this(
        name,
        service,
        steps,
        limits,
        ratio,
        automatic,
        patience,
        objectives,
        rework,
        null,
        RolloutStrategy.CANARY);
  }

  public RolloutConfig {
    objectives = objectives == null ? List.of() : List.copyOf(objectives); // of an earlier version
    steps = List.copyOf(steps);
    limits = List.copyOf(limits);
    strategy = strategy == null ? RolloutStrategy.CANARY : strategy; // of an earlier version
  }

  /** The steps of blue-green: the preview, without traffic, and the switch. */
  public static List<Step> blueGreen(Duration preview, Duration scaleDownDelay) {
    return List.of(new Step(0, preview, null), new Step(SharePercent.WHOLE, scaleDownDelay, null));
  }

  /** Whether a step is the preview of blue-green: it has no traffic, and nothing to be judged. */
  public boolean isPreview(int step) {
    return strategy == RolloutStrategy.BLUE_GREEN && step == 0;
  }

  /** Whether a step that is passed leads on by itself. */
  public boolean isAutomatic(int step) {
    return automatic || (strategy == RolloutStrategy.BLUE_GREEN && step > 0);
  }

  /**
   * A step.
   *
   * @param weight of the canary, in thousandths of a percent
   * @param hold that it lasts at least
   * @param errors the share of errors that it may have in this step alone; null for that of all
   */
  public record Step(int weight, Duration hold, @Nullable Double errors) {}

  /**
   * What takes a canary back.
   *
   * @param above how long an answer takes that is slow; null for errors
   * @param share of requests that it may be, between 0 and 1
   * @param held how long evidence has to stand; zero for none
   */
  public record Limit(
      RolloutMetric metric, @Nullable Duration above, double share, Duration held) {}

  /** The limit of a metric in a step. */
  public double share(Limit limit, int step) {
    Double own = steps.get(step).errors();
    return limit.metric() == RolloutMetric.ERRORS && own != null ? own : limit.share();
  }
}
