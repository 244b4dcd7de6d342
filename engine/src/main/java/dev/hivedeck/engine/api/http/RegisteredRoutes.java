package dev.hivedeck.engine.api.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.api.http.HttpRoute.Answer;
import dev.hivedeck.engine.api.http.HttpRoute.Body;
import dev.hivedeck.engine.api.http.HttpRoute.Call;
import dev.hivedeck.engine.api.http.HttpRoute.Parameter;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Registration;
import dev.hivedeck.engine.protocol.RequestParser;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;

/** What follows from registrations: any command by its word, and the paths that areas ask for. */
final class RegisteredRoutes extends RouteGroup {

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
    Registration.all().forEach(area -> area.routes().forEach(this::register));
  }

  private void register(Registration.Route route) {
    var query = RequestParser.queries().get(route.word());
    if (query == null) {
      String field = route.path().contains("{id}") ? "id" : null;
      steer(route.path(), route.id(), route.summary(), route.word(), field, route.answer(), null);
      return;
    }
    boolean one = route.path().contains("{id}");
    var parameters =
        Arrays.stream(query.getRecordComponents())
            .filter(part -> !(one && part.getName().equals("id")))
            .map(part -> parameter(route, part))
            .toList();
    get(
        route.path(),
        route.id(),
        route.summary(),
        parameters,
        new Answer(route.answer(), route.list()),
        (engine, call) ->
            engine.query(
                RequestParser.query(
                    request(route.word(), one ? call.id() : null, parameters, call))));
  }

  private static Parameter parameter(Registration.Route route, RecordComponent part) {
    boolean whole = part.getType() == int.class || part.getType() == long.class;
    String meaning = route.parameters().getOrDefault(part.getName(), "");
    return new Parameter(part.getName(), whole ? "integer" : "string", List.of(), meaning);
  }

  private static ObjectNode request(String word, String id, List<Parameter> parameters, Call call) {
    var request = Json.object().put("type", word);
    if (id != null) {
      request.put("id", id);
    }
    for (var parameter : parameters) {
      if (call.parameter(parameter.name()).isPresent()) {
        if (parameter.name().equals("limit")) {
          request.put(parameter.name(), limit(call, PAGE));
        } else if (parameter.type().equals("integer")) {
          request.put(parameter.name(), number(call, parameter.name(), 0));
        } else {
          request.put(parameter.name(), text(call, parameter.name()));
        }
      }
    }
    return request;
  }
}
