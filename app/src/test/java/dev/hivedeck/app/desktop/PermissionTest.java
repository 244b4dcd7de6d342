package dev.hivedeck.app.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.ui.shell.ScreenId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** An agent asks for permission, a person answers in the desktop, and the agent obeys. */
@DisabledOnOs(OS.WINDOWS)
class PermissionTest {
  /** Speaks as claude does: asks before it runs a command, and does what it is answered. */
  private static final String AGENT =
      """
      #!/bin/sh
      tell() { printf '%s\\n' "$1"; }
      read -r begin
      read -r task
      tell '{"type":"system","subtype":"init","session_id":"session-17"}'
      tell '{"type":"assistant","message":{"content":[{"type":"text","text":"I will build it."}]}}'
      tell '{"type":"assistant","message":{"content":[{"type":"tool_use","id":"t1","name":"Bash","input":{"command":"make all"}}]}}'
      tell '{"type":"control_request","request_id":"r1","request":{"subtype":"can_use_tool","tool_name":"Bash","tool_use_id":"t1","input":{"command":"make all"}}}'
      while read -r line; do
        case "$line" in
          *'"behavior":"allow"'*)
            echo built > "built-$HIVEDECK_TASK.txt"
            tell '{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"t1","content":"all is built"}]}}'
            break ;;
          *'"behavior":"deny"'*)
            echo 'not built' > "notes-$HIVEDECK_TASK.txt"
            tell '{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"t1","is_error":true,"content":"no"}]}}'
            break ;;
        esac
      done
      tell '{"type":"result","subtype":"success","usage":{"input_tokens":1200,"output_tokens":40,"cache_read_input_tokens":800},"total_cost_usd":0.02}'
      """;

  @TempDir Path folder;
  private Path repository;
  private Engine engine;
  private RealDesktop desktop;

  @BeforeEach
  void open() throws Exception {
    var agent = Files.writeString(folder.resolve("agent.sh"), AGENT);
    assertThat(agent.toFile().setExecutable(true)).isTrue();
    var shop = new Shop(folder);
    repository = shop.path();
    shop.configure(
        """
        version: 1
        agents:
          builder: { driver: claude, program: "%s" }
        decisions: { default: { human: none }, permission: { human: required } }
        """
            .formatted(agent));
    shop.commit();
    engine = EngineAccess.hive(repository, folder.resolve("home"), 10, true, 0, 0);
    engine.execute(new Command.Trust(EngineAccess.workspace(engine).consent().digest()), null);
    engine.execute(new Command.StartHive(2), null);
    desktop = RealDesktop.on(engine, folder);
  }

  @AfterEach
  void close() {
    desktop.close();
  }

  @Test
  void isAnsweredFromTheDesktopOnceThenForGood() {
    add("T-1");
    desktop.until("the desktop", () -> desktop.frame() != null && desktop.frame().place() != null);
    desktop.run(() -> desktop.frame().to(ScreenId.AGENTS, "builder"));
    desktop.until(
        "what it wants",
        () -> desktop.sees("builder wants to use Bash") && desktop.sees("make all"));
    assertThat(engine.query(new Query.Permissions())).isEmpty();
    desktop.run(() -> desktop.robot().lookup(".thing-table").query().requestFocus());
    desktop.robot().type(KeyCode.DIGIT1);
    desktop.until("built", () -> merged("T-1"));
    assertThat(new Git(repository).must("show", "main:built-T-1.txt")).isEqualTo("built");
    assertThat(Json.write(engine.query(new Query.Log("T-1.1", 0, 100))))
        .contains("\"answer\":\"once\"", "all is built", "\"cached\":800");

    add("T-2");
    desktop.until(
        "asked again",
        () -> desktop.sees("builder wants to use Bash") && desktop.sees("Always allow"));
    desktop.robot().type(KeyCode.DIGIT2);
    desktop.until("the rule", () -> desktop.sees("Allow from now on"));
    desktop.robot().clickOn("Allow from now on");
    desktop.until("built again", () -> merged("T-2"));
    add("T-3");
    desktop.until("built unasked", () -> merged("T-3"));
    var rule = engine.query(new Query.Permissions()).get(0);
    assertThat(rule.get("what").asText()).isEqualTo("make all");
    assertThat(rule.get("used").asLong()).isEqualTo(1);
    assertThat(Json.write(engine.query(new Query.Events(-500, 500))))
        .contains("permission.set", "all agents may use Bash: make all");

    engine.execute(new Command.SetPermission(null, "Bash", "make *", false), null);
    add("T-4");
    desktop.until("done without", () -> merged("T-4"));
    assertThat(new Git(repository).must("show", "main:notes-T-4.txt")).isEqualTo("not built");
  }

  // ── how ─────────────────────────────────────────────────────────────────────────────────────

  private void add(String id) {
    engine.execute(
        new Command.AddTask(
            id, "Build " + id, "Build it.", "builder", null, null, null, null, null),
        null);
  }

  private boolean merged(String id) {
    return engine.snapshot(Set.of(Topic.TASK)).things().get(Topic.TASK).stream()
        .map(TaskViews.Task.class::cast)
        .anyMatch(t -> t.id().equals(id) && t.merged());
  }
}
