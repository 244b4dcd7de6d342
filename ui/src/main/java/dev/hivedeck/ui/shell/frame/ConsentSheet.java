package dev.hivedeck.ui.shell.frame;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.Consent;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.ConsentField;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.ConsentItem;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.Mark;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Overlay;
import dev.hivedeck.ui.shell.widget.Sheet;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.List;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.layout.HBox;
import javafx.util.Subscription;

/**
 * All that a person is asked to consent to, what is new since the last time first. Only a press of
 * its button consents, to exactly what is shown: no key that was meant for something else does, and
 * once {@code hive.yaml} says something else there is nothing to press.
 */
final class ConsentSheet {
  private static final double WIDTH = 760;
  private static final int PIECE = 2_000;

  /** What a thing is called, or what one key of it says. */
  private record Row(Mark mark, String name, String text, boolean changed) {
    boolean heads() {
      return name == null;
    }
  }

  private final ScreenContext context;
  private final Texts texts;
  private final Overlay overlay;
  private final WorkspaceViews.Workspace shown;

  ConsentSheet(ScreenContext context, Overlay overlay, WorkspaceViews.Workspace workspace) {
    this.context = context;
    this.texts = context.texts();
    this.overlay = overlay;
    this.shown = workspace;
  }

  void open() {
    var consent = shown.consent();
    var list = new ListView<Row>();
    list.getItems().setAll(rows(consent));
    list.setCellFactory(_ -> new Cell());
    list.getStyleClass().add("consent");
    list.setAccessibleText(texts.text("trust.items"));
    list.setPrefHeight(Math.min(420, 40 + list.getItems().size() * 27.0));
    var stale = new SimpleBooleanProperty();
    var yes = Widgets.button(texts.text("trust.yes"), () -> give(consent), "accent");
    context.act(yes, stale);
    yes.setGraphic(Icon.TRUSTED.node());
    var again =
        Widgets.button(
            texts.text("trust.again"),
            () -> new ConsentSheet(context, overlay, context.live().workspace().get()).open());
    var other =
        Widgets.row(
            8, Tone.AMBER.on(Icon.WARNED.node()), Widgets.prose(texts.text("trust.other")), again);
    Widgets.show(other, false);
    var sheet =
        new Sheet(
                texts.text("trust.title", Printable.exact(shown.name())),
                WIDTH,
                Widgets.prose(Printable.exact(texts.said(consent.why())), "soft"),
                Widgets.prose(texts.text("trust.why"), "soft"),
                Widgets.label(Printable.exact(shown.path()), "mono", "muted"),
                list,
                other,
                Widgets.prose(texts.text("trust.changes"), "muted"))
            .actions(Widgets.button(texts.text("trust.no"), overlay::close), yes);
    var following = new Subscription[] {() -> {}};
    overlay.open(sheet, javafx.geometry.Pos.CENTER, () -> following[0].unsubscribe());
    following[0] =
        context
            .live()
            .workspace()
            .subscribe(
                now -> {
                  stale.set(now == null || !now.consent().digest().equals(consent.digest()));
                  Widgets.show(other, stale.get());
                });
  }

  private void give(Consent consent) {
    overlay.close();
    context.steering().execute(new Command.Trust(consent.digest()));
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
      name.setMinWidth(120);
      name.setPrefWidth(120);
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
