package dev.hivedeck.engine.api.http;

import dev.hivedeck.engine.api.http.HttpRoute.Answer;
import dev.hivedeck.engine.api.http.HttpRoute.Parameter;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Results;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import java.util.List;

/** The workspace, the engine, and what happened. */
final class WorkspaceRoutes extends RouteGroup {

  @Override
  void register() {
    one(
        "/v1/summary",
        "getSummary",
        "How the workspace stands, in figures, and what waits for a person",
        Query.Standing.class,
        (engine, call) -> engine.query(new Query.Summary()));
    one(
        "/v1/workspace",
        "getWorkspace",
        "The workspace. Its consent has what waits for a person, and the digest to trust",
        WorkspaceViews.Workspace.class,
        (engine, call) ->
            engine.query(new Query.Thing(Topic.WORKSPACE, WorkspaceViews.Workspace.ID)));
    steer(
        "/v1/workspace/start",
        "startHive",
        "Give ready tasks to agents",
        "workspace.start",
        WorkspaceViews.Workspace.class,
        Topic.WORKSPACE);
    steer(
        "/v1/workspace/pause",
        "pauseHive",
        "Give out no more tasks; with park, stop what runs and keep its work",
        "workspace.pause",
        Results.Paused.class,
        null);
    steer(
        "/v1/workspace/trust",
        "trustWorkspace",
        "Consent to what hive.yaml runs and decides; refused with consent-changed when it is not"
            + " what the digest names",
        "workspace.trust",
        WorkspaceViews.Workspace.class,
        Topic.WORKSPACE);
    steer(
        "/v1/workspace/update-checkout",
        "updateCheckout",
        "Bring your checkouts of main up, with your edits",
        "workspace.update-checkout",
        Results.CheckoutsUpdated.class,
        null);
    steer(
        "/v1/engine/stop",
        "stopEngine",
        "End the engine; work is kept, and the next engine goes on from it",
        "engine.stop",
        Results.Stopping.class,
        null);
    one(
        "/v1/stats",
        "getStats",
        "Figures of the engine",
        EngineApi.Stats.class,
        (d, c) -> d.stats());
    get(
        "/v1/events",
        "listEvents",
        "What happened, oldest first",
        List.of(
            new Parameter(
                "after",
                "integer",
                List.of(),
                "Those after this number; a negative one counts from the end."),
            limit(PAGE)),
        new Answer(Event.class, true),
        (engine, call) ->
            engine.query(new Query.Events(number(call, "after", 0), (int) limit(call, PAGE))));
    one(
        "/v1/plan",
        "getPlan",
        "The plan as YAML",
        Results.PlanText.class,
        (engine, call) -> engine.query(new Query.Export()));
    steer(
        "/v1/plan",
        "importPlan",
        "Take a plan in; idempotent by id",
        "plan.import",
        Results.PlanImported.class,
        null);
  }
}
