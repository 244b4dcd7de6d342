package dev.hivedeck.engine.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.PermissionViews;

/** What agents may do unasked. */
final class PermissionRoutes extends RouteGroup {

  @Override
  void register() {
    several(
        "/v1/permissions",
        "listPermissions",
        "What agents may do without asking, and what they may not",
        PermissionViews.PermissionRule.class,
        (engine, call) -> engine.query(new Query.Permissions()));
    one(
        "/v1/permissions/{id}",
        "getPermission",
        "One of them",
        PermissionViews.PermissionRule.class,
        (engine, call) -> permission(engine, call.id()));
    steer(
        "/v1/permissions",
        "setPermission",
        "Allow or forbid something; a * in what stands for anything",
        "permission.set",
        Object.class,
        null);
    steer(
        "/v1/permissions/{id}/remove",
        "removePermission",
        "Ask a person again",
        "permission.remove",
        "id",
        Object.class,
        null);
  }

  private static JsonNode permission(EngineApi engine, String id) {
    for (JsonNode rule : engine.query(new Query.Permissions())) {
      if (rule.path("id").asText().equals(id)) {
        return rule;
      }
    }
    throw new HiveException(
        ErrorCode.NO_PERMISSION,
        "There is no permission " + id + ".",
        "GET /v1/permissions lists those there are.");
  }
}
