package dev.hivedeck.ui.control.chart;

import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Theme;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.function.BiConsumer;
import javafx.scene.AccessibleRole;
import javafx.scene.Cursor;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;

/**
 * A value over time. The pointer, or the arrow keys, tell what it was; dragging over a time chooses
 * it, a double click gives it up; a mark leads to what happened.
 */
public final class TimeChart extends Drawing {
  /** Less was no drag but an unsteady click. */
  private static final double DRAG = 5;

  /** How much of the time stays when one goes nearer. */
  private static final double CLOSER = 0.5;

  private static final Duration SHORTEST = Duration.ofMinutes(2);

  private final TimePainter painter;
  private final BiConsumer<Instant, Instant> choose;
  private final Runnable back;
  private TimePlot plot;
  private double pointer = -1;
  private double pressed = -1;
  private boolean dragged;

  /**
   * @param choose hears the time that was dragged over
   * @param back hears that all of it is wanted again
   */
  public TimeChart(Theme theme, Texts texts, BiConsumer<Instant, Instant> choose, Runnable back) {
    super(theme);
    this.painter = new TimePainter(theme, texts);
    this.choose = choose;
    this.back = back;
    getStyleClass().add("time-chart");
    setMinHeight(120);
    setPrefHeight(170);
    setMinWidth(120);
    setFocusTraversable(true);
    setAccessibleRole(AccessibleRole.IMAGE_VIEW);
    setCursor(Cursor.CROSSHAIR);
    setOnMouseMoved(this::moved);
    setOnMousePressed(this::pressed);
    setOnMouseDragged(this::dragged);
    setOnMouseReleased(_ -> released());
    setOnMouseClicked(this::clicked);
    setOnMouseExited(_ -> point(-1));
    addEventHandler(KeyEvent.KEY_PRESSED, this::key);
    focusedProperty().subscribe(_ -> redraw());
  }

  /**
   * @param fresh null for nothing
   */
  public void show(TimePlot fresh) {
    plot = fresh;
    setAccessibleText(fresh == null ? "" : fresh.alt());
    redraw();
  }

  // ── pointer and keys ──────────────────────────────────────────────────────────────────────────

  private void point(double x) {
    pointer = x;
    redraw();
  }

  private void moved(MouseEvent e) {
    point(e.getX());
    setCursor(mark(e.getX(), e.getY()) == null ? Cursor.CROSSHAIR : Cursor.HAND);
  }

  private void pressed(MouseEvent e) {
    requestFocus();
    pressed = e.getX();
    dragged = false;
  }

  private void dragged(MouseEvent e) {
    dragged |= Math.abs(e.getX() - pressed) > DRAG;
    point(e.getX());
  }

  private void released() {
    if (dragged && plot != null) {
      var axis = axis();
      zoom(axis.at(Math.min(pressed, pointer)), axis.at(Math.max(pressed, pointer)));
    }
    pressed = -1;
    redraw();
  }

  private void clicked(MouseEvent e) {
    if (dragged || plot == null) {
      return;
    }
    var mark = mark(e.getX(), e.getY());
    if (e.getClickCount() == 2) {
      back.run();
    } else if (mark != null && mark.open() != null) {
      mark.open().run();
    }
  }

  private void zoom(Instant from, Instant until) {
    var end = until.isAfter(plot.now()) ? plot.now() : until;
    if (Duration.between(from, end).compareTo(SHORTEST) >= 0) {
      choose.accept(from, end);
    }
  }

  private void key(KeyEvent e) {
    if (plot == null || plot.points().isEmpty()) {
      return;
    }
    if (Hotkey.WALK_LEFT.pressed(e)) {
      walk(-1);
    } else if (Hotkey.WALK_RIGHT.pressed(e)) {
      walk(1);
    } else if (Hotkey.NEARER.pressed(e)) {
      scale(CLOSER);
    } else if (Hotkey.FARTHER.pressed(e) || Hotkey.WHOLE.pressed(e)) {
      back.run();
    } else if (Hotkey.OPEN.pressed(e) && pointer >= 0 && nearest(pointer) != null) {
      var mark = nearest(pointer);
      if (mark.open() != null) {
        mark.open().run();
      }
    } else {
      return;
    }
    e.consume();
  }

  /** To the next point, or to the next mark when that is nearer. */
  private void walk(int direction) {
    var axis = axis();
    var at = pointer < axis.left() ? (direction > 0 ? plot.from() : plot.now()) : axis.at(pointer);
    Instant next = null;
    var times = new ArrayList<Instant>();
    plot.points().forEach(p -> times.add(p.at()));
    plot.marks().forEach(m -> times.add(m.at()));
    times.sort(direction > 0 ? Instant::compareTo : (a, b) -> b.compareTo(a));
    for (var time : times) {
      double distance = (axis.x(time) - axis.x(at)) * direction;
      if (distance > 0.5) {
        next = time;
        break;
      }
    }
    if (next != null) {
      point(axis.x(next));
      setAccessibleText(plot.alt() + " " + String.join(", ", painter.said(next)));
    }
  }

  private void scale(double factor) {
    var axis = axis();
    var middle = pointer < axis.left() ? plot.from().plus(span().dividedBy(2)) : axis.at(pointer);
    var half = Duration.ofMillis((long) (span().toMillis() * factor / 2));
    var from = middle.minus(half);
    zoom(from.isBefore(plot.from()) ? plot.from() : from, middle.plus(half));
  }

  private Duration span() {
    return Duration.between(plot.from(), plot.now());
  }

  private TimePlot.Mark mark(double x, double y) {
    return plot == null || y > TimePainter.TOP ? null : nearest(x);
  }

  private TimePlot.Mark nearest(double x) {
    TimePlot.Mark found = null;
    var axis = axis();
    for (var mark : plot.marks()) {
      double distance = Math.abs(axis.x(mark.at()) - x);
      if (distance <= TimePainter.NEAR
          && (found == null || distance < Math.abs(axis.x(found.at()) - x))) {
        found = mark;
      }
    }
    return found;
  }

  private TimeAxis axis() {
    return painter.axis();
  }

  @Override
  protected void draw(GraphicsContext g, double w, double h) {
    painter.draw(g, w, h, plot, pointer, dragged && pressed >= 0 ? pressed : -1, isFocused());
  }
}
