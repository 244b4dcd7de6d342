package dev.hivedeck.ui.shell.part;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.ui.Fx;
import dev.hivedeck.ui.shell.text.Texts;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.control.Labeled;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.junit.jupiter.api.Test;

class GuardTest {
  private final Button approve = Fx.get(() -> Parts.button("Approve", () -> {}));
  private final VBox content = Fx.get(() -> new VBox(Parts.label("facts of #3"), approve));
  private final StackPane pane = Fx.get(() -> new StackPane(content));
  private final Guard guard =
      Fx.get(() -> new Guard(pane, new Texts(Locale.ENGLISH, ZoneOffset.UTC)));
  private boolean whole;

  private void fill() {
    if (!whole) {
      Integer unknown = null;
      assertThat(unknown + 1).isPositive();
    }
  }

  @Test
  void aPaneThatFailsSaysSoAndItsActsAreOff() {
    Fx.run(() -> guard.fill(this::fill));
    assertThat(content.isVisible()).isFalse();
    assertThat(approve.isDisabled()).isTrue();
    assertThat(said(pane.getChildren().getLast()))
        .contains("This could not be shown.", "Try again");
  }

  @Test
  void theSameFailureKeepsItsButtons() {
    Fx.run(() -> guard.fill(this::fill));
    var placard = pane.getChildren().getLast();
    Fx.run(() -> guard.fill(this::fill));
    assertThat(pane.getChildren()).containsExactly(content, placard);
  }

  @Test
  void retryFillsItAgain() {
    Fx.run(() -> guard.fill(this::fill));
    whole = true;
    Fx.run(() -> button(pane.getChildren().getLast(), "Try again").fire());
    assertThat(pane.getChildren()).containsExactly(content);
    assertThat(content.isVisible()).isTrue();
    assertThat(approve.isDisabled()).isFalse();
  }

  private static List<String> said(Node node) {
    var words = new java.util.ArrayList<String>();
    if (node instanceof Labeled labeled && labeled.getText() != null) {
      words.add(labeled.getText());
    }
    if (node instanceof Parent parent) {
      parent.getChildrenUnmodifiable().forEach(c -> words.addAll(said(c)));
    }
    return words;
  }

  private static Button button(Node node, String text) {
    if (node instanceof Button b && text.equals(b.getText())) {
      return b;
    }
    if (node instanceof Parent parent) {
      for (var child : parent.getChildrenUnmodifiable()) {
        var found = button(child, text);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }
}
