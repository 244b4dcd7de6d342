package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Labeled;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** Tasks as a person finds, reads and steers them. */
class TasksScreenTest {
  private static final Path PICTURES = Path.of("target", "screens");
  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final FxRobot robot = new FxRobot();
  private Desktop desktop;

  @BeforeEach
  void open() {
    door.queries =
        query ->
            switch (query) {
              case Query.Prompt p ->
                  Json.tree(
                      new Query.PromptText(
                          p.task(),
                          "Reject orders whose stock is gone, with the reason in the answer.\n\n"
                              + "Cover the race of two shoppers for the last piece.",
                          "Gate unit failed: test_race expected 409, was 500."));
              case Query.Log l -> Json.tree(new Query.LogPage(l.attempt(), 0, 0, List.of()));
              default -> Json.tree(List.of());
            };
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    FxThread.run(() -> desktop.frame().to(ScreenId.TASKS));
    FxThread.until("tasks", () -> rows().size() == 60);
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  @Test
  void howItLooks() {
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.run(() -> desktop.frame().to(ScreenId.TASKS, "T-123"));
      FxThread.until("its prompt", () -> text("race of two shoppers"));
      FxThread.picture(desktop, PICTURES.resolve("tasks-read-" + preference + ".png"));
      robot.clickOn(named("As a graph of what waits for what"));
      FxThread.run(() -> desktop.frame().to(ScreenId.TASKS, "T-116"));
      FxThread.picture(desktop, PICTURES.resolve("tasks-graph-" + preference + ".png"));
      robot.clickOn(named("As a table"));
    }
  }

  @Test
  void theDeadComeFirstAndAreTriedAgainWithOneClick() {
    assertThat(FxThread.get(() -> rows().getFirst().state())).isEqualTo(TaskState.DEAD);
    robot.clickOn("Dead letters 1");
    FxThread.until("only the dead", () -> rows().size() == 1);
    robot.clickOn("Try again");
    FxThread.until("asked", () -> !door.commands.isEmpty());
    assertThat(door.commands).containsExactly(new Command.RetryTask("T-123", null));
  }

  @Test
  void aDeadLetterIsTriedAgainWithMoreTimeAndAnotherAgent() {
    FxThread.run(() -> desktop.frame().to(ScreenId.TASKS, "T-123"));
    FxThread.until("its prompt", () -> text("race of two shoppers"));
    robot.clickOn("Try again with …");
    for (var preference : List.of(Theme.Preference.LIGHT, Theme.Preference.DARK)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(desktop, PICTURES.resolve("tasks-retry-" + preference + ".png"));
    }
    robot.clickOn(named("Minutes"));
    robot.write("0");
    assertThat(FxThread.get(() -> button("Try again with this").isDisabled())).isTrue();
    robot.eraseText(1).write("40");
    robot.clickOn("Try again with this");
    FxThread.until("sent", () -> !door.commands.isEmpty());
    assertThat(door.commands)
        .singleElement()
        .isInstanceOfSatisfying(
            Command.RetryTask.class,
            c -> {
              assertThat(c.id()).isEqualTo("T-123");
              assertThat(c.timeout()).isEqualTo(Duration.ofMinutes(40));
              assertThat(c.prompt()).as("left as it was").isNull();
            });
  }

  private javafx.scene.control.Button button(String text) {
    return robot.lookup(text).queryButton();
  }

  @Test
  void typingFiltersAndEscapeShowsAllAgain() {
    robot.clickOn(".text-input");
    robot.write("gift c");
    FxThread.until("two", () -> rows().size() == 2);
    robot.type(KeyCode.ESCAPE);
    FxThread.until("all", () -> rows().size() == 60);
    robot.clickOn(".text-input");
    robot.write("nothing like this");
    FxThread.until("says so", () -> text("No such task now"));
  }

  @Test
  void cancelsAfterSayingWhatItMeansAndOffersTheWayBack() {
    FxThread.run(() -> desktop.frame().to(ScreenId.TASKS, "T-102"));
    FxThread.until("read", () -> text("T-102 Outbox retry with jitter"));
    robot.clickOn("Cancel");
    FxThread.until("asked", () -> door.commands.contains(new Command.CancelTask("T-102")));
    FxThread.until("undo", () -> text("Undo"));
    robot.clickOn("Undo");
    FxThread.until("back", () -> door.commands.contains(new Command.RetryTask("T-102", null)));
  }

