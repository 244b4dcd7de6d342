package dev.hivedeck.engine.protocol.rollout;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.protocol.view.Word;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rollouts as clients see them. Weights and shares are percent, times seconds. */
public final class RolloutViews {
  private RolloutViews() {}

  /**
   * A step of a rollout.
   *
   * @param weight of the canary, in percent
   * @param hold seconds that it lasts at least
   * @param passedAt when the next began; null before
   */
  public record RolloutStep(double weight, double hold, @Nullable Instant passedAt) {}

  /**
   * A rollout.
   *
   * @param id such as {@code R-3}
   * @param name of it in {@code hive.yaml}
   * @param service whose traffic is split; a flag as {@code flag:new-checkout}
   * @param stable the version that it is beside, and goes back to
   * @param canary the version that is exposed
   * @param step the one that it is in, from 0
   * @param weight that the canary has now, in percent
   * @param held why it is held; null unless it is
   * @param why it is in this state, in words
   * @param startedAt when
   * @param endedAt when it was over; null before
   * @param change the change that is exposed, as {@code C-4}; null where it is another version
   * @param commit of the change that is exposed; null where it is another version
   * @param strategy how the canary gets its traffic; where that is blue-green, its first step is
   *     its preview, without traffic, and its second the switch
   */
  public record Rollout(
      String id,
      String name,
      String service,
      String stable,
      String canary,
      RolloutState state,
      int step,
      List<RolloutStep> steps,
      double weight,
      @Nullable HoldReason held,
      String why,
      Instant startedAt,
      @Nullable Instant endedAt,
      @Nullable String change,
      @Nullable String commit,
      RolloutStrategy strategy)
      implements View {
    public Rollout {
      steps = List.copyOf(steps);
      strategy = strategy == null ? RolloutStrategy.CANARY : strategy; // of an earlier version
    }

    /** Whether it is blue-green, and has not been switched to yet. */
    public boolean isPreview() {
      return strategy == RolloutStrategy.BLUE_GREEN && step == 0;
    }

    /** Whether its change is not to be merged yet: its canary goes on. */
    public boolean keepsFromMain() {
      return change != null
          && !state.isOver()
          && state != RolloutState.PROMOTING
          && held != HoldReason.MERGE;
    }
  }

  /** What counts say of a metric. */
  public enum Finding implements Word {
    /** Neither good nor bad is shown. */
    NOT_ENOUGH,
    /** It is surely below its limit. */
    PASSES,
    /** It is worse than it may be. */
    WORSE;

    @JsonCreator
    public static Finding of(String word) {
      return Word.parse(Finding.class, word);
    }
  }

  /**
   * How often something happened.
   *
   * @param some requests at which it did
   * @param all requests
   * @param lower percent that it is at least, with 95 %
   * @param upper percent that it is at most, with 95 %
   */
  public record Share(long some, long all, double lower, double upper) {}

  /**
   * What was counted of a metric in the step.
   *
   * @param above milliseconds beyond which an answer is slow; null for errors
   * @param limit percent that it may be
   * @param worse how many to one it is worse than stable; 1 where nothing speaks either way
   * @param over how many to one it is above its limit
   */
  public record MetricFigures(
      RolloutMetric metric,
      @Nullable Double above,
      double limit,
      Share canary,
      Share stable,
      double worse,
      double over,
      Finding finding) {}

  /** What is measured of attempts, beside what is counted. */
  public enum Measure implements Word {
    /** Dollars. */
    COST,
    /** Seconds. */
    DURATION;

    @JsonCreator
    public static Measure of(String word) {
      return Word.parse(Measure.class, word);
    }
  }

  /** Which way a measure of the canary lies. */
  public enum Lean implements Word {
    /** Neither way is shown. */
    NOT_ENOUGH,
    /** It is higher, and by so much that it matters. */
    HIGHER,
    /** It is lower, and by so much that it matters. */
    LOWER,
    /** No difference that matters is shown. */
    ALIKE;

    @JsonCreator
    public static Lean of(String word) {
      return Word.parse(Lean.class, word);
    }
  }

