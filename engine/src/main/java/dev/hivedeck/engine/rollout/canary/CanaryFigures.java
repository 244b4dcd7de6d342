package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.config.rollout.RolloutConfig.Limit;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Finding;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.MetricFigures;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutSample;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Share;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.rollout.analysis.Assessment;
import dev.hivedeck.engine.rollout.analysis.Judgement;
import dev.hivedeck.engine.rollout.analysis.MetricAssessment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was counted of a canary, as clients see it. */
public final class CanaryFigures {
  private static final double PERCENT = 100;

  /** Odds beyond which no more is told, either way: they are written as numbers. */
  private static final double MOST = 1e9;

  /** Before that nothing is said of a rate. */
  private static final Duration FIRST = Duration.ofSeconds(5);

  /** So long without a request is silence. */
  private static final Duration SILENCE = Duration.ofMinutes(1);

  private CanaryFigures() {}

  /** Those of a rollout as it is written down. */
  public static RolloutFigures of(RolloutLedger.Row row, Instant now) {
    return of(row.view(), Json.read(row.progress(), CanaryProgress.class), now);
  }

  static RolloutFigures of(Rollout view, CanaryProgress progress, Instant now) {
    boolean begun = !progress.stages().isEmpty();
    // Counts begin anew with the last weight: what is shown then is what decided.
    boolean decided =
        view.state() == RolloutState.PROMOTING || view.state() == RolloutState.PROMOTED;
    var assessment = begun ? (decided ? progress.decided() : progress).assess() : null;
    boolean isSilent =
        view.state().isJudged()
            && begun
            && !view.isPreview()
            && progress.silent().compareTo(SILENCE) >= 0;
    return new RolloutFigures(
        view.id(),
        now,
        seconds(progress.elapsed()),
        seconds(progress.hold()),
        begun ? observed(progress.stage()) : null,
        begun ? perMinute(progress.stage()) : null,
        assessment == null ? 1 : odds(assessment),
        progress.rule().odds(),
        says(view, assessment, isSilent),
        isSilent ? now.minus(progress.silent()) : null,
        asksAt(view, progress, assessment, now),
        assessment == null ? List.of() : metrics(progress, assessment),
        List.of());
  }

  private static String says(Rollout view, @Nullable Assessment assessment, boolean isSilent) {
    if (!view.state().isJudged() || assessment == null) {
      return view.why();
    }
    if (view.isPreview()) {
      return view.why().isEmpty() ? "it has no traffic yet" : view.why();
    }
    return isSilent ? "inconclusive: nothing is counted any more" : assessment.judgement().why();
  }

  private static @Nullable Instant asksAt(
      Rollout view, CanaryProgress progress, @Nullable Assessment assessment, Instant now) {
    return view.state() == RolloutState.STEPPING
            && assessment != null
            && (view.isPreview()
                ? !view.why().isEmpty()
                : !(assessment.judgement() instanceof Judgement.Passes))
        ? now.plus(progress.patience())
            .minus(view.isPreview() ? progress.waited() : progress.elapsed())
        : view.held() == HoldReason.UNCLEAR ? now : null;
  }

  private static @Nullable Double observed(CanaryProgress.Stage stage) {
    double all = stage.canary().requests() + stage.stable().requests();
    return all == 0 ? null : PERCENT * stage.canary().requests() / all;
  }

  private static @Nullable Double perMinute(CanaryProgress.Stage stage) {
    return stage.lasted().compareTo(FIRST) < 0
        ? null
        : (stage.canary().requests() + stage.stable().requests()) * 60.0 / seconds(stage.lasted());
  }

  /** What is noted of a moment. */
  static RolloutSample sample(CanaryProgress progress, Assessment assessment, Instant now) {
    return new RolloutSample(
        now,
        progress.step(),
        PERCENT * progress.stage().share(),
        odds(assessment),
        metrics(progress, assessment));
  }

  private static List<MetricFigures> metrics(CanaryProgress progress, Assessment assessment) {
    var figures = new ArrayList<MetricFigures>();
    for (int i = 0; i < assessment.metrics().size(); i++) {
      figures.add(figures(progress.plan().limits().get(i), assessment, i));
    }
    return figures;
  }

  private static MetricFigures figures(Limit limit, Assessment assessment, int index) {
    MetricAssessment metric = assessment.metrics().get(index);
    var step = metric.step();
    return new MetricFigures(
        limit.metric(),
        limit.above() == null ? null : limit.above().toNanos() / 1e6,
        PERCENT * step.limit(),
        new Share(
            step.canaryErrors(),
            step.canaryRequests(),
            PERCENT * metric.lower(),
            PERCENT * metric.upper()),
        new Share(
            step.stableErrors(),
            step.stableRequests(),
            PERCENT * metric.stableLower(),
            PERCENT * metric.stableUpper()),
        bounded(metric.worse().odds()),
        bounded(metric.over().odds()),
        finding(assessment, metric));
  }

  private static Finding finding(Assessment assessment, MetricAssessment metric) {
    if (assessment.judgement() instanceof Judgement.RollBack && metric.isWorst(assessment)) {
      return Finding.WORSE;
    }
    return metric.passes() ? Finding.PASSES : Finding.NOT_ENOUGH;
  }

  private static double odds(Assessment assessment) {
    return bounded(assessment.together().odds());
  }

  private static double bounded(double odds) {
    return Math.clamp(odds, 1 / MOST, MOST);
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1e3;
  }
}
