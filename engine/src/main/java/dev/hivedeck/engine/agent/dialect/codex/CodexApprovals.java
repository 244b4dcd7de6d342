package dev.hivedeck.engine.agent.dialect.codex;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.TextFormat;
import dev.hivedeck.engine.agent.dialect.DialectEvent;
import dev.hivedeck.engine.agent.dialect.JsonRpcPeer;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Json;
import java.util.ArrayList;
import java.util.List;

/** What {@code codex app-server} asks of its other side. */
final class CodexApprovals {
  private CodexApprovals() {}

  static List<DialectEvent> asked(JsonNode message, CodexItems items) {
    JsonNode id = message.get("id");
    JsonNode params = message.path("params");
    String method = message.path("method").asText();
    return switch (method) {
      case "item/commandExecution/requestApproval" -> List.of(command(id, params));
      case "item/fileChange/requestApproval" -> List.of(changes(id, params, items));
      case "item/permissions/requestApproval" -> List.of(more(id, params));
      case "item/tool/requestUserInput" -> {
        var nothing = Json.object();
        nothing.putObject("answers");
        yield without(message, JsonRpcPeer.answer(id, nothing));
      }
      case "mcpServer/elicitation/request" ->
          without(message, JsonRpcPeer.answer(id, Json.object().put("action", "decline")));
      default ->
          without(
              message,
              JsonRpcPeer.refusal(id, JsonRpcPeer.NO_METHOD, "Hivedeck knows no " + method + "."));
    };
  }

  private static List<DialectEvent> without(JsonNode message, String reply) {
    return List.of(
        new DialectEvent.Did(new Act.Raw(message.toString())), new DialectEvent.Send(reply));
  }

  private static DialectEvent.PermissionWanted command(JsonNode id, JsonNode params) {
    JsonNode network = params.path("networkApprovalContext");
    String what =
        network.hasNonNull("host")
            ? network.path("protocol").asText() + "://" + network.path("host").asText()
            : CodexItems.command(params);
    return new DialectEvent.PermissionWanted(
        new Permission(
            network.hasNonNull("host") ? "network" : "shell",
            what,
            params.path("cwd").asText(null),
            params.path("reason").asText(null)),
        answer -> decision(id, answer));
  }

  private static DialectEvent.PermissionWanted changes(
      JsonNode id, JsonNode params, CodexItems items) {
    var paths = new ArrayList<String>();
    var diff = new StringBuilder();
    for (JsonNode change : items.changes(params.path("itemId").asText())) {
      paths.add(change.path("path").asText());
      diff.append(change.path("diff").asText()).append('\n');
    }
    String root = params.path("grantRoot").asText(null);
    String reason = params.path("reason").asText(null);
    return new DialectEvent.PermissionWanted(
        new Permission(
            "apply_patch",
            paths.isEmpty() ? "files" : String.join(", ", paths),
            root != null ? root : paths.size() == 1 ? paths.getFirst() : null,
            diff.isEmpty() ? reason : TextFormat.shorten(diff.toString(), Act.LONG)),
        answer -> decision(id, answer));
  }

  /** More than its sandbox gives it, for the rest of its turn. */
  private static DialectEvent.PermissionWanted more(JsonNode id, JsonNode params) {
    JsonNode wanted = params.path("permissions");
    return new DialectEvent.PermissionWanted(
        new Permission(
            "permissions",
            wanted.toString(),
            params.path("cwd").asText(null),
            params.path("reason").asText(null)),
        answer -> {
          var given = Json.object().put("scope", "turn");
          given.set("permissions", answer == Permission.Answer.NO ? Json.object() : wanted);
          return JsonRpcPeer.answer(id, given);
        });
  }

  /** What always is allowed Hivedeck answers by itself from then on; codex is not told. */
  private static String decision(JsonNode id, Permission.Answer answer) {
    ObjectNode decision =
        Json.object().put("decision", answer == Permission.Answer.NO ? "decline" : "accept");
    return JsonRpcPeer.answer(id, decision);
  }
}
