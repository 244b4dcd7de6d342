package dev.hivedeck.ui.control.diff;

import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.function.Consumer;
import javafx.application.Platform;
import javafx.scene.control.Button;
import javafx.scene.control.TextArea;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.VBox;

/** Where a person writes about a line. */
final class DiffEditor extends VBox {
  private final Texts texts;
  private final Reviewer reviewer;
  private final TextArea words = new TextArea();
  private final Button send;
  private String path;
  private int line = -1;

  /**
   * @param sent is given what was written when it is to be sent
   * @param kept runs when it is to be kept
   */
  DiffEditor(ScreenContext context, Reviewer reviewer, Consumer<LineComment> sent, Runnable kept) {
    super(8);
    this.texts = context.texts();
    this.reviewer = reviewer;
    words.setPromptText(texts.text("diff.write"));
    words.setAccessibleText(texts.text("diff.write"));
    words.setWrapText(true);
    words.setPrefRowCount(3);
    Runnable sending = () -> sent.accept(close());
    words.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.SEND.pressed(e)) {
            sending.run();
            e.consume();
          } else if (Hotkey.BACK.pressed(e)) {
            kept.run();
            e.consume();
          }
        });
    words
        .textProperty()
        .addListener(
            (_, _, text) -> {
              if (line >= 0 && !text.isBlank()) {
                reviewer.writing(new LineComment(path, line, text.strip()));
              } else if (line >= 0) {
                reviewer.writing(null);
              }
            });
    send = context.act("", sending, "accent");
    getStyleClass().add("diff-note");
    getChildren()
        .setAll(words, Widgets.row(8, send, Widgets.button(texts.text("diff.keep"), kept)));
  }

  /** The line that is written about, 0 for the whole file; -1 for none. */
  int line() {
    return line;
  }

  /** Writes about that line of a file. */
  void open(String path, int line) {
    this.path = path;
    this.line = line;
    Platform.runLater(words::requestFocus);
  }

  void text(String text) {
    words.setText(text);
  }

  /** Says how many are sent with it. */
  void renew() {
    send.setText(texts.text("diff.send", reviewer.kept() + 1));
  }

  /** Ends it; what was written, or null where nothing was. */
  LineComment close() {
    if (line < 0) {
      return null;
    }
    var text = words.getText().strip();
    var draft = text.isEmpty() ? null : new LineComment(path, line, text);
    if (draft != null) {
      reviewer.writing(null);
    }
    line = -1;
    words.clear();
    return draft;
  }
}
