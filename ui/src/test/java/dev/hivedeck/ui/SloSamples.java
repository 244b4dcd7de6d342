package dev.hivedeck.ui;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.Muted;
import dev.hivedeck.engine.protocol.view.ReplayViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.engine.slo.Budgeting;
import dev.hivedeck.engine.slo.BurnWindow;
import dev.hivedeck.engine.slo.Counts;
import dev.hivedeck.engine.slo.EventLog;
import dev.hivedeck.engine.slo.Guard;
import dev.hivedeck.engine.slo.Indicator;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.Target;
import dev.hivedeck.engine.slo.Window;
import dev.hivedeck.engine.slo.history.Attribution;
import dev.hivedeck.engine.slo.history.Merge;
import dev.hivedeck.engine.slo.history.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A past of objectives: a million events a month, of which more are bad since #38 was merged. What
 * is told of it is reckoned by the engine's own code.
 */
public final class SloSamples {
  public static final Instant NOW = Sample.CLOCK.instant();
  private static final Duration KNOWN = Duration.ofDays(60);
  private static final Instant ROSE = NOW.minus(Duration.ofHours(46));
  private static final List<Merge> MERGES =
      List.of(
          merge(9, "Carts keep their prices", Duration.ofDays(25)),
          merge(22, "Orders by region", Duration.ofDays(16)),
          merge(29, "Retry of payments", Duration.ofDays(11)),
          merge(38, "Stock check on every order read", Duration.ofHours(46).plusMinutes(2)));

  private static final List<SloViews.PolicyStep> POLICY =
      List.of(
          new SloViews.PolicyStep(0.5, "notify", null, List.of()),
          new SloViews.PolicyStep(0.2, "fewer-agents", 0.5, List.of()),
          new SloViews.PolicyStep(0, "only-fixes", null, List.of("fix", "bug-fix")));

  private static final EventLog EVENTS = events();

  private SloSamples() {}

  private static Merge merge(int number, String title, Duration ago) {
    return new Merge("C-" + number, number, title, "core-api", NOW.minus(ago));
  }

  private static EventLog events() {
    var events = new EventLog();
    var random = new java.util.Random(38);
    for (var at = NOW.minus(KNOWN); !at.isAfter(NOW); at = at.plus(Duration.ofMinutes(5))) {
      double share = at.isAfter(ROSE) ? 0.036 : 0.005;
      double wave = 1 + 0.4 * Math.sin(at.getEpochSecond() / 86_400.0 * 2 * Math.PI);
      long bad = Math.round(345 * share * wave * (0.6 + 0.8 * random.nextDouble()));
      events.add(at.toEpochMilli(), Counts.ofBad(bad, 345));
    }
    return events;
  }

  private static Objective objective(String name) {
    return new Objective(
        name,
        "",
        "orders",
        "latency",
        new Indicator.Ratio("a", null, "b"),
        Target.parse("99%"),
        new Window.Rolling(Duration.ofDays(30)),
        Budgeting.OCCURRENCES,
        BurnWindow.standard(),
        Guard.DEFAULT,
        "",
        Map.of());
  }

  /** An objective that stands so; without a budget left it is not known how. */
  public static SloViews.Objective view(
      String name, String kind, Double left, String state, String problem) {
    return view(name, kind, left, state, problem, List.of());
  }

  /** As that, of these parts. */
  public static SloViews.Objective view(
      String name, String kind, Double left, String state, String problem, List<String> parts) {
    boolean known = left != null;
    var firing = state.equals("ticket");
    return new SloViews.Objective(
        name,
        "",
        "",
        kind,
        "99%",
        "30d",
        NOW,
        known ? 1 - (1 - left) / 100 : null,
        known ? Math.round(30_110 * (1 - left)) : 0,
        known ? 3_011_000 : 41,
        30_110.4,
        left,
        state,
        300,
        known
            ? List.of(
                burn("page", 3600, 14.4, firing ? 3.6 : 0.4, "clear"),
                burn("page", 21600, 6, firing ? 3.6 : 0.5, "clear"),
                burn("ticket", 86400, 3, firing ? 3.3 : 0.4, firing ? "burning" : "clear"),
                burn("ticket", 259200, 1, firing ? 1.4 : 0.3, firing ? "burning" : "clear"))
            : List.of(),
        firing
            ? new SloViews.Forecast(
                NOW.plus(Duration.ofHours(67)),
                NOW.plus(Duration.ofHours(55)),
                NOW.plus(Duration.ofHours(86)))
            : known ? new SloViews.Forecast(null, null, null) : null,
        firing
            ? List.of(
                new SloViews.Alert(
                    name,
                    name,
                    Map.of("severity", "ticket"),
                    Map.of("meaning", "a tenth of the budget went in a day"),
                    AlertState.FIRING,
                    NOW.minus(Duration.ofHours(8)),
                    null,
                    Muted.NONE))
            : List.of(),
        "",
        problem,
        parts,
        POLICY);
  }

  private static SloViews.Burn burn(
      String severity, long window, double factor, double rate, String state) {
    return new SloViews.Burn(
        severity, window, window / 12, factor, rate, rate, state, (long) (2_592_000 / rate));
  }

  /** Some that burn, some that do not, some of which nothing is known. */
  public static List<SloViews.Objective> several() {
    return List.of(
        view("orders-api answers in 400 ms", "latency", 0.34, "ticket", ""),
        view(
            "notifier delivers",
            "error ratio",
            null,
            "no-data",
            "Nothing of what it counts was found yet: its alerts cannot fire."),
        view("agents verified success", "the hive", 0.62, "burning", ""),
        view("catalog-api fresh in 10 min", "freshness", null, "not-enough-data", ""),
        view("outbox-worker lag under 5 s", "lag", 0.71, "healthy", ""),
        view("cart-web available", "availability", 0.86, "healthy", ""));
  }

