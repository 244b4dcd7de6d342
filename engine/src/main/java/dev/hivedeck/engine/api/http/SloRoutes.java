package dev.hivedeck.engine.api.http;

import dev.hivedeck.engine.api.http.HttpRoute.Answer;
import dev.hivedeck.engine.api.http.HttpRoute.Body;
import dev.hivedeck.engine.api.http.HttpRoute.Parameter;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.RequestParser;
import dev.hivedeck.engine.protocol.Results;
import dev.hivedeck.engine.protocol.view.ReplayViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import java.util.List;

/** Operations on objectives, alerts, policies and what services count. */
final class SloRoutes extends RouteGroup {
  private static final Parameter FROM =
      new Parameter(
          "from", "string", List.of(), "A time, or how long ago: 7d; default its window.");

  private static final Parameter UNTIL =
      new Parameter("until", "string", List.of(), "A time, or how long ago; default now.");

  @Override
  void register() {
    get(
        "/v1/objectives",
        "listObjectives",
        "How service level objectives stand, what burns first first",
        List.of(),
        new Answer(SloViews.Objective.class, true),
        (engine, call) -> engine.query(new Query.Objectives()));
    get(
        "/v1/objectives/export",
        "exportObjectives",
        "The objectives as OpenSLO, as Prometheus rules or as their unit tests",
        List.of(
            new Parameter(
                "format",
                "string",
                List.of("openslo", "prometheus", "promtool"),
                "OpenSLO v1, rules in Sloth's shape, or tests for promtool."),
            new Parameter(
                "names",
                "string",
                List.of(),
                "Only these objectives, with commas between; all of them unless given."),
            new Parameter(
                "skip",
                "boolean",
                List.of(),
                "Leave out what the format has no words for; the answer names it.")),
        new Answer(Query.Exported.class, false),
        (engine, call) ->
            engine.query(
                new Query.ObjectiveExport(
                    text(call, "format"),
                    call.parameter("names").map(n -> List.of(n.split(","))).orElse(null),
                    flag(call, "skip"))));
    steer(
        "/v1/objectives/import",
        "importObjectives",
        "Take objectives of OpenSLO, Sloth, Pyrra or Prometheus rules over into hive.yaml, all or"
            + " none",
        "objective.import",
        Config.Edited.class,
        null);
    add(
        new HttpRoute(
            "POST",
            "/v1/objectives/import/preview",
            "previewObjectiveImport",
            "What an import of objectives would come to; nothing is written",
            List.of(),
            new Body("objective.import-preview", null),
            new Answer(Config.Import.class, false),
            null,
            (engine, call) ->
                engine.query(
                    RequestParser.query(call.body().put("type", "objective.import-preview")))));
    get(
        "/v1/alerts",
        "listAlerts",
        "Alerts of objectives, now and before, newest first",
        List.of(limit(PAGE)),
        new Answer(SloViews.Alert.class, true),
        (engine, call) -> engine.query(new Query.Alerts((int) limit(call, PAGE))));
    get(
        "/v1/objectives/{id}/history",
        "getObjectiveHistory",
        "How an objective stood over a time, with what happened meanwhile",
        List.of(
            FROM,
            UNTIL,
            new Parameter("step", "string", List.of(), "Between points, as in 5m; default suits.")),
        new Answer(SloViews.History.class, false),
        (engine, call) ->
            engine.query(
                new Query.ObjectiveHistory(
                    call.id(), text(call, "from"), text(call, "until"), text(call, "step"))));
    get(
        "/v1/objectives/{id}/spent",
        "getObjectiveSpent",
        "What spent an objective's budget, by a label of what was counted",
        List.of(
            new Parameter(
                "by",
                "string",
                List.of(),
                "A label, or endpoint, error or version; default suits."),
            FROM,
            UNTIL),
        new Answer(SloViews.Spent.class, false),
        (engine, call) ->
            engine.query(
                new Query.ObjectiveSpent(
                    call.id(), text(call, "by"), text(call, "from"), text(call, "until"))));
    get(
        "/v1/objectives/{id}/explain",
        "explainObjective",
        "When its share of bad events rose, and what was merged just before",
        List.of(FROM, UNTIL),
        new Answer(SloViews.Explanation.class, false),
        (engine, call) ->
            engine.query(
                new Query.ObjectiveExplanation(
                    call.id(), text(call, "from"), text(call, "until"))));
    add(
        new HttpRoute(
            "POST",
            "/v1/objectives/{id}/replay",
            "replayObjective",
            "What it would have alerted about with other values, or as a new one; nothing changes",
            List.of(),
            new Body("objective.replay", "objective"),
            new Answer(ReplayViews.Replay.class, false),
            null,
            (engine, call) ->
                engine.query(
                    RequestParser.query(
                        call.body().put("type", "objective.replay").put("objective", call.id())))));
    several(
        "/v1/rules",
        "listRules",
        "Alerting and recording rules, and how they stand",
        SloViews.Rule.class,
        (engine, call) -> engine.query(new Query.Rules()));
    several(
        "/v1/policies",
        "listPolicyActs",
        "What is in force because error budgets run low, also what is lifted",
        SloViews.PolicyAct.class,
        (engine, call) -> engine.query(new Query.PolicyActs()));
    policy(
        "lift",
        "liftPolicy",
        "Lift what the policy of an objective does, for a time; the answer is its acts",
        "policy.lift");
    policy(
        "resume",
        "resumePolicy",
        "Put a policy that was lifted in force again; the answer is its acts",
        "policy.resume");
    several(
        "/v1/silences",
        "listSilences",
        "Silences of alerts that are not over",
        SloViews.Silence.class,
        (engine, call) -> engine.query(new Query.Silences()));
    steer(
        "/v1/silences",
        "silenceAlerts",
        "Silence alerts for a while, by their labels",
        "alert.silence",
        SloViews.Silence.class,
        null);
    steer(
        "/v1/silences/{id}/end",
        "endSilence",
        "End a silence now",
        "alert.unsilence",
        "id",
        Object.class,
        null);
    add(
        new HttpRoute(
            "POST",
            "/v1/metrics",
            "pushMetrics",
            "Take samples of a service in: none where one is malformed; where there is no room for"
                + " all, the answer says which were refused",
            List.of(),
            new Body(Body.SAMPLES, null),
            new Answer(Results.SamplesTaken.class, false),
            null,
            (engine, call) -> engine.push(call.sent())));
  }

  private void policy(String act, String id, String summary, String command) {
    add(
        new HttpRoute(
            "POST",
            "/v1/policies/{id}/" + act,
            id,
            summary,
            List.of(),
            new Body(command, "objective"),
            new Answer(SloViews.PolicyAct.class, true),
            null,
            (engine, call) -> run(call, command, "objective")));
  }
}
