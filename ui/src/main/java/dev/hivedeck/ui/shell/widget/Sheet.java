package dev.hivedeck.ui.shell.widget;

import javafx.scene.Node;
import javafx.scene.layout.HBox;
import javafx.scene.layout.VBox;

/** A card above the content that asks or shows one thing. */
public final class Sheet extends VBox {
  public Sheet(String title, double width, Node... content) {
    super(12);
    getStyleClass().add("paper");
    setPrefWidth(width);
    setAccessibleText(title);
    getChildren().add(Widgets.label(title, "paper-title"));
    getChildren().addAll(content);
  }

  public Sheet actions(Node... buttons) {
    var row = new HBox(8, buttons);
    row.setAlignment(javafx.geometry.Pos.CENTER_RIGHT);
    getChildren().add(row);
    return this;
  }
}
