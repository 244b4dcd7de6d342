package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.schedule.ScheduleCommand;
import dev.hivedeck.engine.protocol.schedule.ScheduleQuery;
import dev.hivedeck.engine.protocol.schedule.ScheduleViews.Schedule;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.PngWriter;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.Samples;
import dev.hivedeck.ui.TestUser;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import javafx.scene.control.ContextMenu;
import javafx.scene.input.Clipboard;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requirements as a person goes on from them. */
class PlanTest {
  private static final Path PICTURES = Path.of("target", "screens");
  private static final Schedule SCHEDULE =
      new Schedule(
          "dependencies",
          "0 7 * * 1-5",
          "Europe/Berlin",
          "Update dependencies",
          Instant.parse("2026-11-30T06:00:00Z"),
          Instant.parse("2026-11-27T06:00:00Z"),
          "T-12",
          3,
          "3 runs were missed while no engine ran; one task was added late");

  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private Desktop desktop;
  private TestUser person;

  @BeforeEach
  void open() {
    door.queries = Samples::nothing;
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    person = new TestUser(desktop);
    FxThread.run(() -> desktop.frame().to(ScreenId.PLAN, "R-2"));
    FxThread.until("requirements", () -> table().rows().size() == 6);
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  @Test
  void theMenuLeadsToItsTasks() throws IOException {
    for (var preference : List.of(Theme.Preference.LIGHT, Theme.Preference.DARK)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      var shown = person.menu(table());
      var name = "plan-menu-" + preference.name().toLowerCase() + ".png";
      PngWriter.write(FxThread.get(() -> shown.getScene().snapshot(null)), PICTURES.resolve(name));
      FxThread.run(shown::hide);
    }
    var menu = person.menu(table());
    choose(menu, "Copy the title");
    assertThat(FxThread.get(() -> Clipboard.getSystemClipboard().getString()))
        .endsWith("works for every shopper");
    choose(menu, "Open its tasks");
    FxThread.until("its tasks", () -> table().rows().size() == 10);
    assertThat(desktop.frame().place()).isEqualTo(ScreenId.TASKS);
    assertThat(table().rows()).allMatch(t -> ((TaskViews.Task) t).requirements().contains("R-2"));
    FxThread.picture(desktop, PICTURES.resolve("plan-tasks.png"));
    assertThat(person.field("Filter tasks").getText()).isEqualTo("R-2");
  }

  @Test
  void aScheduleSaysWhenItsNextTaskComesAndAddsOneByAButton() throws IOException {
    door.queries =
        query ->
            query instanceof ScheduleQuery.Schedules
                ? Json.tree(List.of(SCHEDULE))
                : Samples.nothing(query);
    FxThread.run(() -> desktop.frame().to(ScreenId.TASKS));
    FxThread.run(() -> desktop.frame().to(ScreenId.PLAN));
    person.waitsFor("Update dependencies");
    person.waitsFor("3 runs were missed while no engine ran; one task was added late");
    for (var preference : List.of(Theme.Preference.LIGHT, Theme.Preference.DARK)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      var name = "plan-schedule-" + preference.name().toLowerCase() + ".png";
      FxThread.picture(desktop, PICTURES.resolve(name));
    }
    person.click("Add its task now");
    FxThread.until("sent", () -> !door.commands.isEmpty());
    assertThat(door.commands).containsExactly(new ScheduleCommand.RunSchedule("dependencies"));
  }

  @Test
  void aTaskIsWrittenForIt() {
    choose(person.menu(table()), "New task for it");
    person.waitsFor("Leads to");
    for (var preference : List.of(Theme.Preference.LIGHT, Theme.Preference.DARK)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(
          desktop, PICTURES.resolve("plan-newtask-" + preference.name().toLowerCase() + ".png"));
    }
    person.types("Say which currency");
    person.presses(KeyCode.CONTROL, KeyCode.ENTER);
    FxThread.until("added", () -> !door.commands.isEmpty());
    var added = (Command.AddTask) door.commands.getFirst();
    assertThat(added.title()).isEqualTo("Say which currency");
    assertThat(added.requirements()).containsExactly("R-2");
    person.waitsUntilGone("Leads to");
    FxThread.run(() -> desktop.frame().newTask());
    String next = person.field("Leads to").getText();
    assertThat(next).as("the next is for nothing").isEmpty();
  }

  @SuppressWarnings("unchecked")
  private EntityTable<View> table() {
    return (EntityTable<View>) desktop.stage().getScene().getRoot().lookup(".thing-table");
  }

  private static void choose(ContextMenu menu, String name) {
    FxThread.run(
        () -> {
          var item =
              menu.getItems().stream()
                  .filter(i -> name.equals(i.getText()))
                  .findFirst()
                  .orElseThrow();
          assertThat(item.isDisable()).as(name).isFalse();
          item.fire();
          menu.hide();
        });
  }
}
