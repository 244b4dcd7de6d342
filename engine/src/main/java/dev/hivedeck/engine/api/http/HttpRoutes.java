package dev.hivedeck.engine.api.http;

import dev.hivedeck.engine.api.http.HttpRoute.Body;
import java.util.ArrayList;
import java.util.List;

/**
 * All operations below {@code /v1}. Things are listed and got in one way; whatever a person can ask
 * of the engine has a path of its own.
 */
public final class HttpRoutes {

  private final List<HttpRoute> routes = new ArrayList<>();

  private HttpRoutes() {}

  public static List<HttpRoute> all() {
    var table = new HttpRoutes();
    areas().forEach(area -> table.routes.addAll(area.routes()));
    table.former();
    return List.copyOf(table.routes);
  }

  private static List<RouteGroup> areas() {
    return List.of(
        new WorkspaceRoutes(),
        new ThingRoutes(),
        new TaskRoutes(),
        new AgentRoutes(),
        new AttemptRoutes(),
        new ChangeRoutes(),
        new DecisionRoutes(),
        new LessonRoutes(),
        new SloRoutes(),
        new NotifyRoutes(),
        new PermissionRoutes(),
        new GitRoutes(),
        new ConfigRoutes(),
        new RegisteredRoutes());
  }

  private void former() {
    formerly("startHive", "/v1/work");
    formerly("pauseHive", "/v1/rest");
    formerly("stopEngine", "/v1/stop");
    formerly("updateCheckout", "/v1/update");
    formerly("listInstalledAgents", "/v1/clis");
    formerly("listDefinedAgents", "/v1/definitions");
    formerly("importAgents", "/v1/definitions");
    formerly("decide", "/v1/decisions/{id}");
    formerly("listLessons", "/v1/failures");
    formerly("getLesson", "/v1/failures/{id}");
    var restore = find("restoreKept");
    routes.add(
        new HttpRoute(
            restore.method(),
            "/v1/kept/restore",
            "restoreKeptFormerly",
            restore.summary(),
            List.of(),
            new Body("kept.restore", null),
            restore.answer(),
            restore.path(),
            (engine, call) -> RouteGroup.run(call, "kept.restore", null)));
  }

  private void formerly(String id, String path) {
    routes.add(find(id).formerly(path, id + "Formerly"));
  }

  private HttpRoute find(String id) {
    return routes.stream().filter(route -> route.id().equals(id)).findFirst().orElseThrow();
  }
}
