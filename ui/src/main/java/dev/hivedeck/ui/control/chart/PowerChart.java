package dev.hivedeck.ui.control.chart;

import dev.hivedeck.ui.shell.theme.Theme;
import dev.hivedeck.ui.shell.theme.Tone;
import java.time.Duration;
import javafx.geometry.VPos;
import javafx.scene.AccessibleRole;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.text.Font;
import javafx.scene.text.TextAlignment;

/** How often faults are found, the longer one waits. */
public final class PowerChart extends Drawing {
  private static final double TOP = 10;
  private static final double BOTTOM = 20;
  private static final double DIGIT = 0.61;
  private static final int TIMES = 4;
  private PowerPlot plot;
  private GraphicsContext g;
  private double left;
  private double right;
  private double h;
  private double size;

  public PowerChart(Theme theme) {
    super(theme);
    getStyleClass().add("power-chart");
    setMinHeight(100);
    setPrefHeight(110);
    setMinWidth(160);
    setAccessibleRole(AccessibleRole.IMAGE_VIEW);
  }

  /**
   * @param fresh null for nothing
   */
  public void show(PowerPlot fresh) {
    plot = fresh;
    setAccessibleText(fresh == null ? "" : fresh.alt());
    redraw();
  }

  @Override
  protected void draw(GraphicsContext onto, double w, double height) {
    if (plot == null || w < 80 || height < 60) {
      return;
    }
    g = onto;
    h = height;
    size = 11 * scale();
    g.setFont(Font.font("JetBrains Mono", size));
    g.setTextBaseline(VPos.CENTER);
    left = 12 + size * DIGIT * 4;
    int widest = plot.curves().stream().mapToInt(c -> c.name().length()).max().orElse(0);
    right = w - 10 - size * DIGIT * widest;
    grid();
    double hold = Math.round(x(plot.hold())) + 0.5;
    g.setStroke(look().color("muted"));
    g.strokeLine(hold, TOP, hold, h - BOTTOM);
    g.setFill(look().color("muted"));
    g.setTextAlign(
        hold + plot.held().length() * size * DIGIT < right
            ? TextAlignment.LEFT
            : TextAlignment.RIGHT);
    g.fillText(plot.held(), g.getTextAlign() == TextAlignment.LEFT ? hold + 4 : hold - 4, y(8));
    double free = Double.NEGATIVE_INFINITY;
    for (var curve : plot.curves()) {
      free = curve(curve, free);
    }
    if (plot.needed() != null && plot.needed().compareTo(plot.until()) <= 0) {
      needed();
    }
  }

  private double x(Duration time) {
    return left + (right - left) * time.toMillis() / Math.max(1.0, plot.until().toMillis());
  }

  private double y(double percent) {
    return h - BOTTOM - (h - BOTTOM - TOP) * Math.clamp(percent, 0, 100) / 100;
  }

  private void grid() {
    g.setLineWidth(1);
    for (int percent = 0; percent <= 100; percent += 50) {
      double y = Math.round(y(percent)) + 0.5;
      g.setStroke(look().color("line"));
      g.strokeLine(left, y, right, y);
      g.setFill(look().color("muted"));
      g.setTextAlign(TextAlignment.RIGHT);
      g.fillText(percent + "%", left - 6, y);
    }
    g.setTextAlign(TextAlignment.CENTER);
    for (int i = 0; i <= TIMES; i++) {
      var time = plot.until().multipliedBy(i).dividedBy(TIMES);
      g.fillText(plot.words().apply(time), x(time), h - 8);
    }
  }

  private double curve(PowerPlot.Curve curve, double free) {
    var color = curve.chosen() ? look().color(Tone.BLUE) : look().color("muted");
    g.setStroke(color);
    g.setLineWidth(curve.chosen() ? 2 : 1.2);
    int last = curve.percents().size() - 1;
    for (int i = 1; i <= last; i++) {
      g.strokeLine(
          left + (right - left) * (i - 1) / last,
          y(curve.percents().get(i - 1)),
          left + (right - left) * i / last,
          y(curve.percents().get(i)));
    }
    g.setLineWidth(1);
    double at = Math.max(last < 0 ? TOP : y(curve.percents().get(last)), free + size * 1.2);
    g.setFill(color);
    g.setTextAlign(TextAlignment.LEFT);
    g.fillText(curve.name(), right + 6, at);
    return at;
  }

  private void needed() {
    double x = x(plot.needed());
    var chosen = plot.curves().stream().filter(PowerPlot.Curve::chosen).findFirst().orElse(null);
    if (chosen == null || chosen.percents().size() < 2) {
      return;
    }
    double place = (chosen.percents().size() - 1) * (x - left) / (right - left);
    int i = Math.clamp((long) place, 0, chosen.percents().size() - 2);
    double a = chosen.percents().get(i);
    double y = y(a + (chosen.percents().get(i + 1) - a) * (place - i));
    g.setStroke(look().color(Tone.BLUE));
    g.setLineDashes(2, 3);
    g.strokeLine(x, y, x, h - BOTTOM);
    g.setLineDashes();
    g.setFill(look().color(Tone.BLUE));
    g.fillOval(x - 4, y - 4, 8, 8);
  }
}
