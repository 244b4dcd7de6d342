package dev.hivedeck.engine.api.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.TaskViews;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What agents do with the tools, by the SDK's own client over real HTTP. */
class McpTest {
  @TempDir Path folder;

  private static String text(CallToolResult result) {
    return ((TextContent) result.content().getFirst()).text();
  }

  private static JsonNode call(McpSyncClient client, String tool, Map<String, Object> arguments) {
    var result = client.callTool(CallToolRequest.builder(tool).arguments(arguments).build());
    assertThat(result.isError()).as("%s: %s", tool, text(result)).isFalse();
    return Json.read(text(result), JsonNode.class);
  }

  private static String refused(McpSyncClient client, String tool, Map<String, Object> arguments) {
    var result = client.callTool(CallToolRequest.builder(tool).arguments(arguments).build());
    assertThat(result.isError()).as("%s: %s", tool, text(result)).isTrue();
    return text(result);
  }

  @Test
  void everyToolSaysWhatItIsForAndBoundsWhatItTakes() {
    try (var at = new WorkingAgents(folder)) {
      var tools = at.client("T-1.1").listTools().tools();
      assertThat(tools)
          .extracting(t -> t.name())
          .containsExactlyInAnyOrder(
              "task_get",
              "progress_report",
              "decision_ask",
              "decision_get",
              "subtasks_list",
              "subtask_claim",
              "task_propose",
              "change_diff",
              "lesson_record");
      for (var tool : tools) {
        assertThat(tool.title()).as(tool.name()).isNotBlank();
        assertThat(tool.description()).as(tool.name()).hasSizeGreaterThan(60);
        assertThat(tool.annotations().readOnlyHint()).as(tool.name()).isNotNull();
        JsonNode schema = Json.tree(tool.inputSchema());
        assertThat(schema.path("additionalProperties").asBoolean(true)).as(tool.name()).isFalse();
        for (var field : schema.path("properties").properties()) {
          var rules = field.getValue();
          assertThat(rules.path("description").asText()).as(field.getKey()).isNotBlank();
          assertThat(
                  rules.has("maxLength")
                      || rules.has("maximum")
                      || rules.has("maxItems")
                      || rules.path("type").asText().equals("boolean"))
              .as("%s of %s is bounded", field.getKey(), tool.name())
              .isTrue();
        }
      }
    }
  }

  @Test
  void anAgentReadsItsTaskAndTellsHowFarItIs() {
    try (var at = new WorkingAgents(folder)) {
      assertThat(at.environment("T-1.1")).containsEntry("HIVEDECK_MCP", at.address());
      var client = at.client("T-1.1");
      var brief = call(client, "task_get", Map.of());
      assertThat(brief.at("/task/id").asText()).isEqualTo("T-1");
      assertThat(brief.at("/prompt").asText()).isEqualTo("Make the first.");
      assertThat(brief.at("/requirements/0/acceptance/0").asText()).isEqualTo("it is there");
      call(client, "progress_report", Map.of("stage", 50, "text", "It builds now"));
      TestRepository.await(
          "stage", at.engine, () -> TestRepository.task(at.engine, "T-1").stage() == 50);
      var lines = at.engine.query(new Query.Log("T-1.1", 0, 100)).get("lines");
      assertThat(lines)
          .anySatisfy(
              line -> {
                assertThat(line.get("kind").asText()).isEqualTo("say");
                assertThat(line.get("text").asText()).isEqualTo("It builds now");
              })
          .anySatisfy(
              line -> {
                assertThat(line.get("kind").asText()).isEqualTo("tool");
                assertThat(line.get("text").asText()).startsWith("progress_report {");
              });
    }
  }

  @Test
  void anAnswerComesWhileTheAgentWaitsAndItsTaskGoesOn() throws Exception {
    // The client answers on the common pool, which may have one thread: so it must not wait there.
    try (var at = new WorkingAgents(folder);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var client = at.client("T-1.1");
      var asked =
          threads.submit(
              () ->
                  call(
                      client,
                      "decision_ask",
                      Map.of(
                          "question",
                          "Which colour?",
                          "options",
                          List.of("red", "blue"),
                          "wait_seconds",
                          50)));
      TestRepository.await(
          "waiting",
          at.engine,
          () -> TestRepository.task(at.engine, "T-1").state() == TaskViews.TaskState.WAITING);
      at.engine.execute(new Command.Decide("D-1", "blue", "like the sky"), null);
      var answer = asked.get(60, TimeUnit.SECONDS);
      assertThat(answer.get("state").asText()).isEqualTo("decided");
      assertThat(answer.get("answer").asText()).isEqualTo("blue");
      assertThat(answer.get("comment").asText()).isEqualTo("like the sky");
      assertThat(TestRepository.task(at.engine, "T-1").state())
          .isEqualTo(TaskViews.TaskState.RUNNING);
    }
  }

  @Test
  void whoDoesNotWaitGetsTheAnswersLater() {
    try (var at = new WorkingAgents(folder)) {
      var client = at.client("T-1.1");
      var open = call(client, "decision_ask", Map.of("question", "Go?", "wait_seconds", 0));
      assertThat(open.get("state").asText()).isEqualTo("open");
      assertThat(open.get("next").asText()).contains("decision_get");
      call(client, "decision_ask", Map.of("question", "And?", "wait_seconds", 0));
      assertThat(refused(at.client("T-2.1"), "decision_get", Map.of("id", "D-1")))
          .contains("not about T-2");
      at.engine.execute(new Command.Decide("D-1", "proceed", null), null);
      assertThat(TestRepository.task(at.engine, "T-1").decision()).isEqualTo("D-2");
      assertThat(TestRepository.task(at.engine, "T-1").state())
          .isEqualTo(TaskViews.TaskState.WAITING);
      at.engine.execute(new Command.Decide("D-2", "stop", null), null);
      assertThat(TestRepository.task(at.engine, "T-1").state())
          .isEqualTo(TaskViews.TaskState.RUNNING);
      var answer = call(client, "decision_get", Map.of("id", "D-1"));
      assertThat(answer.get("answer").asText()).isEqualTo("proceed");
      var byMatrix = call(client, "decision_ask", Map.of("question", "Tabs?", "kind", "default"));
      assertThat(byMatrix.get("by").asText()).isEqualTo("decision matrix");
    }
  }

