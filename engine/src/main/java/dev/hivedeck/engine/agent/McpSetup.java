package dev.hivedeck.engine.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.List;
import java.util.Map;

/**
 * How an agent is told of the engine's address for MCP, each in its own way. Others can read its
 * arguments and its files, so the token is in none of them: they name the variable that holds it.
 *
 * @param arguments to add to its command
 * @param environment to add to the attempt's
 */
public record McpSetup(List<String> arguments, Map<String, String> environment) {
  /** The variable that holds the address; missing where MCP is switched off. */
  public static final String ADDRESS = "HIVEDECK_MCP";

  /** The variable that holds the token of the attempt. */
  public static final String TOKEN = "HIVEDECK_TOKEN";

  /** What the engine is called among an agent's servers. */
  public static final String NAME = "hivedeck";

  /** Nothing to tell. */
  public static final McpSetup NONE = new McpSetup(List.of(), Map.of());

  private static final String OPENCODE = "OPENCODE_CONFIG_CONTENT";

  /** Seconds; the longest wait of a tool is 50. */
  private static final int PATIENCE = 120;

  /**
   * For {@code codex exec} and its {@code app-server}, by overrides of its configuration (0.169).
   */
  public static McpSetup codex(Map<String, String> environment) {
    String server = "mcp_servers." + NAME + ".";
    return !environment.containsKey(ADDRESS)
        ? NONE
        : new McpSetup(
            List.of(
                "-c",
                server + "url=\"" + environment.get(ADDRESS) + "\"",
                "-c",
                server + "bearer_token_env_var=\"" + TOKEN + "\"",
                "-c",
                server + "tool_timeout_sec=" + PATIENCE,
                "-c",
                server + "default_tools_approval_mode=\"approve\""),
            Map.of());
  }

  /**
   * For {@code claude} (2.1), which fills in variables itself. The tools of the engine need no
   * permission: what they do a person decides, or may take back.
   */
  public static McpSetup claude(Map<String, String> environment) {
    if (!environment.containsKey(ADDRESS)) {
      return NONE;
    }
    var config = Json.object();
    var server = config.putObject("mcpServers").putObject(NAME);
    server.put("type", "http").put("url", environment.get(ADDRESS));
    server.putObject("headers").put("Authorization", "Bearer ${" + TOKEN + "}");
    return new McpSetup(
        List.of("--mcp-config", config.toString(), "--allowedTools", "mcp__" + NAME), Map.of());
  }

  /**
   * For {@code opencode} (1.18), beside whatever its configuration is in this variable already.
   *
   * @throws HiveException {@code bad-json} when that is none
   */
  public static McpSetup opencode(Map<String, String> environment) {
    if (!environment.containsKey(ADDRESS)) {
      return NONE;
    }
    var config = withComments(environment.getOrDefault(OPENCODE, "{}"));
    var server = config.withObject("/mcp/" + NAME);
    server.put("type", "remote").put("url", environment.get(ADDRESS)).put("enabled", true);
    server.withObject("/headers").put("Authorization", "Bearer {env:" + TOKEN + "}");
    server.put("oauth", false).put("timeout", PATIENCE * 1_000);
    return new McpSetup(List.of(), Map.of(OPENCODE, config.toString()));
  }

  /** What opencode reads is JSON with comments. */
  private static ObjectNode withComments(String text) {
    try {
      return Json.MAPPER
          .readerFor(ObjectNode.class)
          .withFeatures(JsonReadFeature.ALLOW_JAVA_COMMENTS, JsonReadFeature.ALLOW_TRAILING_COMMA)
          .readValue(text);
    } catch (JsonProcessingException e) {
      throw new HiveException(
          ErrorCode.BAD_JSON,
          OPENCODE + " is no JSON: " + e.getOriginalMessage(),
          "Correct it where the agent gets it from: env or pass in .hivedeck/hive.yaml.");
    }
  }

  /**
   * The same for {@code gemini} (0.61), which takes it from a {@code settings.json} only.
   *
   * @param settings those that it has already; they are left as they are
   * @return with the engine among its servers, as far as the environment has its address
   */
  public static ObjectNode gemini(ObjectNode settings, Map<String, String> environment) {
    var more = settings.deepCopy();
    if (environment.containsKey(ADDRESS)) {
      var server = more.withObject("/mcpServers/" + NAME);
      server.put("httpUrl", environment.get(ADDRESS)).put("trust", true);
      server.withObject("/headers").put("Authorization", "Bearer ${" + TOKEN + "}");
      server.put("timeout", PATIENCE * 1_000);
    }
    return more;
  }

  /**
   * What {@code session/new} of the Agent Client Protocol takes as {@code mcpServers}. It has no
   * way to name a variable; it goes over the agent's standard input, and is masked where that is
   * kept.
   */
  public static ArrayNode acp(Map<String, String> environment) {
    var servers = Json.MAPPER.createArrayNode();
    if (environment.containsKey(ADDRESS)) {
      var server = servers.addObject();
      server.put("type", "http").put("name", NAME).put("url", environment.get(ADDRESS));
      server
          .putArray("headers")
          .addObject()
          .put("name", "Authorization")
          .put("value", "Bearer " + environment.get(TOKEN));
    }
    return servers;
  }
}
