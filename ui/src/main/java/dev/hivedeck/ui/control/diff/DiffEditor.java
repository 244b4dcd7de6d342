package dev.hivedeck.ui.control.diff;

import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.List;
import java.util.function.Consumer;
import javafx.application.Platform;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.TextArea;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.VBox;

/** Where a person writes about lines, and what they should be instead. */
final class DiffEditor extends VBox {
  private final Texts texts;
  private final Reviewer reviewer;
  private final Label where = Widgets.label("", "muted");
  private final TextArea words = new TextArea();
  private final TextArea suggestion = new TextArea();
  private final VBox suggesting;
  private final Button suggest;
  private final Button send;
  private String path;
  private int first;
  private int line = -1;
  private String lines;

  /** Until something else has the focus, it is to be here, wherever its row is made anew. */
  private boolean writing;

  /**
   * @param sent is given what was written when it is to be sent
   * @param kept runs when it is to be kept
   */
  DiffEditor(ScreenContext context, Reviewer reviewer, Consumer<LineComment> sent, Runnable kept) {
    super(8);
    this.texts = context.texts();
    this.reviewer = reviewer;
    Runnable sending = () -> sent.accept(close());
    prompt(words, "diff.write");
    prompt(suggestion, "diff.suggest.write");
    words.setWrapText(true);
    suggestion.getStyleClass().add("mono");
    for (var area : List.of(words, suggestion)) {
      area.setPrefRowCount(3);
      area.textProperty().addListener((_, _, _) -> tell());
      area.addEventFilter(
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
    }
    words.sceneProperty().addListener((_, _, scene) -> focus());
    words
        .focusedProperty()
        .addListener((_, _, here) -> writing &= here || words.getScene() == null);
    suggesting =
        new VBox(
            4,
            Widgets.row(
                8,
                Widgets.grow(Widgets.label(texts.text("diff.suggest.be"), "soft")),
                Widgets.link(texts.text("diff.suggest.not"), () -> suggest(null))),
            suggestion);
    suggest = Widgets.link(texts.text("diff.suggest"), () -> suggest(lines));
    send = context.act("", sending, "accent");
    getStyleClass().add("diff-note");
    getChildren()
        .setAll(
            where,
            words,
            suggesting,
            Widgets.flow(8, 6, send, Widgets.button(texts.text("diff.keep"), kept), suggest));
  }

  private void prompt(TextArea area, String key) {
    area.setPromptText(texts.text(key));
    area.setAccessibleText(texts.text(key));
  }

  /** The line that is written about, 0 for the whole file; -1 for none. */
  int line() {
    return line;
  }

  /**
   * Writes about lines of a file.
   *
   * @param lines as they are; null where that is not known
   */
  void open(String path, int first, int line, String lines) {
    this.path = path;
    this.first = first;
    this.line = line;
    this.lines = lines;
    where.setText(DiffNote.where(texts, first, line));
    suggest(null);
    writing = true;
    focus();
  }

  private void focus() {
    Platform.runLater(
        () -> {
          if (writing && words.getScene() != null) {
            words.requestFocus();
          }
        });
  }

  /** Takes up what was written before. */
  void take(LineComment draft) {
    words.setText(draft.text());
    suggest(draft.suggestion());
  }

  /** Lets the lines be written as they should be; null for that no more. */
  private void suggest(String text) {
    Widgets.show(suggesting, text != null);
    Widgets.show(suggest, text == null && lines != null);
    suggestion.setText(text == null ? "" : text);
    suggestion.setPrefRowCount(Math.min(12, 1 + (int) suggestion.getText().lines().count()));
    if (text != null) {
      suggestion.requestFocus();
    }
  }

  private void tell() {
    if (line >= 0) {
      reviewer.writing(written());
    }
  }

  /** What is written by now; null where nothing is. */
  private LineComment written() {
    var text = words.getText().strip();
    var instead = suggesting.isVisible() ? suggestion.getText() : null;
    // Lines as they are suggest nothing.
    boolean same = instead == null || instead.equals(lines);
    return text.isEmpty() && same
        ? null
        : new LineComment(path, line, text, first < line ? first : null, same ? null : instead);
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
    var draft = written();
    if (draft != null) {
      reviewer.writing(null);
    }
    line = -1;
    writing = false;
    words.clear();
    suggest(null);
    return draft;
  }
}
