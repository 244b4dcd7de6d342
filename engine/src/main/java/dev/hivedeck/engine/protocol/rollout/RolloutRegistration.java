package dev.hivedeck.engine.protocol.rollout;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Registration;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutOffer;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutSample;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.StepForecast;
import java.util.List;
import java.util.Map;

/** Adds rollouts to the protocol. */
public final class RolloutRegistration implements Registration {
  public static final Topic ROLLOUT = Topic.registered("rollout", Rollout.class);

  @Override
  public Map<String, Class<? extends Command>> commands() {
    return Map.of(
        "rollout.start", RolloutCommand.StartRollout.class,
        "rollout.promote", RolloutCommand.PromoteRollout.class,
        "rollout.hold", RolloutCommand.HoldRollout.class,
        "rollout.resume", RolloutCommand.ResumeRollout.class,
        "rollout.weigh", RolloutCommand.WeighRollout.class,
        "rollout.abort", RolloutCommand.AbortRollout.class);
  }

  @Override
  public Map<String, Class<? extends Query>> queries() {
    return Map.of(
        "rollouts", RolloutQuery.Rollouts.class,
        "rollout", RolloutQuery.OneRollout.class,
        "rollout.figures", RolloutQuery.Figures.class,
        "rollout.samples", RolloutQuery.Samples.class,
        "rollout.offers", RolloutQuery.Offers.class,
        "rollout.plan", RolloutQuery.Plan.class);
  }

  @Override
  public List<EventType> events() {
    return List.of(RolloutEvent.values());
  }

  @Override
  public List<Topic> topics() {
    return List.of(ROLLOUT);
  }

  @Override
  public List<Route> routes() {
    return List.of(
        asked("/v1/rollouts", "listRollouts", "Rollouts, the newest first", "rollouts", true),
        asked("/v1/rollouts/{id}", "getRollout", "A rollout", "rollout", false),
        new Route(
            "/v1/rollouts/{id}/figures",
            "getRolloutFigures",
            "What was counted of a rollout until now, and what it says",
            "rollout.figures",
            RolloutFigures.class,
            false,
            Map.of()),
        new Route(
            "/v1/rollouts/{id}/samples",
            "listRolloutSamples",
            "What was counted of a rollout over time",
            "rollout.samples",
            RolloutSample.class,
            true,
            Map.of()),
        new Route(
            "/v1/rollout-offers",
            "listRolloutOffers",
            "What can be started",
            "rollout.offers",
            RolloutOffer.class,
            true,
            Map.of()),
        new Route(
            "/v1/rollout-plan/{id}",
            "planRollout",
            "How long each step would have to be held to find a fault",
            "rollout.plan",
            StepForecast.class,
            true,
            Map.of(
                "rate", "Requests a minute of all versions; what the gateway counts unless given.",
                "errors", "Percent of requests of stable that fail; default 1.",
                "finds", "Percent that fail at the canary; three times that unless given.")),
        done("/v1/rollouts", "startRollout", "Begins to expose another version", "start"),
        done("/v1/rollouts/{id}/promote", "promoteRollout", "Passes the step it is in", "promote"),
        done("/v1/rollouts/{id}/hold", "holdRollout", "Stops its clock", "hold"),
        done("/v1/rollouts/{id}/resume", "resumeRollout", "Lets its clock go on", "resume"),
        done("/v1/rollouts/{id}/weigh", "weighRollout", "Gives the canary a weight", "weigh"),
        done("/v1/rollouts/{id}/abort", "abortRollout", "Takes the canary back", "abort"));
  }

  private static Route asked(String path, String id, String summary, String word, boolean list) {
    return new Route(path, id, summary, word, Rollout.class, list, Map.of());
  }

  private static Route done(String path, String id, String summary, String verb) {
    return new Route(path, id, summary, "rollout." + verb, Rollout.class, false, Map.of());
  }
}
