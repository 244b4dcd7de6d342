package dev.hivedeck.engine.agent.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.agent.driver.Drivers;
import dev.hivedeck.engine.agent.driver.Recorded;
import dev.hivedeck.engine.config.AgentSpec.Sandbox;
import dev.hivedeck.engine.process.Meter;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.time.SystemTimers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trouble with who answers an agent is over once it is answered again, and only then. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(60)
class LateTroubleTest {
  @TempDir Path folder;
  private final SystemTimers timers = new SystemTimers();
  private final Recorded told = new Recorded();

  @AfterEach
  void close() {
    timers.close();
  }

  /**
   * Lines that begin with a bang are its standard error; with two, it goes on once that was heard,
   * for the two streams are read side by side.
   */
  private RunResult run(String agent, String lines, int exit) throws Exception {
    var script = new StringBuilder("#!/bin/sh\ncat > /dev/null\n");
    for (String line : lines.split("¦")) {
      boolean error = line.strip().startsWith("!");
      script
          .append("printf '%s\\n' '")
          .append(line.strip().replaceFirst("^!+", ""))
          .append(error ? "' >&2\n" : "'\n");
      if (line.strip().startsWith("!!")) {
        script.append("until [ -e ../heard ]; do sleep 0.01; done\n");
      }
    }
    Path program = folder.resolve("agent");
    Files.writeString(program, script + "exit " + exit + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    var request =
        new RunRequest(
            "w",
            "T-1",
            "T-1.1",
            1,
            1,
            "coder",
            null,
            new RunRequest.Setup(null, Sandbox.WORKSPACE, program.toString(), List.of()),
            null,
            null,
            Files.createDirectories(folder.resolve("worktree")),
            folder.resolve("prompt.md"),
            "Do it.",
            Map.of(ProcessTree.MARK, "late-" + System.nanoTime()),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            ResourceQuota.NONE,
            1);
    var heard =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    Recorded.until(
                        () -> told.lines.stream().anyMatch(l -> l.startsWith("hive in trouble")));
                    Files.createFile(folder.resolve("heard"));
                  } catch (InterruptedException | IOException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    try {
      return Drivers.all(timers, new Meter()).get(agent).run(request, told);
    } finally {
      heard.interrupt();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          opencode | !!level=ERROR run=4 message="stream error" agent=build error.error="AI_APICallError: boom" ¦ {"type":"text","sessionID":"s","part":{"text":"Done."}} ¦ {"type":"step_finish","part":{"reason":"stop","tokens":{"input":900,"output":50,"cache":{"read":100}}}}
          opencode | !!level=ERROR run=4 message="stream error" agent=build error.error="AI_APICallError: boom" ¦ {"type":"step_finish","sessionID":"s","part":{"reason":"stop","tokens":{"input":900,"output":50}}}
          opencode | {"type":"error","sessionID":"s","error":{"name":"APIError","data":{"message":"boom","statusCode":500}}} ¦ {"type":"text","part":{"text":"Done."}}
          codex    | {"type":"thread.started","thread_id":"t"} ¦ {"type":"error","message":"Reconnecting 1/5: 503 Service Unavailable"} ¦ {"type":"item.started","item":{"id":"i","type":"command_execution","command":"ls"}}
          gemini   | {"type":"init","session_id":"s","model":"m"} ¦ !!Attempt 1 failed with status 500. Retrying ¦ {"type":"tool_use","tool_id":"t","tool_name":"glob","parameters":{}} ¦ {"type":"tool_result","tool_id":"t","status":"success","output":""} ¦ {"type":"result","status":"success","stats":{}}
          gemini   | {"type":"init","session_id":"s","model":"m"} ¦ !!Attempt 1 failed with status 429. Retrying ¦ {"type":"result","status":"success","stats":{"input_tokens":1000,"output_tokens":50}}
          """)
  void aSuccessAfterItIsASuccess(String agent, String lines) throws Exception {
    assertThat(run(agent, lines, 0)).isEqualTo(RunResult.good());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          opencode | overload    | 0 | {"type":"text","sessionID":"s","part":{"text":"I begin."}} ¦ {"type":"error","error":{"name":"APIError","data":{"message":"boom","statusCode":500}}}
          codex    | overload    | 1 | {"type":"thread.started","thread_id":"t"} ¦ {"type":"item.completed","item":{"id":"i","type":"agent_message","text":"Hm."}} ¦ {"type":"turn.failed","error":{"message":"503 Service Unavailable, status 503"}}
          gemini   | unreachable | 1 | {"type":"init","session_id":"s","model":"m"} ¦ {"type":"message","role":"assistant","content":"Hm.","delta":true} ¦ {"type":"result","status":"error","error":{"message":"[API Error: terminated]"},"stats":{}}
          gemini   | unreachable | 1 | {"type":"init","session_id":"s","model":"m"} ¦ {"type":"message","role":"assistant","content":"Hm.","delta":true} ¦ !TypeError: terminated
          gemini   | runaway     | 0 | {"type":"init","session_id":"s","model":"m"} ¦ {"type":"error","message":"Loop detected, stopping execution"} ¦ {"type":"result","status":"success","stats":{"input_tokens":1000,"output_tokens":50}}
          opencode | context     | 0 | {"type":"text","sessionID":"s","part":{"text":"I begin."}} ¦ {"type":"error","error":{"name":"ContextOverflowError","data":{"message":"prompt is too long"}}} ¦ {"type":"text","part":{"text":"The previous request exceeded the limit."}}
          """)
  void whatItEndsWithIsWhyItFailed(String agent, String fault, int exit, String lines)
      throws Exception {
    assertThat(run(agent, lines, exit).reason().word()).isEqualTo(fault);
  }
}
