package dev.hivedeck.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.Hive;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.worktree.Git;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.feed.FeedClient;
import dev.hivedeck.ui.shell.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javafx.application.Platform;
import javafx.scene.Node;
import javafx.scene.control.Labeled;
import javafx.scene.input.KeyCode;
import javafx.stage.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

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
  private final FxRobot robot = new FxRobot();
  private Path repository;
  private Hive hive;
  private Desktop desktop;

  @BeforeEach
  void open() throws Exception {
    repository = Files.createDirectories(folder.resolve("shop"));
    var git = new Git(repository);
    git.must("init", "--quiet", "--initial-branch=main");
    git.must("config", "user.name", "A User");
    git.must("config", "user.email", "user@example.org");
    var agent = Files.writeString(folder.resolve("agent.sh"), AGENT);
    assertThat(agent.toFile().setExecutable(true)).isTrue();
    Files.createDirectories(repository.resolve(".hivedeck"));
    Files.writeString(
        repository.resolve(".hivedeck/hive.yaml"),
        """
        version: 1
        agents:
          builder: { driver: claude, program: "%s" }
        decisions: { default: { human: none }, permission: { human: required } }
        """
            .formatted(agent));
    git.must("add", "--all");
    git.must("commit", "--quiet", "-m", "Begin");
    hive = Doors.hive(repository, folder.resolve("home"), 10, true, 0, 0);
    hive.execute(new Command.Trust(Doors.workspace(hive).consent().digest()), null);
    hive.execute(new Command.Work(2), null);
    try {
      Platform.startup(() -> {});
    } catch (IllegalStateException e) {
      // Another test of this run has started it.
    }
    Platform.setImplicitExit(false);
    var endpoint = hive.endpoint();
    var door = FeedClient.connect(() -> Doors.address(endpoint), "desktop", Clock.systemUTC());
    var options =
        new Desktop.Options(
            folder.resolve("desktop.json"), Clock.systemUTC(), ZoneId.systemDefault(), null);
    desktop =
        fx(
            () -> {
              var made = Desktop.open(new Stage(), _ -> door, options);
              made.stage().setWidth(1440);
              made.stage().setHeight(900);
              made.show(door);
              return made;
            });
  }

  @AfterEach
  void close() throws Exception {
    fx(
        () -> {
          desktop.stage().close();
          return null;
        });
    hive.close();
  }

  @Test
  void isAnsweredFromTheDesktopOnceThenForGood() {
    add("T-1");
    until("the desktop", () -> desktop.frame() != null && desktop.frame().place() != null);
    onFx(() -> desktop.frame().to(Place.AGENTS, "builder"));
    until("what it wants", () -> text("builder wants to use Bash") && text("make all"));
    assertThat(hive.query(new Query.Permissions())).isEmpty();
    onFx(() -> robot.lookup(".thing-table").query().requestFocus());
    robot.type(KeyCode.DIGIT1);
    until("built", () -> merged("T-1"));
    assertThat(new Git(repository).must("show", "main:built-T-1.txt")).isEqualTo("built");
    assertThat(Json.write(hive.query(new Query.Log("T-1.1", 0, 100))))
        .contains("\"answer\":\"once\"", "all is built", "\"cached\":800");

    add("T-2");
    until("asked again", () -> text("builder wants to use Bash") && text("Always allow"));
    robot.type(KeyCode.DIGIT2);
    until("the rule", () -> text("Allow from now on"));
    robot.clickOn("Allow from now on");
    until("built again", () -> merged("T-2"));
    add("T-3");
    until("built unasked", () -> merged("T-3"));
    var rule = hive.query(new Query.Permissions()).get(0);
    assertThat(rule.get("what").asText()).isEqualTo("make all");
    assertThat(rule.get("used").asLong()).isEqualTo(1);
    assertThat(Json.write(hive.query(new Query.Events(-500, 500))))
        .contains("permission.set", "all agents may use Bash: make all");

    hive.execute(new Command.SetPermission(null, "Bash", "make *", false), null);
    add("T-4");
    until("done without", () -> merged("T-4"));
    assertThat(new Git(repository).must("show", "main:notes-T-4.txt")).isEqualTo("not built");
  }

  // ── how ─────────────────────────────────────────────────────────────────────────────────────

  private void add(String id) {
    hive.execute(
        new Command.AddTask(
            id, "Build " + id, "Build it.", "builder", null, null, null, null, null),
        null);
  }

  private boolean merged(String id) {
    return hive.snapshot(EnumSet.of(Topic.TASK)).things().get(Topic.TASK).stream()
        .map(Views.Task.class::cast)
        .anyMatch(t -> t.id().equals(id) && t.merged());
  }

  private boolean text(String words) {
    return robot
        .lookup(n -> n instanceof Labeled l && l.getText() != null && l.getText().contains(words))
        .queryAll()
        .stream()
        .anyMatch(PermissionTest::shown);
  }

  private static boolean shown(Node node) {
    for (var n = node; n != null; n = n.getParent()) {
      if (!n.isVisible()) {
        return false;
      }
    }
    return node.getScene() != null;
  }

  private void onFx(Runnable work) {
    look(
        () -> {
          work.run();
          return null;
        });
  }

  private <T> T look(Callable<T> what) {
    try {
      return fx(what);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void until(String what, Callable<Boolean> so) {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (System.nanoTime() < end) {
      if (look(so)) {
        return;
      }
      robot.sleep(30);
    }
    throw new AssertionError("never: " + what);
  }

  private static <T> T fx(Callable<T> work) throws Exception {
    var task = new FutureTask<>(work);
    Platform.runLater(task);
    return task.get(60, TimeUnit.SECONDS);
  }
}
