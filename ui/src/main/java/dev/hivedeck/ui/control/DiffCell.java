package dev.hivedeck.ui.control;

import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.ui.shell.Icon;
import dev.hivedeck.ui.shell.Parts;
import java.util.Locale;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;

/** One row of a diff. */
final class DiffCell extends ListCell<DiffRow> {
  private static final PseudoClass ADDED = PseudoClass.getPseudoClass("added");
  private static final PseudoClass REMOVED = PseudoClass.getPseudoClass("removed");
  private static final PseudoClass HEAD = PseudoClass.getPseudoClass("head");

  private final DiffView view;
  private final Label before = number();
  private final Label after = number();
  private final Label sign = Parts.label("", "diff-sign");
  private final TextFlow flow = new TextFlow();
  private final Button comment;
  private final HBox line;
  private final Label head = Parts.label("", "diff-head");

  DiffCell(DiffView view) {
    this.view = view;
    comment =
        Parts.icon(
            Icon.ADD,
            view.texts().text("diff.comment"),
            () -> {
              if (getItem() instanceof DiffRow.Line l) {
                view.write(l.line().newLine());
              }
            },
            "accent",
            "diff-comment");
    comment.setFocusTraversable(false);
    comment.setManaged(false);
    comment.visibleProperty().bind(hoverProperty());
    flow.setMinWidth(Region.USE_PREF_SIZE);
    line = new HBox(before, after, sign, flow, comment);
    line.setMinWidth(Region.USE_PREF_SIZE);
    line.setAlignment(Pos.CENTER_LEFT);
  }

  private static Label number() {
    var label = Parts.label("", "diff-number");
    label.setMinWidth(Region.USE_PREF_SIZE);
    label.setOnMouseEntered(null);
    return label;
  }

  @Override
  protected void updateItem(DiffRow row, boolean empty) {
    super.updateItem(row, empty);
    var shown = empty ? null : row;
    var kind = shown instanceof DiffRow.Line l ? l.line().kind() : "";
    pseudoClassStateChanged(ADDED, kind.equals("+"));
    pseudoClassStateChanged(REMOVED, kind.equals("-"));
    pseudoClassStateChanged(HEAD, shown instanceof DiffRow.Head);
    setAccessibleText(null);
    setGraphic(
        switch (shown) {
          case null -> null;
          case DiffRow.Head h -> {
            head.setText(h.text());
            yield head;
          }
          case DiffRow.Line l -> line(l.line());
          case DiffRow.Said s ->
              note(
                  s.comment().author(),
                  s.comment().line(),
                  view.texts().ago(s.comment().at(), view.desk().live().now().get()),
                  s.comment().text());
          case DiffRow.Noted n -> {
            var box =
                note(
                    view.texts().text("diff.you"),
                    n.draft().line(),
                    view.texts().text("diff.draft"),
                    n.draft().text());
            box.getChildren()
                .add(
                    Parts.row(
                        12,
                        Parts.link(view.texts().text("diff.edit"), () -> view.rewrite(n.draft())),
                        Parts.link(
                            view.texts().text("diff.drop"),
                            () -> view.reviewer().drop(n.draft()))));
            yield fit(box);
          }
          case DiffRow.Writing _ -> fit(view.editor());
        });
  }

  private Node line(DiffLine l) {
    before.setText(l.oldLine() == 0 ? "" : Integer.toString(l.oldLine()));
    after.setText(l.newLine() == 0 ? "" : Integer.toString(l.newLine()));
    sign.setText(l.kind());
    var carriage = l.text().endsWith("\r");
    var text = (carriage ? l.text().substring(0, l.text().length() - 1) : l.text());
    flow.getChildren().clear();
    for (var span : view.syntax().spans(Printable.line(text.replace("\t", "    ")))) {
      var piece = new Text(span.text());
      piece.getStyleClass().add("code-" + span.kind().name().toLowerCase(Locale.ROOT));
      flow.getChildren().add(piece);
    }
    if (carriage) {
      var mark = new Text(" CR");
      mark.getStyleClass().add("code-mark");
      flow.getChildren().add(mark);
    }
    comment.setDisable(l.newLine() == 0 || !view.reviewer().welcome());
    setAccessibleText(
        (l.newLine() == 0
                ? view.texts().text("diff.line.removed", l.oldLine())
                : view.texts()
                    .text(l.kind().equals("+") ? "diff.line.added" : "diff.line.same", l.newLine()))
            + ": "
            + text);
    return line;
  }

  @Override
  protected void layoutChildren() {
    super.layoutChildren();
    if (getGraphic() == line) {
      // In the gutter, above the numbers, where it costs no room.
      double size = Math.min(getHeight(), 22);
      comment.resizeRelocate(before.getWidth() - size / 2, 0, size, line.getHeight());
    }
  }

  private VBox note(String author, int at, String when, String text) {
    var where =
        at > 0
            ? view.texts().text("diff.at", at) + " · " + when
            : view.texts().text("diff.whole") + " · " + when;
    var box =
        new VBox(
            4,
            Parts.row(6, Parts.label(author, "strong"), Parts.label(where, "muted")),
            Parts.prose(text));
    box.getStyleClass().add("diff-note");
    return fit(box);
  }

  private <R extends Region> R fit(R region) {
    var width = view.list().widthProperty().subtract(40);
    region.prefWidthProperty().unbind();
    region.maxWidthProperty().unbind();
    region.prefWidthProperty().bind(width);
    region.maxWidthProperty().bind(width);
    return region;
  }
}
