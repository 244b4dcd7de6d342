package dev.hivedeck.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Theme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import javafx.scene.control.ListView;
import javafx.scene.control.TableView;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The desktop by keyboard alone. */
class KeyboardTest {
  private static final Path PAGE = Path.of("..", "docs", "desktop.md");
  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private Desktop desktop;
  private TestUser person;

  @BeforeEach
  void open() {
    door.queries = Samples::nothing;
    for (int number : List.of(42, 44)) {
      var c = change("C-" + number);
      door.seed(Topic.CHANGE, Samples.wanted(c));
    }
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    person = new TestUser(desktop);
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  private ChangeViews.Change change(String id) {
    return Samples.one(door, Topic.CHANGE, ChangeViews.Change.class, id);
  }

  private boolean at(ScreenId screen) {
    return desktop.frame().place() == screen;
  }

  @Test
  void whereverOneGoesTheKeysMoveInItsListAndNoneIsTypedIntoAField() {
    person.click("Agents: 7 running. 1 waiting, 1 failing, 1 idle");
    for (var screen :
        List.of(
            ScreenId.TASKS, ScreenId.CHANGES, ScreenId.AGENTS, ScreenId.PLAN, ScreenId.LESSONS)) {
      person.types("g" + screen.letter());
      FxThread.until(screen.name(), () -> at(screen));
      assertThat(person.focus()).as("what " + screen + " gives the keys to").matches(this::isList);
      person.types("jjk");
      assertThat(person.focus()).matches(this::isList);
    }
    for (var screen : Screens.all().keySet()) {
      FxThread.run(() -> desktop.frame().to(screen));
      var written =
          FxThread.get(
              () ->
                  person
                      .nodes(n -> n instanceof TextInputControl t && t.getText().contains("j"))
                      .size());
      assertThat(written).as("typed into a field of " + screen).isZero();
    }
  }

  private boolean isList(javafx.scene.Node node) {
    return node instanceof TableView<?> || node instanceof ListView<?>;
  }

  @Test
  void escapeLeavesTheFilterAndEnterGoesOnIntoWhatItFound() {
    person.types("gt");
    person.types("/");
    var filter = person.field("Filter tasks");
    assertThat(person.focus()).isSameAs(filter);
    person.types("gift");
    person.presses(KeyCode.ENTER);
    FxThread.until("in the list", () -> isList(desktop.stage().getScene().getFocusOwner()));
    assertThat(FxThread.get(() -> filter.getText())).isEqualTo("gift");
    person.types("/");
    person.presses(KeyCode.ESCAPE);
    FxThread.until("left", () -> isList(desktop.stage().getScene().getFocusOwner()));
    assertThat(FxThread.get(() -> filter.getText())).isEmpty();
    person.types("gd");
    FxThread.until("the keys work", () -> at(ScreenId.DECISIONS));
  }

  @Test
  void nGoesToTheNextThatWaitsFromAnyScreen() {
    person.types("gs");
    FxThread.until("settings", () -> at(ScreenId.SETTINGS));
    person.types("n");
    FxThread.until("the most pressing", () -> at(ScreenId.DECISIONS));
    person.waitsFor("May docs use the network?");
    person.types("n");
    person.waitsFor("The orders table holds 41 million rows");
    person.types("n");
    FxThread.until("a review", () -> at(ScreenId.CHANGES));
    person.types("p");
    FxThread.until("back", () -> at(ScreenId.DECISIONS));
    person.types("pp");
    FxThread.until("round the corner", () -> at(ScreenId.TASKS));
    person.waitsFor("T-123 Health checks");
  }

  @Test
  void approvingAndSendingBackByKeyGoOnToTheNextThatWaits() {
    FxThread.run(() -> desktop.frame().to(ScreenId.CHANGES, "C-44"));
    person.waitsFor("#44 Mail templates in German");
    person.types("a");
    FxThread.until("approved", () -> door.commands.contains(Samples.approved(door, "C-44")));
    person.waitsFor("#42 Stock reservation with expiry");
    person.types("r");
    FxThread.until(
        "writing", () -> desktop.stage().getScene().getFocusOwner() instanceof TextInputControl);
    person.types("Say which key.");
    person.presses(KeyCode.CONTROL, KeyCode.ENTER);
    FxThread.until(
        "sent",
        () ->
            door.commands.contains(new Command.ReturnChange("C-42", "Say which key.", List.of())));
    person.waitsFor("#41 ");
  }

  @Test
  void anAnswerIsMarkedByItsNumberAndSentWithWhatIsWritten() {
    FxThread.run(() -> desktop.frame().to(ScreenId.DECISIONS, "Q-3"));
    person.waitsFor("The orders table holds");
    person.types("2");
    assertThat(door.commands).isEmpty();
    person.robot().clickOn(person.field("A comment for the agent (optional)"));
    person.types("for now");
    person.presses(KeyCode.CONTROL, KeyCode.ENTER);
    FxThread.until("sent", () -> !door.commands.isEmpty());
    assertThat(door.commands)
        .containsExactly(new Command.Decide("Q-3", "keep one table", "for now"));
  }

  @Test
  void theMapShowsEveryKeyAndTheGuideTheSame() throws IOException {
    for (var preference : List.of(Theme.Preference.LIGHT, Theme.Preference.DARK)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.run(() -> desktop.frame().requestFocus());
      person.types("?");
      person.waitsFor("Keyboard map");
      var shown = person.texts();
      var texts = new Texts(Locale.ENGLISH, ZoneOffset.UTC);
      for (var key : Hotkey.values()) {
        if (key != Hotkey.GO) {
          assertThat(shown).contains(texts.text(key.text()));
        }
      }
      person.presses(KeyCode.ESCAPE);
    }
    assertThat(Files.readString(PAGE).replace("\r\n", "\n"))
        .as("docs/desktop.md holds this table of keys")
        .contains(table().replace("⌘", "Ctrl").replace("⌥", "Alt").replace("⇧", "Shift"));
  }

  private static String table() {
    var texts = new Texts(Locale.ENGLISH, ZoneOffset.UTC);
    var table = new StringBuilder("| where | key | what it does |\n|---|---|---|\n");
    for (var scope : Hotkey.Scope.values()) {
      for (var key : scope.keys()) {
        table
            .append("| ")
            .append(texts.text(scope.text()))
            .append(" | `")
            .append(
                key == Hotkey.GO
                    ? "g o` `g d` `g p` `g a` `g t` `g c` `g b` `g l` `g s` `g r` `g v"
                    : key.caps().replace(" | ", "` `"))
            .append("` | ")
            .append(texts.text(key.text()))
            .append(" |\n");
      }
    }
    return table.toString();
  }
}
