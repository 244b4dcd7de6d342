package dev.hivedeck.engine.api.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.api.http.HttpRoute.Answer;
import dev.hivedeck.engine.api.http.HttpRoute.Body;
import dev.hivedeck.engine.api.http.HttpRoute.Call;
import dev.hivedeck.engine.api.http.HttpRoute.Handler;
import dev.hivedeck.engine.api.http.HttpRoute.Parameter;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.RequestParser;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import java.util.ArrayList;
import java.util.List;

/** The operations of one area, with the ways in which they are made. */
abstract class RouteGroup {
  private final List<HttpRoute> routes = new ArrayList<>();

  /** Adds the operations. */
  abstract void register();

  /** The operations, in the order of the document. */
  final List<HttpRoute> routes() {
    register();
    return List.copyOf(routes);
  }

  static final int PAGE = 500;

  static final Parameter LIMIT = new Parameter("limit", "integer", List.of(), "At most so many.");

  final void diff(String path, String id, String summary, Handler handler) {
    get(
        path,
        id,
        summary + "; the largest files come without their lines",
        List.of(
            new Parameter("file", "string", List.of(), "This file alone, with its lines."),
            new Parameter(
                "from", "integer", List.of(), "How many of that file's lines to pass over.")),
        new Answer(Query.FileDiffs.class, false),
        handler);
  }

  final void add(HttpRoute route) {
    routes.add(route);
  }

  final void get(
      String path,
      String id,
      String summary,
      List<Parameter> parameters,
      Answer answer,
      Handler handler) {
    add(new HttpRoute("GET", path, id, summary, parameters, null, answer, null, handler));
  }

  final void one(String path, String id, String summary, Class<?> type, Handler handler) {
    get(path, id, summary, List.of(), new Answer(type, false), handler);
  }

  final void several(String path, String id, String summary, Class<?> type, Handler handler) {
    get(path, id, summary, List.of(), new Answer(type, true), handler);
  }

  final void steer(
      String path, String id, String summary, String command, Class<?> answer, Topic changed) {
    steer(path, id, summary, command, null, answer, changed);
  }

  /**
   * Runs a command.
   *
   * @param field of the command that stands in the path, or null
   * @param changed what it changes, where the thing as it is then is the answer; else null
   */
  final void steer(
      String path,
      String id,
      String summary,
      String command,
      String field,
      Class<?> answer,
      Topic changed) {
    add(
        new HttpRoute(
            "POST",
            path,
            id,
            summary,
            List.of(),
            new Body(command, field),
            new Answer(answer, false),
            null,
            (engine, call) -> {
              var result = run(call, command, field);
              if (changed == null) {
                return result;
              }
              String which = field == null ? WorkspaceViews.Workspace.ID : call.id();
              return engine.query(new Query.Thing(changed, which));
            }));
  }

  static Object run(Call call, String command, String field) {
    ObjectNode body = call.body().put("type", command);
    if (field != null) {
      body.put(field, call.id());
    }
    return call.execute(RequestParser.command(body));
  }

  static Parameter limit(int otherwise) {
    return new Parameter(
        "limit", "integer", List.of(), "At most so many; default " + otherwise + ".");
  }

  static String text(Call call, String name) {
    return call.parameter(name).orElse(null);
  }

  static boolean flag(Call call, String name) {
    String value = call.parameter(name).orElse("false");
    return switch (value) {
      case "true", "1", "" -> true;
      case "false", "0" -> false;
      default ->
          throw new HiveException(
              ErrorCode.BAD_PARAMETER, name + " is \"" + value + "\".", "Write true or false.");
    };
  }

  static long limit(Call call, int otherwise) {
    long limit = number(call, "limit", otherwise);
    if (limit < 1) {
      throw new HiveException(ErrorCode.BAD_NUMBER, "limit is " + limit + ".", "Write 1 or more.");
    }
    return Math.min(limit, Integer.MAX_VALUE);
  }

  static long number(Call call, String name, long otherwise) {
    var value = call.parameter(name);
    try {
      return value.isEmpty() ? otherwise : Long.parseLong(value.get());
    } catch (NumberFormatException e) {
      throw new HiveException(
          ErrorCode.BAD_NUMBER,
          name + " is no whole number: " + value.get() + ".",
          "Write a whole number.");
    }
  }
}
