package dev.hivedeck.ui.control.chart;

import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Theme;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import javafx.geometry.VPos;
import javafx.scene.AccessibleRole;
import javafx.scene.Cursor;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.input.KeyEvent;
import javafx.scene.paint.Color;
import javafx.scene.text.Font;
import javafx.scene.text.TextAlignment;

/**
 * What was measured over the steps of something: each step has counters of its own, and what is to
 * come is set apart. The pointer, or the arrow keys, tell what it was.
 */
abstract class StepChart<P extends StepPlot> extends Drawing {
  /** The room above the plot, for the names of steps. */
  static final double TOP = 20;

  static final double BOTTOM = 20;
  private static final double RIGHT = 8;

  /** A digit of the monospaced font is this wide in its own size. */
  private static final double DIGIT = 0.61;

  final Texts texts;
  P plot;
  GraphicsContext g;
  double size;
  double h;
  private final DateTimeFormatter clock;
  private TimeAxis axis;
  private double pointer = -1;

  StepChart(Theme theme, Texts texts) {
    super(theme);
    this.texts = texts;
    clock = DateTimeFormatter.ofPattern("HH:mm", texts.locale()).withZone(texts.zone());
    setMinHeight(120);
    setPrefHeight(146);
    setMinWidth(120);
    setFocusTraversable(true);
    setAccessibleRole(AccessibleRole.IMAGE_VIEW);
    setCursor(Cursor.CROSSHAIR);
    setOnMouseMoved(e -> point(e.getX()));
    setOnMousePressed(_ -> requestFocus());
    setOnMouseExited(_ -> point(-1));
    addEventHandler(KeyEvent.KEY_PRESSED, this::key);
    focusedProperty().subscribe(_ -> redraw());
  }

  /**
   * @param fresh null for nothing
   */
  public final void show(P fresh) {
    plot = fresh;
    setAccessibleText(alt());
    redraw();
  }

  /** The time that is shown; null while there is nothing. */
  private StepSpan span() {
    return plot == null ? null : plot.span();
  }

  /** All of it in a sentence. */
  private String alt() {
    return plot == null ? "" : plot.alt();
  }

  /** When something was measured, in the order of time. */
  abstract List<Instant> times();

  /** What was measured then, a line each. */
  abstract List<String> said(Instant at);

  /** The labels of values beside the plot. */
  abstract List<String> labels();

  abstract void plot();

  private void point(double x) {
    pointer = x;
    redraw();
  }

  private void key(KeyEvent e) {
    int direction = Hotkey.WALK_LEFT.pressed(e) ? -1 : Hotkey.WALK_RIGHT.pressed(e) ? 1 : 0;
    if (direction == 0 || axis == null || times().isEmpty()) {
      return;
    }
    var at = pointer < axis.left() ? (direction > 0 ? span().from() : span().until()) : nearest();
    var ahead =
        times().stream().filter(t -> direction > 0 ? t.isAfter(at) : t.isBefore(at)).toList();
    if (!ahead.isEmpty()) {
      var next = direction > 0 ? ahead.getFirst() : ahead.getLast();
      point(axis.x(next));
      setAccessibleText(alt() + " " + String.join(", ", said(next)));
    }
    e.consume();
  }

  private Instant nearest() {
    Instant found = times().getFirst();
    for (var time : times()) {
      if (Math.abs(axis.x(time) - pointer) < Math.abs(axis.x(found) - pointer)) {
        found = time;
      }
    }
    return found;
  }

  @Override
  protected final void draw(GraphicsContext onto, double w, double height) {
    var span = span();
    if (span == null || w < 80 || height < 80) {
      return;
    }
    g = onto;
    h = height;
    size = 11 * scale();
    g.setFont(Font.font("JetBrains Mono", size));
    g.setTextBaseline(VPos.CENTER);
    g.setLineWidth(1);
    int widest = labels().stream().mapToInt(String::length).max().orElse(0);
    double left = 12 + size * DIGIT * widest;
    axis = new TimeAxis(span.from(), span.until(), left, Math.max(left + 1, w - RIGHT));
    frame(span, w);
    plot();
    if (span.until().isAfter(span.now())) {
      double now = Math.round(axis.x(span.now())) + 0.5;
      g.setStroke(look().color("muted"));
      g.strokeLine(now, TOP, now, h - BOTTOM);
    }
    if (pointer >= left && !times().isEmpty()) {
      cross(nearest());
    }
    if (isFocused()) {
      g.setStroke(look().color("accent"));
      g.strokeRoundRect(0.5, 0.5, w - 1, h - 1, 6, 6);
    }
  }

