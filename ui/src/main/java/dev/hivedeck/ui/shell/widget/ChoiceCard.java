package dev.hivedeck.ui.shell.widget;

import javafx.scene.control.Button;
import javafx.scene.layout.VBox;

/** One of several ways to go on, as a card: what it is called, and what it leads to. */
public final class ChoiceCard extends Button {
  private final VBox words;

  public ChoiceCard(String name, String more, Runnable chosen) {
    words = new VBox(2, Widgets.label(name, "strong"), Widgets.prose(more, "soft"));
    getStyleClass().add("choice");
    setGraphic(words);
    setMaxWidth(Double.MAX_VALUE);
    setMinHeight(USE_PREF_SIZE);
    setAccessibleText(name);
    setAccessibleHelp(more);
    setOnAction(_ -> chosen.run());
    words.prefWidthProperty().bind(widthProperty().subtract(30));
  }

  // A button asks its graphic for its height in no width at all, in which words wrap at each space.
  @Override
  protected double computePrefHeight(double width) {
    var room = (width > 0 ? width : getWidth()) - 30;
    return snappedTopInset() + snappedBottomInset() + words.prefHeight(Math.max(200, room));
  }

  @Override
  public javafx.geometry.Orientation getContentBias() {
    return javafx.geometry.Orientation.HORIZONTAL;
  }
}
