package dev.hivedeck.ui.control.chart;

import dev.hivedeck.ui.control.chart.OddsPlot.Point;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Theme;
import dev.hivedeck.ui.shell.theme.Tone;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.text.TextAlignment;

/** Odds over time, on a scale of their logarithms with even odds in the middle. */
public final class OddsChart extends StepChart<OddsPlot> {
  /** How far the plot goes beyond the end, as a factor. */
  private static final double BEYOND = 2.2;

  public OddsChart(Theme theme, Texts texts) {
    super(theme, texts);
    getStyleClass().add("odds-chart");
  }

  @Override
  List<Instant> times() {
    return plot.lines().stream()
        .flatMap(l -> l.points().stream())
        .map(Point::at)
        .distinct()
        .sorted()
        .toList();
  }

  @Override
  List<String> said(Instant at) {
    var lines = new ArrayList<String>();
    for (var line : plot.lines()) {
      for (var point : line.points()) {
        if (point.at().equals(at)) {
          lines.add(line.name() + " " + plot.words().apply(point.odds()));
        }
      }
    }
    return lines;
  }

  private List<Double> levels() {
    double middle = Math.round(Math.sqrt(plot.end()));
    return List.of(plot.end(), middle, 1.0, 1 / middle, 1 / plot.end());
  }

  @Override
  List<String> labels() {
    return levels().stream().map(plot.words()::apply).toList();
  }

  private double at(double odds) {
    double most = Math.log(plot.end() * BEYOND);
    return y((Math.log(Math.max(odds, 1e-300)) + most) / (2 * most));
  }

  @Override
  void plot() {
    double end = Math.round(at(plot.end())) + 0.5;
    g.setFill(alpha(look().color(Tone.RED), 0.14));
    g.fillRect(axis().left(), TOP, axis().right() - axis().left(), end - TOP);
    levels().forEach(odds -> level(at(odds), plot.words().apply(odds)));
    g.setStroke(look().color(Tone.RED));
    g.setLineDashes(4, 3);
    g.strokeLine(axis().left(), end, axis().right(), end);
    g.setLineDashes();
    g.setTextAlign(TextAlignment.LEFT);
    g.setFill(look().color(Tone.RED));
    g.fillText(plot.over(), axis().left() + 4, (TOP + end) / 2);
    g.setFill(look().color("muted"));
    g.fillText(plot.more(), axis().left() + 4, (at(1) + end) / 2);
    g.fillText(plot.less(), axis().left() + 4, h - BOTTOM - size * 0.7);
    plot.lines().forEach(this::line);
    var taken = new ArrayList<Double>();
    plot.lines().reversed().forEach(line -> name(line, taken));
  }

  private void line(OddsPlot.Line line) {
    var color = look().color(line.tone());
    g.setStroke(color);
    g.setLineWidth(line.part() ? 1 : 2.2);
    if (line.part()) {
      g.setLineDashes(4, 3);
    }
    Point before = null;
    for (var point : line.points()) {
      if (before != null && before.stretch() == point.stretch()) {
        g.strokeLine(
            axis().x(before.at()), at(before.odds()), axis().x(point.at()), at(point.odds()));
      }
      before = point;
    }
    g.setLineDashes();
    g.setLineWidth(1);
  }

  /** At the end of its line, or below the names that are there already. */
  private void name(OddsPlot.Line line, List<Double> taken) {
    if (line.points().isEmpty()) {
      return;
    }
    var last = line.points().getLast();
    double x = axis().x(last.at());
    double y = at(last.odds());
    g.setFill(look().color(line.tone()));
    g.fillOval(x - 3, y - 3, 6, 6);
    boolean fits = x + 6 + wide(line.name()) <= axis().right();
    double said = fits ? y : y - 9;
    for (double other : taken.stream().sorted().toList()) {
      if (Math.abs(other - said) < size) {
        said = other + size * 1.1;
      }
    }
    taken.add(said);
    g.setTextAlign(fits ? TextAlignment.LEFT : TextAlignment.RIGHT);
    g.fillText(line.name(), fits ? x + 6 : x - 6, said);
  }
}
