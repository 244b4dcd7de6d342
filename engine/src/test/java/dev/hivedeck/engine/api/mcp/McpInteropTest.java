package dev.hivedeck.engine.api.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that we did not write: the official one for TypeScript, from npm. */
@Tag("agents")
class McpInteropTest {
  @TempDir Path folder;

  private static Map<String, JsonNode> run(WorkingAgents at, String token) throws Exception {
    var installed = new File(System.getProperty("hivedeck.agents")).getParentFile().getParentFile();
    var builder =
        new ProcessBuilder("node", "mcp-client.mjs")
            .directory(installed)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("HIVEDECK_MCP", at.address());
    builder.environment().put("HIVEDECK_TOKEN", token);
    return heard(builder.start());
  }

  private static Map<String, JsonNode> heard(Process process) throws IOException {
    var heard = new HashMap<String, JsonNode>();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    out.lines()
        .map(line -> Json.read(line, JsonNode.class))
        .forEach(line -> heard.put(line.get("what").asText(), line.get("value")));
    return heard;
  }

  @Test
  void itListsAndCallsEveryToolAndReadsThePlan() throws Exception {
    try (var at = new WorkingAgents(folder)) {
      var heard = run(at, at.token("T-1.1"));
      assertThat(heard.get("tools")).hasSize(9);
      for (JsonNode tool : heard.get("tools")) {
        assertThat(heard).as("called").containsKey(tool.asText());
      }
      for (String tool :
          new String[] {
            "task_get",
            "progress_report",
            "decision_ask",
            "decision_get",
            "task_propose",
            "subtasks_list",
            "lesson_record"
          }) {
        assertThat(heard.get(tool).path("error").asBoolean()).as("%s", heard.get(tool)).isFalse();
      }
      assertThat(heard.get("subtask_claim").toString()).contains("T-2 is no sub-task of T-1");
      assertThat(heard.get("change_diff").toString()).contains("T-2 has no change yet");
      assertThat(heard.get("ticks").asInt()).isPositive();
      assertThat(heard.get("hivedeck://plan").asText()).contains("plan: Two things");
      assertThat(heard.get("hivedeck://task/T-1").asText()).contains("Make one");
      assertThat(heard.get("hivedeck://requirement/R-1").asText()).contains("it is there");
      assertThat(at.engine.query(new Query.Lessons(10))).hasSize(1);
    }
  }

  @Test
  void itIsTurnedAwayWithoutAToken() throws Exception {
    try (var at = new WorkingAgents(folder)) {
      assertThat(run(at, "made-up").get("refused").asInt()).isEqualTo(401);
      assertThat(run(at, at.engine.endpoint().token()).get("refused").asInt()).isEqualTo(403);
      assertThat(at.engine.query(new Query.Lessons(10))).isEmpty();
    }
  }
}
