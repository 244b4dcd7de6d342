package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.health.HealthCommand;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Cleared;
import dev.hivedeck.engine.protocol.view.ChangeViews.Holder;
import dev.hivedeck.engine.protocol.view.ChangeViews.NextAction;
import dev.hivedeck.engine.protocol.view.ChangeViews.Obstacle;
import dev.hivedeck.engine.protocol.view.ChangeViews.ObstacleKind;
import dev.hivedeck.engine.protocol.view.ChangeViews.Verdict;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javafx.scene.Node;
import javafx.scene.control.Labeled;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** What speaks against a change is let be in its place, with a reason. */
class ClearingTest {
  private static final Path PICTURES = Path.of("target", "screens");
  private static final Obstacle SIZE =
      new Obstacle(
          ObstacleKind.SIZE,
          true,
          25,
          "1,310 lines to read, at most 1,000 wanted",
          "have it split",
          null);
  private static final Obstacle RETURNED =
      new Obstacle(ObstacleKind.RETURNED, true, 15, "sent back by review", "core-api", null);

  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final FxRobot robot = new FxRobot();
  private Desktop desktop;

  @BeforeEach
  void open() {
    door.seed(Topic.CHANGE, change(SIZE, RETURNED));
    door.queries = _ -> Json.tree(List.of());
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    FxThread.run(() -> desktop.frame().to(ScreenId.CHANGES, "C-52"));
    FxThread.until("the blocker", () -> text("1,310 lines to read"));
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  private static ChangeViews.Change change(Obstacle... obstacles) {
    var c = ReviewTest.change(ChangeState.OPEN, List.of());
    return new ChangeViews.Change(
        c.id(),
        c.number(),
        c.task(),
        c.title(),
        c.agent(),
        c.attempt(),
        c.state(),
        c.reason(),
        c.branch(),
        c.base(),
        c.head(),
        c.merge(),
        c.files(),
        c.additions(),
        c.deletions(),
        c.commits(),
        c.gates(),
        c.comments(),
        c.review(),
        c.openedAt(),
        c.updatedAt(),
        c.mergedAt(),
        c.dueAt(),
        c.risks(),
        c.health(),
        c.healthReasons(),
        c.lines(),
        new Verdict("Review 1,310 lines", NextAction.APPROVE, Holder.YOU, List.of(obstacles)),
        null,
        List.of(),
        List.of());
  }

  @Test
  void aBlockerIsClearedInItsPlaceAndTheReasonStaysBesideIt() {
    assertThat(FxThread.get(() -> count("clear with a reason…")))
        .as("what was sent back is not cleared")
        .isEqualTo(1);
    robot.clickOn("clear with a reason…");
    FxThread.until("the field", () -> field().isFocused());
    robot.clickOn("Clear");
    FxThread.until("a reason is needed", () -> text("Say why first"));
    robot.clickOn(field());
    robot.write("One table.", 0);
    // A commit that comes to main meanwhile takes no word away.
    door.tell(
        "change.forecast",
        Topic.CHANGE,
        null,
        change(
            SIZE,
            RETURNED,
            new Obstacle(ObstacleKind.BEHIND, false, 1, "12 commits behind main", "soon", null)));
    FxThread.until("told anew", () -> text("12 commits behind main"));
    assertThat(FxThread.get(() -> field().getText())).isEqualTo("One table.");
    pictures("clearing-open");
    robot.type(KeyCode.ENTER);
    FxThread.until("sent", () -> !door.commands.isEmpty());
    assertThat(door.commands)
        .containsExactly(new HealthCommand.Clear("C-52", "size", "One table."));
    var cleared =
        new Obstacle(
            SIZE.kind(),
            false,
            0,
            SIZE.text(),
            SIZE.remedy(),
            null,
            "size",
            new Cleared("you", "One table.", Sample.NOW));
    door.tell("change.cleared", Topic.CHANGE, null, change(cleared));
    FxThread.until("kept beside it", () -> text("because: One table."));
    pictures("clearing-done");
    robot.clickOn("undo");
    FxThread.until("taken back", () -> door.commands.size() == 2);
    assertThat(door.commands.getLast()).isEqualTo(new HealthCommand.Unclear("C-52", "size"));
  }

  @Test
  void anAnswerThatComesLateLeavesWhatIsWrittenByThen() throws Exception {
    var answers = new CountDownLatch(1);
    door.answer =
        _ -> {
          try {
            answers.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return Json.object();
        };
    robot.clickOn("clear with a reason…");
    FxThread.until("the field", () -> field().isFocused());
    robot.write("One table.", 0);
    robot.type(KeyCode.ENTER);
    FxThread.until("sent", () -> !door.commands.isEmpty());
    robot.type(KeyCode.ESCAPE);
    robot.clickOn("clear with a reason…");
    FxThread.until("the field again", () -> field().isFocused());
    robot.write("Two tables.", 0);
    answers.countDown();
    door.tell(
        "change.forecast",
        Topic.CHANGE,
        null,
        change(
            SIZE,
            new Obstacle(ObstacleKind.BEHIND, false, 1, "12 commits behind main", "soon", null)));
    FxThread.until("told anew", () -> text("12 commits behind main"));
    assertThat(FxThread.get(() -> field().getText())).isEqualTo("Two tables.");
  }

  private void pictures(String name) {
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(
          desktop,
          PICTURES.resolve(name + "-" + preference.name().toLowerCase(Locale.ROOT) + ".png"));
    }
  }

  private TextField field() {
    return robot
        .lookup(
            n ->
                n instanceof TextField f
                    && "Why may it be merged all the same?".equals(f.getPromptText()))
        .query();
  }

  private Set<Node> labels(String words) {
    return robot
        .lookup(n -> n instanceof Labeled l && l.getText() != null && l.getText().contains(words))
        .queryAll();
  }

  private long count(String words) {
    return labels(words).stream().filter(Node::isVisible).count();
  }

  private boolean text(String words) {
    return count(words) > 0;
  }
}
