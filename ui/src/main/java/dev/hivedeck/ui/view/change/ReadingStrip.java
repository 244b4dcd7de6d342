package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.reading.ReadingViews.ReadingFile;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.List;
import java.util.function.Consumer;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;

/** The way through a change: which file one is at, what is left of each, and how many are seen. */
final class ReadingStrip extends HBox {
  /** More files are not drawn, they are only counted. */
  private static final int SHOWN = 24;

  private static final PseudoClass HERE = PseudoClass.getPseudoClass("here");

  private final Texts texts;
  private final Consumer<String> choose;
  private final Label place = Widgets.label("", "soft");
  private final Button order;
  private final HBox segments = new HBox(3);
  private final Label seen = Widgets.label("", "soft");
  private List<Object> shown = List.of();

  /**
   * @param choose shows a file, by its path
   * @param turn orders files by risk, or by folder
   */
  ReadingStrip(Texts texts, Consumer<String> choose, Runnable turn) {
    super(10);
    this.texts = texts;
    this.choose = choose;
    order = Widgets.link("", turn);
    Widgets.tip(order, texts.text(Hotkey.ORDER.text()) + " (" + texts.keys(Hotkey.ORDER) + ")");
    for (var part : List.of(place, order, seen)) {
      part.setMinWidth(USE_PREF_SIZE);
    }
    segments.setAlignment(Pos.CENTER_LEFT);
    setAlignment(Pos.CENTER_LEFT);
    getStyleClass().add("reading-strip");
    getChildren().setAll(place, order, Widgets.spacer(), segments, seen);
    widthProperty().subscribe(_ -> fit());
  }

  /**
   * @param path of the file that is looked at; null for none
   * @param byRisk whether files are in that order
   */
  void show(SeenMarks marks, String path, boolean byRisk) {
    var files = marks.files();
    Widgets.show(this, !files.isEmpty());
    var each = files.stream().map(marks::seen).toList();
    List<Object> now = List.of(files, each, path == null ? "" : path, byRisk);
    if (now.equals(shown)) {
      return; // A segment that is pressed must not be replaced meanwhile.
    }
    shown = now;
    int at = 0;
    int all = 0;
    int done = 0;
    segments.getChildren().clear();
    for (int i = 0; i < files.size(); i++) {
      var file = files.get(i);
      if (file.path().equals(path)) {
        at = i + 1;
      }
      all += file.hunks().size();
      done += each.get(i);
      if (files.size() <= SHOWN) {
        segments.getChildren().add(segment(file, each.get(i), file.path().equals(path)));
      }
    }
    place.setText(
        at == 0
            ? texts.text("reading.files", files.size())
            : texts.text("reading.file", at, files.size()));
    order.setText(texts.text(byRisk ? "reading.by-risk" : "reading.by-folder"));
    seen.setText(texts.text("reading.seen", done, all));
    fit();
  }

  private Button segment(ReadingFile file, int seen, boolean here) {
    var segment = new Button();
    segment.setFocusTraversable(false);
    segment.getStyleClass().setAll("reading-segment");
    segment.pseudoClassStateChanged(HERE, here);
    boolean done = seen == file.hunks().size();
    (done ? Tone.GREEN : seen > 0 || here ? Tone.AMBER : Tone.NEUTRAL).on(segment);
    var words =
        texts.text("reading.segment", file.path(), seen, file.hunks().size())
            + " · "
            + texts.word("reading.kind", file.kind());
    segment.setAccessibleText(words);
    Widgets.tip(segment, words);
    segment.setOnAction(_ -> choose.accept(file.path()));
    return segment;
  }

  /** Segments go first where there is no room. */
  private void fit() {
    double others = place.prefWidth(-1) + order.prefWidth(-1) + seen.prefWidth(-1) + 60;
    Widgets.show(
        segments,
        !segments.getChildren().isEmpty()
            && (getWidth() == 0 || others + 22.0 * segments.getChildren().size() < getWidth()));
  }
}
