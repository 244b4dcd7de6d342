package dev.hivedeck.ui.control.chart;

import dev.hivedeck.ui.shell.theme.Theme;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import javafx.scene.AccessibleRole;
import javafx.scene.Cursor;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.input.MouseEvent;

/** All of a long time in a thin strip, with the part that the chart above shows. */
public final class TimeStrip extends Drawing {
  private static final double HEIGHT = 22;
  private static final double DRAG = 5;

  private final BiConsumer<Instant, Instant> choose;
  private List<TimePlot.Point> points = List.of();
  private List<TimePlot.Mark> marks = List.of();
  private Instant shownFrom;
  private Instant shownUntil;
  private double pressed = -1;
  private double pointer;

  /**
   * @param choose hears the part that was dragged over
   * @param back hears that none is wanted
   */
  public TimeStrip(Theme theme, String name, BiConsumer<Instant, Instant> choose, Runnable back) {
    super(theme);
    this.choose = choose;
    setMinHeight(HEIGHT);
    setPrefHeight(HEIGHT);
    setMaxHeight(HEIGHT);
    setCursor(Cursor.H_RESIZE);
    setAccessibleRole(AccessibleRole.IMAGE_VIEW);
    setAccessibleText(name);
    setOnMousePressed(e -> pressed = e.getX());
    setOnMouseDragged(
        e -> {
          pointer = e.getX();
          redraw();
        });
    setOnMouseReleased(this::released);
    setOnMouseClicked(
        e -> {
          if (e.getClickCount() == 2) {
            back.run();
          }
        });
  }

  /** Shows all, what happened meanwhile, and which part of it is looked at. */
  public void show(
      List<TimePlot.Point> all, List<TimePlot.Mark> happened, Instant from, Instant until) {
    points = all;
    marks = happened;
    shownFrom = from;
    shownUntil = until;
    redraw();
  }

  private void released(MouseEvent e) {
    double from = Math.min(pressed, e.getX());
    double until = Math.max(pressed, e.getX());
    pressed = -1;
    if (points.size() > 1 && until - from > DRAG) {
      choose.accept(axis().at(from), axis().at(until));
    }
    redraw();
  }

  private TimeAxis axis() {
    return new TimeAxis(
        points.getFirst().at(), points.getLast().at(), 1, Math.max(2, getWidth() - 1));
  }

  @Override
  protected void draw(GraphicsContext g, double w, double h) {
    var look = look();
    g.setFill(look.color("sunken"));
    g.fillRoundRect(0, 0, w, h, 6, 6);
    if (points.size() < 2 || shownFrom == null) {
      return;
    }
    var axis = axis();
    double from = Math.clamp(axis.x(shownFrom), 0, w);
    double until = Math.clamp(axis.x(shownUntil), 0, w);
    g.setFill(look.color("selected"));
    g.fillRoundRect(from, 0, Math.max(3, until - from), h, 6, 6);
    double top =
        points.stream()
            .mapToDouble(TimePlot.Point::high)
            .filter(v -> !Double.isNaN(v))
            .max()
            .orElse(1);
    g.setStroke(look.color("muted"));
    g.setLineWidth(1);
    TimePlot.Point before = null;
    for (var point : points) {
      if (before != null && !Double.isNaN(before.high()) && !Double.isNaN(point.high())) {
        g.strokeLine(axis.x(before.at()), y(before, top, h), axis.x(point.at()), y(point, top, h));
      }
      before = point;
    }
    for (var mark : marks) {
      double x = axis.x(mark.at());
      g.setFill(look.color(mark.tone()));
      g.fillPolygon(new double[] {x, x + 3, x, x - 3}, new double[] {1, 4, 7, 4}, 4);
    }
    g.setFill(look.color("accent"));
    g.fillRoundRect(from, 4, 3, h - 8, 2, 2);
    g.fillRoundRect(Math.max(from, until - 3), 4, 3, h - 8, 2, 2);
    if (pressed >= 0) {
      g.setGlobalAlpha(0.25);
      g.fillRect(Math.min(pressed, pointer), 0, Math.abs(pointer - pressed), h);
      g.setGlobalAlpha(1);
    }
  }

  private static double y(TimePlot.Point point, double top, double h) {
    return h - 3 - (h - 6) * Math.clamp(point.high() / Math.max(1e-9, top), 0, 1);
  }
}
