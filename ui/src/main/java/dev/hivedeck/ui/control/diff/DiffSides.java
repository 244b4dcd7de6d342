package dev.hivedeck.ui.control.diff;

import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.ui.control.diff.code.CodeColours;
import dev.hivedeck.ui.control.diff.code.CodeLine;
import dev.hivedeck.ui.control.diff.code.DiffCode;
import javafx.css.PseudoClass;
import javafx.geometry.Orientation;
import javafx.scene.layout.Region;

/** A line as it was beside what it is now, each wrapped within its half of the width. */
final class DiffSides extends Region {
  private final Side before;
  private final Side after;

  DiffSides(CodeColours colours) {
    before = new Side(colours);
    after = new Side(colours);
    setMinSize(0, 0);
    getChildren().setAll(before, after);
  }

  Side before() {
    return before;
  }

  Side after() {
    return after;
  }

  void show(DiffRow.Pair pair, DiffCode code) {
    var was = pair.before();
    var is = pair.after();
    before.show(was, was == null ? 0 : was.oldLine(), is, code);
    after.show(is, is == null ? 0 : is.newLine(), was, code);
  }

  @Override
  public Orientation getContentBias() {
    return Orientation.HORIZONTAL;
  }

  @Override
  protected double computePrefWidth(double height) {
    return 0;
  }

  @Override
  protected double computePrefHeight(double width) {
    double half = half(width);
    return Math.max(before.prefHeight(half), after.prefHeight(half));
  }

  @Override
  protected void layoutChildren() {
    double half = half(getWidth());
    before.resizeRelocate(0, 0, half, getHeight());
    after.resizeRelocate(half, 0, half, getHeight());
  }

  private static double half(double width) {
    return Math.floor(width / 2);
  }

  /** The number of a line, and its code. */
  static final class Side extends Region {
    private static final PseudoClass NONE = PseudoClass.getPseudoClass("none");

    /** Narrower than that, code would be a letter a line. */
    private static final double LEAST = 40;

    private static final double GAP = 6;

    private final LineNumber number;
    private final CodeLine code = new CodeLine();

    private Side(CodeColours colours) {
      number = new LineNumber(colours, false);
      getStyleClass().add("diff-side");
      setMinSize(0, 0);
      getChildren().setAll(number, code);
    }

    LineNumber number() {
      return number;
    }

    private void show(DiffLine line, int at, DiffLine other, DiffCode write) {
      boolean moved = line != null && write.moved(line) != null;
      var kind = line == null || moved ? "" : line.kind();
      pseudoClassStateChanged(DiffCell.ADDED, kind.equals("+"));
      pseudoClassStateChanged(DiffCell.REMOVED, kind.equals("-"));
      pseudoClassStateChanged(DiffCell.MOVED, moved);
      pseudoClassStateChanged(NONE, line == null);
      number.show(line == null ? 0 : at);
      write.line(code, line, other);
    }

    @Override
    public Orientation getContentBias() {
      return Orientation.HORIZONTAL;
    }

    @Override
    protected double computePrefHeight(double width) {
      return Math.max(number.prefHeight(-1), code.prefHeight(room(width)));
    }

    @Override
    protected void layoutChildren() {
      double left = number.prefWidth(-1);
      number.resizeRelocate(0, 0, left, number.prefHeight(-1));
      code.resizeRelocate(left, 0, room(getWidth()), getHeight());
    }

    /** What the number takes. */
    double gutter() {
      return number.prefWidth(-1) + GAP;
    }

    private double room(double width) {
      return Math.max(LEAST, width - gutter());
    }
  }
}
