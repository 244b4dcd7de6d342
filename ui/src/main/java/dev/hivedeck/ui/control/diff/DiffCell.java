package dev.hivedeck.ui.control.diff;

import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.ui.control.diff.code.CodeLine;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javafx.application.Platform;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.ListCell;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;

/** One row of a diff. */
final class DiffCell extends ListCell<DiffRow> {
  static final PseudoClass ADDED = PseudoClass.getPseudoClass("added");
  static final PseudoClass REMOVED = PseudoClass.getPseudoClass("removed");
  static final PseudoClass MOVED = PseudoClass.getPseudoClass("moved");
  private static final PseudoClass HEAD = PseudoClass.getPseudoClass("head");
  private static final PseudoClass FOUND = PseudoClass.getPseudoClass("found");

  private static final double SCROLL_BAR = 12;

  private final DiffView view;
  private Single single;
  private DiffSides pair;
  private Button more;
  private DiffHead head;
  private final Face face = new Face();

  /**
   * What the cell shows. Its parts stay where they are, whichever of them is seen: a graphic that
   * comes and goes is styled anew each time.
   */
  private final class Face extends Region {
    private final Region tint = new Region();
    private Region shown;

    private Face() {
      tint.getStyleClass().add("diff-tint");
      tint.setMouseTransparent(true);
      getChildren().setAll(tint);
    }

    /** What is behind it: styled alone, not with all that stands in the cell. */
    private void tint(PseudoClass kind, boolean so) {
      tint.pseudoClassStateChanged(kind, so);
    }

    private void show(Region part) {
      if (part == shown) {
        return;
      }
      if (shown instanceof Single || shown instanceof DiffSides || shown instanceof DiffHead) {
        shown.setVisible(false);
      } else if (shown != null) {
        getChildren().remove(shown);
      }
      shown = part;
      if (part != null) {
        part.setVisible(true);
        if (part.getParent() != this) {
          getChildren().add(part);
        }
      }
      requestLayout();
    }

    @Override
    protected double computePrefWidth(double height) {
      return shown == null || shown instanceof DiffSides ? 0 : shown.prefWidth(-1);
    }

    @Override
    protected double computePrefHeight(double width) {
      return shown == null ? 0 : shown.prefHeight(width);
    }

    @Override
    protected void layoutChildren() {
      tint.resizeRelocate(
          -getLayoutX(), -getLayoutY(), DiffCell.this.getWidth(), DiffCell.this.getHeight());
      if (shown != null) {
        boolean wide = shown instanceof Single || shown instanceof DiffSides;
        double width = wide ? getWidth() : Math.min(getWidth(), shown.prefWidth(-1));
        shown.resizeRelocate(0, 0, width, getHeight());
      }
    }
  }

  /** The numbers of a line, its sign, and its code. */
  private final class Single extends HBox {
    private final LineNumber before = new LineNumber(view.code().colours(), false);
    private final LineNumber after = new LineNumber(view.code().colours(), false);
    private final LineNumber sign = new LineNumber(view.code().colours(), true);
    private final CodeLine code = new CodeLine();
    private Button comment;

    private Single() {
      code.setMinWidth(USE_PREF_SIZE);
      getChildren().setAll(before, after, sign, code);
      setMinWidth(USE_PREF_SIZE);
      setAlignment(Pos.CENTER_LEFT);
      writes(before, after);
      DiffCell.this.hoverProperty().subscribe((_, over) -> hover(over));
    }

    /** The pointer is over it, or goes. */
    private void hover(boolean over) {
      if (comment == null && over) {
        comment =
            Widgets.icon(
                Icon.ADD,
                view.texts().text("diff.comment"),
                DiffCell.this::write,
                "accent",
                "diff-comment");
        comment.setFocusTraversable(false);
        comment.setManaged(false);
        getChildren().add(comment);
      }
      if (comment != null) {
        comment.setVisible(over);
        fill();
      }
    }

    private void fill() {
      if (comment != null && getItem() != null) {
        comment.setDisable(getItem().newLine() == 0 || !view.reviewer().welcome());
      }
    }

