package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.Fx;
import dev.hivedeck.ui.MemoryDoor;
import dev.hivedeck.ui.Person;
import dev.hivedeck.ui.Pictures;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.Samples;
import dev.hivedeck.ui.control.table.ThingTable;
import dev.hivedeck.ui.shell.Place;
import dev.hivedeck.ui.shell.theme.Theme;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javafx.scene.control.ContextMenu;
import javafx.scene.input.Clipboard;
import javafx.scene.input.KeyCode;
import javafx.stage.Window;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requirements as a person goes on from them. */
class PlanTest {
  private static final Path PICTURES = Path.of("target", "screens");
  @TempDir Path folder;
  private final MemoryDoor door = Sample.door();
  private Desktop desktop;
  private Person person;

  @BeforeEach
  void open() {
    door.queries = Samples::nothing;
    desktop = Fx.desktop(door, folder.resolve("desktop.json"));
    person = new Person(desktop);
    Fx.run(() -> desktop.frame().to(Place.PLAN, "R-2"));
    Fx.until("requirements", () -> table().rows().size() == 6);
  }

  @AfterEach
  void close() {
    Fx.run(desktop.stage()::close);
  }

  @Test
  void theMenuLeadsToItsTasks() throws IOException {
    for (var choice : List.of(Theme.Choice.LIGHT, Theme.Choice.DARK)) {
      Fx.run(() -> desktop.theme().choose(choice));
      var shown = menu();
      var name = "plan-menu-" + choice.name().toLowerCase() + ".png";
      Pictures.write(Fx.get(() -> shown.getScene().snapshot(null)), PICTURES.resolve(name));
      Fx.run(shown::hide);
    }
    var menu = menu();
    choose(menu, "Copy the title");
    assertThat(Fx.get(() -> Clipboard.getSystemClipboard().getString()))
        .endsWith("works for every shopper");
    choose(menu, "Open its tasks");
    Fx.until("its tasks", () -> table().rows().size() == 10);
    assertThat(desktop.frame().place()).isEqualTo(Place.TASKS);
    assertThat(table().rows()).allMatch(t -> ((Views.Task) t).requirements().contains("R-2"));
    Fx.picture(desktop, PICTURES.resolve("plan-tasks.png"));
    assertThat(person.field("Filter tasks").getText()).isEqualTo("R-2");
  }

  @Test
  void aTaskIsWrittenForIt() {
    choose(menu(), "New task for it");
    person.waitsFor("Leads to");
    for (var choice : List.of(Theme.Choice.LIGHT, Theme.Choice.DARK)) {
      Fx.run(() -> desktop.theme().choose(choice));
      Fx.picture(desktop, PICTURES.resolve("plan-newtask-" + choice.name().toLowerCase() + ".png"));
    }
    person.types("Say which currency");
    person.presses(KeyCode.CONTROL, KeyCode.ENTER);
    Fx.until("added", () -> !door.commands.isEmpty());
    var added = (Command.AddTask) door.commands.getFirst();
    assertThat(added.title()).isEqualTo("Say which currency");
    assertThat(added.requirements()).containsExactly("R-2");
    person.waitsUntilGone("Leads to");
    Fx.run(() -> desktop.frame().newTask());
    String next = person.field("Leads to").getText();
    assertThat(next).as("the next is for nothing").isEmpty();
  }

  @SuppressWarnings("unchecked")
  private ThingTable<Views.View> table() {
    return (ThingTable<Views.View>) desktop.stage().getScene().getRoot().lookup(".thing-table");
  }

  private ContextMenu menu() {
    Fx.run(() -> table().requestFocus());
    person.presses(KeyCode.SHIFT, KeyCode.F10);
    Fx.until("a menu", () -> popup() != null);
    return Fx.get(PlanTest::popup);
  }

  private static ContextMenu popup() {
    return Window.getWindows().stream()
        .filter(w -> w instanceof ContextMenu && w.isShowing())
        .map(ContextMenu.class::cast)
        .findFirst()
        .orElse(null);
  }

  private static void choose(ContextMenu menu, String name) {
    Fx.run(
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
