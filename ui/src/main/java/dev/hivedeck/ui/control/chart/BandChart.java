package dev.hivedeck.ui.control.chart;

import dev.hivedeck.ui.control.chart.BandPlot.Known;
import dev.hivedeck.ui.control.chart.BandPlot.Sample;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Theme;
import dev.hivedeck.ui.shell.theme.Tone;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import javafx.scene.text.TextAlignment;

/** Two shares, step by step: a band is what is known, a stepped line what may be. */
public final class BandChart extends StepChart<BandPlot> {
  private static final int LINES = 5;

  public BandChart(Theme theme, Texts texts) {
    super(theme, texts);
    getStyleClass().add("band-chart");
  }

  @Override
  List<Instant> times() {
    return plot.samples().stream().map(Sample::at).toList();
  }

  @Override
  List<String> said(Instant at) {
    return plot.samples().stream()
        .filter(s -> s.at().equals(at))
        .findFirst()
        .map(Sample::said)
        .orElse(List.of());
  }

  @Override
  List<String> labels() {
    return IntStream.rangeClosed(0, LINES)
        .mapToObj(i -> plot.words().apply(plot.top() * i / LINES))
        .toList();
  }

  @Override
  void plot() {
    var labels = labels();
    for (int i = 0; i <= LINES; i++) {
      level(y((double) i / LINES), labels.get(i));
    }
    band(Sample::canary, Tone.TEAL, 0.24);
    band(Sample::stable, Tone.BLUE, 0.24);
    limits();
    line(Sample::stable, Tone.BLUE, true);
    line(Sample::canary, Tone.TEAL, false);
    if (plot.samples().isEmpty()) {
      g.setFill(look().color("muted"));
      g.setTextAlign(TextAlignment.CENTER);
      g.fillText(texts.text("chart.none"), (axis().left() + axis().right()) / 2, y(0.5));
    }
  }

  private double at(double percent) {
    return y(percent / plot.top());
  }

  private void band(Function<Sample, Known> of, Tone tone, double alpha) {
    g.setFill(alpha(look().color(tone), alpha));
    Sample before = null;
    for (var sample : plot.samples()) {
      if (follows(before, sample, of)) {
        double x1 = axis().x(before.at());
        double x2 = axis().x(sample.at());
        var a = of.apply(before);
        var b = of.apply(sample);
        g.fillPolygon(
            new double[] {x1, x2, x2, x1},
            new double[] {at(a.high()), at(b.high()), at(b.low()), at(a.low())},
            4);
      }
      before = sample;
    }
  }

  private static boolean follows(Sample before, Sample sample, Function<Sample, Known> of) {
    return before != null
        && before.stretch() == sample.stretch()
        && of.apply(before) != null
        && of.apply(sample) != null;
  }

  private void line(Function<Sample, Known> of, Tone tone, boolean dashed) {
    var color = look().color(tone);
    g.setStroke(color);
    g.setLineWidth(1.8);
    if (dashed) {
      g.setLineDashes(4, 3);
    }
    Sample before = null;
    for (var sample : plot.samples()) {
      if (follows(before, sample, of)) {
        g.strokeLine(
            axis().x(before.at()),
            at(of.apply(before).value()),
            axis().x(sample.at()),
            at(of.apply(sample).value()));
      }
      before = sample;
    }
    g.setLineDashes();
    g.setLineWidth(1);
    if (before != null && of.apply(before) != null) {
      g.setFill(color);
      g.fillOval(axis().x(before.at()) - 3, at(of.apply(before).value()) - 3, 6, 6);
    }
  }

  private void limits() {
    g.setStroke(look().color(Tone.RED));
    g.setLineDashes(4, 3);
    double before = Double.NaN;
    for (int i = 0; i < Math.min(plot.limits().size(), plot.span().stretches().size()); i++) {
      var ends = ends(i);
      double y = Math.round(at(plot.limits().get(i))) + 0.5;
      if (!Double.isNaN(before)) {
        g.strokeLine(ends[0], before, ends[0], y);
      }
      g.strokeLine(ends[0], y, ends[1], y);
      before = y;
    }
    g.setLineDashes();
    if (!Double.isNaN(before)) {
      g.setFill(look().color(Tone.RED));
      g.setTextAlign(TextAlignment.RIGHT);
      g.fillText(plot.limit(), axis().right() - 2, Math.max(TOP + 6, before - 8));
    }
  }
}
