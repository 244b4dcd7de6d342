package dev.hivedeck.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.Muted;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.settings.Settings;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The screen of objectives with a month of events, at every size, with long and hostile texts. */
class SloScreenTest {
  private static final String LONG =
      "orders-api answers in 400 ms wherever it is asked from, with \u202Ereversed and\u0000"
          + " services/api/idempotency_keys_of_a_very_long_name.py";

  @TempDir Path folder;

  @AfterEach
  void close() {
    FxThread.closeAll();
  }

  private Desktop open(String language, double scale, boolean hostile) {
    var door = Sample.door();
    var silence =
        new SloViews.Silence(
            3,
            "objective=\"cart-web available\"",
            SloSamples.NOW,
            SloSamples.NOW.plus(Duration.ofHours(2)),
            "you",
            "move of the database");
    door.queries =
        query ->
            switch (query) {
              case Query.Alerts _ -> Json.tree(List.of(past()));
              case Query.Silences _ -> Json.tree(List.of(silence));
              case Query.PolicyActs _ ->
                  Json.tree(
                      List.of(
                          new SloViews.PolicyAct(
                              "orders-api answers in 400 ms",
                              "notify",
                              SloSamples.NOW.minus(Duration.ofHours(20)),
                              0.49,
                              null,
                              null,
                              null)));
              default -> SloSamples.answer(query);
            };
    for (var o : SloSamples.several()) {
      door.seed(
          Topic.OBJECTIVE,
          hostile ? SloSamples.view(o.name() + " " + LONG, LONG, o.left(), o.state(), "") : o);
    }
    var settings = new Settings(folder.resolve("desktop.json"));
    settings.put("language", language);
    settings.put("text.scale", scale);
    settings.close();
    var desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    FxThread.until(
        "objectives", () -> desktop.frame().desk().live().objectives().get().size() == 6);
    FxThread.run(() -> desktop.frame().to(ScreenId.SLOS));
    return desktop;
  }

  private static SloViews.Alert past() {
    return new SloViews.Alert(
        "1",
        "orders-api answers in 400 ms",
        Map.of("severity", "page"),
        Map.of("summary", "orders-api answers in 400 ms burns 15.2 times faster than allowed"),
        AlertState.RESOLVED,
        SloSamples.NOW.minus(Duration.ofDays(13)),
        SloSamples.NOW.minus(Duration.ofDays(13)).plus(Duration.ofMinutes(26)),
        Muted.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "usual, en, 1, 1440, 900, DARK, false",
    "usual, en, 1, 1440, 900, LIGHT, false",
    "small, en, 1, 1024, 700, LIGHT, false",
    "small, de, 1.5, 1024, 700, DARK, false",
    "large, de, 1, 2560, 1440, LIGHT, false",
    "hostile, de, 1.5, 1024, 700, LIGHT, true",
    "hostile, en, 1, 1440, 900, DARK, true"
  })
  void nothingClips(
      String size,
      String language,
      double scale,
      int width,
      int height,
      Theme.Preference theme,
      boolean hostile) {
    var desktop = open(language, scale, hostile);
    FxThread.run(() -> desktop.theme().choose(theme));
    FxThread.figures(desktop);
    var name = "objectives-%s-%s-%s".formatted(size, language, theme);
    Baseline.await(name, () -> FxThread.picture(desktop, width, height));
    assertThat(FxThread.get(() -> LayoutChecks.faults(desktop.stage().getScene().getRoot())))
        .as(name)
        .isEmpty();
  }
}
