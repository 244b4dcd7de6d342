package dev.hivedeck.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.ui.shell.Dialogs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.control.Labeled;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.stage.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** From the welcome screen to a first plan. */
class BeginningTest {
  @TempDir Path folder;
  private final FxRobot robot = new FxRobot();
  private final InMemoryEngineApi door = new InMemoryEngineApi(Sample.CLOCK);
  private Path repository;
  private Path plan;
  private boolean refuse;
  private Desktop desktop;

  @BeforeEach
  void welcome() throws Exception {
    repository = Files.createDirectory(folder.resolve("shop"));
    plan = Files.writeString(folder.resolve("plan.yaml"), "plan: Shop\n");
    desktop = FxThread.get(this::open);
  }

  private Desktop open() {
    var options =
        new Desktop.Options(
            folder.resolve("desktop.json"), Sample.CLOCK, ZoneOffset.UTC, new Choosing());
    var made = Desktop.open(new Stage(), new Program(), options);
    made.stage().setWidth(1440);
    made.stage().setHeight(900);
    return made;
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  @Test
  void aRepositoryIsOpenedTrustedAndGivenAPlan() {
    door.seed(Topic.WORKSPACE, workspace(false));
    door.seed(Topic.AGENT, Samples.one(Sample.door(), Topic.AGENT, AgentViews.Agent.class, "docs"));
    click("Open a repository");
    FxThread.until("asked for trust", () -> texts().contains("Trust shop?"));
    assertThat(FxThread.get(this::texts))
        .contains("agent a", "./a.sh", "new", "gate unit", "mvn -q test", "changed", "← mvn test");
    click("Trust all of this");
    FxThread.until("trusted", () -> door.commands.contains(new Command.Trust("d1")));
    door.tell("workspace.trusted", Topic.WORKSPACE, "trusted", workspace(true));

    FxThread.until("no plan", () -> texts().contains("No plan yet"));
    door.answer =
        c ->
            c instanceof Command.ImportPlan
                ? Json.object().put("added", 3).put("changed", 0).put("kept", 0)
                : Json.object();
    click("Import a plan…");
    FxThread.until(
        "imported",
        () -> door.commands.contains(new Command.ImportPlan("plan.yaml", "plan: Shop\n")));
    FxThread.until("told", () -> texts().contains("plan.yaml: 3 added, 0 changed, 0 kept"));
  }

  @Test
  void aFirstFileIsProposedOrItIsSaidWhyNot() {
    door.seed(Topic.WORKSPACE, workspace(true));
    door.hive = null;
    door.unreadable =
        new HiveException(ErrorCode.CONFIG_UNREADABLE, "It is no file.", "Make it one.");
    click("Open a repository");
    FxThread.until("open", () -> desktop.frame() != null && desktop.frame().place() != null);
    FxThread.run(() -> desktop.frame().setUp());
    FxThread.until("why not", () -> texts().contains("It is no file."));
    door.unreadable = null;
    FxThread.run(() -> desktop.frame().setUp());
    FxThread.until("the proposal", () -> texts().contains("shop is ready to try"));
  }

  /** Whoever types on meanwhile consents to nothing, and keeps what was typed. */
  @Test
  void whatChangesWhileSomebodyTypesTakesNeitherTheKeysNorConsent() {
    door.seed(Topic.WORKSPACE, workspace(true));
    click("Open a repository");
    FxThread.until("open", () -> desktop.frame() != null && desktop.frame().place() != null);
    FxThread.run(() -> desktop.frame().newTask());
    FxThread.until("the sheet", () -> texts().contains("New task"));
    robot.write("Sort the");
    door.tell("workspace.untrusted", Topic.WORKSPACE, "changed", workspace(false));
    FxThread.until("told", () -> texts().contains("Review"));
    robot.write(" imports");

    assertThat(FxThread.get(this::texts)).contains("New task").doesNotContain("Trust shop?");
    assertThat(FxThread.get(this::nodes))
        .filteredOn(TextField.class::isInstance)
        .extracting(n -> ((TextField) n).getText())
        .contains("Sort the imports");
    assertThat(door.commands).isEmpty();
  }

  @Test
  void noKeyConsentsAndWhatChangedAfterItWasShownCannotBeTrusted() {
    door.seed(Topic.WORKSPACE, workspace(false));
    click("Open a repository");
    FxThread.until("asked for trust", () -> texts().contains("Trust shop?"));
    assertThat(FxThread.get(() -> button("Trust all of this").isDefaultButton())).isFalse();
    robot.type(KeyCode.SPACE, KeyCode.ENTER, KeyCode.SPACE, KeyCode.Y, KeyCode.ENTER);
    assertThat(FxThread.get(this::texts)).contains("Trust shop?");
    assertThat(door.commands).isEmpty();

    door.tell("workspace.untrusted", Topic.WORKSPACE, "changed", workspace("d2"));
    FxThread.until("off", () -> button("Trust all of this").isDisabled());
    click("Show it again");
    FxThread.until("on", () -> !button("Trust all of this").isDisabled());
    click("Trust all of this");
    FxThread.until("trusted", () -> door.commands.contains(new Command.Trust("d2")));
  }

  private Button button(String text) {
    return nodes().stream()
        .filter(n -> n instanceof Button b && text.equals(b.getText()))
        .map(Button.class::cast)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aRepositoryThatCannotBeOpenedSaysWhyAndWhatToDo() {
    refuse = true;
    click("Open a repository");
    FxThread.until("told", () -> texts().contains("shop is not a git repository."));
    assertThat(FxThread.get(this::texts)).contains("Run git init there first.", "no-repository");
    refuse = false;
    door.seed(Topic.WORKSPACE, workspace(true));
    click("Open a repository");
    FxThread.until("open", () -> desktop.frame() != null && desktop.frame().place() != null);
  }

  @Test
  void whatWasOpenedIsFoundAgain() {
    door.seed(Topic.WORKSPACE, workspace(true));
    click("Open a repository");
    FxThread.until("open", () -> desktop.frame() != null && desktop.frame().place() != null);
    FxThread.run(desktop::welcome);
    FxThread.until("in the list", () -> texts().contains(repository.toString()));
  }

  @Test
  void theDemoIsOneClickAway() {
    door.seed(Topic.WORKSPACE, workspace(true));
    click("Try the demo");
    FxThread.until("open", () -> desktop.frame() != null && desktop.frame().place() != null);
  }

  private WorkspaceViews.Workspace workspace(boolean trusted) {
    return workspace(trusted ? null : "d1");
  }

  /**
   * @param asked digest of what waits for consent; null for nothing
   */
  private WorkspaceViews.Workspace workspace(String asked) {
    var w = Sample.workspace();
    return new WorkspaceViews.Workspace(
        "shop",
        "shop",
        repository.toString(),
        w.main(),
        w.commit(),
        w.checkout(),
        0,
        w.upstream(),
        asked == null,
        false,
        4,
        null,
        w.engine(),
        w.startedAt(),
        List.of(),
        asked == null ? Sample.TRUSTED : Sample.asked(asked));
  }

  private void click(String text) {
    var found = new Node[1];
    FxThread.until(
        text,
        () ->
            nodes().stream()
                .filter(n -> n instanceof Button b && text.equals(b.getText()) && !b.isDisabled())
                .findFirst()
                .map(n -> found[0] = n)
                .isPresent());
    robot.clickOn(found[0]);
  }

  private List<String> texts() {
    return nodes().stream()
        .filter(n -> n instanceof Labeled l && l.getText() != null)
        .map(n -> ((Labeled) n).getText())
        .toList();
  }

  private List<Node> nodes() {
    var all = new ArrayList<Node>();
    collect(desktop.stage().getScene().getRoot(), all);
    return all;
  }

  private static void collect(Node node, List<Node> all) {
    if (node.isVisible()) {
      all.add(node);
      if (node instanceof Parent parent) {
        parent.getChildrenUnmodifiable().forEach(c -> collect(c, all));
      }
    }
  }

  /** A program that opens the folder, or says why not. */
  private final class Program implements Desktop.Host {
    @Override
    public EngineApi open(Path wanted) {
      if (refuse) {
        throw new HiveException(
            ErrorCode.NO_REPOSITORY, "shop is not a git repository.", "Run git init there first.");
      }
      return door;
    }

    @Override
    public boolean hasDemo() {
      return true;
    }

    @Override
    public EngineApi demo() {
      return door;
    }
  }

  /** A person who chooses the repository and the plan. */
  private final class Choosing implements Dialogs {
    @Override
    public boolean confirm(String title, String consequence, String verb) {
      return true;
    }

    @Override
    public Optional<Path> chooseFolder(String title) {
      return Optional.of(repository);
    }

    @Override
    public List<Path> chooseFiles(String title, List<String> patterns) {
      return List.of(plan);
    }

    @Override
    public Optional<Path> chooseTarget(String title, String name) {
      return Optional.empty();
    }
  }
}