  /** What an engine would answer to a question about an objective's past; others are not. */
  public static JsonNode answer(Query query) {
    return switch (query) {
      case Query.ObjectiveHistory q -> Json.tree(history(q));
      case Query.ObjectiveSpent q -> Json.tree(spent(q));
      case Query.ObjectiveExplanation q -> Json.tree(explained(q));
      case Query.ObjectiveReplay q -> Json.tree(replay(q));
      default -> Samples.nothing(query);
    };
  }

  private static Instant time(String text, Instant usual) {
    if (text == null) {
      return usual;
    }
    return text.endsWith("d")
        ? NOW.minus(Duration.ofDays(Long.parseLong(text.replace("d", ""))))
        : Instant.parse(text);
  }

  private static Double number(double value) {
    return Double.isNaN(value) ? null : value;
  }

  private static SloViews.History history(Query.ObjectiveHistory q) {
    var from = time(q.from(), NOW.minus(Duration.ofDays(30)));
    var until = time(q.until(), NOW);
    var step =
        q.step() == null ? Timeline.step(from, until) : Durations.parse(q.step()).orElseThrow();
    var marks = new ArrayList<SloViews.Mark>();
    for (var m : MERGES) {
      if (m.at().isAfter(from) && m.at().isBefore(until)) {
        marks.add(
            new SloViews.Mark(m.at(), "merge", m.change(), "#" + m.number(), m.title(), null));
      }
    }
    marks.add(
        new SloViews.Mark(
            NOW.minus(Duration.ofHours(9)), "alert", "ticket", "ticket", "burns 3.6 times", null));
    return new SloViews.History(
        q.objective(),
        "99%",
        from,
        until,
        step.toSeconds(),
        Math.max(3_600, step.toSeconds()),
        NOW.minus(KNOWN),
        Timeline.of(objective(q.objective()), EVENTS, from, until, step).stream()
            .map(
                s ->
                    new SloViews.HistoryPoint(
                        s.at(),
                        s.counts().bad(),
                        s.counts().total(),
                        number(s.left()),
                        number(s.least()),
                        number(s.most()),
                        number(s.burn()),
                        number(s.mostBurn())))
            .toList(),
        marks);
  }

  private static SloViews.Spent spent(Query.ObjectiveSpent q) {
    var by = q.by() == null ? "path" : q.by();
    var values =
        switch (by) {
          case "version" -> List.of("e3b1c07", "7c40d1e");
          case "code" -> List.of("504", "500");
          default -> List.of("GET /orders", "GET /orders/{id}", "POST /checkout");
        };
    var bad = List.of(14_109L, 3_378L, 1_790L);
    var parts = new ArrayList<SloViews.Part>();
    for (int i = 0; i < values.size(); i++) {
      parts.add(
          new SloViews.Part(values.get(i), bad.get(i), 40 * bad.get(i), bad.get(i) / 19_873.0));
    }
    return new SloViews.Spent(
        q.objective(),
        NOW.minus(Duration.ofDays(30)),
        NOW,
        by,
        List.of("code", "path", "version"),
        19_873,
        parts,
        7,
        596);
  }

  private static SloViews.Explanation explained(Query.ObjectiveExplanation q) {
    var from = time(q.from(), NOW.minus(Duration.ofDays(30)));
    var found = Attribution.of(EVENTS, MERGES, from, time(q.until(), NOW));
    var rise = found.rise().orElse(null);
    return new SloViews.Explanation(
        q.objective(),
        from,
        time(q.until(), NOW),
        found.verdict().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        rise == null ? null : rise.at(),
        rise == null ? null : rise.earliest(),
        rise == null ? null : rise.latest(),
        rise == null ? null : rise.before(),
        rise == null ? null : rise.after(),
        rise == null ? null : Math.min(1e9, rise.odds()),
        found.suspects().stream()
            .map(
                s ->
                    new SloViews.Suspect(
                        s.merge().change(),
                        s.merge().number(),
                        s.merge().title(),
                        s.merge().agent(),
                        s.merge().at(),
                        s.before().toSeconds(),
                        s.chance()))
            .toList(),
        rise == null ? "" : "path",
        rise == null ? "" : "GET /orders",
        rise == null ? null : 0.71,
        "");
  }

  private static ReplayViews.Replay replay(Query.ObjectiveReplay q) {
    var target =
        q.changes() == null || !q.changes().has("target")
            ? "99%"
            : q.changes().path("target").asText();
    var episodes =
        List.of(
            new ReplayViews.Episode(
                "page", ROSE.plusSeconds(4_000), ROSE.plusSeconds(9_000), 21_600, 6, 7.2),
            new ReplayViews.Episode("ticket", ROSE.plusSeconds(2_000), null, 86_400, 3, 3.6));
    boolean strict = !target.equals("99%");
    var then =
        new ReplayViews.Outcome(
            target,
            "30d",
            0.9934,
            19_873,
            3_011_000,
            30_110,
            0.34,
            "ticket",
            strict ? 1 : 0,
            1,
            strict ? episodes : episodes.subList(1, 2));
    var now =
        new ReplayViews.Outcome(
            "99%",
            "30d", 0.9934, 19_873, 3_011_000, 30_110, 0.34, "ticket", 0, 1, episodes.subList(1, 2));
    return new ReplayViews.Replay(
        q.objective(),
        NOW.minus(Duration.ofDays(7)),
        NOW,
        NOW.minus(KNOWN),
        q.objective().startsWith("orders-api") ? now : null,
        then);
  }
}