  /**
   * Advice: what a canary costs or how long it takes beside stable, by the test of Mann and Whitney
   * with the shift of Hodges and Lehmann. It takes nothing back.
   *
   * @param canary the median of its attempts
   * @param canaryCount how many there are
   * @param stable the median of its attempts
   * @param stableCount how many there are
   * @param shift by how much the canary is above stable; null without enough attempts
   * @param lower what that is at least, with 98 %; null likewise
   * @param upper what that is at most, with 98 %; null likewise
   */
  public record Advice(
      Measure measure,
      double canary,
      long canaryCount,
      double stable,
      long stableCount,
      @Nullable Double shift,
      @Nullable Double lower,
      @Nullable Double upper,
      Lean lean) {}

  /**
   * What was counted until now.
   *
   * @param at when it was counted
   * @param elapsed seconds of the step's hold that are over
   * @param hold seconds that the step lasts at least
   * @param observed percent of requests that the canary had in this step; null without any
   * @param perMinute requests of all versions a minute in this step; null within its first seconds
   * @param odds how many to one all metrics together say that it is worse
   * @param rollBackAt the odds at which it is taken back
   * @param says what it comes to, in a sentence
   * @param silentSince since when nothing was counted; null while something is
   * @param asksAt when a person is asked if it is still unclear; null where that is not to be
   * @param advice what its attempts cost and how long they take; of agents alone
   */
  public record RolloutFigures(
      String id,
      Instant at,
      double elapsed,
      double hold,
      @Nullable Double observed,
      @Nullable Double perMinute,
      double odds,
      double rollBackAt,
      String says,
      @Nullable Instant silentSince,
      @Nullable Instant asksAt,
      List<MetricFigures> metrics,
      List<Advice> advice) {
    public RolloutFigures {
      metrics = List.copyOf(metrics);
      advice = advice == null ? List.of() : List.copyOf(advice); // of an earlier version
    }

    /** The same, with advice. */
    public RolloutFigures advised(List<Advice> more) {
      return new RolloutFigures(
          id,
          at,
          elapsed,
          hold,
          observed,
          perMinute,
          odds,
          rollBackAt,
          says,
          silentSince,
          asksAt,
          metrics,
          more);
    }
  }

  /**
   * What was counted at a moment, in its step until then.
   *
   * @param step from 0
   * @param weight that the canary had, in percent
   */
  public record RolloutSample(
      Instant at, int step, double weight, double odds, List<MetricFigures> metrics) {
    public RolloutSample {
      metrics = List.copyOf(metrics);
    }
  }

  /**
   * What can be started.
   *
   * @param name in {@code hive.yaml}
   * @param stable the version that has what the canary has not; null where the gateway has none
   * @param canaries versions that could be exposed
   * @param running the rollout of that service that goes on; null for none
   * @param problem why none can be started now; null where one can
   * @param strategy how a canary gets its traffic
   */
  public record RolloutOffer(
      String name,
      String service,
      @Nullable String stable,
      List<String> canaries,
      List<RolloutStep> steps,
      @Nullable String running,
      @Nullable String problem,
      RolloutStrategy strategy) {
    public RolloutOffer {
      canaries = List.copyOf(canaries);
      steps = List.copyOf(steps);
    }
  }

  /**
   * What a step would find.
   *
   * @param weight of the canary, in percent
   * @param perMinute requests of the canary a minute
   * @param hold seconds that it is to last
   * @param finds percent of requests that fail, and are to be found
   * @param power percent of cases in which they are found within the hold
   * @param needed seconds after which they are found in {@code wanted} of cases; null for more than
   *     a day
   * @param wanted percent of cases
   * @param passes seconds after which a canary as good as stable can pass at the soonest; null
   *     where it never can
   * @param curve percent of cases in which they are found after each tenth of twice the longest
   *     hold
   */
  public record StepForecast(
      double weight,
      double perMinute,
      double hold,
      double finds,
      double power,
      @Nullable Double needed,
      double wanted,
      @Nullable Double passes,
      List<Double> curve) {
    public StepForecast {
      curve = List.copyOf(curve);
    }
  }
}
