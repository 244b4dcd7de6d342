package dev.hivedeck.ui.view.change.health;

import dev.hivedeck.engine.protocol.health.HealthCommand;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.HashMap;
import java.util.Map;
import javafx.scene.Node;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.StackPane;

/**
 * Asks why an obstacle may be let be, in its place. What is written stays while the obstacles
 * around it come and go.
 */
public final class ClearingField {
  private final ScreenContext context;
  private final TextField why = new TextField();
  private final HBox row;
  private final Map<String, StackPane> places = new HashMap<>();
  private String change = "";
  private String code = "";
  private StackPane place = new StackPane();

  public ClearingField(ScreenContext context) {
    this.context = context;
    var texts = context.texts();
    why.setPromptText(texts.text("change.clear.why"));
    why.setAccessibleText(texts.text("change.clear.why"));
    why.setOnAction(_ -> send());
    why.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.BACK.pressed(e)) {
            close();
            e.consume();
          }
        });
    row =
        Widgets.row(
            8,
            Widgets.grow(why),
            context.act(texts.text("change.clear.send"), this::send, "accent"),
            Widgets.button(texts.text("change.clear.not"), this::close));
  }

  /** Another change has other obstacles. */
  public void show(String id) {
    if (!id.equals(change)) {
      change = id;
      places.clear();
      close();
    }
  }

  /** Keeps what is written, and its place, while what is around it is made anew. */
  public void around(Runnable made) {
    boolean focused = why.isFocused();
    int caret = why.getCaretPosition();
    places.clear();
    made.run();
    if (!code.isEmpty() && !places.containsKey(code)) {
      close(); // nothing speaks against it any more
    } else if (focused) {
      why.requestFocus();
      why.positionCaret(caret);
    }
  }

  /** Where it is for an obstacle; empty while another is asked about. */
  public Node at(String obstacle) {
    var here = new StackPane();
    Widgets.show(here, false);
    if (obstacle.equals(code)) {
      put(here);
    }
    places.put(obstacle, here);
    return here;
  }

  private void put(StackPane here) {
    place.getChildren().clear();
    Widgets.show(place, false);
    place = here;
    place.getChildren().setAll(row);
    Widgets.show(place, true);
  }

  /** Asks about an obstacle. */
  public void open(String obstacle) {
    if (!obstacle.equals(code)) {
      why.clear();
    }
    code = obstacle;
    var here = places.get(obstacle);
    if (here != null) {
      put(here);
      why.requestFocus();
    }
  }

  private void close() {
    code = "";
    why.clear();
    place.getChildren().clear();
    Widgets.show(place, false);
  }

  private void send() {
    String reason = why.getText().strip();
    if (reason.isEmpty()) {
      context.notices().say(context.texts().text("change.clear.empty"));
      why.requestFocus();
      return;
    }
    String sent = code;
    context
        .steering()
        .execute(new HealthCommand.Clear(change, sent, reason))
        .thenAccept(_ -> sent(sent, reason)); // where it is refused, what was written stays
  }

  /** What is written by now of something else, or otherwise, stays. */
  private void sent(String obstacle, String reason) {
    if (obstacle.equals(code) && why.getText().strip().equals(reason)) {
      close();
    }
  }

  /** No longer lets an obstacle be. */
  public void undo(String obstacle) {
    context.steering().execute(new HealthCommand.Unclear(change, obstacle));
  }
}
