package dev.hivedeck.ui.control.chart;

import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Theme;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import javafx.geometry.VPos;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.paint.Color;
import javafx.scene.text.Font;
import javafx.scene.text.TextAlignment;

/** Draws a {@link TimePlot} onto a canvas. */
final class TimePainter {
  /** The room above the plot, for marks. */
  static final double TOP = 30;

  /** A mark that is so near is meant. */
  static final double NEAR = 8;

  /** A digit of the monospaced font is this wide in its own size. */
  private static final double DIGIT = 0.61;

  private static final double BOTTOM = 20;
  private static final double MARK = 4;

  private final Theme theme;
  private final Texts texts;
  private final DateTimeFormatter clock;
  private final DateTimeFormatter day;
  private final DateTimeFormatter exact;
  private GraphicsContext g;
  private TimePlot plot;
  private double left = 40;
  private double w;
  private double h;
  private double size;

  TimePainter(Theme theme, Texts texts) {
    this.theme = theme;
    this.texts = texts;
    this.clock = pattern("HH:mm");
    this.day = pattern("d MMM");
    this.exact = pattern("d MMM HH:mm");
  }

  private DateTimeFormatter pattern(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, texts.locale()).withZone(texts.zone());
  }

  /** The time across the plot, as it was drawn last. */
  TimeAxis axis() {
    return new TimeAxis(plot.from(), plot.until(), left, Math.max(left + 1, w - 6));
  }

  /**
   * Draws all of it.
   *
   * @param wanted null for nothing
   * @param pointer where it points, below 0 for nowhere
   * @param dragged where dragging began, below 0 while nothing is dragged
   */
  void draw(
      GraphicsContext onto,
      double width,
      double height,
      TimePlot wanted,
      double pointer,
      double dragged,
      boolean focused) {
    plot = wanted;
    g = onto;
    w = width;
    h = height;
    if (plot == null || w < 80 || h < 80) {
      return;
    }
    size = 11 * theme.scale().get();
    g.setFont(Font.font("JetBrains Mono", size));
    g.setTextBaseline(VPos.CENTER);
    g.setLineWidth(1);
    grid();
    var axis = axis();
    var look = theme.look().get();
    if (plot.until().isAfter(plot.now())) {
      g.setFill(look.color("raised"));
      double now = axis.x(plot.now());
      g.fillRect(now, TOP, axis.right() - now, h - BOTTOM - TOP);
    }
    if (dragged >= 0) {
      g.setFill(look.color("selected"));
      double from = Math.clamp(Math.min(dragged, pointer), axis.left(), axis.right());
      double to = Math.clamp(Math.max(dragged, pointer), axis.left(), axis.right());
      g.fillRect(from, TOP, to - from, h - BOTTOM - TOP);
    }
    limits(axis);
    line(axis);
    cone(axis);
    marks(axis);
    if (pointer >= left && pointer <= axis.right() && dragged < 0) {
      cross(axis, pointer);
    }
    if (focused) {
      g.setStroke(look.color("accent"));
      g.strokeRoundRect(0.5, 0.5, w - 1, h - 1, 6, 6);
    }
  }

  private double y(double value) {
    double share = (value - plot.bottom()) / (plot.top() - plot.bottom());
    return h - BOTTOM - (h - BOTTOM - TOP) * Math.clamp(share, 0, 1);
  }

  private void grid() {
    var look = theme.look().get();
    int lines = 4;
    int widest = 0;
    for (int i = 0; i <= lines; i++) {
      widest = Math.max(widest, plot.words().apply(value(i, lines)).length());
    }
    left = 14 + size * DIGIT * widest;
    for (int i = 0; i <= lines; i++) {
      double y = Math.round(y(value(i, lines))) + 0.5;
      g.setStroke(look.color("line"));
      g.strokeLine(left, y, w - 6, y);
      g.setFill(look.color("muted"));
      g.setTextAlign(TextAlignment.RIGHT);
      g.fillText(plot.words().apply(value(i, lines)), left - 8, y);
    }
    var axis = axis();
    g.setTextAlign(TextAlignment.CENTER);
    int most = Math.max(2, (int) ((w - left) / (size * DIGIT * 13)));
    var format =
        axis.step(most).toHours() >= 24
            ? day
            : Duration.between(plot.from(), plot.now()).toHours() > 20 ? exact : clock;
    for (var at : axis.ticks(most, texts.zone())) {
      var words = format.format(at);
      double half = wide(words) / 2;
      double x = axis.x(at);
      if (x - half >= left - 8 && x + half <= w) {
        g.fillText(words, x, h - 8);
      }
    }
  }

  private double value(int i, int lines) {
    return plot.bottom() + (plot.top() - plot.bottom()) * i / lines;
  }

  private void limits(TimeAxis axis) {
    for (var limit : plot.limits()) {
      if (limit.value() >= plot.bottom() && limit.value() <= plot.top()) {
        double y = Math.round(y(limit.value())) + 0.5;
        g.setStroke(theme.look().get().color(limit.tone()));
        g.setLineDashes(4, 3);
        g.strokeLine(axis.left(), y, axis.right(), y);
        g.setLineDashes();
        if (!limit.name().isEmpty()) {
          g.setFill(theme.look().get().color(limit.tone()));
          g.setTextAlign(TextAlignment.LEFT);
          g.fillText(limit.name(), axis.left() + 4, y - 8);
        }
      }
    }
  }

  /** The line, what was lowest and highest between its points, and the area below. */
  private void line(TimeAxis axis) {
    var color = theme.look().get().color(plot.tone());
    TimePlot.Point before = null;
    for (var point : plot.points()) {
      if (before != null && known(before) && known(point)) {
        double x1 = axis.x(before.at());
        double x2 = axis.x(point.at());
        g.setFill(alpha(color, 0.13));
        g.fillPolygon(
            new double[] {x1, x2, x2, x1},
            new double[] {y(before.value()), y(point.value()), h - BOTTOM, h - BOTTOM},
            4);
        g.setStroke(alpha(color, 0.45));
        g.setLineWidth(Math.max(1, Math.min(3, x2 - x1)));
        g.strokeLine(x2, y(point.low()), x2, y(point.high()));
        g.setStroke(color);
        g.setLineWidth(1.6);
        g.strokeLine(x1, y(before.value()), x2, y(point.value()));
      }
      before = point;
    }
    g.setLineWidth(1);
    if (plot.points().stream().noneMatch(TimePainter::known)) {
      g.setFill(theme.look().get().color("muted"));
      g.setTextAlign(TextAlignment.CENTER);
      g.fillText(
          texts.text("chart.none"), (axis.left() + axis.right()) / 2, (TOP + h - BOTTOM) / 2);
    }
  }

  private static boolean known(TimePlot.Point point) {
    return !Double.isNaN(point.value());
  }

  private double wide(String text) {
    return text.length() * size * DIGIT;
  }

  private static Color alpha(Color color, double alpha) {
    return color.deriveColor(0, 1, 1, alpha);
  }

  private void cone(TimeAxis axis) {
    var cone = plot.cone();
    var last = plot.last().orElse(null);
    if (cone == null || last == null) {
      return;
    }
    var color = theme.look().get().color(plot.tone());
    double x = axis.x(last.at());
    double y = y(last.value());
    double floor = y(cone.value());
    double right = axis.right();
    // One that may never end leaves the picture at the height that it begins with.
    double late = cone.latest() == null ? right : axis.x(cone.latest());
    g.save();
    g.beginPath();
    g.rect(axis.left(), TOP, right - axis.left(), h - BOTTOM - TOP + 1);
    g.clip();
    g.setFill(alpha(color, 0.22));
    if (cone.latest() == null) {
      g.fillPolygon(
          new double[] {x, axis.x(cone.earliest()), right, right},
          new double[] {y, floor, floor, y},
          4);
    } else {
      g.fillPolygon(
          new double[] {x, axis.x(cone.earliest()), late}, new double[] {y, floor, floor}, 3);
    }
    if (cone.at() != null) {
      g.setStroke(color);
      g.setLineDashes(4, 3);
      g.setLineWidth(1.6);
      g.strokeLine(x, y, axis.x(cone.at()), floor);
      g.setLineDashes();
      g.setLineWidth(1);
    }
    g.restore();
    if (!cone.label().isEmpty() && wide(cone.label()) + 8 <= right - x) {
      g.setFill(theme.look().get().color("soft"));
      g.setTextAlign(TextAlignment.RIGHT);
      g.fillText(cone.label(), right - 4, TOP + 10);
    }
  }

  private void marks(TimeAxis axis) {
    double free = Double.NEGATIVE_INFINITY;
    for (var mark : plot.marks()) {
      double x = Math.round(axis.x(mark.at())) + 0.5;
      if (x < axis.left() || x > axis.right()) {
        continue;
      }
      var color = theme.look().get().color(mark.tone());
      g.setStroke(alpha(color, 0.7));
      g.setLineDashes(2, 3);
      g.strokeLine(x, TOP, x, h - BOTTOM);
      g.setLineDashes();
      double y = TOP - 7;
      g.setFill(color);
      g.fillPolygon(
          new double[] {x, x + MARK, x, x - MARK}, new double[] {y - MARK, y, y + MARK, y}, 4);
      double half = wide(mark.label()) / 2;
      if (x - half > free && x + half <= w) {
        g.setTextAlign(TextAlignment.CENTER);
        g.fillText(mark.label(), x, TOP - 19);
        free = x + half + size * DIGIT;
      }
    }
  }

  /** What was at a time: the value there, and what happened. */
  List<String> said(Instant at) {
    var lines = new ArrayList<String>();
    TimePlot.Point found = null;
    for (var point : plot.points()) {
      if (!point.at().isBefore(at)) {
        found = point;
        break;
      }
    }
    if (found != null) {
      lines.add(
          exact.format(found.at())
              + "  "
              + (known(found) ? plot.words().apply(found.value()) : texts.text("slo.unknown")));
      if (!found.more().isEmpty()) {
        lines.add(found.more());
      }
    }
    var axis = axis();
    for (var mark : plot.marks()) {
      if (Math.abs(axis.x(mark.at()) - axis.x(at)) <= NEAR && lines.size() < 5) {
        var text = mark.label() + " " + texts.said(mark.text());
        lines.add("◆ " + (text.length() > 58 ? text.substring(0, 57) + "…" : text));
      }
    }
    return lines;
  }

  private void cross(TimeAxis axis, double pointer) {
    var look = theme.look().get();
    var lines = said(axis.at(pointer));
    if (lines.isEmpty()) {
      return;
    }
    double x = Math.round(pointer) + 0.5;
    g.setStroke(look.color("muted"));
    g.strokeLine(x, TOP, x, h - BOTTOM);
    double width = lines.stream().mapToDouble(this::wide).max().orElse(0) + 16;
    double place = x + 10 + width > axis.right() ? Math.max(axis.left(), x - 10 - width) : x + 10;
    g.setFill(look.color("raised"));
    g.fillRoundRect(place, TOP + 4, width, size * (1.6 * lines.size() + 0.6), 8, 8);
    g.setFill(look.color("text"));
    g.setTextAlign(TextAlignment.LEFT);
    for (int i = 0; i < lines.size(); i++) {
      g.fillText(lines.get(i), place + 8, TOP + 4 + size * (1.6 * i + 1.1));
    }
  }
}
