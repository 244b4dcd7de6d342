package dev.hivedeck.engine.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class McpSetupTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("HIVEDECK_MCP", "http://127.0.0.1:7071/mcp", "HIVEDECK_TOKEN", "s3cret");

  private static JsonNode json(String text) {
    return Json.read(text, JsonNode.class);
  }

  @Test
  void eachIsToldInItsOwnWay() {
    assertThat(McpSetup.codex(ENVIRONMENT).arguments())
        .containsSequence("-c", "mcp_servers.hivedeck.url=\"http://127.0.0.1:7071/mcp\"")
        .contains("mcp_servers.hivedeck.bearer_token_env_var=\"HIVEDECK_TOKEN\"");
    var claude = McpSetup.claude(ENVIRONMENT).arguments();
    assertThat(json(claude.get(claude.indexOf("--mcp-config") + 1)))
        .isEqualTo(
            json(
                """
                {"mcpServers":{"hivedeck":{"type":"http","url":"http://127.0.0.1:7071/mcp",
                "headers":{"Authorization":"Bearer ${HIVEDECK_TOKEN}"}}}}\
                """));
    var opencode = McpSetup.opencode(ENVIRONMENT).environment();
    assertThat(json(opencode.get("OPENCODE_CONFIG_CONTENT")).at("/mcp/hivedeck/headers"))
        .isEqualTo(json("{\"Authorization\":\"Bearer {env:HIVEDECK_TOKEN}\"}"));
    var gemini = McpSetup.gemini(Json.object(), ENVIRONMENT);
    assertThat(gemini.at("/mcpServers/hivedeck/httpUrl").asText()).endsWith(":7071/mcp");
    assertThat(McpSetup.acp(ENVIRONMENT).at("/0/headers/0/value").asText())
        .isEqualTo("Bearer s3cret");
  }

  @Test
  void theTokenIsInNoArgumentAndInNoSetting() {
    for (var setup :
        List.of(
            McpSetup.codex(ENVIRONMENT),
            McpSetup.claude(ENVIRONMENT),
            McpSetup.opencode(ENVIRONMENT))) {
      assertThat(setup.toString()).doesNotContain("s3cret").contains("HIVEDECK_TOKEN");
    }
    assertThat(McpSetup.gemini(Json.object(), ENVIRONMENT).toString()).doesNotContain("s3cret");
  }

  @Test
  void whatTheUserHasSetStays() {
    var environment = new HashMap<>(ENVIRONMENT);
    environment.put(
        "OPENCODE_CONFIG_CONTENT",
        "{ // mine\n"
            + "\"model\":\"m\",\"mcp\":{\"theirs\":{\"type\":\"local\",\"command\":[\"x\"]}}}");
    var merged = json(McpSetup.opencode(environment).environment().get("OPENCODE_CONFIG_CONTENT"));
    assertThat(merged.path("model").asText()).isEqualTo("m");
    assertThat(merged.at("/mcp/theirs/type").asText()).isEqualTo("local");
    var theirs = (ObjectNode) json("{\"theme\":\"x\",\"mcpServers\":{\"theirs\":{}}}");
    var settings = McpSetup.gemini(theirs, ENVIRONMENT);
    assertThat(settings.path("mcpServers").properties()).hasSize(2);
    assertThat(theirs.path("mcpServers").properties()).hasSize(1);
    environment.put("OPENCODE_CONFIG_CONTENT", "{ none");
    assertThatThrownBy(() -> McpSetup.opencode(environment)).isInstanceOf(HiveException.class);
  }

  @Test
  void nothingIsToldWhereThereIsNothing() {
    Map<String, String> none = Map.of("HIVEDECK_TOKEN", "s3cret");
    assertThat(McpSetup.codex(none)).isEqualTo(McpSetup.NONE);
    assertThat(McpSetup.claude(none)).isEqualTo(McpSetup.NONE);
    assertThat(McpSetup.opencode(none)).isEqualTo(McpSetup.NONE);
    assertThat(McpSetup.gemini(Json.object(), none)).isEmpty();
    assertThat(McpSetup.acp(none)).isEmpty();
  }
}
