package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.EngineOptions;
import dev.hivedeck.engine.agent.discovery.HostEnvironment;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.time.SystemTimers;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.shell.ScreenId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import javafx.scene.AccessibleAttribute;
import javafx.scene.Node;
import javafx.scene.control.Labeled;
import javafx.scene.control.ListView;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** From an empty workspace to many agents, on a real engine and a real repository. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "programs and scripts are shell scripts here")
class FindAgentsTest {

  @TempDir Path folder;
  private final FxRobot robot = new FxRobot();
  private Path repository;
  private Engine engine;
  private Desktop desktop;

  @BeforeEach
  void open() throws IOException {
    repository = Files.createDirectories(folder.resolve("shop"));
    var git = new Git(repository);
    git.must("init", "--quiet", "--initial-branch=main");
    git.must("config", "user.name", "A User");
    git.must("config", "user.email", "user@example.org");
    String[] kinds = {
      "test", "lint", "deploy", "monitor", "security-scan", "sync", "release", "llm"
    };
    for (int i = 0; i < 40; i++) {
      String kind = kinds[i % kinds.length];
      write(
          "agents/" + kind + "-" + (i / kinds.length + 1) + ".sh",
          "#!/bin/sh\n# Looks after part "
              + i
              + " of the shop, as one of those for "
              + kind
              + ".\n");
    }
    write(
        ".claude/agents/code-reviewer.md",
        "---\nname: code-reviewer\ndescription: Reviews diffs for style and complexity.\n---\nx\n");
    write(".claude/agents/half.md", "---\nname: half\n");
    write("AGENTS.md", "# How to work here\n\nRun make test.\n");
    git.must("add", "--all");
    git.must("commit", "--quiet", "-m", "Begin");
    Path bin = Files.createDirectories(folder.resolve("bin"));
    program(bin, "codex", "echo codex-cli 0.169.0");
    program(bin, "claude", "echo '2.0.14 (Claude Code)'");
    program(bin, "gemini", "echo 0.61.0");
    program(bin, "goose", "echo 'cannot load libxcb.so.1' >&2; exit 127");
    Path home = Files.createDirectories(folder.resolve("user"));
    Files.createDirectories(home.resolve(".codex"));
    Files.writeString(home.resolve(".codex/auth.json"), "{}");
    engine =
        Engine.open(
            new EngineOptions(
                repository,
                folder.resolve("home"),
                1,
                false,
                0,
                0,
                new SystemTimers(),
                () -> UUID.randomUUID().toString(),
                new Random(1),
                new HostEnvironment(Map.of("PATH", bin + ":/usr/bin:/bin"), home, "Linux")));
    desktop = FxThread.desktop(engine, folder.resolve("desktop.json"));
    FxThread.until("the first page", () -> text("Not now"));
    FxThread.run(() -> robot.lookup("Not now").queryButton().fire());
    FxThread.until("the frame", () -> desktop.frame() != null);
    FxThread.run(() -> desktop.frame().to(ScreenId.AGENTS));
    FxThread.until("taught", () -> text("No agents yet"));
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
    engine.close();
  }

  private void write(String path, String text) throws IOException {
    Path file = repository.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static void program(Path bin, String name, String script) throws IOException {
    Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private boolean text(String words) {
    return robot
        .lookup(n -> n instanceof Labeled l && l.getText() != null && l.getText().contains(words))
        .tryQuery()
        .isPresent();
  }

  private ListView<?> list() {
    return robot.lookup(".found").queryAs(ListView.class);
  }

  private void palette() {
    robot.press(KeyCode.CONTROL).type(KeyCode.K).release(KeyCode.CONTROL);
    robot.write("find agents");
    FxThread.until("the command", () -> text("Find agents"));
    robot.type(KeyCode.ENTER);
    FxThread.until("what is defined", () -> text("Select all 42 shown"));
  }

  /** On the thread of the screen. */
  private List<String> agents() {
    return desktop.frame().desk().live().agents().all().stream().map(a -> a.id()).toList();
  }

  @Test
  void manyAreChosenByWordsAndAddedAtOnceAndTakenBack() throws IOException {
    var button =
        robot.lookup(n -> n instanceof Labeled l && "Find agents".equals(l.getText())).queryAll();
    robot.clickOn(button.stream().filter(Node::isVisible).reduce((a, b) -> b).orElseThrow());
    FxThread.until("what is defined", () -> text("Select all 42 shown"));
    FxThread.until("what is installed", () -> text("2 of 12 ready"));
    assertThat(FxThread.get(() -> text("Too old") && text("Does not answer"))).isTrue();
    assertThat(FxThread.get(() -> text("Hivedeck needs 2.0.59"))).isTrue();

    robot.clickOn(
        robot.lookup(n -> n instanceof TextField f && f.isVisible()).queryAs(TextField.class));
    robot.write("lint");
    FxThread.until("fewer", () -> text("Select all 5 shown"));
    assertThat(FxThread.get(() -> text("Because of “lint” in its name"))).isTrue();
    robot.clickOn("Select all 5 shown");
    FxThread.until("chosen", () -> text("Add 5 agents"));
    robot.clickOn("Add 5 agents");
    FxThread.until("agents", () -> agents().size() == 5);
    FxThread.until("told", () -> text("Added 5 agents to .hivedeck/hive.yaml, lines 4 to"));
    FxThread.until("marked", () -> text("Added already") && text("Select all 0 shown"));
    robot.clickOn("Undo");
    FxThread.until("taken back", () -> agents().isEmpty());
    assertThat(Files.readString(repository.resolve(".hivedeck/hive.yaml"))).doesNotContain("lint");
  }

  @Test
  void everythingGoesByKeysAndHasAName() {
    palette();
    FxThread.run(
        () -> robot.lookup(n -> n instanceof TextField f && f.isVisible()).query().requestFocus());
    robot.write("code-reviewer");
    FxThread.until("one", () -> text("Select all 1 shown"));
    robot.type(KeyCode.ENTER);
    FxThread.until("in the list", () -> list().isFocused());
    robot.type(KeyCode.SPACE);
    FxThread.until("chosen", () -> text("Add 1 agent"));
    var said =
        FxThread.get(
            () ->
                robot.lookup(".found .list-cell").queryAll().stream()
                    .map(n -> (String) n.queryAccessibleAttribute(AccessibleAttribute.TEXT))
                    .filter(t -> t != null && t.startsWith("code-reviewer"))
                    .findFirst()
                    .orElse(""));
    assertThat(said).contains("selected", "Reviews diffs", "Because of");
    robot.press(KeyCode.SHORTCUT, KeyCode.ENTER).release(KeyCode.ENTER, KeyCode.SHORTCUT);
    FxThread.until("an agent", () -> agents().equals(List.of("code-reviewer")));
    FxThread.run(() -> list().requestFocus());
    robot.type(KeyCode.ESCAPE);
    FxThread.until("back", () -> robot.lookup(".thing-table").tryQuery().isPresent());
  }

  @Test
  void howItLooks() {
    palette();
    FxThread.until("what is installed", () -> text("2 of 12 ready"));
    FxThread.run(
        () -> robot.lookup(n -> n instanceof TextField f && f.isVisible()).query().requestFocus());
    FxThread.run(() -> list().scrollTo(0));
    FxThread.run(() -> list().scrollTo(list().getItems().size() - 1));
  }
}
