package dev.hivedeck.ui.shell.widget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.ui.FxThread;
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

class ErrorBoundaryTest {
  private final Button approve = FxThread.get(() -> Widgets.button("Approve", () -> {}));
  private final VBox content = FxThread.get(() -> new VBox(Widgets.label("facts of #3"), approve));
  private final StackPane pane = FxThread.get(() -> new StackPane(content));
  private final ErrorBoundary boundary =
      FxThread.get(() -> new ErrorBoundary(pane, new Texts(Locale.ENGLISH, ZoneOffset.UTC)));
  private boolean whole;

  private void fill() {
    if (!whole) {
      Integer unknown = null;
      assertThat(unknown + 1).isPositive();
    }
  }

  @Test
  void aPaneThatFailsSaysSoAndItsActsAreOff() {
    FxThread.run(() -> boundary.fill(this::fill));
    assertThat(content.isVisible()).isFalse();
    assertThat(approve.isDisabled()).isTrue();
    assertThat(said(pane.getChildren().getLast()))
        .contains("This could not be shown.", "Try again");
  }

  @Test
  void theSameFailureKeepsItsButtons() {
    FxThread.run(() -> boundary.fill(this::fill));
    var placard = pane.getChildren().getLast();
    FxThread.run(() -> boundary.fill(this::fill));
    assertThat(pane.getChildren()).containsExactly(content, placard);
  }

  @Test
  void retryFillsItAgain() {
    FxThread.run(() -> boundary.fill(this::fill));
    whole = true;
    FxThread.run(() -> button(pane.getChildren().getLast(), "Try again").fire());
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
