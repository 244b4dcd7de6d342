package dev.hivedeck.ui.control.diff;

import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import javafx.collections.ObservableList;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.ListView;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;

/** Letters to find in the lines of a file, and the way from one place to the next. */
final class DiffFind extends HBox {
  private final Texts texts;
  private final ListView<DiffRow> list;
  private final ObservableList<DiffRow> rows;
  private final PartReader parts;
  private final IntConsumer select;
  private final TextField field = new TextField();
  private final Label count = Widgets.label("", "muted");
  private List<Integer> found = List.of();

  /**
   * @param rows of the file, as the list shows them
   * @param parts reads the rest of the file
   * @param select shows a row
   */
  DiffFind(
      Texts texts,
      ListView<DiffRow> list,
      ObservableList<DiffRow> rows,
      PartReader parts,
      IntConsumer select) {
    super(6);
    this.texts = texts;
    this.list = list;
    this.rows = rows;
    this.parts = parts;
    this.select = select;
    getStyleClass().add("diff-find");
    setAlignment(Pos.CENTER_LEFT);
    field.setPromptText(texts.text("diff.find"));
    field.setAccessibleText(texts.text("diff.find"));
    field.setMinWidth(60);
    field.textProperty().addListener((_, _, _) -> seek());
    field.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.BACK.pressed(e)) {
            close();
          } else if (Hotkey.OPEN.pressed(e) || Hotkey.DOWN.pressed(e)) {
            step(1);
          } else if (Hotkey.UP.pressed(e)) {
            step(-1);
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
            Widgets.icon(Icon.UP, texts.text("diff.find.before"), () -> step(-1), "flat"),
            Widgets.icon(Icon.DOWN, texts.text("diff.find.next"), () -> step(1), "flat"),
            Widgets.icon(Icon.CLOSE, texts.text("diff.find.close"), () -> close(), "flat"));
    Widgets.show(this, false);
  }

  void open() {
    Widgets.show(this, true);
    field.requestFocus();
    field.selectAll();
    seek();
  }

  private void close() {
    Widgets.show(this, false);
    seek();
    list.requestFocus();
  }

  /** Looks for the letters anew, in what is read and, as it comes, in the rest. */
  void seek() {
    var letters = sought();
    var places = new ArrayList<Integer>();
    if (!letters.isEmpty()) {
      for (int i = 0; i < rows.size(); i++) {
        if (rows.get(i).holds(letters)) {
          places.add(i);
        }
      }
      parts.more(); // To its end: what is not read cannot be found.
    }
    boolean news = !places.equals(found);
    found = places;
    if (news) {
      list.refresh();
    }
    tell();
  }

  private void step(int by) {
    if (found.isEmpty()) {
      return;
    }
    int at = list.getSelectionModel().getSelectedIndex();
    int place = Collections.binarySearch(found, at);
    int next = place >= 0 ? place + by : by > 0 ? -place - 1 : -place - 2; // between two of them
    select.accept(found.get(Math.floorMod(next, found.size())));
    tell();
  }

  /** What is looked for, in lower case; empty for nothing. */
  String sought() {
    return isVisible() ? field.getText().toLowerCase(Locale.ROOT) : "";
  }

  /** Says how many places there are. */
  private void tell() {
    int at = found.indexOf(list.getSelectionModel().getSelectedIndex());
    int places = found.size();
    boolean more = parts.rest();
    count.setText(
        sought().isEmpty()
            ? ""
            : (places == 0 && !more
                    ? texts.text("diff.find.none")
                    : texts.text("diff.find.of", at + 1, places))
                + (more ? "…" : ""));
  }
}