  @Test
  void aProposalJoinsThePlanOnlyWhenAPersonSaysSoAndIsThenClaimed() {
    try (var at = new WorkingAgents(folder)) {
      var client = at.client("T-1.1");
      int before = TestRepository.tasks(at.engine).size();
      var proposed =
          call(
              client,
              "task_propose",
              Map.of(
                  "title", "Paint it",
                  "prompt", "Paint it blue.",
                  "capabilities", List.of("paint"),
                  "why", "It is grey.",
                  "subtask", true));
      String id = proposed.get("decision").asText();
      assertThat(TestRepository.tasks(at.engine)).hasSize(before);
      assertThat(TestRepository.task(at.engine, "T-1").state())
          .isEqualTo(TaskViews.TaskState.RUNNING);
      assertThat(TestRepository.task(at.engine, "T-1").decision()).isNull();
      assertThat(call(client, "subtasks_list", Map.of()).at("/subtasks/0/task").isMissingNode())
          .isTrue();
      assertThat(refused(client, "subtask_claim", Map.of("id", "T-2"))).contains("no sub-task");

      at.engine.execute(new Command.PauseAgent("one"), null);
      at.engine.execute(new Command.Decide(id, "add", null), null);
      var added = call(client, "subtasks_list", Map.of()).at("/subtasks/0");
      assertThat(added.get("title").asText()).isEqualTo("Paint it");
      String task = added.get("task").asText();
      assertThat(TestRepository.task(at.engine, task).agent()).isNull();
      assertThat(call(client, "subtask_claim", Map.of("id", task)).get("agent").asText())
          .isEqualTo("one");
      assertThat(TestRepository.task(at.engine, task).agent()).isEqualTo("one");
    }
  }

  @Test
  void whatCouldNotJoinThePlanIsRefusedAtOnceAndNothingIsDeclinedIntoIt() {
    try (var at = new WorkingAgents(folder)) {
      var client = at.client("T-1.1");
      assertThat(
              refused(
                  client,
                  "task_propose",
                  Map.of("title", "X", "prompt", "x", "needs", List.of("T-99"))))
          .contains("needs T-99, which is no task");
      assertThat(refused(client, "task_propose", Map.of("title", "X")))
          .contains("prompt")
          .contains("bad-arguments");
      var proposed = call(client, "task_propose", Map.of("title", "X", "prompt", "x"));
      at.engine.execute(
          new Command.Decide(proposed.get("decision").asText(), "decline", null), null);
      assertThat(TestRepository.tasks(at.engine)).hasSize(2);
    }
  }

  @Test
  void anAgentReadsWhatAnotherChangedAndKeepsWhatItLearned() {
    try (var at = new WorkingAgents(folder)) {
      var client = at.client("T-1.1");
      assertThat(refused(client, "change_diff", Map.of("id", "T-2"))).contains("no change yet");
      at.go("T-2");
      TestRepository.await(
          "a change", at.engine, () -> !TestRepository.changes(at.engine).isEmpty());
      for (String name : List.of("T-2", "C-1")) {
        var diff =
            client.callTool(
                CallToolRequest.builder("change_diff").arguments(Map.of("id", name)).build());
        assertThat(text(diff)).contains("+++ b/made-T-2.txt").contains("+made");
      }
      assertThat(refused(client, "change_diff", Map.of("id", "C-1", "path", "other")))
          .contains("made-T-2.txt");
      var first = call(client, "lesson_record", Map.of("text", "Use make, not npm."));
      var again = call(client, "lesson_record", Map.of("text", "Use make, not npm."));
      assertThat(again).isEqualTo(first);
      var lessons = at.engine.query(new Query.Lessons(10));
      assertThat(lessons).hasSize(1);
      assertThat(lessons.get(0).get("attempt").asText()).isEqualTo("T-1.1");
      assertThat(lessons.get(0).get("agent").asText()).isEqualTo("one");
    }
  }

  @Test
  void thePlanIsThereToRead() {
    try (var at = new WorkingAgents(folder)) {
      var client = at.client("T-2.1");
      assertThat(client.listResources().resources())
          .extracting(r -> r.uri())
          .containsExactly("hivedeck://plan");
      assertThat(client.listResourceTemplates().resourceTemplates())
          .extracting(r -> r.uriTemplate())
          .containsExactlyInAnyOrder("hivedeck://task/{id}", "hivedeck://requirement/{id}");
      assertThat(read(client, "hivedeck://plan")).contains("plan: Two things").contains("T-2");
      assertThat(Json.read(read(client, "hivedeck://task/T-1"), JsonNode.class).at("/task/title"))
          .hasToString("\"Make one\"");
      assertThat(read(client, "hivedeck://requirement/R-1")).contains("it is there");
      assertThatThrownBy(() -> read(client, "hivedeck://task/T-99"))
          .hasMessageContaining("There is no task T-99");
    }
  }

  private static String read(McpSyncClient client, String uri) {
    var contents = client.readResource(ReadResourceRequest.builder(uri).build()).contents();
    return ((TextResourceContents) contents.getFirst()).text();
  }
}
