package dev.hivedeck.ui.control.chart;

import dev.hivedeck.ui.shell.theme.Theme;
import javafx.beans.InvalidationListener;
import javafx.beans.WeakInvalidationListener;
import javafx.scene.canvas.Canvas;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.layout.Region;

/**
 * Something drawn on a canvas as large as itself: again whenever its size, the theme or the size of
 * the text changes.
 */
public abstract class Drawing extends Region {
  private final Canvas canvas = new Canvas();
  private final Theme theme;
  // Held here so that the theme, which outlives the drawing, does not hold it.
  private final InvalidationListener redraw = _ -> redraw();

  protected Drawing(Theme theme) {
    this.theme = theme;
    getChildren().add(canvas);
    theme.look().addListener(new WeakInvalidationListener(redraw));
    theme.scale().addListener(new WeakInvalidationListener(redraw));
  }

  /**
   * Draws all of it onto a canvas that is cleared.
   *
   * @param w its width in pixels
   * @param h its height
   */
  protected abstract void draw(GraphicsContext g, double w, double h);

  /** Draws it anew. */
  protected final void redraw() {
    var g = canvas.getGraphicsContext2D();
    g.clearRect(0, 0, canvas.getWidth(), canvas.getHeight());
    draw(g, canvas.getWidth(), canvas.getHeight());
  }

  /** How it looks now. */
  protected final Theme.Appearance look() {
    return theme.look().get();
  }

  /** How large text is, times its usual size. */
  protected final double scale() {
    return theme.scale().get();
  }

  @Override
  protected final void layoutChildren() {
    if (canvas.getWidth() != getWidth() || canvas.getHeight() != getHeight()) {
      canvas.setWidth(getWidth());
      canvas.setHeight(getHeight());
      redraw();
    }
  }
}
