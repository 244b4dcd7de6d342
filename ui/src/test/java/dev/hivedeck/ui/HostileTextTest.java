package dev.hivedeck.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javafx.geometry.Dimension2D;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No text that comes from outside breaks the window, whatever it is and however it wraps. */
class HostileTextTest {
  private static final List<Dimension2D> SIZES =
      List.of(new Dimension2D(1024, 700), new Dimension2D(1440, 900), new Dimension2D(2560, 1440));

  @TempDir Path folder;

  static Stream<String> names() {
    return Hostile.mixtures().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyScreenStandsEveryText(String name) {
    var desktop = Fx.desktop(Hostile.door(Hostile.mixtures().get(name)), folder.resolve("d.json"));
    var frame = desktop.frame();
    for (var place : Desktop.screens().keySet()) {
      Fx.run(() -> frame.to(place));
      Fx.run(() -> SIZES.forEach(size -> layout(desktop, size)));
      for (var tab : Fx.get(() -> tabs(desktop))) {
        Fx.run(
            () -> {
              tab.getTabPane().getSelectionModel().select(tab);
              SIZES.forEach(size -> layout(desktop, size));
            });
      }
    }
    Fx.picture(desktop, Path.of("target", "screens", "hostile-" + name + ".png"));
    // Recovery makes a new frame after a layout that was broken off.
    assertThat(Fx.get(desktop::frame)).isSameAs(frame);
    Fx.run(desktop.stage()::close);
  }

  private static List<Tab> tabs(Desktop desktop) {
    return desktop.frame().lookupAll(".tab-pane").stream()
        .map(TabPane.class::cast)
        .flatMap(p -> p.getTabs().stream())
        .toList();
  }

  // The window itself stays: the headless screen is no larger than it.
  private static void layout(Desktop desktop, Dimension2D size) {
    var root = desktop.stage().getScene().getRoot();
    root.applyCss();
    root.resize(size.getWidth(), size.getHeight());
    root.layout();
  }
}
