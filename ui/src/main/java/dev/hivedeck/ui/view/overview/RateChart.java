package dev.hivedeck.ui.view.overview;

import dev.hivedeck.ui.shell.Desk;
import dev.hivedeck.ui.shell.Texts;
import dev.hivedeck.ui.shell.Theme;
import dev.hivedeck.ui.shell.Tone;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import javafx.geometry.VPos;
import javafx.scene.AccessibleRole;
import javafx.scene.canvas.Canvas;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.layout.Region;
import javafx.scene.text.Font;
import javafx.scene.text.TextAlignment;

/** Tasks per hour as three lines, with the values under the pointer. */
final class RateChart extends Region {
  /** A digit of the monospaced font is this wide in its own size. */
  private static final double DIGIT = 0.61;

  private static final double BOTTOM = 22;
  private static final double TOP = 8;

  private final Canvas canvas = new Canvas();
  private final Texts texts;
  private final Theme theme;
  private final DateTimeFormatter clock;
  private final DateTimeFormatter fine;
  private Figures.Rates rates;
  private double left = 34;
  private double pointer = -1;

  RateChart(Desk desk) {
    this.texts = desk.texts();
    this.theme = desk.theme();
    this.clock = DateTimeFormatter.ofPattern("HH:mm", texts.locale()).withZone(texts.zone());
    this.fine = DateTimeFormatter.ofPattern("HH:mm:ss", texts.locale()).withZone(texts.zone());
    getChildren().add(canvas);
    setMinHeight(120);
    setPrefHeight(150);
    setAccessibleRole(AccessibleRole.IMAGE_VIEW);
    setOnMouseMoved(
        e -> {
          pointer = e.getX();
          draw();
        });
    setOnMouseExited(
        _ -> {
          pointer = -1;
          draw();
        });
    theme.look().addListener(new javafx.beans.WeakInvalidationListener(redraw));
  }

  // Held here so that the theme, which outlives the chart, does not hold the chart.
  private final javafx.beans.InvalidationListener redraw = _ -> draw();

  void show(Figures.Rates fresh) {
    rates = fresh;
    setAccessibleText(
        texts.text(
            "overview.rates.alt",
            texts.decimal(last(fresh.done()), 0),
            texts.decimal(last(fresh.retried()), 0),
            texts.decimal(last(fresh.dead()), 0)));
    draw();
  }

  private static double last(double[] values) {
    return values[values.length - 1];
  }

  @Override
  protected void layoutChildren() {
    if (canvas.getWidth() != getWidth() || canvas.getHeight() != getHeight()) {
      canvas.setWidth(getWidth());
      canvas.setHeight(getHeight());
      draw();
    }
  }

  private void draw() {
    var g = canvas.getGraphicsContext2D();
    double w = canvas.getWidth();
    double h = canvas.getHeight();
    g.clearRect(0, 0, w, h);
    if (rates == null || w < 80 || h < 60) {
      return;
    }
    var look = theme.look().get();
    double size = 11 * theme.scale().get();
    g.setFont(Font.font("JetBrains Mono", size));
    g.setTextBaseline(VPos.CENTER);
    double top = ceiling(rates.top());
    double plot = h - BOTTOM - TOP;
    g.setLineWidth(1);
    int lines = 4;
    left = 14 + size * DIGIT * label(top).length();
    for (int i = 0; i <= lines; i++) {
      double y = Math.round(TOP + plot - plot * i / lines) + 0.5;
      g.setStroke(look.color("line"));
      g.strokeLine(left, y, w, y);
      g.setFill(look.color("muted"));
      g.setTextAlign(TextAlignment.RIGHT);
      g.fillText(label(top * i / lines), left - 8, y);
    }
    times(g, w, h);
    if (rates.top() == 0) {
      g.setTextAlign(TextAlignment.CENTER);
      g.fillText(texts.text("overview.rates.none"), (w + left) / 2, TOP + plot / 2 - size);
      return;
    }
    line(g, rates.done(), look, Tone.GREEN, top, plot, w, false);
    line(g, rates.retried(), look, Tone.AMBER, top, plot, w, true);
    line(g, rates.dead(), look, Tone.RED, top, plot, w, false);
    if (pointer >= left) {
      cross(g, look, top, plot, w, size);
    }
  }

  private String label(double value) {
    return texts.decimal(value, value == Math.rint(value) ? 0 : 1);
  }

  private void times(GraphicsContext g, double w, double h) {
    var span = Duration.between(rates.from(), rates.to());
    int marks = Math.max(2, (int) (w / 160));
    for (int i = 0; i <= marks; i++) {
      var at = rates.from().plus(span.multipliedBy(i).dividedBy(marks));
      g.setTextAlign(
          i == 0 ? TextAlignment.LEFT : i == marks ? TextAlignment.RIGHT : TextAlignment.CENTER);
      g.fillText(time(at, span), left + (w - left - 1) * i / marks, h - 8);
    }
  }

  private String time(Instant at, Duration span) {
    return (span.toMinutes() < 20 ? fine : clock).format(at);
  }

  private void line(
      GraphicsContext g,
      double[] values,
      Theme.Look look,
      Tone tone,
      double top,
      double plot,
      double w,
      boolean dashed) {
    g.setStroke(look.color(tone));
    g.setLineWidth(1.6);
    g.setLineDashes(dashed ? new double[] {5, 3} : new double[0]);
    g.beginPath();
    for (int i = 0; i < values.length; i++) {
      double x = x(i, values.length, w);
      double y = TOP + plot - plot * values[i] / top;
      if (i == 0) {
        g.moveTo(x, y);
      } else {
        g.lineTo(x, y);
      }
    }
    g.stroke();
    g.setLineDashes(0);
  }

  private double x(int i, int count, double w) {
    return left + (w - left - 1) * i / (count - 1);
  }

  private void cross(
      GraphicsContext g, Theme.Look look, double top, double plot, double w, double size) {
    int count = rates.done().length;
    int i = Math.clamp(Math.round((pointer - left) / (w - left - 1) * (count - 1)), 0, count - 1);
    double x = Math.round(x(i, count, w)) + 0.5;
    g.setStroke(look.color("muted"));
    g.setLineWidth(1);
    g.strokeLine(x, TOP, x, TOP + plot);
    var at = rates.from().plus(rates.step().multipliedBy(i));
    var text =
        texts.text(
            "overview.rates.at",
            fine.format(at),
            texts.decimal(rates.done()[i], 1),
            texts.decimal(rates.retried()[i], 1),
            texts.decimal(rates.dead()[i], 1));
    double width = text.length() * size * DIGIT + 16;
    double edge = Math.clamp(x + 8, left, Math.max(left, w - width));
    g.setFill(look.color("raised"));
    g.fillRoundRect(edge, TOP, width, size * 2, 8, 8);
    g.setFill(look.color("text"));
    g.setTextAlign(TextAlignment.LEFT);
    g.fillText(text, edge + 8, TOP + size);
  }

  /** The next round number above. */
  static double ceiling(double value) {
    if (value <= 4) {
      return 4;
    }
    double unit = Math.pow(10, Math.floor(Math.log10(value)));
    for (double step : new double[] {1, 2, 4, 8, 10}) {
      if (value <= unit * step) {
        return unit * step;
      }
    }
    return unit * 10;
  }
}
