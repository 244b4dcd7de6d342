package dev.hivedeck.ui.view.settings;

import dev.hivedeck.ui.shell.theme.Theme;
import java.util.List;
import javafx.geometry.Orientation;
import javafx.scene.Node;
import javafx.scene.layout.Region;

/**
 * Cards in as many columns as there is room for, each card in the one that is shortest so far: a
 * wide window is used, a small one clips nothing.
 */
final class CardColumns extends Region {
  private static final double LEAST = 430;
  private static final int MOST = 3;
  private static final double GAP = 12;

  private final Theme theme;

  CardColumns(Theme theme, Node... cards) {
    this.theme = theme;
    getChildren().setAll(cards);
    theme.scale().subscribe(_ -> requestLayout());
  }

  @Override
  public Orientation getContentBias() {
    return Orientation.HORIZONTAL;
  }

  @Override
  protected double computePrefWidth(double height) {
    return 2 * LEAST + GAP;
  }

  @Override
  protected double computeMinWidth(double height) {
    return 0;
  }

  @Override
  protected double computePrefHeight(double width) {
    return arrange(width, false);
  }

  @Override
  protected double computeMinHeight(double width) {
    return computePrefHeight(width);
  }

  @Override
  protected void layoutChildren() {
    arrange(getWidth(), true);
  }

  /** Where each card goes; answers how high that is. */
  private double arrange(double width, boolean place) {
    var cards = getManagedChildren();
    int count =
        Math.clamp((int) (width / (LEAST * theme.scale().get())), 1, Math.min(MOST, cards.size()));
    double each = Math.floor((width - (count - 1) * GAP) / count);
    var heights = new double[count];
    for (var card : List.copyOf(cards)) {
      int at = shortest(heights);
      double height = snapSizeY(card.prefHeight(each));
      if (place) {
        card.resizeRelocate(at * (each + GAP), heights[at], each, height);
      }
      heights[at] += height + GAP;
    }
    return heights[tallest(heights)] - GAP;
  }

  private static int shortest(double[] heights) {
    int at = 0;
    for (int i = 1; i < heights.length; i++) {
      at = heights[i] < heights[at] ? i : at;
    }
    return at;
  }

  private static int tallest(double[] heights) {
    int at = 0;
    for (int i = 1; i < heights.length; i++) {
      at = heights[i] > heights[at] ? i : at;
    }
    return at;
  }
}
