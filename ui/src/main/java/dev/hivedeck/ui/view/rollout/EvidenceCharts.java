package dev.hivedeck.ui.view.rollout;

import dev.hivedeck.engine.protocol.rollout.RolloutMetric;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.MetricFigures;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutSample;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Share;
import dev.hivedeck.ui.control.chart.BandChart;
import dev.hivedeck.ui.control.chart.BandPlot;
import dev.hivedeck.ui.control.chart.OddsChart;
import dev.hivedeck.ui.control.chart.OddsPlot;
import dev.hivedeck.ui.control.chart.StepSpan;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** What was counted over the steps, and what it says: errors, slow answers, odds. */
final class EvidenceCharts {
  private static final double LEAST_TOP = 5;
  private static final double FIVE = 5;

  private final ScreenContext context;
  private final Texts texts;
  private final RolloutWords words;
  private final Label slowTitle = Widgets.label("", "card-title");
  private final BandChart errors;
  private final BandChart slow;
  private final OddsChart odds;
  private final Region errorsCard;
  private final Region slowCard;
  private final Region oddsCard;

  EvidenceCharts(ScreenContext context, RolloutWords words) {
    this.context = context;
    this.texts = context.texts();
    this.words = words;
    errors = new BandChart(context.theme(), texts);
    slow = new BandChart(context.theme(), texts);
    odds = new OddsChart(context.theme(), texts);
    errorsCard =
        card(
            Widgets.label(texts.text("rollout.errors"), "card-title"),
            Widgets.label(texts.text("rollout.band"), "muted"),
            errors);
    slowCard = card(slowTitle, Widgets.label("", "muted"), slow);
    var title = Widgets.label(texts.text("rollout.worse"), "card-title");
    oddsCard =
        frame(
            odds,
            title,
            Widgets.spacer(),
            Widgets.label(texts.text("rollout.multiplies"), "muted"));
  }

  List<Region> cards() {
    return List.of(errorsCard, slowCard, oddsCard);
  }

  private Region card(Label title, Label more, Region chart) {
    return frame(
        chart,
        title,
        more,
        Widgets.spacer(),
        Tone.TEAL.on(Widgets.label(texts.text("rollout.legend.canary"))),
        Tone.BLUE.on(Widgets.label(texts.text("rollout.legend.stable"))));
  }

  private static Region frame(Region chart, Node... head) {
    var card = Widgets.card(Widgets.row(8, head), chart);
    card.setSpacing(4);
    card.getStyleClass().add("tight");
    card.setMinWidth(0);
    VBox.setVgrow(chart, Priority.ALWAYS);
    return card;
  }

  void show(Rollout r, RolloutFigures f, List<RolloutSample> samples) {
    var all = new ArrayList<>(samples);
    if (f != null && !f.metrics().isEmpty() && !r.state().isOver()) {
      all.add(new RolloutSample(f.at(), r.step(), r.weight(), f.odds(), f.metrics()));
    }
    all.sort(Comparator.comparing(RolloutSample::at));
    var span = span(r, f, all);
    errors.show(bands(span, all, RolloutMetric.ERRORS, texts.text("rollout.errors")));
    var above =
        all.stream()
            .flatMap(s -> s.metrics().stream())
            .filter(m -> m.metric() == RolloutMetric.SLOW)
            .findFirst();
    Widgets.show(slowCard, above.isPresent());
    above.ifPresent(
        m -> {
          slowTitle.setText(words.metric(m));
          slow.show(bands(span, all, RolloutMetric.SLOW, words.metric(m)));
        });
    odds.show(evidence(span, f, all));
  }

  private StepSpan span(Rollout r, RolloutFigures f, List<RolloutSample> all) {
    var now = r.endedAt() == null ? context.live().now().get() : r.endedAt();
    var from = all.isEmpty() ? r.startedAt() : all.getFirst().at();
    if (!from.isBefore(now)) {
      from = now.minusSeconds(60);
    }
    var until = now;
    if (f != null && !r.state().isOver()) {
      long left = (long) Math.max(0, f.hold() - f.elapsed());
      long known = Duration.between(from, now).toSeconds();
      until = now.plusSeconds(Math.clamp(left, known / 8, Math.max(60, known)));
    }
    var stretches = new ArrayList<StepSpan.Stretch>();
    int step = -1;
    for (var sample : all) {
      if (sample.step() != step) {
        step = sample.step();
        double weight = step < r.steps().size() ? r.steps().get(step).weight() : sample.weight();
        stretches.add(
            new StepSpan.Stretch(sample.at(), texts.text("rollout.step", words.percent(weight))));
      }
    }
    return new StepSpan(from, until, now, stretches);
  }

