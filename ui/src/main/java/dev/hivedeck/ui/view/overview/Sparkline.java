package dev.hivedeck.ui.view.overview;

import dev.hivedeck.ui.shell.theme.Theme;
import dev.hivedeck.ui.shell.theme.Tone;
import javafx.beans.InvalidationListener;
import javafx.beans.WeakInvalidationListener;
import javafx.scene.canvas.Canvas;
import javafx.scene.layout.Region;

/** A line without axes: only the shape. */
final class Sparkline extends Region {
  private final Canvas canvas = new Canvas();
  private final Theme theme;
  private final Tone tone;
  private final InvalidationListener redraw = _ -> draw();
  private double[] values = {};

  Sparkline(Theme theme, Tone tone) {
    this.theme = theme;
    this.tone = tone;
    getChildren().add(canvas);
    setPrefHeight(26);
    setMinHeight(18);
    setMouseTransparent(true);
    theme.look().addListener(new WeakInvalidationListener(redraw));
  }

  void show(double[] fresh) {
    values = fresh;
    draw();
  }

  @Override
  protected void layoutChildren() {
    canvas.setWidth(getWidth());
    canvas.setHeight(getHeight());
    draw();
  }

  private void draw() {
    var g = canvas.getGraphicsContext2D();
    double w = canvas.getWidth();
    double h = canvas.getHeight();
    g.clearRect(0, 0, w, h);
    if (values.length < 2 || java.util.Arrays.stream(values).max().orElse(0) == 0) {
      return;
    }
    double top = 0.001;
    for (double v : values) {
      top = Math.max(top, v);
    }
    g.setStroke(theme.look().get().color(tone));
    g.setLineWidth(1.4);
    g.beginPath();
    for (int i = 0; i < values.length; i++) {
      double x = 1 + (w - 2) * i / (values.length - 1);
      double y = h - 2 - (h - 4) * values[i] / top;
      if (i == 0) {
        g.moveTo(x, y);
      } else {
        g.lineTo(x, y);
      }
    }
    g.stroke();
  }
}
