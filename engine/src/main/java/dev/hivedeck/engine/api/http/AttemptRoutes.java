package dev.hivedeck.engine.api.http;

import dev.hivedeck.engine.api.http.HttpRoute.Answer;
import dev.hivedeck.engine.api.http.HttpRoute.Parameter;
import dev.hivedeck.engine.protocol.Query;
import java.util.List;

/** What attempts did. */
final class AttemptRoutes extends RouteGroup {

  @Override
  void register() {
    get(
        "/v1/attempts/{id}/log",
        "getAttemptLog",
        "Lines of an attempt's log",
        List.of(
            new Parameter(
                "from",
                "integer",
                List.of(),
                "The first line, from 0; a negative number counts from the end."),
            limit(PAGE),
            new Parameter(
                "raw",
                "boolean",
                List.of(),
                "Word for word what the agent and its driver said to each other.")),
        new Answer(Query.LogPage.class, false),
        (engine, call) ->
            engine.query(
                new Query.Log(
                    call.id(),
                    number(call, "from", 0),
                    (int) limit(call, PAGE),
                    flag(call, "raw"))));
    diff(
        "/v1/attempts/{id}/diff",
        "getAttemptDiff",
        "What an attempt has changed so far",
        (engine, call) ->
            engine.query(
                new Query.Diff(
                    null, call.id(), text(call, "file"), (int) number(call, "from", 0))));
    one(
        "/v1/attempts/{id}/brief",
        "getAttemptBrief",
        "What an attempt is to do",
        Query.AttemptBrief.class,
        (engine, call) -> engine.query(new Query.Brief(call.id())));
  }
}
