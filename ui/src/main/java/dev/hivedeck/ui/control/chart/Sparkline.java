package dev.hivedeck.ui.control.chart;

import dev.hivedeck.ui.shell.theme.Theme;
import dev.hivedeck.ui.shell.theme.Tone;
import java.util.Arrays;
import javafx.scene.canvas.GraphicsContext;

/** A line without axes: only the shape. */
public final class Sparkline extends Drawing {
  private Tone tone;
  private double[] values = {};

  public Sparkline(Theme theme, Tone tone) {
    super(theme);
    this.tone = tone;
    setPrefHeight(26);
    setMinHeight(18);
    setMouseTransparent(true);
  }

  /**
   * @param fresh from left to right; not a number where nothing is known
   */
  public void show(double[] fresh) {
    show(fresh, tone);
  }

  /** As {@link #show(double[])}, in another tone. */
  public void show(double[] fresh, Tone now) {
    values = fresh;
    tone = now;
    redraw();
  }

  @Override
  protected void draw(GraphicsContext g, double w, double h) {
    double top = Arrays.stream(values).filter(v -> !Double.isNaN(v)).max().orElse(0);
    if (values.length < 2 || top <= 0) {
      return;
    }
    top = Math.max(top, 0.001);
    g.setStroke(look().color(tone));
    g.setLineWidth(1.4);
    g.beginPath();
    boolean drawn = false; // a gap is no line
    for (int i = 0; i < values.length; i++) {
      if (Double.isNaN(values[i])) {
        drawn = false;
        continue;
      }
      double x = 1 + (w - 2) * i / (values.length - 1);
      double y = h - 2 - (h - 4) * Math.max(0, values[i]) / top;
      if (drawn) {
        g.lineTo(x, y);
      } else {
        g.moveTo(x, y);
      }
      drawn = true;
    }
    g.stroke();
  }
}