  private static Optional<MetricFigures> of(RolloutSample sample, RolloutMetric metric) {
    return sample.metrics().stream().filter(m -> m.metric() == metric).findFirst();
  }

  private BandPlot bands(
      StepSpan span, List<RolloutSample> all, RolloutMetric metric, String name) {
    var samples = new ArrayList<BandPlot.Sample>();
    var limits = new ArrayList<Double>();
    int stretch = -1;
    int step = -1;
    double most = 0;
    for (var sample : all) {
      var found = of(sample, metric).orElse(null);
      if (sample.step() != step) {
        step = sample.step();
        stretch++;
        limits.add(found == null ? Double.NaN : found.limit());
      }
      if (found == null) {
        continue;
      }
      samples.add(
          new BandPlot.Sample(
              sample.at(),
              stretch,
              known(found.canary()),
              known(found.stable()),
              List.of(
                  texts.text("rollout.legend.canary") + " " + said(found.canary()),
                  texts.text("rollout.legend.stable") + " " + said(found.stable()))));
      most = Math.max(most, Math.max(value(found.canary()), value(found.stable())) * 1.3);
      most = Math.max(most, found.limit() * 1.25);
    }
    double top = Math.max(LEAST_TOP, Math.min(100, Math.ceil(most / FIVE) * FIVE));
    var alt = new StringBuilder(name);
    if (!samples.isEmpty()) {
      alt.append(": ").append(String.join(", ", samples.getLast().said()));
    }
    double limit = limits.isEmpty() ? 0 : limits.getLast();
    return new BandPlot(
        span,
        top,
        limits,
        texts.text("rollout.limit", words.percent(limit)),
        samples,
        words::percent,
        alt.toString());
  }

  private String said(Share share) {
    return words.counted(share) + ", " + words.range(share);
  }

  private static double value(Share share) {
    return RolloutWords.value(share);
  }

  private static BandPlot.Known known(Share share) {
    return share.all() == 0 ? null : new BandPlot.Known(value(share), share.lower(), share.upper());
  }

  private OddsPlot evidence(StepSpan span, RolloutFigures f, List<RolloutSample> all) {
    var lines = new ArrayList<OddsPlot.Line>();
    line(lines, all, RolloutMetric.ERRORS, "rollout.odds.errors", Tone.AMBER);
    line(lines, all, RolloutMetric.SLOW, "rollout.odds.slow", Tone.GREEN);
    var together = all.stream().map(s -> new OddsPlot.Point(s.at(), 0, s.odds())).toList();
    if (!together.isEmpty()) {
      // Last, above the others: this one decides. It leads from step to step, as the steps
      // multiply.
      lines.add(new OddsPlot.Line(texts.text("rollout.odds.all"), Tone.TEAL, false, together));
    }
    double end = f == null ? 20 : f.rollBackAt();
    return new OddsPlot(
        span,
        end,
        texts.text("rollout.odds.over"),
        texts.text("rollout.odds.more"),
        texts.text("rollout.odds.less"),
        lines,
        words::odds,
        f == null
            ? texts.text("rollout.worse")
            : texts.text("rollout.evidence", words.odds(f.odds()), words.odds(end)));
  }

  private void line(
      List<OddsPlot.Line> lines,
      List<RolloutSample> all,
      RolloutMetric metric,
      String name,
      Tone tone) {
    var points = new ArrayList<OddsPlot.Point>();
    for (var sample : all) {
      of(sample, metric)
          .ifPresent(m -> points.add(new OddsPlot.Point(sample.at(), sample.step(), m.worse())));
    }
    if (!points.isEmpty()) {
      lines.add(new OddsPlot.Line(texts.text(name), tone, true, points));
    }
  }
}
