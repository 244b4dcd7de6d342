package dev.hivedeck.ui.control.diff;

import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import javafx.scene.text.TextFlow;

/** One row of a diff. */
final class DiffCell extends ListCell<DiffRow> {
  static final PseudoClass ADDED = PseudoClass.getPseudoClass("added");
  static final PseudoClass REMOVED = PseudoClass.getPseudoClass("removed");
  static final PseudoClass MOVED = PseudoClass.getPseudoClass("moved");
  private static final PseudoClass HEAD = PseudoClass.getPseudoClass("head");
  private static final PseudoClass FOUND = PseudoClass.getPseudoClass("found");

  private static final double SCROLL_BAR = 12;

  private final DiffView view;
  private final Label before = number();
  private final Label after = number();
  private final Label sign = Widgets.label("", "diff-sign");
  private final TextFlow flow = new TextFlow();
  private final Button comment;
  private final HBox line;
  private final DiffSides pair = new DiffSides();
  private final Button more;
  private final DiffHead head;

  DiffCell(DiffView view) {
    this.view = view;
    comment =
        Widgets.icon(
            Icon.ADD, view.texts().text("diff.comment"), this::write, "accent", "diff-comment");
    comment.setFocusTraversable(false);
    comment.setManaged(false);
    comment.visibleProperty().bind(hoverProperty());
    flow.setMinWidth(Region.USE_PREF_SIZE);
    line = new HBox(before, after, sign, flow, comment);
    line.setMinWidth(Region.USE_PREF_SIZE);
    line.setAlignment(Pos.CENTER_LEFT);
    head = new DiffHead(view);
    more = Widgets.link(view.texts().text("diff.more"), view::more);
    for (var number : List.of(before, after, pair.before().number(), pair.after().number())) {
      number.setOnMouseClicked(_ -> write());
    }
  }

  /** What a click on the number of a line does, or on the sign beside it. */
  private void write() {
    if (getItem() != null) {
      view.writeAt(getItem().newLine());
    }
  }

  static Label number() {
    var label = Widgets.label("", "diff-number");
    label.setMinWidth(Region.USE_PREF_SIZE);
    label.setOnMouseEntered(null);
    return label;
  }

  @Override
  protected void updateItem(DiffRow row, boolean empty) {
    super.updateItem(row, empty);
    var shown = empty ? null : row;
    boolean moved = shown instanceof DiffRow.Line l && view.code().moved(l.line()) != null;
    var kind = shown instanceof DiffRow.Line l && !moved ? l.line().kind() : "";
    pseudoClassStateChanged(MOVED, moved);
    pseudoClassStateChanged(ADDED, kind.equals("+"));
    pseudoClassStateChanged(REMOVED, kind.equals("-"));
    pseudoClassStateChanged(HEAD, shown instanceof DiffRow.Head);
    pseudoClassStateChanged(FOUND, shown != null && view.finds(shown));
    setAccessibleText(null);
    setGraphic(
        switch (shown) {
          case null -> null;
          case DiffRow.Head h -> {
            head.show(h);
            setAccessibleText(head.spoken());
            yield head;
          }
          case DiffRow.Line l -> line(l.line(), l.other());
          case DiffRow.Pair p -> pair(p);
          case DiffRow.More _ -> {
            view.comes();
            yield more;
          }
          case DiffRow.Said s -> fit(DiffNote.said(view, s.comment()));
          case DiffRow.Found f -> fit(DiffNote.found(view, f.finding()));
          case DiffRow.Noted n -> fit(DiffNote.draft(view, n.draft()));
          case DiffRow.Writing _ -> fit(view.editor());
        });
  }

  private Node line(DiffLine l, DiffLine other) {
    before.setText(l.oldLine() == 0 ? "" : Integer.toString(l.oldLine()));
    after.setText(l.newLine() == 0 ? "" : Integer.toString(l.newLine()));
    sign.setText(l.kind());
    view.code().line(flow, l, other);
    comment.setDisable(l.newLine() == 0 || !view.reviewer().welcome());
    setAccessibleText(spoken(l));
    return line;
  }

  private Node pair(DiffRow.Pair p) {
    pair.show(p, view.code());
    setAccessibleText(
        Stream.of(p.before(), p.after())
            .filter(Objects::nonNull)
            .distinct()
            .map(this::spoken)
            .collect(Collectors.joining("; ")));
    return pair;
  }

  private String spoken(DiffLine l) {
    var where =
        l.newLine() == 0
            ? view.texts().text("diff.line.removed", l.oldLine())
            : view.texts()
                .text(l.kind().equals("+") ? "diff.line.added" : "diff.line.same", l.newLine());
    var moved = view.code().moved(l);
    var how =
        moved == null
            ? ""
            : ", "
                + view.texts()
                    .text(
                        l.kind().equals("+") ? "diff.moved.from" : "diff.moved.to",
                        moved.path() + ":" + moved.line());
    return where + how + ": " + l.text();
  }

  /** Two sides are as wide as the list, and as high as the longer of them then is. */
  @Override
  protected double computePrefWidth(double height) {
    return getGraphic() == pair ? 0 : super.computePrefWidth(height);
  }

  @Override
  protected double computePrefHeight(double width) {
    if (getGraphic() != pair) {
      return super.computePrefHeight(width);
    }
    // Without a width to wrap in, each letter would have a line of its own.
    double room = width > 0 ? width : Math.max(200, view.list().getWidth() - SCROLL_BAR);
    return snappedTopInset()
        + pair.prefHeight(room - snappedLeftInset() - snappedRightInset())
        + snappedBottomInset();
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

  private <R extends Region> R fit(R region) {
    var width = view.list().widthProperty().subtract(40);
    region.prefWidthProperty().unbind();
    region.maxWidthProperty().unbind();
    region.prefWidthProperty().bind(width);
    region.maxWidthProperty().bind(width);
    return region;
  }
}
