package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.Samples;
import dev.hivedeck.ui.Screens;
import dev.hivedeck.ui.TestUser;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.shell.ScreenId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import javafx.event.Event;
import javafx.event.EventType;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Labeled;
import javafx.scene.control.Menu;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.Clipboard;
import javafx.scene.input.KeyCode;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables as a person works with many things in them. */
class TablesTest {
  /** Screens that show one thing, or many kinds, and not a list of one. */
  private static final List<ScreenId> NO_LIST =
      List.of(ScreenId.OVERVIEW, ScreenId.SETTINGS, ScreenId.ROLLOUTS);

  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private Desktop desktop;
  private TestUser person;

  @BeforeEach
  void open() {
    door.queries = Samples::nothing;
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    person = new TestUser(desktop);
    FxThread.run(() -> desktop.frame().to(ScreenId.TASKS));
    FxThread.until("tasks", () -> table().rows().size() == 60);
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  @SuppressWarnings("unchecked")
  private EntityTable<TaskViews.Task> table() {
    return (EntityTable<TaskViews.Task>)
        desktop.stage().getScene().getRoot().lookup(".thing-table");
  }

  private static void choose(ContextMenu menu, String name) {
    choose(menu.getItems(), name);
    FxThread.run(menu::hide);
  }

  private static void choose(List<MenuItem> items, String name) {
    FxThread.run(
        () -> {
          var item = items.stream().filter(i -> name.equals(i.getText())).findFirst().orElseThrow();
          assertThat(item.isDisable()).as(name).isFalse();
          item.fire();
        });
  }

  private void select(String... ids) {
    FxThread.run(
        () -> {
          table().getSelectionModel().clearSelection();
          for (var id : ids) {
            for (int i = 0; i < table().rows().size(); i++) {
              if (table().rows().get(i).id().equals(id)) {
                table().getSelectionModel().select(i);
              }
            }
          }
        });
  }

  @Test
  void oneActIsDoneToManyAndTakenBackAtOnce() {
    select("T-145", "T-148", "T-154");
    var menu = person.menu(table());
    choose(menu, "Pause (3)");
    FxThread.until("all three", () -> door.commands.size() == 3);
    assertThat(door.commands)
        .containsExactlyInAnyOrder(
            new Command.PauseTask("T-145"),
            new Command.PauseTask("T-148"),
            new Command.PauseTask("T-154"));
    person.waitsFor("Pause: 3 done");
    person.click("Undo");
    FxThread.until("taken back", () -> door.commands.contains(new Command.ResumeTask("T-154")));
    assertThat(door.commands).hasSize(6);
  }

  @Test
  void priorityAndAgentAreChangedAndWordsCopied() {
    select("T-145");
    choose(((Menu) item(person.menu(table()), "Priority")).getItems(), "1 · first");
    FxThread.until("sent", () -> door.commands.contains(new Command.ChangeTask("T-145", 1, null)));
    choose(((Menu) item(person.menu(table()), "Give to")).getItems(), "perf");
    FxThread.until(
        "given", () -> door.commands.contains(new Command.ChangeTask("T-145", null, "perf")));
    select("T-101");
    choose(person.menu(table()), "Copy the branch");
    assertThat(FxThread.get(() -> Clipboard.getSystemClipboard().getString()))
        .isEqualTo("hive/T-101");
    var again = item(person.menu(table()), "Try again");
    assertThat(FxThread.get(again::isDisable)).as("what is not possible is off").isTrue();
  }

  private static MenuItem item(ContextMenu menu, String name) {
    return menu.getItems().stream().filter(i -> name.equals(i.getText())).findFirst().orElseThrow();
  }

  @Test
  void whatIsSelectedStaysSoWhileRowsMove() {
    select("T-145", "T-148");
    var task = FxThread.get(() -> desktop.frame().desk().live().tasks().get("T-145").orElseThrow());
    door.tell(
        "task.dead",
        Topic.TASK,
        "T-145 is dead",
        task.moved(TaskState.DEAD, "nothing helped", 0, Instant.EPOCH));
    FxThread.until("on top", () -> table().rows().indexOf(row("T-145")) < 3);
    assertThat(FxThread.get(() -> table().selected().stream().map(TaskViews.Task::id).toList()))
        .containsExactlyInAnyOrder("T-145", "T-148");
  }

  private TaskViews.Task row(String id) {
    return table().rows().stream().filter(t -> t.id().equals(id)).findFirst().orElseThrow();
  }

  @Test
  void underThePointerNothingMovesUntilOneSaysSo() {
    person.robot().moveTo(table());
    FxThread.until("under the pointer", () -> table().isHover());
    var task = FxThread.get(() -> desktop.frame().desk().live().tasks().get("T-145").orElseThrow());
    int before = FxThread.get(() -> table().rows().indexOf(row("T-145")));
    door.tell(
        "task.dead",
        Topic.TASK,
        "T-145 is dead",
        task.moved(TaskState.DEAD, "nothing helped", 0, Instant.EPOCH));
    person.waitsFor("The order has changed · sort again");
    assertThat(FxThread.get(() -> table().rows().indexOf(row("T-145")))).isEqualTo(before);
    person.click("The order has changed · sort again");
    FxThread.until("sorted", () -> table().rows().indexOf(row("T-145")) < 3);
    person.waitsUntilGone("The order has changed · sort again");
  }

  @Test
  void columnsStayAsTheyWereLeft() {
    FxThread.run(
        () -> {
          onHead(MouseEvent.MOUSE_PRESSED);
          var state = table().getColumns().remove(3);
          table().getColumns().add(1, state);
          onHead(MouseEvent.MOUSE_RELEASED);
          table().layout(); // The heads are made anew.
        });
    var heads = FxThread.get(this::heads);
    // As a click on a head does; the headless platform takes each click for one of the menu.
    FxThread.run(
        () ->
            table()
                .getSortOrder()
                .setAll(
                    table().getColumns().stream()
                        .filter(c -> c.getText().equals("Task"))
                        .toList()));
    FxThread.run(desktop.stage()::close);
    open();
    assertThat(FxThread.get(this::heads)).isEqualTo(heads);
    assertThat(FxThread.get(() -> table().getSortOrder().getFirst().getText())).isEqualTo("Task");
    var titles = FxThread.get(() -> table().rows().stream().map(TaskViews.Task::title).toList());
    assertThat(titles).isSorted();
  }

  /** As a drag of a head begins and ends. */
  private void onHead(EventType<MouseEvent> type) {
    Event.fireEvent(
        table(),
        new MouseEvent(
            type,
            40,
            8,
            40,
            8,
            MouseButton.PRIMARY,
            1,
            false,
            false,
            false,
            false,
            true,
            false,
            false,
            false,
            false,
            true,
            null));
  }

  private List<String> heads() {
    return table().getColumns().stream().map(c -> c.getText()).toList();
  }

  @Test
  void everyListIsNarrowedByLettersAndRemembersThem() {
    for (var screen :
        List.of(
            ScreenId.AGENTS,
            ScreenId.TASKS,
            ScreenId.CHANGES,
            ScreenId.PLAN,
            ScreenId.LESSONS,
            ScreenId.DECISIONS)) {
      FxThread.run(() -> desktop.frame().to(screen));
      FxThread.run(() -> desktop.frame().requestFocus());
      person.types("/");
      person.types("zzz");
      FxThread.until(
          screen.name(),
          () ->
              person.nodes(n -> n instanceof TextInputControl t && "zzz".equals(t.getText())).size()
                  == 1);
      person.presses(KeyCode.ESCAPE);
    }
    for (var screen : Screens.all().keySet()) {
      if (!NO_LIST.contains(screen)) {
        keepsItsFilter(screen);
      }
    }
    FxThread.run(() -> desktop.frame().to(ScreenId.TASKS));
    person.types("/");
    person.types("gift");
    FxThread.until("two", () -> table().rows().size() == 2);
    var saved = (MenuButton) person.one(n -> n instanceof MenuButton m && named(m), "saved");
    FxThread.run(saved::show);
    choose(saved.getItems(), "Save this filter");
    FxThread.run(saved::hide);
    person.presses(KeyCode.ESCAPE);
    FxThread.until("all", () -> table().rows().size() == 60);
    FxThread.run(saved::show);
    choose(saved.getItems(), "All: gift");
    FxThread.until("two again", () -> table().rows().size() == 2);
  }

  /** What a list is narrowed to is kept beside it, and narrows it again. */
  private void keepsItsFilter(ScreenId screen) {
    FxThread.run(() -> desktop.frame().to(screen));
    person.types("/");
    var field = (TextInputControl) person.focus();
    person.types("zzz");
    var saved = (MenuButton) person.one(n -> n instanceof MenuButton m && named(m), "saved");
    FxThread.run(saved::show);
    choose(saved.getItems(), "Save this filter");
    FxThread.run(saved::hide);
    person.presses(KeyCode.ESCAPE);
    FxThread.until("all of " + screen, () -> field.getText().isEmpty());
    FxThread.run(saved::show);
    FxThread.run(() -> saved.getItems().getFirst().fire());
    FxThread.run(saved::hide);
    assertThat(FxThread.get(() -> field.getText())).as("narrows " + screen).isEqualTo("zzz");
    FxThread.run(field::clear);
  }

  private static boolean named(MenuButton button) {
    return "Saved filters".equals(button.getAccessibleText());
  }

  @Test
  void thePaletteDoesThingsToThings() {
    person.presses(KeyCode.CONTROL, KeyCode.K);
    person.waitsFor("May docs use the network?");
    assertThat(first()).as("what needs the person is first").contains("May docs use the network?");
    person.types("retry t-123");
    person.waitsFor("Try again T-123 Health checks");
    person.presses(KeyCode.ENTER);
    FxThread.until("done", () -> door.commands.contains(new Command.RetryTask("T-123", null)));
    person.presses(KeyCode.CONTROL, KeyCode.K);
    person.types("approve #41");
    person.waitsFor("Approve #41");
    person.presses(KeyCode.ENTER);
    FxThread.until("done", () -> door.commands.contains(Samples.approved(door, "C-41")));
    says("answer keep one", "Answer Q-3 keep one table · Split the orders");
    FxThread.until(
        "done", () -> door.commands.contains(new Command.Decide("Q-3", "keep one table", null)));
    says("cancel t-145", "Cancel T-145");
    FxThread.until("done", () -> door.commands.contains(new Command.CancelTask("T-145")));
    says("stop perf", "Stop perf");
    FxThread.until("done", () -> door.commands.contains(new Command.StopAgent("perf")));
    says("hive.yaml budgets", "hive.yaml · Budgets");
    person.waitsFor("What may be spent");
    for (var words : List.of("leaves a placeholder", "T-105.1", "about to be reset", "Kept work")) {
      person.presses(KeyCode.CONTROL, KeyCode.K);
      person.types(words);
      FxThread.until(
          words, () -> person.nodes(n -> n.getStyleClass().contains("palette-title")).size() > 0);
      person.presses(KeyCode.ESCAPE);
    }
  }

  private void says(String words, String shown) {
    person.presses(KeyCode.CONTROL, KeyCode.K);
    person.types(words);
    FxThread.until(
        shown,
        () ->
            person
                .nodes(n -> n instanceof Labeled l && l.getStyleClass().contains("palette-title"))
                .stream()
                .anyMatch(n -> ((Labeled) n).getText().startsWith(shown)));
    person.presses(KeyCode.ENTER);
  }

  private String first() {
    return FxThread.get(
        () ->
            ((javafx.scene.control.Labeled)
                    person.nodes(n -> n.getStyleClass().contains("palette-title")).getFirst())
                .getText());
  }
}
