package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
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
import javafx.scene.input.Clipboard;
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
  void withoutObjectivesTheScreenSaysHowToWriteOne() {
    open(List.of(), List.of());
    person.waitsFor("No objectives yet");
    person.click("Copy an example");
    assertThat(FxThread.get(() -> Clipboard.getSystemClipboard().getString()))
        .contains("objectives:")
        .contains("hivedeck_attempts_total");
    FxThread.picture(desktop, PICTURES.resolve("objectives-empty.png"));
  }
}
