package dev.hivedeck.ui.view.rollout;

import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutMetric;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutStrategy;
import dev.hivedeck.engine.protocol.rollout.RolloutSubject;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Finding;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Measure;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.MetricFigures;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Share;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import java.time.Duration;

/** Rollouts, their odds and shares as people say them. */
final class RolloutWords {
  /** More is said as more than that. */
  private static final double MOST = 9_999;

  private static final double WHOLE = 9.95;
  private final Texts texts;

  RolloutWords(Texts texts) {
    this.texts = texts;
  }

  /** How many to one: 37 : 1, or 1 : 44. */
  String odds(double odds) {
    return odds >= 1
        ? texts.text("rollout.odds.for", side(odds))
        : texts.text("rollout.odds.against", side(1 / Math.max(odds, 1e-12)));
  }

  private String side(double many) {
    if (many > MOST) {
      return ">" + texts.count((long) MOST);
    }
    return many >= WHOLE
        ? texts.count(Math.round(many))
        : texts.text("rollout.number", Math.round(many * 10) / 10.0);
  }

  /** A share in percent: 0.6%. */
  String percent(double percent) {
    return texts.text("rollout.percent", percent);
  }

  /** A number as one types it: 20, 12.5. */
  String plain(double number) {
    return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
  }

  /** Between what a share surely lies. */
  String range(Share share) {
    return share.all() == 0
        ? texts.text("rollout.unknown")
        : texts.text("rollout.range", share.lower(), share.upper());
  }

  String counted(Share share) {
    return texts.text("rollout.counted", share.some(), share.all());
  }

  static double value(Share share) {
    return share.all() == 0 ? 0 : 100.0 * share.some() / share.all();
  }

  String metric(MetricFigures m) {
    return m.metric() == RolloutMetric.ERRORS
        ? texts.text("rollout.errors")
        : texts.text("rollout.slow", m.above() == null ? 0 : m.above());
  }

  /** Between what a share surely lies, in a sentence. */
  private String between(Share share) {
    return texts.text("rollout.between", share.lower(), share.upper());
  }

  /** What is counted, in a sentence. */
  private String some(MetricFigures m) {
    return m.metric() == RolloutMetric.ERRORS
        ? texts.text("rollout.some.errors")
        : texts.text("rollout.some.slow", m.above() == null ? 0 : m.above());
  }

  /** What an attempt costs, or how long it takes: 0.42 $, -3 s. */
  String measured(Measure measure, double value) {
    return texts.text(
        measure == Measure.COST ? "rollout.advice.dollars" : "rollout.advice.seconds", value);
  }

  /** A length of time in seconds: 30 min. */
  String span(double seconds) {
    return texts.span(Duration.ofMillis((long) (seconds * 1000)));
  }

  /** The rollout in the fewest words. */
  String name(Rollout r) {
    return subject(r.service());
  }

  /**
   * What is exposed, as people say it.
   *
   * @param service as a rollout names it: orders, flag:new-checkout
   */
  String subject(String service) {
    var subject = RolloutSubject.of(service);
    String name = DisplayText.line(subject.name());
    return switch (subject.kind()) {
      case SERVICE -> name;
      case FLAG -> texts.text("rollout.subject.flag", name);
      case AGENT -> texts.text("rollout.subject.agent", name);
    };
  }

  String weight(Rollout r) {
    return percent(r.weight());
  }

  /** A step: its share; of blue-green, the preview and the switch. */
  String step(Rollout r, int step) {
    return r.strategy() == RolloutStrategy.BLUE_GREEN
        ? texts.text(step == 0 ? "rollout.step.preview" : "rollout.step.switch")
        : percent(r.steps().get(step).weight());
  }

  /** Percent of the step that follows; 100 after the last. */
  static double next(Rollout r) {
    return r.step() + 1 < r.steps().size() ? r.steps().get(r.step() + 1).weight() : 100;
  }

  /** What the whole comes to, in a sentence. */
  String verdict(Rollout r, RolloutFigures f) {
    if (r.state().isOver()
        || r.state() == RolloutState.STARTING
        || r.state() == RolloutState.ROLLING_BACK
        || r.state() == RolloutState.PROMOTING) {
      var word = texts.word("rollout.verdict", r.state());
      return r.why().isEmpty() ? word : word + ": " + texts.part(DisplayText.line(r.why()));
    }
    if (r.held() == HoldReason.MERGE) {
      return texts.word("rollout.holdReason", r.held())
          + ": "
          + texts.part(DisplayText.line(r.why()));
    }
    if (isMissing(r)) {
      return texts.text("rollout.verdict.missing") + ": " + texts.part(DisplayText.line(r.why()));
    }
    if (r.isPreview()) {
      return texts.text(
          r.held() == HoldReason.MANUAL ? "rollout.verdict.ready" : "rollout.verdict.preview");
    }
    if (f == null || f.metrics().isEmpty()) {
      return texts.text("rollout.verdict.none", weight(r));
    }
    if (f.silentSince() != null) {
      return texts.text("rollout.verdict.silent", texts.time(f.silentSince()));
    }
    for (var m : f.metrics()) {
      if (m.finding() == Finding.WORSE) {
        return texts.text("rollout.verdict.worse", some(m), between(m.canary()));
      }
    }
    for (var m : f.metrics()) {
      if (m.finding() == Finding.NOT_ENOUGH) {
        return m.canary().all() == 0
            ? texts.text("rollout.verdict.nothing", weight(r))
            : texts.text("rollout.verdict.little", weight(r), some(m), between(m.canary()));
      }
    }
    return r.held() == HoldReason.MANUAL
        ? texts.text("rollout.verdict.manual", weight(r))
        : texts.text("rollout.verdict.passes", weight(r));
  }

  /** Whether it is previewed, and something keeps it from being switched to. */
  static boolean isMissing(Rollout r) {
    return r.isPreview()
        && !r.why().isEmpty()
        && (r.state() == RolloutState.STEPPING || r.held() == HoldReason.UNCLEAR);
  }

  /** Whether all that is counted is surely below its limit. */
  static boolean passes(RolloutFigures f) {
    return f != null
        && f.silentSince() == null
        && !f.metrics().isEmpty()
        && f.metrics().stream().allMatch(m -> m.finding() == Finding.PASSES);
  }

  static Tone tone(Rollout r, RolloutFigures f) {
    return switch (r.state()) {
      case PROMOTED -> Tone.GREEN;
      case ROLLED_BACK, ROLLING_BACK -> Tone.RED;
      case ABORTED -> Tone.NEUTRAL;
      case STARTING, PROMOTING -> Tone.BLUE;
      case HELD -> Tone.AMBER;
      case STEPPING ->
          f != null && f.silentSince() != null ? Tone.AMBER : passes(f) ? Tone.GREEN : Tone.TEAL;
    };
  }

  static Icon icon(Rollout r, RolloutFigures f) {
    return switch (r.state()) {
      case PROMOTED -> Icon.PASSED;
      case ROLLED_BACK, ROLLING_BACK -> Icon.UNDO;
      case ABORTED -> Icon.CANCEL;
      case STARTING, PROMOTING -> Icon.RUNNING;
      case HELD -> r.held() == HoldReason.PERSON ? Icon.PAUSE : Icon.DECISION;
      case STEPPING -> passes(f) ? Icon.PASSED : Icon.WAITING;
    };
  }
}
