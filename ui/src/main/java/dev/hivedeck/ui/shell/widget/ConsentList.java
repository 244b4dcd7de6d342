package dev.hivedeck.ui.shell.widget;

import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.Consent;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.ConsentField;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.ConsentItem;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.Mark;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Tone;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.layout.HBox;

/** All that a person is asked to consent to, whole and in its exact words, what is new first. */
public final class ConsentList extends ListView<ConsentList.Row> {
  private static final int PIECE = 2_000;

  /** What a thing is called, or what one key of it says. */
  record Row(Mark mark, String name, String text, boolean changed) {
    boolean heads() {
      return name == null;
    }
  }

  private final Texts texts;
  private final double keys;

  /**
   * @param keys how wide the names of what is said are
   */
  public ConsentList(Texts texts, double keys) {
    this.texts = texts;
    this.keys = keys;
    setCellFactory(_ -> new Cell());
    getStyleClass().add("consent");
    setAccessibleText(texts.text("trust.items"));
  }

  public void show(Consent consent) {
    getItems().setAll(rows(consent));
  }

  private static List<Row> rows(Consent consent) {
    var rows = new ArrayList<Row>();
    for (var mark : Mark.values()) {
      consent.items().stream().filter(i -> i.mark() == mark).forEach(i -> rows(i, rows));
    }
    return rows;
  }

  private static void rows(ConsentItem item, List<Row> rows) {
    rows.add(new Row(item.mark(), null, Printable.exact(item.kind() + " " + item.name()), false));
    for (var field : item.fields()) {
      boolean removed = item.mark() == Mark.REMOVED;
      boolean changed = field.before() != null && !removed;
      said(field.key(), removed ? field.before() : field.values(), item.mark(), changed, rows);
      if (changed) {
        rows.add(new Row(item.mark(), "", before(field), false));
      }
    }
  }

  private static void said(
      String key, List<String> values, Mark mark, boolean changed, List<Row> rows) {
    String name = Printable.exact(key);
    for (String value : values) {
      for (String piece : pieces(Printable.exact(value))) {
        rows.add(new Row(mark, name, piece, changed));
        name = "";
      }
    }
    if (values.isEmpty()) {
      rows.add(new Row(mark, name, "–", changed));
    }
  }

  /** A row has a length at which it is cut; nothing of this may be. */
  private static List<String> pieces(String value) {
    var pieces = new ArrayList<String>();
    for (int at = 0; at < value.length() || at == 0; at += PIECE) {
      pieces.add(value.substring(at, Math.min(value.length(), at + PIECE)));
    }
    return pieces;
  }

  private static String before(ConsentField field) {
    return "← "
        + (field.before().isEmpty() ? "–" : Printable.exact(String.join(" · ", field.before())));
  }

  private final class Cell extends ListCell<Row> {
    private final Label name = Widgets.label("", "consent-key", "muted");
    private final Label text = Widgets.prose("");
    private final Label tag = Widgets.tag("");
    private final HBox line = new HBox(8, name, text, tag);

    Cell() {
      setPrefWidth(0); // as wide as the list, so that long commands wrap
      name.setMinWidth(keys);
      name.setPrefWidth(keys);
      Widgets.grow(text);
    }

    @Override
    protected void updateItem(Row row, boolean empty) {
      super.updateItem(row, empty);
      setText(null);
      setGraphic(empty || row == null ? null : face(row));
      setAccessibleText(empty || row == null ? null : row.text());
    }

    private Node face(Row row) {
      Widgets.show(name, !row.heads());
      name.setText(row.heads() ? "" : row.name());
      text.setText(row.text());
      text.getStyleClass().removeAll("consent-head", "mono");
      text.getStyleClass().add(row.heads() ? "consent-head" : "mono");
      boolean marked = row.heads() ? row.mark() != Mark.SAME : row.changed();
      Widgets.show(tag, marked);
      tag.setText(marked ? texts.word("trust.mark", row.mark()) : "");
      (marked ? Tone.AMBER : Tone.NEUTRAL).on(tag);
      return line;
    }
  }
}
