package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.config.edit.HiveFile;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.TestUser;
import dev.hivedeck.ui.shell.ScreenId;
import java.nio.file.Path;
import java.util.List;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file in forms: the difference before anything is written, and the way back. */
class ConfigEditorTest {
  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private Desktop desktop;
  private TestUser person;

  @BeforeEach
  void open() {
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    person = new TestUser(desktop);
    door.answer =
        command -> {
          switch (command) {
            case Command.EditConfig c -> door.hive = HiveFile.edited(door.hive, c.changes());
            case Command.WriteConfig c -> door.hive = c.text();
            default -> {}
          }
          return Json.tree(new Config.Edited("hive.yaml", HiveFile.digest(door.hive), false));
        };
    FxThread.run(() -> desktop.frame().to(ScreenId.SETTINGS, "config/agents"));
    person.waitsFor("Who works here, and how.");
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  private void write(String field, String text) {
    TextInputControl input = person.field(field);
    FxThread.run(
        () -> {
          input.requestFocus();
          input.setText(text);
        });
  }

  private String text(String field) {
    var input = person.field(field);
    return FxThread.get(input::getText);
  }

  @Test
  void whatIsChangedIsShownThenWrittenThenTakenBack() {
    String before = door.hive;
    write("At once", "3");
    person.waitsFor("1 line added, none removed.");
    person.waitsFor("You will be asked to trust it");
    assertThat(person.sees("@@ -6,6 +6,7 @@")).isTrue();
    assertThat(door.commands).isEmpty();
    person.presses(KeyCode.CONTROL, KeyCode.ENTER);
    FxThread.until("written", () -> door.hive.contains("    parallel: 3\n"));
    assertThat(door.commands)
        .containsExactly(
            new Command.EditConfig(
                HiveFile.digest(before),
                List.of(new Config.Change("/agents/core-api/parallel", Json.tree(3)))));
    assertThat(door.hive).contains("# the fast one", "# Who works here.");
    person.click("Undo");
    FxThread.until("taken back", () -> door.hive.equals(before));
    person.waitsFor("Nothing yet.");
  }

  @Test
  void whatIsWrongIsSaidAndNotApplied() {
    write("At once", "many");
    person.waitsFor("agents › core-api › parallel is of the wrong kind");
    person.presses(KeyCode.CONTROL, KeyCode.ENTER);
    assertThat(door.commands).isEmpty();
    person.click("Discard");
    person.waitsFor("Nothing yet.");
    assertThat(text("At once")).isEmpty();
  }

  @Test
  void everySectionHasItsFormAndTheDraftStaysFromOneToTheNext() {
    person.click("Budgets");
    write("All, a day, Dollars", "50");
    person.waitsFor("1 line added, 1 line removed.");
    person.click("Gates");
    assertThat(text("Command")).isEqualTo("mvn -q test");
    write("Runs at", "attempt");
    person.click("Parallelism");
    write("By capability", "gpu: 1, db: 2");
    write("docs at once", "2");
    person.waitsFor("5 lines added, 3 lines removed.");
    person.click("Editor");
    write("Command", "zed");
    assertThat(FxThread.get(() -> desktop.frame().desk().settings().text("editor", "")))
        .isEqualTo("zed");
    FxThread.run(() -> desktop.frame().to(ScreenId.TASKS));
    FxThread.run(() -> desktop.frame().to(ScreenId.SETTINGS));
    person.click("Apply");
    FxThread.until("written", () -> door.hive.contains("queue:\n  parallel: { gpu: 1, db: 2 }\n"));
    assertThat(door.hive)
        .contains("  docs: { driver: claude, owns: [docs/**], parallel: 2 }\n")
        .contains("  unit: { run: mvn -q test, at: [attempt], timeout: 10m }\n")
        .contains("  day: { cost: 50 }\n");
  }

  @Test
  void anAgentIsAddedAndAnotherRemoved() {
    write("Name of a new agent", "lint");
    person.presses(KeyCode.ENTER);
    person.waitsFor("1 line added, none removed.");
    person.click("Remove lint");
    person.waitsFor("Nothing yet.");
    person.click("Remove core-api");
    person.waitsFor("no lines added, 5 lines removed.");
  }

  @Test
  void anAgentLeadsToItsForm() {
    FxThread.run(() -> desktop.frame().to(ScreenId.AGENTS, "docs"));
    person.click("Edit");
    person.waitsFor("Who works here, and how.");
    assertThat(text("Owns")).isEqualTo("docs/**");
  }

  @Test
  void whoeverChangedTheFileMeanwhileIsNotWrittenOver() {
    write("At once", "3");
    person.waitsFor("1 line added");
    door.hive = door.hive.replace("cost: 20", "cost: 30");
    var answer = door.answer;
    door.answer =
        c -> {
          throw new HiveException(
              ErrorCode.CONFIG_CHANGED, "It was changed by somebody else.", "Look.");
        };
    person.click("Apply");
    person.waitsFor("It was changed by somebody else.");
    door.answer = answer;
    person.waitsFor("1 line added");
    person.click("Apply");
    FxThread.until("both are there", () -> door.hive.contains("parallel: 3"));
    assertThat(door.hive).contains("cost: 30");
  }

  private void given(String old, String now, String place) {
    assertThat(door.hive).contains(old);
    FxThread.run(() -> desktop.frame().to(ScreenId.TASKS));
    door.hive = door.hive.replace(old, now);
    FxThread.run(() -> desktop.frame().to(ScreenId.SETTINGS, place));
  }

  private TextInputControl fieldWith(String text) {
    return (TextInputControl)
        person.one(n -> n instanceof TextInputControl t && t.getText().equals(text), text);
  }

  @Test
  void aGateLeadsToItsForm() {
    given("  unit: {", "  lint: { run: make lint }\n  unit: {", "config/gates");
    FxThread.until(
        "its form",
        () -> {
          desktop.frame().to(ScreenId.SETTINGS, "config/gates/lint"); // It has to be read first.
          return !person
              .nodes(n -> n instanceof TextInputControl t && t.getText().equals("make lint"))
              .isEmpty();
        });
    FxThread.run(() -> desktop.frame().to(ScreenId.SETTINGS, "config/gates/unit"));
    assertThat(fieldWith("mvn -q test").getAccessibleText()).isEqualTo("Command");
  }

  @Test
  void aListWithACommaInAWordIsNotTornApart() {
    given("owns: [docs/**]", "owns: [\"{docs,site}/**\"]", "config/agents/docs");
    assertThat(FxThread.get(fieldWith("{docs,site}/**")::isDisabled)).isTrue();
  }

  @Test
  void aNameThatIsTakenReplacesNobody() {
    write("Name of a new agent", " docs ");
    person.presses(KeyCode.ENTER);
    assertThat(FxThread.get(() -> desktop.frame().desk().drafts().text("config"))).isEmpty();
  }
}
