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
import dev.hivedeck.ui.Samples;
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
  private static final Instant NOW = Instant.parse("2025-11-18T14:06:00Z");
  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
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
              default -> Samples.nothing(query);
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

  private static SloViews.Objective objective(
      String name, String kind, Double left, String state, String problem) {
    boolean known = left != null;
    var firing = state.equals("ticket");
    return new SloViews.Objective(
        name,
        "",
        "",
        kind,
        "99%",
        "30d",
        NOW,
        known ? 1 - (1 - left) / 100 : null,
        known ? Math.round(30_110 * (1 - left)) : 0,
        known ? 3_011_000 : 41,
        30_110.4,
        left,
        state,
        300,
        known
            ? List.of(
                burn("page", 3600, 14.4, firing ? 3.6 : 0.4, "clear"),
                burn("page", 21600, 6, firing ? 3.6 : 0.5, "clear"),
                burn("ticket", 86400, 3, firing ? 3.3 : 0.4, firing ? "burning" : "clear"),
                burn("ticket", 259200, 1, firing ? 1.4 : 0.3, firing ? "burning" : "clear"))
            : List.of(),
        firing
            ? new SloViews.Forecast(
                NOW.plus(Duration.ofHours(67)),
                NOW.plus(Duration.ofHours(55)),
                NOW.plus(Duration.ofHours(86)))
            : known ? new SloViews.Forecast(null, null, null) : null,
        firing
            ? List.of(
                new SloViews.Alert(
                    name,
                    name,
                    Map.of("severity", "ticket"),
                    Map.of("meaning", "a tenth of the budget went in a day"),
                    "firing",
                    NOW.minus(Duration.ofHours(8)),
                    null,
                    ""))
            : List.of(),
        "",
        problem);
  }

  private static SloViews.Burn burn(
      String severity, long window, double factor, double rate, String state) {
    return new SloViews.Burn(
        severity, window, window / 12, factor, rate, rate, state, (long) (2_592_000 / rate));
  }

  private static List<SloViews.Objective> several() {
    return List.of(
        objective("orders-api answers in 400 ms", "latency", 0.34, "ticket", ""),
        objective(
            "notifier delivers",
            "error ratio",
            null,
            "no-data",
            "Nothing of what it counts was found yet: its alerts cannot fire."),
        objective("agents verified success", "the hive", 0.62, "burning", ""),
        objective("catalog-api fresh in 10 min", "freshness", null, "not-enough-data", ""),
        objective("outbox-worker lag under 5 s", "lag", 0.71, "healthy", ""),
        objective("cart-web available", "availability", 0.86, "healthy", ""));
  }

  @Test
  void whatBurnsIsFirstAndItsBudgetIsShown() {
    open(
        several(),
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
    open(several(), List.of());
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
