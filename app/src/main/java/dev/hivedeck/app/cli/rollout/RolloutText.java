package dev.hivedeck.app.cli.rollout;

import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.agent.TextFormat;
import dev.hivedeck.engine.protocol.rollout.RolloutMetric;
import dev.hivedeck.engine.protocol.rollout.RolloutStrategy;
import dev.hivedeck.engine.protocol.rollout.RolloutSubject;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Advice;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Measure;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.MetricFigures;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutOffer;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutStep;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Share;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.StepForecast;
import dev.hivedeck.engine.protocol.view.Word;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rollouts as text. */
final class RolloutText {
  private RolloutText() {}

  static String list(List<Rollout> all, List<RolloutOffer> offers) {
    if (all.isEmpty()) {
      return offers.isEmpty()
          ? "No rollout. rollouts: in .hivedeck/hive.yaml says how versions are exposed."
          : "No rollout yet. What can be started:\n" + offers(offers);
    }
    var table = new TextTable("Rollout", "Of", "Canary", "Stable", "State", "Weight", "Why");
    all.forEach(
        r ->
            table.row(
                r.id(),
                RolloutSubject.of(r.service()).words(),
                r.canary(),
                r.stable(),
                state(r),
                percent(r.weight()),
                r.why()));
    return table.toString();
  }

  private static String state(Rollout r) {
    if (r.strategy() == RolloutStrategy.BLUE_GREEN
        && r.state().isJudged()
        && !r.steps().isEmpty()) {
      String at = r.isPreview() ? "preview" : "switched";
      return switch (r.state()) {
        case HELD -> "held at " + at;
        case STEPPING -> at;
        default -> Word.kebab(r.state());
      };
    }
    return switch (r.state()) {
      case STEPPING -> "step " + (r.step() + 1) + " of " + r.steps().size();
      case HELD -> "held at step " + (r.step() + 1) + " of " + r.steps().size();
      default -> Word.kebab(r.state());
    };
  }

  static String offers(List<RolloutOffer> offers) {
    if (offers.isEmpty()) {
      return "rollouts: in .hivedeck/hive.yaml says how versions are exposed.";
    }
    var table = new TextTable("Name", "Of", "Stable", "Canaries", "Steps", "Now");
    offers.forEach(
        o ->
            table.row(
                o.name(),
                RolloutSubject.of(o.service()).words(),
                o.stable() == null ? "" : o.stable(),
                String.join(", ", o.canaries()),
                steps(o),
                next(o)));
    return table.toString();
  }

  private static String steps(RolloutOffer o) {
    if (o.strategy() == RolloutStrategy.BLUE_GREEN) {
      return "blue-green";
    }
    return o.steps().stream()
        .map(RolloutStep::weight)
        .map(RolloutText::percent)
        .collect(Collectors.joining(" → "));
  }

  private static String next(RolloutOffer o) {
    if (o.problem() != null) {
      return o.problem();
    }
    return o.canaries().isEmpty()
        ? "no other version"
        : "hivedeck rollout start " + o.name() + " --canary " + o.canaries().getFirst();
  }

  static String show(Rollout view, RolloutFigures figures) {
    var text = new StringBuilder();
    text.append(view.id())
        .append(": ")
        .append(RolloutSubject.of(view.service()).words())
        .append(' ')
        .append(view.stable())
        .append(" → ")
        .append(view.canary())
        .append(", ")
        .append(state(view))
        .append(", ")
        .append(percent(view.weight()))
        .append('\n')
        .append(figures.says());
    if (view.isPreview() && view.state().isJudged()) {
      text.append(
          "\npreview: %s of %s; try it at its own address, or at the gateway by the header X-Hivedeck-Version: %s"
              .formatted(time(figures.elapsed()), time(figures.hold()), view.canary()));
    } else if (!view.state().isOver()) {
      text.append('\n')
          .append(
              "hold: %s of %s; observed %s"
                  .formatted(
                      time(figures.elapsed()), time(figures.hold()), observed(view, figures)))
          .append(
              "\nodds %s that it is worse; rolled back at %s"
                  .formatted(odds(figures.odds()), odds(figures.rollBackAt())));
    }
    if (!figures.metrics().isEmpty()) {
      text.append("\n\n").append(metrics(figures.metrics()));
    }
    if (!figures.advice().isEmpty()) {
      text.append("\n\n").append(advice(figures.advice()));
    }
    return text.toString();
  }

