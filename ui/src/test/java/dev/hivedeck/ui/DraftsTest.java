package dev.hivedeck.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.ui.shell.Place;
import java.nio.file.Path;
import java.util.List;
import javafx.scene.control.ListView;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was written is never lost: not by Esc, a click beside, another sheet, or a restart. */
class DraftsTest {
  @TempDir Path folder;
  private final MemoryDoor door = Sample.door();
  private Desktop desktop;
  private Person person;

  @BeforeEach
  void open() {
    door.queries =
        query -> query instanceof Query.Diff ? Json.tree(diff()) : Samples.nothing(query);
    desktop = Fx.desktop(door, folder.resolve("desktop.json"));
    person = new Person(desktop);
  }

  @AfterEach
  void close() {
    Fx.run(desktop.stage()::close);
  }

  private static Query.FileDiffs diff() {
    var lines = List.of(new Query.DiffLine(" ", 1, 1, "one"), new Query.DiffLine("+", 0, 2, "two"));
    return new Query.FileDiffs(
        "a",
        "b",
        List.of(
            new Query.FileDiff(
                "a.txt",
                null,
                "modified",
                false,
                1,
                0,
                null,
                null,
                List.of(new Query.Hunk("@@ -1 +1,2 @@", 1, 1, lines)))),
        false);
  }

  /** As when the program was ended by the system: nothing is said goodbye to. */
  private void restart() {
    Fx.run(desktop.stage()::close);
    open();
  }

  private String written(String field) {
    var input = person.field(field);
    return Fx.get(() -> input.getText());
  }

  private void at(Place place, String id) {
    Fx.run(() -> desktop.frame().to(place, id));
  }

  @Test
  void aTaskThatWasBegunIsThereAgain() {
    person.click("New task");
    person.types("Sort the imports");
    person.presses(KeyCode.ENTER);
    assertThat(door.commands).as("a title alone starts nothing").isEmpty();
    assertThat(person.focus()).isSameAs(person.field("Instructions"));
    person.types("By name, statics first.");
    person.presses(KeyCode.ESCAPE);
    person.waitsUntilGone("Instructions");
    restart();
    person.click("New task");
    assertThat(written("Title")).isEqualTo("Sort the imports");
    person.robot().clickOn(desktop.stage().getX() + 20, desktop.stage().getY() + 500);
    person.waitsUntilGone("Instructions");
    person.click("New task");
    assertThat(written("Instructions")).isEqualTo("By name, statics first.");
    person.presses(KeyCode.CONTROL, KeyCode.ENTER);
    Fx.until("sent", () -> !door.commands.isEmpty());
    assertThat(door.commands.getFirst())
        .isInstanceOfSatisfying(
            Command.AddTask.class,
            t -> assertThat(t.prompt()).isEqualTo("By name, statics first."));
    person.waitsUntilGone("Instructions");
    person.click("New task");
    assertThat(written("Title")).as("what was sent is no draft any more").isEmpty();
  }

  @Test
  void answersWordsToAgentsAndLessonsOutliveTheProgram() {
    at(Place.DECISIONS, "Q-3");
    write("A comment for the agent (optional)", "with a dry run");
    at(Place.AGENTS, "perf");
    write("Say something to perf…", "mind the cache");
    at(Place.LESSONS, "F-2");
    var wording = person.field("What helped");
    person.robot().clickOn(wording);
    Fx.run(() -> wording.end());
    person.types(" Really.");
    restart();
    at(Place.DECISIONS, "Q-3");
    assertThat(written("A comment for the agent (optional)")).isEqualTo("with a dry run");
    at(Place.AGENTS, "perf");
    assertThat(written("Say something to perf…")).isEqualTo("mind the cache");
    at(Place.AGENTS, "core-api");
    assertThat(written("Say something to core-api…")).isEmpty();
    at(Place.LESSONS, "F-2");
    assertThat(written("What helped")).endsWith(" Really.");
    at(Place.DECISIONS, "Q-3");
    person.click("Keep one table");
    Fx.until("sent", () -> !door.commands.isEmpty());
    restart();
    at(Place.DECISIONS, "Q-3");
    assertThat(written("A comment for the agent (optional)")).isEmpty();
  }

  private void write(String field, String words) {
    person.robot().clickOn(person.field(field));
    person.types(words);
  }

  @Test
  void aReviewThatWasBegunIsGoneOnWith() {
    door.seed(Topic.CHANGE, Samples.wanted(change("C-42")));
    restart();
    at(Place.CHANGES, "C-42");
    person.waitsFor("a.txt");
    Fx.until("its lines", () -> lines().getItems().size() == 3);
    Fx.run(() -> lines().getSelectionModel().clearAndSelect(2));
    Fx.run(() -> lines().requestFocus());
    person.types("c");
    Fx.until(
        "an editor",
        () -> desktop.stage().getScene().getFocusOwner() instanceof javafx.scene.control.TextArea);
    person.types("Why two?");
    person.click("Send back");
    person.types("See the line.");
    restart();
    at(Place.CHANGES, "C-42");
    person.waitsFor("Why two?");
    person.waitsFor("with 1 note on a line");
    assertThat(written("What should be different?")).isEqualTo("See the line.");
    person.robot().clickOn(person.field("What should be different?"));
    person.presses(KeyCode.CONTROL, KeyCode.ENTER);
    Fx.until("sent", () -> !door.commands.isEmpty());
    assertThat(door.commands)
        .containsExactly(
            new Command.ReturnChange(
                "C-42", "See the line.", List.of(new Command.LineComment("a.txt", 2, "Why two?"))));
  }

  @SuppressWarnings("unchecked")
  private ListView<Object> lines() {
    return (ListView<Object>)
        desktop.stage().getScene().getRoot().lookupAll(".diff-lines").iterator().next();
  }

  private Views.Change change(String id) {
    return Samples.one(door, Topic.CHANGE, Views.Change.class, id);
  }

  @Test
  void aClickOnEmptySpaceOfThePaletteRunsNothing() {
    person.presses(KeyCode.CONTROL, KeyCode.K);
    person.types("split orders");
    person.waitsFor("Split the orders table by tenant?");
    var list = person.one(n -> n.getStyleClass().contains("palette-list"), "results");
    var box = Fx.get(() -> list.localToScreen(list.getBoundsInLocal()));
    person.robot().clickOn(box.getCenterX(), box.getMaxY() - 20);
    assertThat(Fx.get(() -> desktop.frame().place())).isEqualTo(Place.OVERVIEW);
    assertThat(person.sees("Split the orders table by tenant?")).isTrue();
  }
}
