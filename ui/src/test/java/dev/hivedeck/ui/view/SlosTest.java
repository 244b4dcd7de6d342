package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.config.edit.HiveFile;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.SloSamples;
import dev.hivedeck.ui.TestUser;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javafx.scene.control.ComboBox;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objectives: which burns, how much of its budget is left, and what its alerts did. */
class SlosTest {
  private static final Path PICTURES = Path.of("target", "screens");
  private static final Instant NOW = SloSamples.NOW;
  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private List<SloViews.Silence> silences = List.of();
  private Desktop desktop;
  private TestUser person;

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  private void open(List<SloViews.Objective> objectives, List<SloViews.Alert> past) {
    door.queries =
        query ->
            switch (query) {
              case Query.Alerts _ -> Json.tree(past);
              case Query.Silences _ -> Json.tree(silences);
              default -> SloSamples.answer(query);
            };
    objectives.forEach(o -> door.seed(Topic.OBJECTIVE, o));
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    person = new TestUser(desktop);
    if (!objectives.isEmpty()) {
      FxThread.until(
          "objectives", () -> !desktop.frame().desk().live().objectives().get().isEmpty());
    }
    FxThread.run(() -> desktop.frame().to(ScreenId.SLOS));
  }

  @Test
  void whatBurnsIsFirstAndItsBudgetIsShown() {
    open(
        SloSamples.several(),
        List.of(
            new SloViews.Alert(
                "1",
                "orders-api answers in 400 ms",
                Map.of("severity", "page"),
                Map.of("summary", "resolved by itself"),
                "resolved",
                NOW.minus(Duration.ofDays(13)),
                NOW.minus(Duration.ofDays(13)).plus(Duration.ofMinutes(26)),
                "")));
    person.waitsFor("34%");
    person.waitsFor("19,873 bad");
    person.waitsFor("of 30,110 allowed");
    assertThat(person.sees("1 h · 5 m")).isTrue();
    assertThat(person.sees("not enough data: 41 of 300 events")).isTrue();
    assertThat(person.sees("6 objectives · one alert fires · one cannot alert")).isTrue();
    for (var preference : List.of(Theme.Preference.LIGHT, Theme.Preference.DARK)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(
          desktop, PICTURES.resolve("objectives-" + preference.name().toLowerCase() + ".png"));
    }
    person.presses(KeyCode.DOWN);
    person.waitsFor("Nothing of what it counts was found yet: its alerts cannot fire.");
    person.presses(KeyCode.DOWN);
    person.presses(KeyCode.DOWN);
    person.waitsFor("It lasts, at the speed of late.");
  }

  @Test
  void whatFiresIsAnAlertOnEveryScreen() {
    open(SloSamples.several(), List.of());
    FxThread.run(() -> desktop.frame().to(ScreenId.OVERVIEW));
    person.waitsFor("5 alerts");
  }

  @Test
  void anExampleIsAddedToTheFileOnceItsDifferenceWasSeen() {
    open(List.of(), List.of());
    person.waitsFor("No objectives yet");
    FxThread.picture(desktop, PICTURES.resolve("objectives-empty.png"));
    person.click("Add an example");
    person.waitsFor("In the last week");
    var write = person.button("Write to hive.yaml");
    FxThread.until("it can be written", () -> !write.isDisabled());
    FxThread.picture(desktop, PICTURES.resolve("objectives-form.png"));
    person.click("Write to hive.yaml");
    person.waitsUntilGone("In the last week");
    var edit = (Command.EditConfig) door.commands.getLast();
    assertThat(edit.changes())
        .extracting(Config.Change::at)
        .containsExactly("/objectives/agents-succeed");
    assertThat(edit.changes().getFirst().value().path("indicator").path("total").asText())
        .isEqualTo("hivedeck_attempts_total");
  }

