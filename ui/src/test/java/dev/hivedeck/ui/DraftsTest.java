package dev.hivedeck.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.ui.live.LiveModel;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.settings.Drafts;
import dev.hivedeck.ui.shell.settings.Settings;
import java.nio.file.Files;
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
  private final InMemoryEngineApi door = Sample.door();
  private Desktop desktop;
  private TestUser person;

  @BeforeEach
  void open() {
    door.queries =
        query -> query instanceof Query.Diff ? Json.tree(diff()) : Samples.nothing(query);
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    person = new TestUser(desktop);
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
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
    FxThread.run(desktop.stage()::close);
    open();
  }

  private String written(String field) {
    var input = person.field(field);
    return FxThread.get(() -> input.getText());
  }

  private void at(ScreenId screen, String id) {
    FxThread.run(() -> desktop.frame().to(screen, id));
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
    FxThread.until("sent", () -> !door.commands.isEmpty());
    assertThat(door.commands.getFirst())
        .isInstanceOfSatisfying(
            Command.AddTask.class,
            t -> assertThat(t.prompt()).isEqualTo("By name, statics first."));
    person.waitsUntilGone("Instructions");
    person.click("New task");
    assertThat(written("Title")).as("what was sent is no draft any more").isEmpty();
  }

  /** Two paths may have the same hash code of Java, and both be open. */
  @Test
  void whatTwoWorkspacesKeepIsApart() {
    var one = drafts("/code/Aa");
    var other = drafts("/code/BB");
    assertThat("/code/Aa").hasSameHashCodeAs("/code/BB");
    one.put("task", "Sort the imports");
    assertThat(other.text("task")).isEmpty();
    other.put("task", "Round down");
    one.close();
    other.close();
    assertThat(drafts("/code/Aa").text("task")).isEqualTo("Sort the imports");
    assertThat(drafts("/code/BB").text("task")).isEqualTo("Round down");
  }

  @Test
  void whatAFormerVersionKeptIsThere() throws Exception {
    var former = Integer.toHexString("/code/Aa".hashCode()) + ".json";
    var file = Files.createDirectories(folder.resolve("drafts")).resolve(former);
    Files.writeString(file, "{ \"drafts\": { \"task\": \"Sort the imports\" } }");
    assertThat(drafts("/code/Aa").text("task")).isEqualTo("Sort the imports");
    assertThat(drafts("/code/Aa").text("task")).as("and stays").isEqualTo("Sort the imports");
    assertThat(drafts("/code/BB").text("task")).as("of another").isEmpty();
  }

  private Drafts drafts(String path) {
    var engine = new InMemoryEngineApi(Sample.CLOCK);
    engine.queries = Samples::nothing;
    engine.seed(Topic.WORKSPACE, SeveralWorkspacesTest.workspace("any", path));
    var live = new LiveModel(engine, Sample.CLOCK).start();
    FxThread.until("known", () -> live.workspace().get() != null);
    live.close();
    return new Drafts(new Settings(folder.resolve("others.json")), () -> live);
  }

  @Test
  void answersWordsToAgentsAndLessonsOutliveTheProgram() {
    at(ScreenId.DECISIONS, "Q-3");
    write("A comment for the agent (optional)", "with a dry run");
    at(ScreenId.AGENTS, "perf");
    write("Say something to perf…", "mind the cache");
    at(ScreenId.LESSONS, "F-2");
    var wording = person.field("What helped");
    person.robot().clickOn(wording);
    FxThread.run(() -> wording.end());
    person.types(" Really.");
    restart();
    at(ScreenId.DECISIONS, "Q-3");
    assertThat(written("A comment for the agent (optional)")).isEqualTo("with a dry run");
    at(ScreenId.AGENTS, "perf");
    assertThat(written("Say something to perf…")).isEqualTo("mind the cache");
    at(ScreenId.AGENTS, "core-api");
    assertThat(written("Say something to core-api…")).isEmpty();
    at(ScreenId.LESSONS, "F-2");
    assertThat(written("What helped")).endsWith(" Really.");
    at(ScreenId.DECISIONS, "Q-3");
    person.click("Keep one table");
    FxThread.until("sent", () -> !door.commands.isEmpty());
    restart();
    at(ScreenId.DECISIONS, "Q-3");
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
    at(ScreenId.CHANGES, "C-42");
    person.waitsFor("a.txt");
    // A head, two lines, and what may be below them.
    FxThread.until("its lines", () -> lines().getItems().size() == 4);
    FxThread.run(() -> lines().getSelectionModel().clearAndSelect(2));
    FxThread.run(() -> lines().requestFocus());
    person.types("c");
    FxThread.until(
        "an editor",
        () -> desktop.stage().getScene().getFocusOwner() instanceof javafx.scene.control.TextArea);
    person.types("Why two?");
    person.click("Send back");
    person.types("See the line.");
    restart();
    at(ScreenId.CHANGES, "C-42");
    person.waitsFor("Why two?");
    person.waitsFor("with 1 note on a line");
    assertThat(written("What should be different?")).isEqualTo("See the line.");
    person.robot().clickOn(person.field("What should be different?"));
    person.presses(KeyCode.CONTROL, KeyCode.ENTER);
    FxThread.until("sent", () -> !door.commands.isEmpty());
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

  private ChangeViews.Change change(String id) {
    return Samples.one(door, Topic.CHANGE, ChangeViews.Change.class, id);
  }

  @Test
  void aClickOnEmptySpaceOfThePaletteRunsNothing() {
    person.presses(KeyCode.CONTROL, KeyCode.K);
    person.types("split orders");
    person.waitsFor("Split the orders table by tenant?");
    var list = person.one(n -> n.getStyleClass().contains("palette-list"), "results");
    var box = FxThread.get(() -> list.localToScreen(list.getBoundsInLocal()));
    person.robot().clickOn(box.getCenterX(), box.getMaxY() - 20);
    assertThat(FxThread.get(() -> desktop.frame().place())).isEqualTo(ScreenId.OVERVIEW);
    assertThat(person.sees("Split the orders table by tenant?")).isTrue();
  }
}
