package dev.hivedeck.ui.control.diff;

import dev.hivedeck.ui.control.diff.code.CodeColours;
import javafx.scene.layout.Region;
import javafx.scene.text.Text;

/** The number of a line, or its sign: at the right of its column. */
final class LineNumber extends Region {
  private static final double GAP = 8;

  private final Text text = new Text();
  private final CodeColours colours;
  private final boolean sign;

  /**
   * @param sign whether it is a sign
   */
  LineNumber(CodeColours colours, boolean sign) {
    this.colours = colours;
    this.sign = sign;
    getStyleClass().add("diff-gutter");
    text.getStyleClass().add("diff-number");
    text.setManaged(false);
    setPickOnBounds(true);
    getChildren().setAll(text);
  }

  void show(String shown) {
    if (!shown.equals(text.getText())) {
      text.setText(shown);
      requestLayout();
    }
  }

  /** A line's number; nothing for 0. */
  void show(int line) {
    show(line == 0 ? "" : Integer.toString(line));
  }

  @Override
  protected double computePrefWidth(double height) {
    return Math.ceil((sign ? 1 : colours.digits()) * colours.letter()) + GAP;
  }

  @Override
  protected double computePrefHeight(double width) {
    return Math.ceil(colours.high());
  }

  @Override
  protected void layoutChildren() {
    double wide = text.getText().length() * colours.letter();
    text.relocate(Math.round(getWidth() - GAP - wide), 0);
  }
}