  @Test
  void theGraphIsWalkedByKeys() {
    FxThread.run(() -> desktop.frame().to(ScreenId.TASKS, "T-112"));
    robot.clickOn(named("As a graph of what waits for what"));
    FxThread.until(
        "drawn", () -> robot.lookup(".dag").tryQuery().filter(TasksScreenTest::shown).isPresent());
    FxThread.run(() -> robot.lookup(".dag").query().requestFocus());
    FxThread.until(
        "laid out",
        () -> ((javafx.scene.layout.Region) robot.lookup(".dag").query()).getWidth() > 0);
    robot.sleep(300);
    robot.type(KeyCode.LEFT);
    FxThread.until("what it needs", () -> "T-107".equals(table().chosen().get()));
    robot.type(KeyCode.RIGHT);
    FxThread.until("and back", () -> "T-112".equals(table().chosen().get()));
  }

  @Test
  void allOfATallGraphIsDrawnWhereItIsClicked() {
    FxThread.run(() -> desktop.theme().choose(Theme.Preference.DARK));
    seedLarge(9_000);
    robot.clickOn(named("As a graph of what waits for what"));
    FxThread.until(
        "laid out",
        () ->
            robot.lookup(".dag").tryQuery().filter(TasksScreenTest::shown).isPresent()
                && String.valueOf(robot.lookup(".dag").query().getAccessibleText())
                    .startsWith("Graph of 9,060"));
    robot.sleep(500);
    robot.clickOn("See all");
    var drawn = FxThread.get(this::graphPixels);
    FxThread.run(() -> desktop.theme().choose(Theme.Preference.LIGHT));
    FxThread.run(() -> desktop.theme().choose(Theme.Preference.DARK));
    var again = FxThread.get(this::graphPixels);
    assertThat(again.equals(drawn)).as("drawing again moves nothing").isTrue();
  }

  @Test
  void theGraphSaysHowWideItIs() {
    robot.clickOn(named("As a graph of what waits for what"));
    FxThread.until(
        "its words",
        () ->
            robot.lookup(".dag").tryQuery().filter(TasksScreenTest::shown).isPresent()
                && robot
                    .lookup(".dag")
                    .query()
                    .getAccessibleText()
                    .startsWith("Graph of 60 tasks in 12 columns"));
  }

  @Test
  void hundredThousandTasksAreFilteredAsOneTypes() {
    seedLarge(100_000);
    robot.clickOn(".text-input");
    robot.write("L-99999");
    FxThread.until("one", () -> rows().size() == 1);
  }

  private void seedLarge(int count) {
    var sample = rows().getFirst();
    for (int i = 1; i <= count; i++) {
      door.seed(
          Topic.TASK,
          new TaskViews.Task(
              "L-" + i,
              "Large " + i,
              TaskState.READY,
              null,
              0,
              5,
              null,
              sample.agent(),
              List.of(),
              null,
              List.of(),
              List.of(),
              0,
              null,
              null,
              null,
              false,
              null,
              sample.updatedAt(),
              1000 + i));
    }
    FxThread.run(desktop.frame().desk().live()::reload);
    FxThread.until("all", () -> rows().size() == 60 + count);
  }

  private List<Integer> graphPixels() {
    var canvas = ((Parent) robot.lookup(".dag").query()).getChildrenUnmodifiable().getFirst();
    var image = canvas.snapshot(null, null);
    var pixels = new ArrayList<Integer>();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        pixels.add(image.getPixelReader().getArgb(x, y));
      }
    }
    return pixels;
  }

  @Test
  void withoutAPlanItTeaches() {
    FxThread.run(desktop.stage()::close);
    var bare = new InMemoryEngineApi(Sample.CLOCK);
    bare.seed(Topic.WORKSPACE, Sample.workspace());
    desktop = FxThread.desktop(bare, folder.resolve("bare.json"));
    FxThread.run(() -> desktop.frame().to(ScreenId.TASKS));
    FxThread.until("taught", () -> text("No tasks yet") && text("Import a plan…"));
  }

  // ── how ─────────────────────────────────────────────────────────────────────────────────────

  @SuppressWarnings("unchecked")
  private EntityTable<TaskViews.Task> table() {
    return (EntityTable<TaskViews.Task>) robot.lookup(".thing-table").query();
  }

  private List<TaskViews.Task> rows() {
    return robot.lookup(".thing-table").tryQuery().isPresent() ? table().rows() : List.of();
  }

  private Node named(String name) {
    return robot.lookup(n -> name.equals(n.getAccessibleText())).query();
  }

  private boolean text(String words) {
    return robot
        .lookup(n -> n instanceof Labeled l && l.getText() != null && l.getText().contains(words))
        .queryAll()
        .stream()
        .anyMatch(TasksScreenTest::shown);
  }

  private static boolean shown(Node node) {
    for (var n = node; n != null; n = n.getParent()) {
      if (!n.isVisible()) {
        return false;
      }
    }
    return node.getScene() != null;
  }
}
