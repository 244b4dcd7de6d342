package dev.hivedeck.engine.api.http;

import dev.hivedeck.engine.api.http.HttpRoute.Answer;
import dev.hivedeck.engine.api.http.HttpRoute.Body;
import dev.hivedeck.engine.api.http.HttpRoute.Parameter;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.RequestParser;
import java.util.List;

/** hive.yaml. */
final class ConfigRoutes extends RouteGroup {

  @Override
  void register() {
    one(
        "/v1/config",
        "getConfig",
        "hive.yaml as it is, with the digest that an edit names",
        Config.Source.class,
        (engine, call) -> engine.query(new Query.ConfigSource()));
    get(
        "/v1/config/proposal",
        "proposeConfig",
        "A first hive.yaml for this repository, line by line with its reasons; nothing is written",
        List.of(
            new Parameter(
                "agent",
                "string",
                List.of(),
                "Who works there, as installed-agents names it; without one the first that is"
                    + " ready."),
            new Parameter("run", "string", List.of(), "A command that works there in its place.")),
        new Answer(Config.Proposal.class, false),
        (engine, call) ->
            engine.query(
                new Query.ConfigProposal(
                    call.parameter("agent").orElse(null), call.parameter("run").orElse(null))));
    add(
        new HttpRoute(
            "POST",
            "/v1/config",
            "editConfig",
            "Change values in hive.yaml; at is a JSON pointer, and without value the key is taken"
                + " out",
            List.of(),
            new Body("config.edit", null),
            new Answer(Config.Edited.class, false),
            null,
            (engine, call) ->
                run(call, call.body().has("text") ? "config.write" : "config.edit", null)));
    steer(
        "/v1/config/write",
        "writeConfig",
        "Write the whole text of hive.yaml",
        "config.write",
        Config.Edited.class,
        null);
    add(
        new HttpRoute(
            "POST",
            "/v1/config/preview",
            "previewConfig",
            "What an edit of hive.yaml would come to; nothing is written",
            List.of(),
            new Body("config.preview", null),
            new Answer(Config.Preview.class, false),
            null,
            (engine, call) ->
                engine.query(RequestParser.query(call.body().put("type", "config.preview")))));
  }
}
