package dev.hivedeck.ui.view.slo;

import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/** How the figures of an objective are said. */
record SloWords(Texts texts) {
  /** Below this share of the budget it is told in amber. */
  private static final double LITTLE = 0.5;

  private static final Pattern CALENDAR = Pattern.compile("(\\d+) (day|week|month|quarter|year)s?");

  String target(SloViews.Objective o) {
    return o.target().isEmpty() ? "" : texts.text("slo.target", o.target(), window(o));
  }

  /** That of the calendar by its name, as in "this month". */
  String window(SloViews.Objective o) {
    var calendar = CALENDAR.matcher(o.window());
    if (!calendar.matches()) {
      return o.window();
    }
    String unit = calendar.group(2);
    return calendar.group(1).equals("1")
        ? texts.text("slo.window." + unit)
        : texts.text("slo.window." + unit + "s", calendar.group(1));
  }

  String now(SloViews.Objective o) {
    return o.good() == null ? texts.text("slo.unknown") : percent(o.good());
  }

  /** With so many digits that a target of three nines is told from one of four. */
  String percent(double share) {
    return texts.decimal(100 * share, share > 0.999 ? 3 : 2) + "%";
  }

  String left(SloViews.Objective o) {
    return o.left() == null ? texts.text("slo.unknown") : texts.percent(o.left());
  }

  Tone budget(SloViews.Objective o) {
    return o.left() == null
        ? Tone.NEUTRAL
        : o.left() <= 0 ? Tone.RED : o.left() < LITTLE ? Tone.AMBER : Tone.GREEN;
  }

  /** How many times faster than allowed the fastest window burns. */
  static Optional<Double> burn(SloViews.Objective o) {
    return o.burns().stream()
        .map(SloViews.Burn::longRate)
        .filter(Objects::nonNull)
        .max(Comparator.naturalOrder());
  }

  String times(Double rate) {
    return rate == null ? "–" : texts.decimal(rate, rate < 100 ? 1 : 0) + "×";
  }

  String runsOut(SloViews.Objective o) {
    if (o.forecast() == null || o.at() == null) {
      return "–";
    }
    return o.forecast().at() == null
        ? texts.text("slo.lasts")
        : texts.roughly(Duration.between(o.at(), o.forecast().at()));
  }

  /** A moment of the last weeks. */
  String minute(Instant at) {
    return texts.minute(at);
  }

  /** A moment after another: without the day where that is the same. */
  String later(Instant first, Instant at) {
    boolean same =
        first.atZone(texts.zone()).toLocalDate().equals(at.atZone(texts.zone()).toLocalDate());
    return same
        ? DateTimeFormatter.ofPattern("HH:mm", texts.locale()).withZone(texts.zone()).format(at)
        : minute(at);
  }

  String state(SloViews.Objective o) {
    if (isWaiting(o)) {
      return texts.text("slo.state.awaiting-consent");
    }
    if (!o.problem().isEmpty()) {
      return texts.text("slo.state.broken");
    }
    if (o.state().equals("not-enough-data")) {
      return texts.text("slo.state.not-enough-data", o.total(), o.enough());
    }
    var firing = o.alerts().stream().filter(a -> a.state() == AlertState.FIRING).findFirst();
    return firing
        .map(a -> texts.text("slo.firing", texts.text("slo.state." + o.state()), minute(a.began())))
        .orElseGet(() -> texts.text("slo.state." + o.state()));
  }

  /** Whether nobody has consented to it yet. */
  private static boolean isWaiting(SloViews.Objective o) {
    return o.state().equals("awaiting-consent");
  }

  static Tone tone(SloViews.Objective o) {
    if (isWaiting(o)) {
      return Tone.AMBER;
    }
    if (!o.problem().isEmpty()) {
      return Tone.RED;
    }
    return switch (o.state()) {
      case "page", "exhausted", "impossible", "broken" -> Tone.RED;
      case "ticket" -> Tone.AMBER;
      case "healthy" -> Tone.GREEN;
      default -> Tone.NEUTRAL;
    };
  }

  static Icon icon(SloViews.Objective o) {
    if (isWaiting(o)) {
      return Icon.WAITING;
    }
    if (!o.problem().isEmpty()) {
      return Icon.CANCEL;
    }
    return switch (o.state()) {
      case "page", "ticket" -> Icon.ALERT;
      case "exhausted", "impossible", "broken" -> Icon.CANCEL;
      case "healthy" -> Icon.CHECK;
      case "not-enough-data", "no-data", "watching" -> Icon.WAITING;
      default -> Icon.WARNED;
    };
  }

  /** The state of a pair of windows: what its alert does, where it has one. */
  String state(SloViews.Objective o, SloViews.Burn burn) {
    return firing(o, burn) ? texts.text("slo.burn.firing") : texts.text("slo.burn." + burn.state());
  }

  static boolean firing(SloViews.Objective o, SloViews.Burn burn) {
    return burn.state().equals("burning")
        && o.alerts().stream()
            .anyMatch(
                a ->
                    a.state() == AlertState.FIRING
                        && burn.severity().equals(a.labels().get("severity")));
  }
}
