package dev.hivedeck.ui.view.slo;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.ui.control.chart.Sparkline;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.theme.Tone;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * How fast objectives burnt in the last day: asked for when a row is looked at, and kept a while.
 */
final class BurnTrends {
  private static final Duration KEPT = Duration.ofMinutes(5);
  private static final double[] NONE = {};

  private final ScreenContext context;
  private final Map<String, Trend> known = new HashMap<>();

  private record Trend(Instant at, double[] burns) {}

  BurnTrends(ScreenContext context) {
    this.context = context;
  }

  /** Shows that of an objective, once it is known. */
  void show(Sparkline line, SloViews.Objective o) {
    line.setUserData(o.name());
    var tone = SloWords.tone(o);
    var trend = known.get(o.name());
    var shown = tone == Tone.GREEN ? Tone.NEUTRAL : tone;
    line.show(trend == null ? NONE : trend.burns(), shown);
    if (o.at() == null
        || o.left() == null
        || trend != null && Duration.between(trend.at(), o.at()).compareTo(KEPT) < 0) {
      return;
    }
    known.put(o.name(), new Trend(o.at(), trend == null ? NONE : trend.burns()));
    context
        .steering()
        .query(new Query.ObjectiveHistory(o.name(), "1d", null, "30m"))
        .thenAccept(
            answer -> {
              var burns =
                  Json.as(answer, SloViews.History.class).points().stream()
                      .mapToDouble(p -> Objects.requireNonNullElse(p.burn(), Double.NaN))
                      .toArray();
              known.put(o.name(), new Trend(o.at(), burns));
              if (o.name().equals(line.getUserData())) {
                line.show(burns, shown);
              }
            });
  }
}
