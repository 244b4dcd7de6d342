package dev.hivedeck.ui.shell.widget;

import dev.hivedeck.ui.shell.text.Hotkey;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;

/**
 * The layer above the window's content: one sheet at a time, over a veil. Esc or a click beside it
 * closes it, and the focus goes back to where it was.
 */
public final class Overlay extends StackPane {
  private Node before;
  private Runnable closed = () -> {};

  public Overlay() {
    getStyleClass().add("veil");
    setVisible(false);
    setOnMousePressed(
        e -> {
          if (e.getTarget() == this) {
            close();
          }
        });
    addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.BACK.pressed(e)) {
            close();
            e.consume();
          }
        });
  }

  public void open(Region sheet, Pos where, Runnable onClosed) {
    if (isVisible()) {
      close();
    }
    before = getScene() == null ? null : getScene().getFocusOwner();
    closed = onClosed;
    sheet.setMaxHeight(Region.USE_PREF_SIZE);
    sheet.setMaxWidth(Region.USE_PREF_SIZE);
    StackPane.setAlignment(sheet, where);
    StackPane.setMargin(sheet, margin(where));
    getChildren().setAll(sheet);
    setVisible(true);
    sheet.requestFocus();
  }

  /** What is at the right hangs from the bar above. */
  private static Insets margin(Pos where) {
    return switch (where) {
      case TOP_RIGHT -> new Insets(52, 12, 24, 24);
      case TOP_CENTER -> new Insets(72, 24, 24, 24);
      default -> new Insets(24);
    };
  }

  public boolean isOpen() {
    return isVisible();
  }

  public void close() {
    if (!isVisible()) {
      return;
    }
    setVisible(false);
    getChildren().clear();
    if (before != null && before.getScene() == getScene()) {
      before.requestFocus();
    }
    before = null;
    closed.run();
  }
}
