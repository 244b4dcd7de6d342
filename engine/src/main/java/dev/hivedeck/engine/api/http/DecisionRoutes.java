package dev.hivedeck.engine.api.http;

import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.DecisionViews;

/** What a person decides. */
final class DecisionRoutes extends RouteGroup {

  @Override
  void register() {
    steer(
        "/v1/decisions/{id}/decide",
        "decide",
        "Answer a question",
        "decision.decide",
        "id",
        DecisionViews.Decision.class,
        Topic.DECISION);
  }
}
