package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.protocol.Views.TaskState;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.Fx;
import dev.hivedeck.ui.MemoryDoor;
import dev.hivedeck.ui.QuickRobot;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.control.table.ThingTable;
import dev.hivedeck.ui.shell.Place;
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
class TasksTest {
  private static final Path PICTURES = Path.of("target", "screens");
  @TempDir Path folder;
  private final MemoryDoor door = Sample.door();
  private final FxRobot robot = new QuickRobot();
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
    desktop = Fx.desktop(door, folder.resolve("desktop.json"));
    Fx.run(() -> desktop.frame().to(Place.TASKS));
    Fx.until("tasks", () -> rows().size() == 60);
  }

  @AfterEach
  void close() {
    Fx.run(desktop.stage()::close);
  }

  @Test
  void howItLooks() {
    for (var choice : List.of(Theme.Choice.DARK, Theme.Choice.LIGHT)) {
      Fx.run(() -> desktop.theme().choose(choice));
      Fx.run(() -> desktop.frame().to(Place.TASKS, "T-123"));
      Fx.until("its prompt", () -> text("race of two shoppers"));
      Fx.picture(desktop, PICTURES.resolve("tasks-read-" + choice + ".png"));
      robot.clickOn(named("As a graph of what waits for what"));
      Fx.run(() -> desktop.frame().to(Place.TASKS, "T-116"));
      Fx.picture(desktop, PICTURES.resolve("tasks-graph-" + choice + ".png"));
      robot.clickOn(named("As a table"));
    }
  }

  @Test
  void theDeadComeFirstAndAreTriedAgainWithOneClick() {
    assertThat(Fx.get(() -> rows().getFirst().state())).isEqualTo(TaskState.DEAD);
    robot.clickOn("Dead letters 1");
    Fx.until("only the dead", () -> rows().size() == 1);
    robot.clickOn("Try again");
    Fx.until("asked", () -> !door.commands.isEmpty());
    assertThat(door.commands).containsExactly(new Command.RetryTask("T-123", null));
  }

  @Test
  void aDeadLetterIsTriedAgainWithMoreTimeAndAnotherAgent() {
    Fx.run(() -> desktop.frame().to(Place.TASKS, "T-123"));
    Fx.until("its prompt", () -> text("race of two shoppers"));
    robot.clickOn("Try again with …");
    for (var choice : List.of(Theme.Choice.LIGHT, Theme.Choice.DARK)) {
      Fx.run(() -> desktop.theme().choose(choice));
      Fx.picture(desktop, PICTURES.resolve("tasks-retry-" + choice + ".png"));
    }
    robot.clickOn(named("Minutes"));
    robot.write("0");
    assertThat(Fx.get(() -> button("Try again with this").isDisabled())).isTrue();
    robot.eraseText(1).write("40");
    robot.clickOn("Try again with this");
    Fx.until("sent", () -> !door.commands.isEmpty());
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
    Fx.until("two", () -> rows().size() == 2);
    robot.type(KeyCode.ESCAPE);
    Fx.until("all", () -> rows().size() == 60);
    robot.clickOn(".text-input");
    robot.write("nothing like this");
    Fx.until("says so", () -> text("No such task now"));
  }

  @Test
  void cancelsAfterSayingWhatItMeansAndOffersTheWayBack() {
    Fx.run(() -> desktop.frame().to(Place.TASKS, "T-102"));
    Fx.until("read", () -> text("T-102 Outbox retry with jitter"));
    robot.clickOn("Cancel");
    Fx.until("asked", () -> door.commands.contains(new Command.CancelTask("T-102")));
    Fx.until("undo", () -> text("Undo"));
    robot.clickOn("Undo");
    Fx.until("back", () -> door.commands.contains(new Command.RetryTask("T-102", null)));
  }

  @Test
  void theGraphIsWalkedByKeys() {
    Fx.run(() -> desktop.frame().to(Place.TASKS, "T-112"));
    robot.clickOn(named("As a graph of what waits for what"));
    Fx.until("drawn", () -> robot.lookup(".dag").tryQuery().filter(TasksTest::shown).isPresent());
    Fx.run(() -> robot.lookup(".dag").query().requestFocus());
    Fx.until(
        "laid out",
        () -> ((javafx.scene.layout.Region) robot.lookup(".dag").query()).getWidth() > 0);
    robot.sleep(300);
    robot.type(KeyCode.LEFT);
    Fx.until("what it needs", () -> "T-107".equals(table().chosen().get()));
    robot.type(KeyCode.RIGHT);
    Fx.until("and back", () -> "T-112".equals(table().chosen().get()));
  }

  @Test
  void allOfATallGraphIsDrawnWhereItIsClicked() {
    Fx.run(() -> desktop.theme().choose(Theme.Choice.DARK));
    seedLarge(9_000);
    robot.clickOn(named("As a graph of what waits for what"));
    Fx.until(
        "laid out",
        () ->
            robot.lookup(".dag").tryQuery().filter(TasksTest::shown).isPresent()
                && String.valueOf(robot.lookup(".dag").query().getAccessibleText())
                    .startsWith("Graph of 9,060"));
    robot.sleep(500);
    robot.clickOn("See all");
    var drawn = Fx.get(this::graphPixels);
    Fx.run(() -> desktop.theme().choose(Theme.Choice.LIGHT));
    Fx.run(() -> desktop.theme().choose(Theme.Choice.DARK));
    var again = Fx.get(this::graphPixels);
    assertThat(again.equals(drawn)).as("drawing again moves nothing").isTrue();
  }

  @Test
  void theGraphSaysHowWideItIs() {
    robot.clickOn(named("As a graph of what waits for what"));
    Fx.until(
        "its words",
        () ->
            robot.lookup(".dag").tryQuery().filter(TasksTest::shown).isPresent()
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
    Fx.until("one", () -> rows().size() == 1);
  }

  private void seedLarge(int count) {
    var sample = rows().getFirst();
    for (int i = 1; i <= count; i++) {
      door.seed(
          Topic.TASK,
          new Views.Task(
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
    Fx.run(desktop.frame().desk().live()::reload);
    Fx.until("all", () -> rows().size() == 60 + count);
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
    Fx.run(desktop.stage()::close);
    var bare = new MemoryDoor(Sample.CLOCK);
    bare.seed(Topic.WORKSPACE, Sample.workspace());
    desktop = Fx.desktop(bare, folder.resolve("bare.json"));
    Fx.run(() -> desktop.frame().to(Place.TASKS));
    Fx.until("taught", () -> text("No tasks yet") && text("Import a plan…"));
  }

  // ── how ─────────────────────────────────────────────────────────────────────────────────────

  @SuppressWarnings("unchecked")
  private ThingTable<Views.Task> table() {
    return (ThingTable<Views.Task>) robot.lookup(".thing-table").query();
  }

  private List<Views.Task> rows() {
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
        .anyMatch(TasksTest::shown);
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