  /** A share of requests; of the few that agents make, how many it is. */
  private static String observed(Rollout view, RolloutFigures figures) {
    if (RolloutSubject.of(view.service()).kind() == RolloutSubject.Kind.AGENT) {
      long canary = figures.metrics().isEmpty() ? 0 : figures.metrics().getFirst().canary().all();
      long stable = figures.metrics().isEmpty() ? 0 : figures.metrics().getFirst().stable().all();
      return String.format(Locale.ROOT, "%,d of %,d tasks so far", canary, canary + stable);
    }
    return (figures.observed() == null ? "nothing" : percent(figures.observed()))
        + " of "
        + (figures.perMinute() == null
            ? "requests"
            : String.format(Locale.ROOT, "%,.0f requests a minute", figures.perMinute()));
  }

  private static String metrics(List<MetricFigures> metrics) {
    var table =
        new TextTable("What", "Limit", "Canary", "Stable", "Worse than stable", "Above", "Says");
    metrics.forEach(
        m ->
            table.row(
                what(m),
                percent(m.limit()),
                share(m.canary()),
                share(m.stable()),
                odds(m.worse()),
                odds(m.over()),
                Word.kebab(m.finding()).replace('-', ' ')));
    return table.toString();
  }

  private static String advice(List<Advice> advice) {
    var table = new TextTable("Advice", "Canary", "Stable", "Canary is above by", "Says");
    advice.forEach(
        a ->
            table.row(
                Word.kebab(a.measure()),
                measured(a.measure(), a.canary()) + " of " + a.canaryCount(),
                measured(a.measure(), a.stable()) + " of " + a.stableCount(),
                shift(a),
                Word.kebab(a.lean()).replace('-', ' ')));
    return table + "\nAdvice is about attempts that passed their gates, and takes nothing back.";
  }

  private static String shift(Advice a) {
    return a.shift() == null || a.lower() == null || a.upper() == null
        ? ""
        : "%s (%s to %s)"
            .formatted(
                measured(a.measure(), a.shift()),
                measured(a.measure(), a.lower()),
                measured(a.measure(), a.upper()));
  }

  private static String measured(Measure measure, double value) {
    return String.format(Locale.ROOT, measure == Measure.COST ? "%.2f $" : "%,.1f s", value);
  }

  private static String what(MetricFigures m) {
    Double above = m.above();
    return m.metric() == RolloutMetric.ERRORS || above == null
        ? "errors"
        : "slower than " + TextFormat.of(Duration.ofNanos(Math.round(above * 1e6)));
  }

  private static String share(Share share) {
    return String.format(
        Locale.ROOT,
        "%,d of %,d (%s to %s)",
        share.some(),
        share.all(),
        percent(share.lower()),
        percent(share.upper()));
  }

  static String plan(List<StepForecast> steps) {
    if (steps.isEmpty()) {
      return "It has no steps.";
    }
    var table = new TextTable("Step", "Requests a minute", "Hold", "Finds", "Power", "Needs");
    steps.forEach(
        s -> {
          if (s.weight() == 0) {
            table.row("preview", "0", time(s.hold()), "", "", "nothing is found without traffic");
            return;
          }
          table.row(
              percent(s.weight()),
              String.format(Locale.ROOT, "%,.1f", s.perMinute()),
              time(s.hold()),
              percent(s.finds()) + " errors",
              String.format(Locale.ROOT, "%.0f%%", s.power()),
              needs(s.needed(), s.hold()));
        });
    return table
        + "\nNeeds: how long a step has to be held to find that in "
        + percent(steps.getFirst().wanted())
        + " of cases.";
  }

  private static String needs(@Nullable Double needed, double hold) {
    return needed == null
        ? "more than a day"
        : time(needed) + (needed > hold ? ": its hold is too short" : "");
  }

  private static String time(double seconds) {
    return TextFormat.of(Duration.ofSeconds(Math.round(seconds)));
  }

  private static String odds(double odds) {
    return odds >= 1
        ? String.format(Locale.ROOT, odds < 10 ? "%.1f : 1" : "%,.0f : 1", odds)
        : String.format(Locale.ROOT, odds > 0.1 ? "1 : %.1f" : "1 : %,.0f", 1 / odds);
  }

  private static String percent(double percent) {
    return String.format(Locale.ROOT, "%.2f", percent).replaceFirst("\\.?0+$", "") + "%";
  }
}
