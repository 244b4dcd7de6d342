package dev.hivedeck.engine.rollout.control;

import dev.hivedeck.engine.config.rollout.RolloutConfig;
import dev.hivedeck.engine.config.rollout.RolloutConfig.Limit;
import dev.hivedeck.engine.protocol.rollout.RolloutMetric;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.StepForecast;
import dev.hivedeck.engine.rollout.analysis.Judgement;
import dev.hivedeck.engine.rollout.analysis.MetricAssessment;
import dev.hivedeck.engine.rollout.analysis.PowerPlanner;
import dev.hivedeck.engine.rollout.analysis.StepCounts;
import dev.hivedeck.engine.rollout.bucketing.Bucket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Says of each step of a rollout what it would find, by trying it out. */
final class StepForecasts {
  private static final double PERCENT = 100;
  private static final int TRIALS = 200;
  private static final int POINTS = 20;
  private static final double WANTED = 0.85;
  private static final Duration DAY = Duration.ofDays(1);

  private StepForecasts() {}

  /**
   * Looks ahead.
   *
   * @param perMinute requests of all versions
   * @param errors the share that fails at stable
   * @param finds the share that fails at the canary, and is to be found
   */
  static List<StepForecast> of(RolloutConfig plan, double perMinute, double errors, double finds) {
    var forecasts = new ArrayList<StepForecast>();
    var longest =
        plan.steps().stream().map(RolloutConfig.Step::hold).max(Duration::compareTo).orElseThrow();
    for (int i = 0; i < plan.steps().size(); i++) {
      forecasts.add(step(plan, i, perMinute, errors, finds, longest));
    }
    return forecasts;
  }

  private static StepForecast step(
      RolloutConfig plan,
      int index,
      double perMinute,
      double errors,
      double finds,
      Duration longest) {
    var step = plan.steps().get(index);
    if (step.weight() == 0) { // without traffic nothing is found
      double hold = step.hold().toMillis() / 1e3;
      return new StepForecast(
          0,
          0,
          hold,
          PERCENT * finds,
          0,
          null,
          PERCENT * WANTED,
          null,
          Collections.nCopies(POINTS + 1, 0.0));
    }
    double share = step.weight() / (double) Bucket.COUNT;
    double limit =
        plan.limits().stream()
            .filter(l -> l.metric() == RolloutMetric.ERRORS)
            .mapToDouble((Limit l) -> plan.share(l, index))
            .findFirst()
            .orElse(1);
    var traffic =
        new PowerPlanner.Traffic(perMinute * share, perMinute * (1 - share), errors, limit);
    // The same question has the same answer.
    var planner =
        new PowerPlanner(
            new Judgement.Rule(Judgement.Rule.STANDARD.alpha(), plan.ratio()),
            new Random(index),
            TRIALS,
            plan.limits().size());
    var found = planner.found(traffic, finds / errors, WANTED);
    var curve = new ArrayList<Double>();
    for (int point = 0; point <= POINTS; point++) {
      curve.add(PERCENT * found.within(longest.multipliedBy(2L * point).dividedBy(POINTS)));
    }
    var needed = found.needed();
    return new StepForecast(
        PERCENT * share,
        traffic.canaryPerMinute(),
        step.hold().toMillis() / 1e3,
        PERCENT * finds,
        PERCENT * found.within(step.hold()),
        needed.compareTo(DAY) >= 0 ? null : needed.toSeconds() * 1.0,
        PERCENT * WANTED,
        passes(traffic),
        curve);
  }

  /** Seconds until a canary that errs as stable does is surely below the limit. */
  private static @Nullable Double passes(PowerPlanner.Traffic traffic) {
    double most = traffic.canaryPerMinute() * DAY.toMinutes();
    for (double requests = 1; requests <= most; requests = Math.ceil(requests * 1.05)) {
      long some = Math.round(requests);
      long failed = (long) Math.floor(requests * traffic.errors());
      var counts = new StepCounts(some, failed, 0, 0, traffic.share(), traffic.limit());
      if (MetricAssessment.of("fail", List.of(counts)).passes()) {
        return requests * 60 / traffic.canaryPerMinute();
      }
    }
    return null;
  }
}
