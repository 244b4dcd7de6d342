package dev.hivedeck.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Printable;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javafx.geometry.Dimension2D;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Labeled;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;
import javafx.scene.control.TextInputControl;
import javafx.scene.text.Text;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kordamp.ikonli.javafx.FontIcon;

/** No text that comes from outside breaks the window, whatever it is and however it wraps. */
class HostileTextTest {
  private static final List<Dimension2D> SIZES =
      List.of(new Dimension2D(1024, 700), new Dimension2D(2560, 1440));

  @TempDir Path folder;

  @AfterEach
  void close() {
    FxThread.closeAll();
  }

  /** All at once; {@code -Dhivedeck.tests.size=2} adds what is endless and what is many lines. */
  static Stream<String> names() {
    return HostileTexts.mixtures().keySet().stream()
        .filter(name -> name.equals("all") || Integer.getInteger("hivedeck.tests.size", 1) > 1);
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyScreenStandsEveryText(String name) {
    var desktop =
        FxThread.desktop(
            HostileTexts.door(HostileTexts.mixtures().get(name)), folder.resolve("d.json"));
    var frame = desktop.frame();
    for (var screen : Screens.all().keySet()) {
      FxThread.run(() -> frame.to(screen));
      FxThread.run(() -> SIZES.forEach(size -> layout(desktop, size)));
      for (var tab : FxThread.get(() -> tabs(desktop))) {
        FxThread.run(
            () -> {
              tab.getTabPane().getSelectionModel().select(tab);
              layout(desktop, SIZES.getFirst());
            });
        assertThat(FxThread.get(() -> hiding(desktop))).as("%s of %s", tab, screen).isEmpty();
      }
      assertThat(FxThread.get(() -> hiding(desktop))).as("%s", screen).isEmpty();
    }
    FxThread.picture(desktop);
    // Recovery makes a new frame after a layout that was broken off.
    assertThat(FxThread.get(desktop::frame)).isSameAs(frame);
  }

  /** Texts on the screen that steer or hide something: none may, wherever they come from. */
  private static List<String> hiding(Desktop desktop) {
    var found = new ArrayList<String>();
    var todo = new ArrayDeque<Node>(List.of(desktop.stage().getScene().getRoot()));
    while (!todo.isEmpty()) {
      var node = todo.pop();
      String text =
          switch (node) {
            case FontIcon ignored -> null; // its letters are of the font's own
            case Labeled labeled -> labeled.getText();
            case Text shown -> shown.getText();
            case TextInputControl input -> input.getText();
            default -> null;
          };
      if (text != null && hides(text)) {
        found.add(node.getClass().getSimpleName() + ": " + Printable.line(text));
      }
      if (node instanceof Parent parent) {
        todo.addAll(parent.getChildrenUnmodifiable());
      }
    }
    return found;
  }

  /**
   * Joiners and flags stay where scripts and emoji need them, and blanks of other widths in times
   * and numbers.
   */
  private static boolean hides(String text) {
    return text.codePoints()
        .filter(c -> Character.getType(c) != Character.SPACE_SEPARATOR)
        .filter(c -> c != '\n' && c != 0x200c && c != 0x200d && (c < 0xe0000 || c > 0xe007f))
        .anyMatch(Printable::hides);
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
