package dev.hivedeck.ui.view.slo;

import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import javafx.scene.AccessibleRole;
import javafx.scene.control.Label;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.scene.shape.Arc;
import javafx.scene.shape.ArcType;

/** How much of an error budget is left: a ring that empties, and the share in its middle. */
final class BudgetRing extends StackPane {
  private static final double RADIUS = 40;
  private static final double SIZE = 2 * RADIUS + 16;

  private final Arc track = arc("budget-ring-track");
  private final Arc left = arc("budget-ring-left");
  private final Label share = Widgets.label("", "budget-share");
  private final Label unit;

  BudgetRing(String unit) {
    this.unit = Widgets.label(unit, "muted");
    track.setLength(360);
    var words = new VBox(share, this.unit);
    words.setAlignment(javafx.geometry.Pos.CENTER);
    // A stack centres shapes by what is drawn of them, which is not the circle's centre.
    left.setManaged(false);
    track.setManaged(false);
    getChildren().addAll(track, left, words);
    setMinSize(SIZE, SIZE);
    setPrefSize(SIZE, SIZE);
    setMaxSize(SIZE, SIZE);
    setAccessibleRole(AccessibleRole.IMAGE_VIEW);
  }

  private static Arc arc(String style) {
    var arc = new Arc(SIZE / 2, SIZE / 2, RADIUS, RADIUS, 90, 0);
    arc.setType(ArcType.OPEN);
    arc.setFill(null);
    arc.getStyleClass().add(style);
    return arc;
  }

  /**
   * @param budget the share that is left; below 0 when more than all is spent, null when unknown
   */
  void show(Double budget, String text, Tone tone) {
    share.setText(text);
    Widgets.show(unit, budget != null);
    left.setLength(budget == null ? 0 : -360 * Math.clamp(budget, 0, 1));
    tone.on(left);
    setAccessibleText(text + (budget == null ? "" : " " + unit.getText()));
  }
}
