package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.DecisionViews.DecisionState;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.PngWriter;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.Samples;
import dev.hivedeck.ui.TestUser;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import dev.hivedeck.ui.view.decision.Question;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.control.Menu;
import javafx.scene.control.MenuItem;
import javafx.scene.input.Clipboard;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of decisions as a person works through it. */
class DecisionsTest {
  private static final Path PICTURES = Path.of("target", "screens");
  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private Desktop desktop;
  private TestUser person;

  @BeforeEach
  void open() {
    door.queries = Samples::nothing;
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    person = new TestUser(desktop);
    FxThread.run(() -> desktop.frame().to(ScreenId.DECISIONS));
    FxThread.until("decisions", () -> shown().equals(List.of("Q-4", "Q-3")));
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  @Test
  void noRowMovesUnderThePointer() {
    person.robot().moveTo(cell("Q-3"));
    FxThread.until("under the pointer", () -> list().isHover());
    double there = place("Q-3");
    tell(asked("Q-99", "Which one at once?", Sample.NOW.plusSeconds(5)));
    FxThread.until("last", () -> shown().equals(List.of("Q-4", "Q-3", "Q-99")));
    tell(answered("Q-4", "allow once"));
    person.waitsFor("allow once");
    door.remove(Topic.DECISION, "Q-99", "withdrawn");
    FxThread.until("off", () -> person.nodes(n -> shows(n, "Q-99") && n.isDisabled()).size() == 1);
    tell(asked("Q-98", "And this one?", Sample.NOW.plusSeconds(9)));
    FxThread.until("after it", () -> shown().equals(List.of("Q-4", "Q-3", "Q-99", "Q-98")));
    assertThat(place("Q-3")).isEqualTo(there);
    for (var preference : List.of(Theme.Preference.LIGHT, Theme.Preference.DARK)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(
          desktop, PICTURES.resolve("decisions-calm-" + preference.name().toLowerCase() + ".png"));
    }
    person.robot().moveTo(desktop.stage());
    FxThread.until("in order", () -> shown().equals(List.of("Q-98", "Q-3")));
  }

  @Test
  void whatIsLookedAtGoesOnToTheNextWhenItIsAnswered() {
    person.robot().moveTo(cell("Q-3"));
    FxThread.until("under the pointer", () -> list().isHover());
    tell(answered("Q-4", "allow once"));
    person.waitsFor("The orders table holds");
    assertThat(FxThread.get(() -> list().getSelectionModel().getSelectedItem().id()))
        .isEqualTo("Q-3");
  }

  @Test
  void anotherQuestionTakesNoWordsFromThePerson() {
    FxThread.run(() -> desktop.frame().to(ScreenId.DECISIONS, "Q-3"));
    person.robot().clickOn(person.field("A comment for the agent (optional)"));
    person.types("with a ");
    tell(asked("Q-99", "Which one at once?", Sample.NOW.plusSeconds(5)));
    FxThread.until("first", () -> shown().equals(List.of("Q-99", "Q-4", "Q-3")));
    person.types("dry run");
    var field = person.field("A comment for the agent (optional)");
    String words = FxThread.get(field::getText);
    assertThat(words).isEqualTo("with a dry run");
  }

  @Test
  void theMenuAnswersOpensAndCopies() throws IOException {
    FxThread.run(() -> desktop.frame().to(ScreenId.DECISIONS, "Q-3"));
    person.robot().clickOn(person.field("A comment for the agent (optional)"));
    person.types("for now");
    for (var preference : List.of(Theme.Preference.LIGHT, Theme.Preference.DARK)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      var shown = person.menu(list());
      var name = "decisions-menu-" + preference.name().toLowerCase() + ".png";
      PngWriter.write(FxThread.get(() -> shown.getScene().snapshot(null)), PICTURES.resolve(name));
      FxThread.run(shown::hide);
    }
    var menu = person.menu(list());
    assertThat(FxThread.get(() -> names(((Menu) item(menu, "Answer")).getItems())))
        .containsExactly("Approve", "Keep one table", "Reject");
    fire(item(menu, "Copy the number"));
    assertThat(FxThread.get(() -> Clipboard.getSystemClipboard().getString())).isEqualTo("Q-3");
    fire(item(menu, "Copy the text"));
    assertThat(FxThread.get(() -> Clipboard.getSystemClipboard().getString()))
        .isEqualTo("Split the orders table by tenant?");
    fire(((Menu) item(menu, "Answer")).getItems().get(1));
    FxThread.until("sent", () -> !door.commands.isEmpty());
    assertThat(door.commands)
        .as("with what is written beside")
        .containsExactly(new Command.Decide("Q-3", "keep one table", "for now"));
    fire(item(menu, "Open the task"));
    person.waitsFor("T-101 Idempotent order placement");
    assertThat(desktop.frame().place()).isEqualTo(ScreenId.TASKS);
  }

  @Test
  void whatIsAnsweredIsNotAnsweredAgain() {
    FxThread.run(() -> desktop.frame().to(ScreenId.DECISIONS, "Q-1"));
    var menu = person.menu(list());
    assertThat(FxThread.get(item(menu, "Answer")::isDisable)).isTrue();
    FxThread.run(menu::hide);
  }

  // ── how ─────────────────────────────────────────────────────────────────────────────────────

  @SuppressWarnings("unchecked")
  private ListView<Question> list() {
    return (ListView<Question>) desktop.stage().getScene().lookup(".decision-list");
  }

  private List<String> shown() {
    return list().getItems().stream().map(Question::id).toList();
  }

  private ListCell<?> cell(String id) {
    return (ListCell<?>) person.one(n -> shows(n, id), id);
  }

  private static boolean shows(Node node, String id) {
    return node instanceof ListCell<?> c && c.getItem() instanceof Question q && q.id().equals(id);
  }

  private double place(String id) {
    var cell = cell(id);
    return FxThread.get(() -> cell.localToScene(0, 0).getY());
  }

  private static MenuItem item(ContextMenu menu, String name) {
    return menu.getItems().stream().filter(i -> name.equals(i.getText())).findFirst().orElseThrow();
  }

  private static List<String> names(List<MenuItem> items) {
    return items.stream().map(MenuItem::getText).toList();
  }

  private static void fire(MenuItem item) {
    FxThread.run(
        () -> {
          assertThat(item.isDisable()).as(item.getText()).isFalse();
          item.fire();
        });
  }

  private void tell(DecisionViews.Decision d) {
    door.tell("decision.changed", Topic.DECISION, d.question(), d);
  }

  private DecisionViews.Decision asked(String id, String question, Instant due) {
    return with(id, question, DecisionState.OPEN, null, due);
  }

  private DecisionViews.Decision answered(String id, String answer) {
    var d = Samples.one(door, Topic.DECISION, DecisionViews.Decision.class, id);
    return with(id, d.question(), DecisionState.DECIDED, answer, d.dueAt());
  }

  private DecisionViews.Decision with(
      String id, String question, DecisionState state, String answer, Instant due) {
    var d = Samples.one(door, Topic.DECISION, DecisionViews.Decision.class, "Q-3");
    return new DecisionViews.Decision(
        id,
        d.task(),
        d.attempt(),
        d.agent(),
        d.kind(),
        d.level(),
        question,
        null,
        d.options(),
        null,
        state,
        answer,
        null,
        answer == null ? null : "you",
        d.openedAt(),
        due,
        answer == null ? null : Sample.NOW);
  }
}
