package dev.hivedeck.ui.control.chart;

import dev.hivedeck.ui.shell.theme.Tone;
import javafx.geometry.Pos;
import javafx.scene.AccessibleRole;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;

/** How far something has come, in four steps. */
public final class StageBar extends HBox {
  private static final int STEPS = 4;

  public StageBar() {
    super(2);
    setAlignment(Pos.CENTER_LEFT);
    setAccessibleRole(AccessibleRole.TEXT);
    for (int i = 0; i < STEPS; i++) {
      var segment = new Region();
      segment.getStyleClass().add("stage-segment");
      getChildren().add(segment);
    }
  }

  /**
   * @param stage 0 to 100
   * @param tone what the reached steps are coloured by
   */
  public void show(int stage, Tone tone) {
    for (int i = 0; i < STEPS; i++) {
      var reached = stage * STEPS >= (i + 1) * 100;
      (reached ? tone : Tone.NEUTRAL).on(getChildren().get(i));
    }
    setAccessibleText(stage + " %");
  }
}
