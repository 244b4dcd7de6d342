package dev.hivedeck.engine.api.http;

import dev.hivedeck.engine.api.http.HttpRoute.Answer;
import dev.hivedeck.engine.api.http.HttpRoute.Body;
import dev.hivedeck.engine.protocol.RequestParser;
import java.util.List;

/** Any command. */
final class CommandRoutes extends RouteGroup {

  @Override
  void register() {
    add(
        new HttpRoute(
            "POST",
            "/v1/commands",
            "runCommand",
            "Any command by its type, with its fields beside it, as the feed has them",
            List.of(),
            new Body(null, null),
            new Answer(Object.class, false),
            null,
            (engine, call) -> call.execute(RequestParser.command(call.body()))));
  }
}