  private void frame(StepSpan span, double w) {
    if (span.until().isAfter(span.now())) {
      g.setFill(look().color("raised"));
      double now = axis.x(span.now());
      g.fillRect(now, TOP, axis.right() - now, h - BOTTOM - TOP);
    }
    double free = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < span.stretches().size(); i++) {
      double from = axis.x(span.stretches().get(i).from());
      double to = i + 1 < span.stretches().size() ? begin(i + 1) : axis.x(span.now());
      if (i > 0) {
        g.setStroke(look().color("muted"));
        g.setLineDashes(2, 3);
        g.strokeLine(Math.round(from) + 0.5, TOP, Math.round(from) + 0.5, h - BOTTOM);
        g.setLineDashes();
      }
      String label = span.stretches().get(i).label();
      double middle = (from + to) / 2;
      if (middle - wide(label) / 2 > free && to - from > wide(label)) {
        g.setFill(look().color("muted"));
        g.setTextAlign(TextAlignment.CENTER);
        g.fillText(label, middle, TOP / 2);
        free = middle + wide(label) / 2 + 6;
      }
    }
    g.setFill(look().color("muted"));
    g.setTextAlign(TextAlignment.CENTER);
    int most = Math.max(2, (int) ((w - axis.left()) / (size * DIGIT * 9)));
    for (var at : axis.ticks(most, texts.zone())) {
      var words = clock.format(at);
      double x = axis.x(at);
      if (x - wide(words) / 2 >= axis.left() - 10 && x + wide(words) / 2 <= w) {
        g.fillText(words, x, h - 8);
      }
    }
  }

  private double begin(int stretch) {
    return axis.x(span().stretches().get(stretch).from());
  }

  /** Where a stretch begins and ends on the plot. */
  final double[] ends(int stretch) {
    boolean last = stretch + 1 >= span().stretches().size();
    return new double[] {begin(stretch), last ? axis.right() : begin(stretch + 1)};
  }

  /** A line with its value beside the plot. */
  final void level(double y, String label) {
    double crisp = Math.round(y) + 0.5;
    g.setStroke(look().color("line"));
    g.strokeLine(axis.left(), crisp, axis.right(), crisp);
    g.setFill(look().color("muted"));
    g.setTextAlign(TextAlignment.RIGHT);
    g.fillText(label, axis.left() - 6, crisp);
  }

  final TimeAxis axis() {
    return axis;
  }

  final double wide(String text) {
    return text.length() * size * DIGIT;
  }

  /** A place between the bottom and the top of the plot, from 0 to 1. */
  final double y(double share) {
    return h - BOTTOM - (h - BOTTOM - TOP) * Math.clamp(share, 0, 1);
  }

  static Color alpha(Color color, double alpha) {
    return color.deriveColor(0, 1, 1, alpha);
  }

  private void cross(Instant at) {
    var lines = said(at);
    double x = Math.round(axis.x(at)) + 0.5;
    g.setStroke(look().color("muted"));
    g.strokeLine(x, TOP, x, h - BOTTOM);
    var all = new ArrayList<>(List.of(clock.format(at)));
    all.addAll(lines);
    double width = all.stream().mapToDouble(this::wide).max().orElse(0) + 16;
    double place = x + 10 + width > axis.right() ? Math.max(0, x - 10 - width) : x + 10;
    g.setFill(look().color("raised"));
    g.fillRoundRect(place, TOP + 4, width, size * (1.6 * all.size() + 0.6), 8, 8);
    g.setFill(look().color("text"));
    g.setTextAlign(TextAlignment.LEFT);
    for (int i = 0; i < all.size(); i++) {
      g.fillText(all.get(i), place + 8, TOP + 4 + size * (1.6 * i + 1.1));
    }
  }
}
