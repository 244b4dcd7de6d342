package dev.hivedeck.ui.view.slo;

import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Region;

/** A bar of what is left or reached of something, and the figure beside it. */
final class ShareBar extends HBox {
  private final Track track = new Track();
  private final Label figure = Widgets.label("", "mono");

  ShareBar(double width) {
    super(8);
    track.setMinWidth(width);
    track.setPrefWidth(width);
    track.setMaxWidth(width);
    figure.setMinWidth(USE_PREF_SIZE);
    getChildren().setAll(track, figure);
    setAlignment(Pos.CENTER_LEFT);
    setMinWidth(0);
  }

  /**
   * @param share null for none: then there is no bar
   */
  void show(Double share, String text, Tone tone) {
    track.setVisible(share != null);
    track.setManaged(share != null);
    track.show(share == null ? 0 : Math.clamp(share, 0, 1));
    tone.on(track);
    figure.setText(text);
  }

  private static final class Track extends Pane {
    private final Region fill = new Region();
    private double share;

    Track() {
      getStyleClass().add("share-track");
      fill.getStyleClass().add("health-fill");
      getChildren().add(fill);
    }

    void show(double now) {
      share = now;
      requestLayout();
    }

    @Override
    protected void layoutChildren() {
      fill.resizeRelocate(0, 0, snapSizeX(getWidth() * share), getHeight());
    }
  }
}
