package dev.hivedeck.engine.api.mcp;

import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import io.modelcontextprotocol.server.McpServerFeatures.SyncResourceSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncResourceTemplateSpecification;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceResult;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import java.util.List;
import java.util.function.Supplier;

/** The plan, its tasks and its requirements as resources. */
final class PlanResources {
  private static final String ROOT = "hivedeck://";
  private static final String PLAN = ROOT + "plan";
  private static final String TASK = ROOT + "task/";
  private static final String REQUIREMENT = ROOT + "requirement/";
  private static final String ID = "{id}";
  private static final int LONGEST = 256 << 10;

  private PlanResources() {}

  static List<SyncResourceSpecification> fixed(EngineApi engine) {
    return List.of(
        new SyncResourceSpecification(
            McpSchema.Resource.builder(PLAN, "plan")
                .title("The plan")
                .description("Requirements and tasks of the workspace, as YAML.")
                .mimeType("application/yaml")
                .build(),
            (exchange, request) ->
                read(
                    request.uri(),
                    "application/yaml",
                    () -> cut(engine.query(new Query.Export()).get("yaml").asText()))));
  }

  static List<SyncResourceTemplateSpecification> templates(EngineApi engine) {
    return List.of(
        template(
            TASK,
            "task",
            "A task",
            "A task of the plan by its id: how it stands, what it asks, its sub-tasks.",
            id -> {
              var task = Json.object();
              task.set("task", engine.query(new Query.Thing(Topic.TASK, id)));
              task.put("prompt", cut(engine.query(new Query.Prompt(id)).get("prompt").asText()));
              task.set("subtasks", engine.query(new Query.Subtasks(id)));
              return Json.write(task);
            }),
        template(
            REQUIREMENT,
            "requirement",
            "A requirement",
            "A requirement of the plan by its id: its acceptance criteria, its tasks, how far it"
                + " is.",
            id -> Json.write(engine.query(new Query.Thing(Topic.REQUIREMENT, id)))));
  }

  private interface Reader {
    String of(String id);
  }

  private static SyncResourceTemplateSpecification template(
      String prefix, String name, String title, String description, Reader reader) {
    return new SyncResourceTemplateSpecification(
        McpSchema.ResourceTemplate.builder(prefix + ID, name)
            .title(title)
            .description(description)
            .mimeType("application/json")
            .build(),
        (exchange, request) ->
            read(
                request.uri(),
                "application/json",
                () -> reader.of(request.uri().substring(prefix.length()))));
  }

  private static ReadResourceResult read(String uri, String type, Supplier<String> text) {
    try {
      return new ReadResourceResult(
          List.of(TextResourceContents.builder(uri, text.get()).mimeType(type).build()), null);
    } catch (HiveException e) {
      boolean missing = e.kind().filter(ErrorCode.Kind.NOT_FOUND::equals).isPresent();
      throw McpError.builder(missing ? ErrorCodes.RESOURCE_NOT_FOUND : ErrorCodes.INTERNAL_ERROR)
          .message(e.getMessage() + " " + e.hint())
          .data(e.fault())
          .build();
    }
  }

  private static String cut(String text) {
    return text.length() <= LONGEST
        ? text
        : text.substring(0, LONGEST)
            + "\n# … the rest is left out; single tasks are at hivedeck://task/{id}\n";
  }
}
