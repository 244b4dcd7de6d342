package dev.hivedeck.engine.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.simulator.Scenario.Call;
import java.util.List;

/** The same wish in the words of each agent: none calls its shell, or its editor, like another. */
final class ToolCalls {
  /** The longest that codex waits for a command before it lets it run on beside. */
  private static final int YIELD_MS = 30_000;

  private ToolCalls() {}

  /** Runs a shell command in the agent's folder. */
  static List<Call> run(String command) {
    var named = Json.object().put("command", command).put("description", "Run a command");
    return List.of(
        function("bash", named),
        function("Bash", named),
        function("exec_command", Json.object().put("cmd", command).put("yield_time_ms", YIELD_MS)),
        function("shell_command", Json.object().put("command", command)),
        function("shell", words("bash", "-lc", command)),
        function("run_shell_command", named));
  }

  /**
   * Writes a file.
   *
   * @param file relative to the agent's folder
   */
  static List<Call> write(String file, String text) {
    String path = WorkingFolder.PLACEHOLDER + "/" + file;
    return List.of(
        function("write", Json.object().put("filePath", path).put("content", text)),
        function("Write", Json.object().put("file_path", path).put("content", text)),
        function("write_file", Json.object().put("file_path", path).put("content", text)),
        function("exec_command", Json.object().put("cmd", patch(file, text))));
  }

  /** What codex takes for a change of files, not for a command. */
  private static String patch(String file, String text) {
    var patch = new StringBuilder("apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: ");
    patch.append(file).append('\n');
    text.lines().forEach(line -> patch.append('+').append(line).append('\n'));
    return patch.append("*** End Patch\nEOF").toString();
  }

  private static Call function(String tool, JsonNode arguments) {
    return new Call.Function(tool, arguments);
  }

  private static ObjectNode words(String... words) {
    var node = Json.object();
    var list = node.putArray("command");
    for (String word : words) {
      list.add(word);
    }
    return node;
  }
}
