package dev.hivedeck.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.ui.shell.ScreenId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javafx.geometry.Dimension2D;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every screen and tab in every size: nothing clips, bursts out or goes without a name. */
class WalkTest {
  private static final Dimension2D SMALL = new Dimension2D(1024, 700);
  private static final Dimension2D USUAL = new Dimension2D(1440, 900);
  private static final Dimension2D LARGE = new Dimension2D(2560, 1440);

  /** As agents write them: long, with paths that do not break. */
  private static final String LONG =
      "Idempotent order placement with services/api/idempotency_keys_of_a_very_long_name.py,"
          + " which refuses another body for the same key and tells the client when it was used";

  @TempDir Path folder;

  @AfterEach
  void close() {
    FxThread.closeAll();
  }

  /** All of it takes minutes: {@code -Dhivedeck.tests.size=2}. */
  private static final boolean WHOLE = Integer.getInteger("hivedeck.tests.size", 1) > 1;

  static Stream<Arguments> walks() {
    var narrow = Stream.of(Arguments.of("de", 1.5, true), Arguments.of("en", 1.0, false));
    var more =
        Stream.of(
            Arguments.of("en", 1.0, true),
            Arguments.of("de", 1.0, false),
            Arguments.of("en", 1.5, false),
            Arguments.of("de", 1.5, false));
    return WHOLE ? Stream.concat(narrow, more) : narrow;
  }

  @ParameterizedTest(name = "{0}, {1}, long texts: {2}")
  @MethodSource("walks")
  void nothingClips(String language, double scale, boolean lengthy) {
    var settings = new dev.hivedeck.ui.shell.settings.Settings(folder.resolve("d.json"));
    settings.put("language", language);
    settings.put("text.scale", scale);
    settings.close();
    var desktop =
        FxThread.desktop(
            lengthy ? HostileTexts.door(LONG) : Sample.door(), folder.resolve("d.json"));
    var faults = new LinkedHashMap<String, List<String>>();
    for (var screen : Screens.all().keySet()) {
      FxThread.run(() -> desktop.frame().to(screen));
      look(desktop, screen + "", List.of(LARGE, USUAL, SMALL), faults);
      for (var tab : FxThread.get(() -> tabs(desktop))) {
        FxThread.run(() -> tab.getTabPane().getSelectionModel().select(tab));
        var sizes = WHOLE ? List.of(LARGE, USUAL, SMALL) : List.of(SMALL);
        look(desktop, screen + ", " + tab.getText(), sizes, faults);
      }
    }
    for (var section : List.of("agents", "gates", "parallel", "budgets", "editor")) {
      FxThread.run(() -> desktop.frame().to(ScreenId.SETTINGS, "config/" + section));
      look(desktop, "hive.yaml, " + section, List.of(LARGE, SMALL), faults);
    }
    FxThread.run(desktop.stage()::close);
    var told = new ArrayList<String>();
    faults.forEach((fault, where) -> told.add(fault + "\n      at " + where));
    assertThat(told).as("%s at %s", language, scale).isEmpty();
  }

  private static void look(
      Desktop desktop, String where, List<Dimension2D> sizes, Map<String, List<String>> faults) {
    for (var size : sizes) {
      FxThread.run(() -> layout(desktop, size));
      FxThread.run(() -> layout(desktop, size)); // What is to be done later is done by now.
      FxThread.get(() -> LayoutChecks.faults(desktop.stage().getScene().getRoot()))
          .forEach(
              fault ->
                  faults
                      .computeIfAbsent(
                          fault.replaceAll("[0-9]+\\.\\.[0-9]+ of [0-9]+", ""),
                          _ -> new ArrayList<>())
                      .add(where + " at " + (int) size.getWidth()));
    }
  }

  // The window itself stays: the headless screen is no larger than it.
  private static void layout(Desktop desktop, Dimension2D size) {
    var root = desktop.stage().getScene().getRoot();
    root.resize(size.getWidth(), size.getHeight());
    root.applyCss();
    root.layout();
    root.layout(); // What a scroll bar takes is known only when it is there.
  }

  private static List<Tab> tabs(Desktop desktop) {
    return desktop.frame().lookupAll(".tab-pane").stream()
        .map(TabPane.class::cast)
        .flatMap(p -> p.getTabs().stream())
        .toList();
  }
}