  @Test
  void anObjectiveIsEditedKeyByKeyAndWhatIsWrongIsSaidAtItsField() {
    door.hive =
        """
        version: 1
        objectives:
          cart-web: # counted at the gateway
            indicator: { bad: 'requests_total{code="500"}', total: requests_total }
            target: 99%  # until summer
        """;
    open(List.of(SloSamples.view("cart-web", "availability", 0.86, "healthy", "")), List.of());
    person.waitsFor("86%");
    person.presses(KeyCode.E);
    person.waitsFor("Objective cart-web");
    var target = person.field("Target");
    FxThread.run(() -> target.setText("99.5%"));
    var write = person.button("Write to hive.yaml");
    FxThread.until("it can be written", () -> !write.isDisabled());
    person.waitsFor("paged once");
    person.click("Write to hive.yaml");
    person.waitsUntilGone("In the last week");
    var edit = (Command.EditConfig) door.commands.getLast();
    assertThat(edit.changes())
        .extracting(Config.Change::at)
        .containsExactly("/objectives/cart-web/target");
  }

  @Test
  void whatSomebodyElseWroteMeanwhileIsShownAndTheDraftIsKept() {
    door.hive =
        """
        version: 1
        objectives:
          cart-web: { indicator: { bad: b, total: a }, target: 99%, window: 30d }
        """;
    open(List.of(SloSamples.view("cart-web", "availability", 0.86, "healthy", "")), List.of());
    person.waitsFor("86%");
    person.presses(KeyCode.E);
    person.waitsFor("Objective cart-web");
    var target = person.field("Target");
    FxThread.run(() -> target.setText("99.5%"));
    var write = person.button("Write to hive.yaml");
    FxThread.until("it can be written", () -> !write.isDisabled());
    var digest = HiveFile.digest(door.hive);
    door.hive = door.hive.replace("99%", "98%").replace("30d", "7d");
    door.answer =
        command -> {
          if (command instanceof Command.EditConfig e && e.digest().equals(digest)) {
            throw new HiveException(ErrorCode.CONFIG_CHANGED, "It was changed.", "Look again.");
          }
          return Json.object().put("digest", "d");
        };
    person.click("Write to hive.yaml");
    person.waitsFor("Target: 99% became 98%; here it stays as you wrote it.");
    assertThat(person.sees("Window: 30d became 7d; it is so here, too.")).isTrue();
    assertThat(person.field("Window").getText()).isEqualTo("7d");
    FxThread.until("it can be written again", () -> !write.isDisabled());
    FxThread.picture(desktop, PICTURES.resolve("objectives-meanwhile.png"));
    person.click("Write to hive.yaml");
    person.waitsUntilGone("In the last week");
    var edit = (Command.EditConfig) door.commands.getLast();
    assertThat(edit.digest()).isEqualTo(HiveFile.digest(door.hive));
    assertThat(edit.changes())
        .extracting(Config.Change::at)
        .containsExactly("/objectives/cart-web/target");
  }

  @Test
  void aLimitIsANumberHoweverLarge() {
    open(List.of(), List.of());
    person.waitsFor("No objectives yet");
    person.click("New objective");
    person.waitsFor("In the last week");
    var kind = (ComboBox<?>) person.one(ComboBox.class::isInstance, "what is counted");
    FxThread.run(() -> kind.getSelectionModel().select(3));
    for (var written :
        Map.of(
                "Name", "tokens",
                "Series, or query", "sum(tokens)",
                "Of, or limit", "99999999999",
                "Target", "99%")
            .entrySet()) {
      var field = person.field(written.getKey());
      FxThread.run(() -> field.setText(written.getValue()));
    }
    var write = person.button("Write to hive.yaml");
    FxThread.until("it can be written", () -> !write.isDisabled());
    person.click("Write to hive.yaml");
    FxThread.until("it is asked for", () -> !door.commands.isEmpty());
    var edit = (Command.EditConfig) door.commands.getLast();
    var below = edit.changes().getFirst().value().path("indicator").path("below");
    assertThat(below.isNumber()).isTrue();
    assertThat(below.decimalValue()).isEqualByComparingTo("99999999999");
  }

  @Test
  void alertsAreSilencedFromTheKeyboard() {
    open(SloSamples.several(), List.of());
    person.waitsFor("34%");
    door.answer = _ -> Json.object().put("id", 7);
    person.presses(KeyCode.S);
    person.waitsFor("Silent until");
    person.types("move of the database");
    person.click("Silence");
    FxThread.until("it is asked for", () -> !door.commands.isEmpty());
    assertThat(door.commands.getLast())
        .isEqualTo(
            new Command.Silence(
                "objective=\"orders-api answers in 400 ms\"", 7_200, "move of the database"));
  }
}
