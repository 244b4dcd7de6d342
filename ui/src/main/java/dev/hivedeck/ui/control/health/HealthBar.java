package dev.hivedeck.ui.control.health;

import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Region;

/** How well something does, from 0 to 100: a bar, and the number beside it. */
public final class HealthBar extends HBox {
  private static final int HEALTHY = 80;
  private static final int MARGINAL = 50;

  private final Track track = new Track();
  private final Label number = Widgets.label("", "mono");

  public HealthBar() {
    super(8);
    getStyleClass().add("health");
    Tone.NEUTRAL.on(track);
    number.getStyleClass().add("health-number");
    number.setMinWidth(USE_PREF_SIZE);
    getChildren().setAll(track, number);
    setAlignment(javafx.geometry.Pos.CENTER_LEFT);
    setMinWidth(0);
  }

  public void show(int health) {
    track.show(health);
    number.setText(Integer.toString(health));
    tone(health).on(track);
  }

  public static Tone tone(int health) {
    return health >= HEALTHY ? Tone.GREEN : health >= MARGINAL ? Tone.AMBER : Tone.RED;
  }

  private static final class Track extends Pane {
    private final Region fill = new Region();
    private double share;

    Track() {
      getStyleClass().add("health-track");
      fill.getStyleClass().add("health-fill");
      getChildren().add(fill);
    }

    void show(int percent) {
      share = Math.clamp(percent / 100.0, 0, 1);
      requestLayout();
    }

    @Override
    protected void layoutChildren() {
      fill.resizeRelocate(0, 0, snapSizeX(getWidth() * share), getHeight());
    }
  }
}
