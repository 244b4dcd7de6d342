package dev.hivedeck.ui;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutMetric;
import dev.hivedeck.engine.protocol.rollout.RolloutQuery;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutStrategy;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Finding;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.MetricFigures;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutOffer;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutSample;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutStep;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Share;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.StepForecast;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Rollouts beside a workspace: one in its second step, one that asks, and some of the past. */
public final class SampleRollouts {
  private static final Instant NOW = Sample.NOW;
  private static final Instant BEGIN = NOW.minusSeconds(35 * 60);
  private static final Instant SECOND = NOW.minusSeconds(20 * 60);

  private SampleRollouts() {}

  public static List<Rollout> all() {
    return List.of(
        rollout("R-14", "orders-api", RolloutState.STEPPING, null, "", 1, 20, BEGIN, null),
        rollout(
            "R-15",
            "cart-web",
            RolloutState.HELD,
            HoldReason.UNCLEAR,
            "not enough data",
            0,
            5,
            BEGIN.minusSeconds(60),
            null),
        over("R-13", "cart-web", RolloutState.PROMOTED, "surely below the limits", 5),
        over("R-12", "payments-api", RolloutState.ROLLED_BACK, "evidence 44 : 1", 9),
        over("R-10", "catalog-api", RolloutState.ABORTED, "", 30));
  }

  private static Rollout over(String id, String service, RolloutState state, String why, int ago) {
    var at = NOW.minusSeconds(3600L * ago);
    return rollout(
        id,
        service,
        state,
        null,
        why,
        2,
        state == RolloutState.PROMOTED ? 100 : 0,
        at,
        at.plusSeconds(1260));
  }

  public static Rollout rollout(
      String id,
      String service,
      RolloutState state,
      HoldReason held,
      String why,
      int step,
      double weight,
      Instant from,
      Instant until) {
    var steps = new ArrayList<RolloutStep>();
    double[] weights = {5, 20, 50, 100};
    for (int i = 0; i < weights.length; i++) {
      steps.add(
          new RolloutStep(
              weights[i], i == 0 ? 900 : 1800, i < step ? from.plusSeconds(900L * (i + 1)) : null));
    }
    return new Rollout(
        id,
        service,
        service,
        "e3b1c07",
        "7c40d1e",
        state,
        step,
        steps,
        weight,
        held,
        why,
        from,
        until,
        null,
        null,
        RolloutStrategy.CANARY);
  }

  /** Blue-green, before it is switched to. */
  public static Rollout preview(String id, String service) {
    return preview(
        id, service, HoldReason.MANUAL, "it is there, and waits for you to switch to it");
  }

  /** Blue-green, before it is switched to, and why a person is asked. */
  public static Rollout preview(String id, String service, HoldReason held, String why) {
    return new Rollout(
        id,
        service,
        service,
        "e3b1c07",
        "7c40d1e",
        RolloutState.HELD,
        0,
        List.of(new RolloutStep(0, 120, null), new RolloutStep(100, 600, null)),
        0,
        held,
        why,
        BEGIN,
        null,
        null,
        null,
        RolloutStrategy.BLUE_GREEN);
  }

  private static Share share(long some, long all, double low, double high) {
    return new Share(some, all, low, high);
  }

  private static List<MetricFigures> metrics(
      long minutes, double share, double limit, double odds, Finding errors) {
    long canary = Math.round(100 * share * minutes);
    long stable = Math.round(100 * (1 - share) * minutes);
    long failed = Math.round(canary * 0.015);
    long slow = Math.round(canary * 0.01);
    double wide = 6 / Math.sqrt(Math.max(1, canary));
    return List.of(
        new MetricFigures(
            RolloutMetric.ERRORS,
            null,
            limit,
            share(failed, canary, Math.max(0, 1.5 - 5 * wide), 1.5 + 6 * wide),
            share(Math.round(stable * 0.007), stable, 0.3, 1.2),
            odds,
            0.4,
            errors),
        new MetricFigures(
            RolloutMetric.SLOW,
            400.0,
            5,
            share(slow, canary, Math.max(0, 1 - 4 * wide), 1 + 5 * wide),
            share(Math.round(stable * 0.036), stable, 2.8, 4.6),
            Math.pow(0.83, minutes),
            0.1,
            Finding.PASSES));
  }

  private static List<RolloutSample> samples() {
    var samples = new ArrayList<RolloutSample>();
    for (int i = 1; i <= 14; i++) {
      samples.add(
          new RolloutSample(
              BEGIN.plusSeconds(60L * i),
              0,
              5,
              1,
              metrics(i, 0.05, 8, 1.0 / (1 + i * 0.3), Finding.NOT_ENOUGH)));
    }
    for (int i = 1; i < 20; i++) {
      double odds = 1 + 3.5 * Math.sin(i / 5.0);
      samples.add(
          new RolloutSample(
              SECOND.plusSeconds(60L * i),
              1,
              20,
              odds,
              metrics(i, 0.2, 2, Math.max(0.2, odds), Finding.NOT_ENOUGH)));
    }
    return samples;
  }

  public static RolloutFigures figures(String id, Finding errors, double odds) {
    return new RolloutFigures(
        id,
        NOW,
        1200,
        1800,
        19.9,
        100.2,
        odds,
        20,
        "not enough data",
        null,
        NOW.plusSeconds(4200),
        metrics(20, 0.2, 2, odds, errors),
        List.of());
  }

  private static List<StepForecast> plan(double finds) {
    var plan = new ArrayList<StepForecast>();
    double[] weights = {5, 20, 50, 100};
    for (double weight : weights) {
      var curve = new ArrayList<Double>();
      for (int i = 0; i <= 20; i++) {
        curve.add(100 * (1 - Math.exp(-i * weight * finds * finds / 900)));
      }
      double needed = 60 * 3600.0 / (weight * finds);
      plan.add(
          new StepForecast(
              weight,
              weight,
              weight == 5 ? 900 : 1800,
              finds,
              curve.get(10),
              finds < 2 ? null : needed,
              85,
              1500.0,
              curve));
    }
    return plan;
  }

  private static List<RolloutOffer> offers() {
    var steps = all().getFirst().steps();
    return List.of(
        new RolloutOffer(
            "orders-api",
            "orders-api",
            "e3b1c07",
            List.of("7c40d1e"),
            steps,
            "R-14",
            "orders-api exposes a version already.",
            RolloutStrategy.CANARY),
        new RolloutOffer(
            "catalog-api",
            "catalog-api",
            "e3b1c07",
            List.of("91bd002"),
            steps,
            null,
            null,
            RolloutStrategy.CANARY));
  }

  /** What the engine answers about them. */
  public static JsonNode answer(Query query) {
    return switch (query) {
      case RolloutQuery.Figures q -> Json.tree(figures(q.id(), Finding.NOT_ENOUGH, 1));
      case RolloutQuery.Samples _ -> Json.tree(samples());
      case RolloutQuery.Plan q -> Json.tree(plan(q.finds()));
      case RolloutQuery.Offers _ -> Json.tree(offers());
      default -> Json.MAPPER.createArrayNode();
    };
  }
}
