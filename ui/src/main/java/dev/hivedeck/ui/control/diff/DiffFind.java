package dev.hivedeck.ui.control.diff;

import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.Locale;
import java.util.function.IntConsumer;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;

/** Letters to find in the lines of a file, and the way from one place to the next. */
final class DiffFind extends HBox {
  private final Texts texts;
  private final TextField field = new TextField();
  private final Label count = Widgets.label("", "muted");

  /**
   * @param changed runs with each letter
   * @param step goes to the next place, or with -1 to the one before
   * @param closed runs when it was closed
   */
  DiffFind(Texts texts, Runnable changed, IntConsumer step, Runnable closed) {
    super(6);
    this.texts = texts;
    getStyleClass().add("diff-find");
    setAlignment(Pos.CENTER_LEFT);
    field.setPromptText(texts.text("diff.find"));
    field.setAccessibleText(texts.text("diff.find"));
    field.setMinWidth(60);
    field.textProperty().addListener((_, _, _) -> changed.run());
    field.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.BACK.pressed(e)) {
            close(closed);
          } else if (Hotkey.OPEN.pressed(e) || Hotkey.DOWN.pressed(e)) {
            step.accept(1);
          } else if (Hotkey.UP.pressed(e)) {
            step.accept(-1);
          } else {
            return;
          }
          e.consume();
        });
    count.setMinWidth(USE_PREF_SIZE);
    getChildren()
        .setAll(
            Widgets.grow(field),
            count,
            Widgets.icon(Icon.UP, texts.text("diff.find.before"), () -> step.accept(-1), "flat"),
            Widgets.icon(Icon.DOWN, texts.text("diff.find.next"), () -> step.accept(1), "flat"),
            Widgets.icon(Icon.CLOSE, texts.text("diff.find.close"), () -> close(closed), "flat"));
    Widgets.show(this, false);
  }

  void open() {
    Widgets.show(this, true);
    field.requestFocus();
    field.selectAll();
  }

  private void close(Runnable closed) {
    Widgets.show(this, false);
    closed.run();
  }

  /** What is looked for, in lower case; empty for nothing. */
  String sought() {
    return isVisible() ? field.getText().toLowerCase(Locale.ROOT) : "";
  }

  /**
   * Says how many places there are.
   *
   * @param at which of them one is at, from 0; -1 for none
   * @param more whether the rest of the file is still to be read
   */
  void tell(int at, int places, boolean more) {
    count.setText(
        sought().isEmpty()
            ? ""
            : (places == 0 && !more
                    ? texts.text("diff.find.none")
                    : texts.text("diff.find.of", at + 1, places))
                + (more ? "…" : ""));
  }
}