    @Override
    protected void layoutChildren() {
      super.layoutChildren();
      if (comment != null) {
        // In the gutter, above the numbers, where it costs no room.
        double size = Math.min(getHeight(), 22);
        comment.resizeRelocate(before.getWidth() - size / 2, 0, size, getHeight());
      }
    }
  }

  DiffCell(DiffView view) {
    this.view = view;
    setGraphic(face);
  }

  private void writes(LineNumber... numbers) {
    for (var number : numbers) {
      number.setOnMouseClicked(_ -> write());
    }
  }

  /** What a click on the number of a line does, or on the sign beside it. */
  private void write() {
    if (getItem() != null) {
      view.writer().writeAt(getItem().newLine());
    }
  }

  @Override
  protected void updateItem(DiffRow row, boolean empty) {
    super.updateItem(row, empty);
    var shown = empty ? null : row;
    if (shown != null && unseen() && view.heights().knows(shown, room(getWidth()))) {
      return;
    }
    boolean moved = shown instanceof DiffRow.Line l && view.code().moved(l.line()) != null;
    var kind = shown instanceof DiffRow.Line l && !moved ? l.line().kind() : "";
    face.tint(MOVED, moved);
    face.tint(ADDED, kind.equals("+"));
    face.tint(REMOVED, kind.equals("-"));
    face.tint(HEAD, shown instanceof DiffRow.Head);
    face.tint(FOUND, shown != null && view.finds(shown));
    setAccessibleText(null);
    face.show(
        switch (shown) {
          case null -> null;
          case DiffRow.Head h -> head(h);
          case DiffRow.Line l -> line(l.line(), l.other());
          case DiffRow.Pair p -> pair(p);
          case DiffRow.More _ -> more();
          case DiffRow.Said s -> fit(DiffNote.said(view, s.comment()));
          case DiffRow.Found f -> fit(DiffNote.found(view, f.finding()));
          case DiffRow.Noted n -> fit(DiffNote.draft(view, n.draft()));
          case DiffRow.Writing _ -> fit(view.writer().editor());
        });
  }

  /** Whether only its height is asked: the list keeps a cell for that where nobody sees it. */
  private boolean unseen() {
    return getParent() != null && !getParent().isVisible();
  }

  private Region head(DiffRow.Head row) {
    if (head == null) {
      head = new DiffHead(view);
    }
    head.show(row);
    setAccessibleText(head.spoken());
    return head;
  }

  private Region more() {
    if (more == null) {
      more = Widgets.link(view.texts().text("diff.more"), view::more);
    }
    Platform.runLater(view::more); // it came into view
    return more;
  }

  private Region line(DiffLine l, DiffLine other) {
    if (single == null) {
      single = new Single();
    }
    single.before.show(l.oldLine());
    single.after.show(l.newLine());
    single.sign.show(l.kind());
    view.code().line(single.code, l, other);
    single.fill();
    setAccessibleText(spoken(l));
    return single;
  }

  private Region pair(DiffRow.Pair p) {
    if (pair == null) {
      pair = new DiffSides(view.code().colours());
      writes(pair.before().number(), pair.after().number());
    }
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

  @Override
  protected double computePrefWidth(double height) {
    return snappedLeftInset() + face.prefWidth(-1) + snappedRightInset();
  }

  @Override
  protected double computePrefHeight(double width) {
    double room = room(width);
    return view.heights()
        .of(
            getItem(),
            room,
            () -> {
              if (face.shown == pair && pair != null) {
                view.heights().gutter(pair.before().gutter());
              }
              return snappedTopInset() + face.prefHeight(room) + snappedBottomInset();
            });
  }

  @Override
  protected double computeMinHeight(double width) {
    return computePrefHeight(width);
  }

  /** Two sides are as wide as the list: without a width, each letter would have its own line. */
  private double room(double width) {
    return (width > 0 ? width : Math.max(200, view.list().getWidth() - SCROLL_BAR))
        - snappedLeftInset()
        - snappedRightInset();
  }

  @Override
  protected void layoutChildren() {
    double left = snappedLeftInset();
    double top = snappedTopInset();
    face.resizeRelocate(
        left,
        top,
        getWidth() - left - snappedRightInset(),
        getHeight() - top - snappedBottomInset());
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
