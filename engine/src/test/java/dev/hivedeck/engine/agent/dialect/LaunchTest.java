package dev.hivedeck.engine.agent.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.dialect.acp.AcpDialect;
import dev.hivedeck.engine.agent.dialect.codex.CodexAppServerDialect;
import dev.hivedeck.engine.agent.dialect.codex.CodexDialect;
import dev.hivedeck.engine.config.AgentSpec.Sandbox;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.edit.ConfigProposal;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.protocol.view.AgentDriver;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How each kind of agent is started for each {@code sandbox}: word for word. */
class LaunchTest {
  private static final Clock CLOCK = Clock.systemUTC();

  private static RunRequest job(String sandbox, RunRequest.Conversation conversation) {
    return new RunRequest(
        "w",
        "T-1",
        "T-1.1",
        1,
        1,
        "coder",
        "agent --acp",
        new RunRequest.Setup(
            "m-1",
            Sandbox.valueOf(sandbox.replace('-', '_').toUpperCase(java.util.Locale.ROOT)),
            null,
            List.of("--more")),
        conversation,
        null,
        Path.of("/own"),
        Path.of("/exchange/prompt.md"),
        "append a line",
        Map.of(),
        Duration.ofMinutes(1),
        Duration.ofMinutes(1),
        ResourceQuota.NONE,
        1);
  }

  private static String command(Dialect dialect, String sandbox) {
    return String.join(" ", dialect.launch(job(sandbox, null)).command());
  }

  @Test
  void whatInitProposesIsStartedByItsDriverInThePinnedWords(@TempDir Path folder) {
    var proposed = HiveConfig.parse("hive.yaml", ConfigProposal.of(folder)).agents().get("builder");
    assertThat(proposed.run()).isNull();
    assertThat(proposed.driver()).isEqualTo(AgentDriver.CODEX);
    assertThat(command(new CodexDialect(CLOCK), proposed.sandbox().name()))
        .startsWith("codex exec --json")
        .doesNotContain("--full-auto");
  }

  @ParameterizedTest
  @CsvSource({
    "read-only, --sandbox read-only",
    "workspace, --sandbox workspace-write",
    "full, --dangerously-bypass-approvals-and-sandbox"
  })
  void codex(String sandbox, String words) {
    assertThat(command(new CodexDialect(CLOCK), sandbox))
        .isEqualTo(
            "codex exec --json --skip-git-repo-check --color never "
                + words
                + " -C "
                + Path.of("/own")
                + " -m m-1 --more -");
  }

  @ParameterizedTest
  @CsvSource({
    "read-only, workspace-write, untrusted",
    "workspace, workspace-write, on-request",
    "full, danger-full-access, never"
  })
  void codexApp(String sandbox, String mode, String policy) {
    assertThat(command(new CodexAppServerDialect(CLOCK), sandbox))
        .isEqualTo("codex app-server --more");
    var thread = CodexAppServerDialect.thread(job(sandbox, null));
    assertThat(thread.size()).isEqualTo(4);
    assertThat(thread.get("cwd").asText()).isEqualTo(Path.of("/own").toString());
    assertThat(thread.get("sandbox").asText()).isEqualTo(mode);
    assertThat(thread.get("approvalPolicy").asText()).isEqualTo(policy);
    assertThat(thread.get("model").asText()).isEqualTo("m-1");
  }

  @ParameterizedTest
  @CsvSource({"read-only, default", "workspace, acceptEdits", "full, bypassPermissions"})
  void claude(String sandbox, String mode) {
    assertThat(command(new ClaudeDialect(CLOCK), sandbox))
        .isEqualTo(
            "claude -p --output-format stream-json --input-format stream-json --verbose"
                + " --permission-prompt-tool stdio --permission-mode "
                + mode
                + " --model m-1 --more");
  }

  @ParameterizedTest
  @CsvSource({"read-only, default", "workspace, yolo", "full, yolo"})
  void gemini(String sandbox, String mode) {
    assertThat(command(new GeminiDialect(CLOCK), sandbox))
        .isEqualTo("gemini -o stream-json --skip-trust --approval-mode " + mode + " -m m-1 --more");
  }

  @ParameterizedTest
  @CsvSource({
    "read-only, '', ask, ask",
    "workspace, '', allow, ask",
    "full, ' --auto', allow, allow"
  })
  void opencode(String sandbox, String auto, String change, String elsewhere) {
    var launch = new OpenCodeDialect(CLOCK).launch(job(sandbox, null));
    assertThat(String.join(" ", launch.command()))
        .isEqualTo(
            "opencode run --format json --title T-1 --print-logs --log-level ERROR"
                + auto
                + " -m m-1 --more");
    assertThat(launch.environment())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "OPENCODE_DISABLE_AUTOUPDATE",
                "1",
                "OPENCODE_PERMISSION",
                "{\"edit\":\"%s\",\"bash\":\"%s\",\"webfetch\":\"allow\",\"external_directory\":\"%s\"}"
                    .formatted(change, change, elsewhere)));
  }

  @ParameterizedTest
  @CsvSource({"read-only, false", "workspace, true", "full, true"})
  void acp(String sandbox, boolean changes) {
    var launch = new AcpDialect(CLOCK).launch(job(sandbox, null));
    assertThat(launch.command().getLast()).isEqualTo("agent --acp --more");
    assertThat(launch.input().getFirst())
        .contains(
            "\"terminal\":" + changes, "\"readTextFile\":true", "\"writeTextFile\":" + changes);
  }

  @Test
  void aConversationIsTakenUpInTheSameSandbox() {
    var again =
        new RunRequest.Conversation("c-7", dev.hivedeck.engine.protocol.Act.Spend.NOTHING, "go on");
    assertThat(String.join(" ", new CodexDialect(CLOCK).launch(job("read-only", again)).command()))
        .contains("--sandbox read-only")
        .endsWith("resume c-7 -");
    assertThat(String.join(" ", new ClaudeDialect(CLOCK).launch(job("read-only", again)).command()))
        .contains("--permission-mode default", "--resume c-7");
    assertThat(String.join(" ", new GeminiDialect(CLOCK).launch(job("read-only", again)).command()))
        .contains("--approval-mode default", "--resume c-7");
    assertThat(CodexAppServerDialect.thread(job("read-only", again)).get("approvalPolicy").asText())
        .isEqualTo("untrusted");
  }
}
