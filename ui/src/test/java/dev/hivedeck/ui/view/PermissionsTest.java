package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.PermissionRequest;
import dev.hivedeck.engine.protocol.view.PermissionViews.PermissionRule;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javafx.scene.Node;
import javafx.scene.control.Labeled;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** What agents want to be allowed, and what they may do without asking. */
class PermissionsTest {
  private static final Path PICTURES = Path.of("target", "screens");
  private static final PermissionRequest WANTED =
      new PermissionRequest(
          "core-api",
          "Bash",
          "rm -rf build && mvn -q verify",
          "/tmp/T-101",
          "high",
          "deletes for good",
          "");

  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final FxRobot robot = new FxRobot();
  private final List<PermissionRule> rules = new CopyOnWriteArrayList<>();
  private Desktop desktop;

  @BeforeEach
  void open() {
    door.queries =
        query -> Json.tree(query instanceof Query.Permissions ? List.copyOf(rules) : List.of());
    door.answer =
        command -> {
          switch (command) {
            case Command.SetPermission c -> {
              rules.removeIf(r -> r.tool().equals(c.tool()) && r.what().equals(c.what()));
              rules.addFirst(
                  new PermissionRule(
                      "7", c.agent(), c.tool(), c.what(), c.allow(), c.literal(), Sample.NOW, 0));
              door.tell(
                  "permission.set", Topic.WORKSPACE, "all agents may use it", Sample.workspace());
            }
            case Command.RemovePermission c -> {
              rules.removeIf(r -> r.id().equals(c.id()));
              door.tell(
                  "permission.removed", Topic.WORKSPACE, "agents ask again", Sample.workspace());
            }
            default -> {}
          }
          return Json.object();
        };
    ask("Q-7", WANTED);
    ask("Q-8", new PermissionRequest("docs", "Bash", "cat *", "/w", "low", "", ""));
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  private void ask(String id, PermissionRequest wanted) {
    door.seed(
        Topic.DECISION,
        new DecisionViews.Decision(
            id,
            "T-101",
            "T-101.1",
            wanted.agent(),
            PermissionRequest.KIND,
            3,
            wanted.question(),
            wanted.detail(),
            PermissionRequest.OPTIONS,
            PermissionRequest.NO,
            DecisionViews.DecisionState.OPEN,
            null,
            null,
            null,
            Sample.NOW.minusSeconds(30),
            null,
            null));
  }

  @Test
  void isAnsweredBesideTheAgentByOneKey() {
    FxThread.run(() -> desktop.frame().to(ScreenId.AGENTS, "core-api"));
    FxThread.until(
        "what it wants",
        () ->
            text("core-api wants to use Bash")
                && text("rm -rf build && mvn -q verify")
                && text("high")
                && text("deletes for good"));
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(desktop, PICTURES.resolve("permission-agent-" + preference + ".png"));
    }
    FxThread.run(() -> robot.lookup(".thing-table").query().requestFocus());
    robot.type(KeyCode.DIGIT1);
    FxThread.until("answered", () -> !door.commands.isEmpty());
    assertThat(door.commands)
        .containsExactly(new Command.Decide("Q-7", PermissionRequest.ONCE, null));
  }

  @Test
  void alwaysSaysWhichRuleItMakesAndTakesAWiderOne() {
    FxThread.run(() -> desktop.frame().to(ScreenId.DECISIONS, "Q-7"));
    FxThread.until("the question", () -> text("core-api wants to use Bash"));
    robot.type(KeyCode.DIGIT2);
    FxThread.until("the rule", () -> text("From now on, without asking"));
    var what = field("may use Bash for");
    FxThread.run(() -> what.setText("rm -rf *"));
    FxThread.until("too narrow", () -> text("This rule would not cover what is asked now."));
    FxThread.run(() -> what.setText("rm -rf build && mvn *"));
    FxThread.until("wide enough", () -> !text("This rule would not cover what is asked now."));
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(desktop, PICTURES.resolve("permission-always-" + preference + ".png"));
    }
    robot.clickOn("Allow from now on");
    FxThread.until("both sent", () -> door.commands.size() == 2);
    assertThat(door.commands)
        .containsExactly(
            new Command.SetPermission(null, "Bash", "rm -rf build && mvn *", true),
            new Command.Decide("Q-7", PermissionRequest.ONCE, null));
  }

  /** What was asked may hold a star of its own: to allow that is not to allow what it matches. */
  @Test
  void aStarThatWasAskedForIsAStarUnlessThePersonSaysOtherwise() {
    FxThread.run(() -> desktop.frame().to(ScreenId.DECISIONS, "Q-8"));
    FxThread.until("the question", () -> text("cat *"));
    robot.type(KeyCode.DIGIT2);
    FxThread.until("the choice", () -> text("Read * as anything"));
    robot.clickOn("Allow from now on");
    FxThread.until("both sent", () -> door.commands.size() == 2);
    assertThat(door.commands.getFirst())
        .isEqualTo(new Command.SetPermission(null, "Bash", "cat *", true, true));
  }

  @Test
  void rulesAreWrittenTurnedAndRemovedWithAWayBack() {
    FxThread.run(() -> desktop.frame().to(ScreenId.DECISIONS));
    robot.clickOn("What agents may do");
    FxThread.until("taught", () -> text("When an agent asks for permission"));
    robot.clickOn("Add a rule");
    var tool = field("Tool");
    var what = field("What for");
    FxThread.run(() -> tool.setText("Bash"));
    FxThread.run(() -> what.setText("npm test *"));
    robot.clickOn("Save");
    FxThread.until("there", () -> text("npm test *") && text("never used"));
    rules.add(
        new PermissionRule(
            "3", "docs", "WebFetch", "*", false, false, Sample.NOW.minusSeconds(900), 12));
    door.tell("permission.set", Topic.WORKSPACE, "docs may not use", Sample.workspace());
    FxThread.until("heard of", () -> text("used 12 times") && text("may not"));
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(desktop, PICTURES.resolve("permission-rules-" + preference + ".png"));
    }
    robot.clickOn(named("Turn into the opposite: all agents may use Bash: npm test *"));
    FxThread.until("forbidden", () -> rules.stream().noneMatch(PermissionRule::allow));
    robot.clickOn(named("Remove: all agents may not use Bash"));
    FxThread.until("gone", () -> rules.size() == 1 && text("Undo"));
    robot.clickOn("Undo");
    FxThread.until("back", () -> rules.size() == 2);
  }

  // ── how ─────────────────────────────────────────────────────────────────────────────────────

  private TextInputControl field(String name) {
    FxThread.until(name, () -> robot.lookup(n -> isField(n, name)).tryQuery().isPresent());
    return robot.lookup(n -> isField(n, name)).query();
  }

  private static boolean isField(Node n, String name) {
    return n instanceof TextInputControl && name.equals(n.getAccessibleText()) && shown(n);
  }

  private Node named(String start) {
    FxThread.until(start, () -> robot.lookup(n -> isNamed(n, start)).tryQuery().isPresent());
    return robot.lookup(n -> isNamed(n, start)).query();
  }

  private static boolean isNamed(Node n, String start) {
    return n.getAccessibleText() != null && n.getAccessibleText().startsWith(start) && shown(n);
  }

  private static boolean shown(Node node) {
    for (var n = node; n != null; n = n.getParent()) {
      if (!n.isVisible()) {
        return false;
      }
    }
    return true;
  }

  private boolean text(String words) {
    return robot
        .lookup(n -> n instanceof Labeled l && l.getText() != null && l.getText().contains(words))
        .queryAll()
        .stream()
        .anyMatch(PermissionsTest::shown);
  }
}
