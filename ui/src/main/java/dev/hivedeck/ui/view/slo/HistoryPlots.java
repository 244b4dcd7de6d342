package dev.hivedeck.ui.view.slo;

import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.ui.control.chart.TimePlot;
import dev.hivedeck.ui.shell.Navigator;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Tone;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleFunction;

/** The past of an objective as pictures. */
final class HistoryPlots {
  private final Navigator go;
  private final Texts texts;
  private final SloWords words;

  HistoryPlots(ScreenContext context) {
    this.go = context.go();
    this.texts = context.texts();
    this.words = new SloWords(texts);
  }

  /** The burn of a long time. */
  List<TimePlot.Point> strip(SloViews.History of) {
    return burns(of);
  }

  private String times(double rate) {
    return words.times(rate);
  }

  private String share(double share) {
    return texts.percent(share);
  }

  TimePlot budget(SloViews.Objective objective, SloViews.History history, boolean now) {
    var points =
        points(
            history,
            SloViews.HistoryPoint::left,
            SloViews.HistoryPoint::least,
            SloViews.HistoryPoint::most);
    double lowest = lowest(points);
    // A budget that is overspent goes below nothing, as far as it is worth to be seen.
    double bottom = lowest >= 0 ? 0 : Math.max(-1, Math.floor(lowest * 4) / 4);
    var cone = now ? cone(objective) : null;
    return plot(
        HistoryCard.Figure.BUDGET,
        history,
        cone == null ? history.until() : end(history, cone),
        bottom,
        1,
        words.budget(objective),
        points,
        List.of(new TimePlot.Limit(0, "", Tone.RED)),
        cone,
        this::share);
  }

  private static Instant end(SloViews.History history, TimePlot.Cone cone) {
    var span = Duration.between(history.from(), history.until());
    var most = history.until().plus(span.dividedBy(3));
    var wanted = cone.latest() == null ? most : cone.latest().plus(span.dividedBy(20));
    return wanted.isAfter(most) ? most : wanted;
  }

  /** Where it leads, where one looks at now. */
  private TimePlot.Cone cone(SloViews.Objective objective) {
    var f = objective.forecast();
    return f == null || f.at() == null || f.earliest() == null
        ? null
        : new TimePlot.Cone(0, f.at(), f.earliest(), f.latest(), texts.text("slo.chart.forecast"));
  }

  private List<TimePlot.Point> burns(SloViews.History of) {
    return points(
        of,
        SloViews.HistoryPoint::burn,
        SloViews.HistoryPoint::burn,
        SloViews.HistoryPoint::mostBurn);
  }

  TimePlot burn(SloViews.Objective objective, SloViews.History history) {
    var points = burns(history);
    double highest =
        points.stream()
            .mapToDouble(TimePlot.Point::high)
            .filter(v -> !Double.isNaN(v))
            .max()
            .orElse(1);
    double top = Math.max(4, Math.ceil(highest / 4) * 4);
    var limits = new ArrayList<TimePlot.Limit>();
    limits.add(new TimePlot.Limit(1, "", Tone.NEUTRAL));
    for (var burn : objective.burns()) {
      limits.add(
          new TimePlot.Limit(
              burn.factor(),
              texts.text("slo.severity." + burn.severity()) + " " + words.times(burn.factor()),
              burn.severity().equals("page") ? Tone.RED : Tone.AMBER));
    }
    return plot(
        HistoryCard.Figure.BURN,
        history,
        history.until(),
        0,
        top,
        SloWords.tone(objective),
        points,
        limits,
        null,
        this::times);
  }

  TimePlot good(SloViews.Objective objective, SloViews.History history) {
    var points =
        points(history, HistoryPlots::goodShare, HistoryPlots::goodShare, HistoryPlots::goodShare);
    double target = target(objective);
    double least = Math.min(lowest(points), target);
    double span = Math.max(1 - least, 1e-5) * 1.15;
    return plot(
        HistoryCard.Figure.GOOD,
        history,
        history.until(),
        Math.max(0, 1 - span),
        1,
        SloWords.tone(objective),
        points,
        List.of(new TimePlot.Limit(target, objective.target(), Tone.AMBER)),
        null,
        words::percent);
  }

  private static double target(SloViews.Objective objective) {
    try {
      return Double.parseDouble(objective.target().replace("%", "").strip()) / 100;
    } catch (NumberFormatException e) {
      return 1;
    }
  }

  private TimePlot plot(
      HistoryCard.Figure figure,
      SloViews.History history,
      Instant end,
      double bottom,
      double top,
      Tone tone,
      List<TimePlot.Point> points,
      List<TimePlot.Limit> limits,
      TimePlot.Cone cone,
      DoubleFunction<String> said) {
    var last =
        points.reversed().stream().filter(p -> !Double.isNaN(p.value())).findFirst().orElse(null);
    return new TimePlot(
        history.from(),
        end,
        history.until(),
        bottom,
        top,
        tone,
        points,
        limits,
        marks(history),
        cone,
        said,
        texts.text(
            "slo.chart.alt",
            texts.word("slo.figure.title", figure),
            words.minute(history.from()),
            words.minute(history.until()),
            last == null ? texts.text("slo.unknown") : said.apply(last.value()),
            history.marks().size()));
  }

  /** What happened meanwhile. */
  List<TimePlot.Mark> marks(SloViews.History history) {
    return history.marks().stream().map(this::mark).toList();
  }

  private TimePlot.Mark mark(SloViews.Mark mark) {
    boolean merge = mark.kind().equals("merge");
    var tone = merge ? Tone.NEUTRAL : mark.id().equals("page") ? Tone.RED : Tone.AMBER;
    var label =
        !merge && texts.has("slo.severity." + mark.label())
            ? texts.text("slo.severity." + mark.label())
            : mark.label();
    return new TimePlot.Mark(
        mark.at(),
        label,
        mark.text(),
        tone,
        merge ? () -> go.to(ScreenId.CHANGES, mark.id()) : null);
  }

  private List<TimePlot.Point> points(SloViews.History of, Part value, Part low, Part high) {
    return of.points().stream()
        .map(
            p -> {
              double v = number(value.of(p));
              double least = number(low.of(p));
              double most = number(high.of(p));
              return new TimePlot.Point(
                  p.at(),
                  v,
                  Double.isNaN(least) ? v : least,
                  Double.isNaN(most) ? v : most,
                  texts.text("slo.chart.events", texts.count(p.bad()), texts.count(p.total())));
            })
        .toList();
  }

  /** A figure of a point; null where it is not known. */
  private interface Part {
    Double of(SloViews.HistoryPoint point);
  }

  private static Double goodShare(SloViews.HistoryPoint point) {
    return point.total() == 0 ? null : 1 - (double) point.bad() / point.total();
  }

  private static double number(Double value) {
    return Objects.requireNonNullElse(value, Double.NaN);
  }

  private static double lowest(List<TimePlot.Point> points) {
    return points.stream()
        .mapToDouble(TimePlot.Point::low)
        .filter(v -> !Double.isNaN(v))
        .min()
        .orElse(0);
  }
}
