package dev.hivedeck.engine.agent.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A program that answers lines by their text: a shell script, for tests of what an agent hears. */
public final class FakeAgent {
  private final StringBuilder cases = new StringBuilder();
  private String last = "";

  /** Whenever a line has this in it, it prints these; the first that fits counts. */
  FakeAgent on(String part, String... lines) {
    cases.append("    *'").append(part).append("'*)\n");
    for (String line : lines) {
      cases.append("      printf '%s\\n' '").append(line.replace("'", "'\\''")).append("'\n");
    }
    cases.append("      ;;\n");
    return this;
  }

  /** Whenever a line has this in it, it runs that. */
  FakeAgent does(String part, String command) {
    cases.append("    *'").append(part).append("'*) ").append(command).append(" ;;\n");
    return this;
  }

  /** What it does when its input has ended. */
  FakeAgent last(String command) {
    last = command;
    return this;
  }

  /** The script, ready to run. */
  Path write(Path file) throws IOException {
    String script =
        "#!/bin/sh\nwhile IFS= read -r line; do\n  case \"$line\" in\n"
            + cases
            + "  esac\ndone\n"
            + last
            + "\n";
    Files.writeString(file, script);
    if (!file.toFile().setExecutable(true)) {
      throw new IOException(file + " cannot be made executable");
    }
    return file;
  }

  // ── the Agent Client Protocol ───────────────────────────────────────────────────────────────

  static String result(int id, String result) {
    return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + result + "}";
  }

  static String error(int id, int code, String message) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%d,\"error\":{\"code\":%d,\"message\":\"%s\"}}"
        .formatted(id, code, message);
  }

  public static String ask(int id, String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}"
        .formatted(id, method, params);
  }

  public static String update(String update) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"session/update\",\"params\":{\"sessionId\":\"s-1\",\"update\":"
        + update
        + "}}";
  }

  static String says(String words) {
    return update(
        "{\"sessionUpdate\":\"agent_message_chunk\",\"content\":{\"type\":\"text\",\"text\":\""
            + words
            + "\"}}");
  }

  /** Gets as far as the first prompt. */
  static FakeAgent acp() {
    return acp("{}");
  }

  static FakeAgent acp(String capabilities) {
    return new FakeAgent()
        .on(
            "\"method\":\"initialize\"",
            result(0, "{\"protocolVersion\":1,\"agentCapabilities\":" + capabilities + "}"))
        .on("\"method\":\"session/new\"", result(1, "{\"sessionId\":\"s-1\"}"));
  }

  // ── codex app-server ────────────────────────────────────────────────────────────────────────

  /** Gets as far as the first turn, which is called t-1. */
  static FakeAgent codex() {
    return new FakeAgent()
        .on("\"method\":\"initialize\"", result(0, "{}"))
        .on("\"method\":\"thread/start\"", result(1, "{\"thread\":{\"id\":\"th-1\"}}"));
  }

  public static String tells(String method, String params) {
    return "{\"method\":\"" + method + "\",\"params\":" + params + "}";
  }

  static String ended(String status, String error) {
    return tells(
        "turn/completed",
        "{\"threadId\":\"th-1\",\"turn\":{\"id\":\"t-1\",\"status\":\"%s\",\"error\":%s}}"
            .formatted(status, error));
  }
}
