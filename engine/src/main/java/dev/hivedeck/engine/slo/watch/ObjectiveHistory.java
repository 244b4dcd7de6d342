package dev.hivedeck.engine.slo.watch;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.store.MetricStore;
import dev.hivedeck.engine.metric.store.SampleRetention;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ReplayViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.Word;
import dev.hivedeck.engine.slo.Assessment;
import dev.hivedeck.engine.slo.Budgeting;
import dev.hivedeck.engine.slo.BurnWindow.Severity;
import dev.hivedeck.engine.slo.Counts;
import dev.hivedeck.engine.slo.EventLog;
import dev.hivedeck.engine.slo.Indicator;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.Slices;
import dev.hivedeck.engine.slo.Spending;
import dev.hivedeck.engine.slo.alert.AlertStore;
import dev.hivedeck.engine.slo.alert.Replay;
import dev.hivedeck.engine.slo.history.Attribution;
import dev.hivedeck.engine.slo.history.Merge;
import dev.hivedeck.engine.slo.history.Timeline;
import dev.hivedeck.engine.store.Ledger;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Answers questions about the past of objectives. It changes nothing. */
public final class ObjectiveHistory {
  /** How many values are named; the others are taken together. */
  private static final int NAMED = 8;

  private static final int ALERTS = 500;

  private final SloWatch watch;
  private final Ledger ledger;
  private final MetricStore metrics;
  private final Merges merges;
  private final Instant now;

  /** Tells what came to main after a time and until another, the oldest first. */
  @FunctionalInterface
  public interface Merges {
    List<Merge> between(Instant after, Instant until);
  }

  public ObjectiveHistory(SloWatch watch, Ledger ledger, Merges merges, Instant now) {
    this.watch = watch;
    this.ledger = ledger;
    this.metrics = new MetricStore(ledger, SampleRetention.DEFAULT);
    this.merges = merges;
    this.now = now;
  }

  private record Range(Instant from, Instant until) {}

  private Range range(Objective objective, String from, String until) {
    var end = until == null ? now : time("until", until);
    var start = from == null ? objective.window().start(end) : time("from", from);
    if (!start.isBefore(end)) {
      throw new HiveException(
          ErrorCode.RANGE_INVALID,
          "The time ends (" + end + ") before it begins (" + start + ").",
          "Give a beginning before the end, such as 7d.");
    }
    return new Range(start, end);
  }

  /** A time as it is written, or as how long ago it was. */
  private Instant time(String name, String text) {
    var ago = Durations.parse(text);
    if (ago.isPresent()) {
      return now.minus(ago.get());
    }
    try {
      return Instant.parse(text.strip());
    } catch (DateTimeParseException e) {
      throw new HiveException(
          ErrorCode.BAD_TIME,
          name + " is \"" + text + "\", which is no time.",
          "Write how long ago, as in 7d, or a time as in 2026-11-18T14:06:00Z.",
          e);
    }
  }

  private static Duration step(String text) {
    return Durations.parse(text)
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.BAD_TIME,
                    "step is \"" + text + "\", which is no length of time.",
                    "Write " + Durations.EXAMPLES + "."));
  }

  private Optional<Objective> find(String name) {
    return watch.objectives().stream().filter(o -> o.name().equals(name)).findFirst();
  }

  /**
   * @throws HiveException {@code no-objective}
   */
  private Objective get(String name) {
    return find(name)
        .orElseThrow(
            () -> {
              if (watch.held().containsKey(name)) {
                return new HiveException(
                    ErrorCode.NO_OBJECTIVE,
                    "The objective " + name + " is not evaluated now.",
                    "hivedeck slos says why.");
              }
              var names = watch.objectives().stream().map(Objective::name).toList();
              return new HiveException(
                  ErrorCode.NO_OBJECTIVE,
                  "There is no objective " + name + " under watch.",
                  names.isEmpty()
                      ? "Declare one below objectives: in .hivedeck/hive.yaml."
                      : "There are: " + String.join(", ", names) + ".");
            });
  }

  private EventLog events(String name) {
    return watch.events(name).orElseGet(EventLog::new);
  }

  /** How an objective stood over a time. */
  public SloViews.History timeline(Query.ObjectiveHistory query) {
    var objective = get(query.objective());
    var range = range(objective, query.from(), query.until());
    var step =
        query.step() == null ? Timeline.step(range.from(), range.until()) : step(query.step());
    var events = events(objective.name());
    var points =
        Timeline.of(objective, events, range.from(), range.until(), step).stream()
            .map(ObjectiveHistory::point)
            .toList();
    return new SloViews.History(
        objective.name(),
        objective.target().percent(),
        range.from(),
        range.until(),
        step.toSeconds(),
        Math.max(Timeline.BURN_WINDOW.toSeconds(), step.toSeconds()),
        known(events),
        points,
        marks(objective, range));
  }

  private static Instant known(EventLog events) {
    return events.size() == 0 ? null : Instant.ofEpochMilli(events.first());
  }

  private static SloViews.HistoryPoint point(Timeline.Step step) {
    return new SloViews.HistoryPoint(
        step.at(),
        step.counts().bad(),
        step.counts().total(),
        SloAnswers.number(step.left()),
        SloAnswers.number(step.least()),
        SloAnswers.number(step.most()),
        SloAnswers.number(step.burn()),
        SloAnswers.number(step.mostBurn()));
  }

  private List<SloViews.Mark> marks(Objective objective, Range range) {
    var marks = new ArrayList<SloViews.Mark>();
    for (var merge : merges.between(range.from(), range.until())) {
      marks.add(
          new SloViews.Mark(
              merge.at(), "merge", merge.change(), "#" + merge.number(), merge.title(), null));
    }
    for (var past : ledger.read(sql -> AlertStore.history(sql, objective.name(), ALERTS))) {
      if (past.began().isAfter(range.from()) && !past.began().isAfter(range.until())) {
        String severity = past.labels().get("severity");
        marks.add(
            new SloViews.Mark(
                past.began(),
                "alert",
                severity,
                severity,
                past.note() == null ? "" : past.note(),
                past.ended()));
      }
    }
    marks.sort(Comparator.comparing(SloViews.Mark::at));
    return marks;
  }

  /** What spent a budget, by a label. */
  public SloViews.Spent spent(Query.ObjectiveSpent query) {
    var objective = get(query.objective());
    var range = range(objective, query.from(), query.until());
    var byLabels = byLabels(objective, range);
    var labels = SpentLabels.of(byLabels.keySet());
    String by = labels.resolve(query.by());
    var spending = Spending.of(by, labels.values(byLabels, by), NAMED);
    return new SloViews.Spent(
        objective.name(),
        range.from(),
        range.until(),
        by,
        labels.names(),
        spending.bad(),
        spending.parts().stream()
            .map(p -> new SloViews.Part(p.value(), p.bad(), p.total(), p.share()))
            .toList(),
        spending.others(),
        spending.otherBad());
  }

  private Map<Labels, Counts> byLabels(Objective objective, Range range) {
    if (objective.indicator() instanceof Indicator.Composite composite) {
      var parts = new HashMap<Labels, Counts>();
      for (String name : composite.objectives()) {
        parts.put(
            Labels.of("objective", name),
            events(name).between(range.from().toEpochMilli(), range.until().toEpochMilli()));
      }
      return parts;
    }
    return new PastEvents(metrics, range.from(), range.until()).byLabels(objective, this::events);
  }

  /** When the share of bad events rose, and what was merged just before. */
  public SloViews.Explanation explain(Query.ObjectiveExplanation query) {
    var objective = get(query.objective());
    var range = range(objective, query.from(), query.until());
    var found =
        Attribution.of(
            events(objective.name()),
            merges.between(range.from().minus(Attribution.REACH), range.until()),
            range.from(),
            range.until());
    var rise = found.rise();
    var standing =
        rise.flatMap(
            r ->
                SpentLabels.standingOut(
                    byLabels(objective, new Range(r.earliest(), range.until()))));
    return new SloViews.Explanation(
        objective.name(),
        range.from(),
        range.until(),
        Word.kebab(found.verdict()),
        rise.map(Attribution.Rise::at).orElse(null),
        rise.map(Attribution.Rise::earliest).orElse(null),
        rise.map(Attribution.Rise::latest).orElse(null),
        rise.map(Attribution.Rise::before).orElse(null),
        rise.map(Attribution.Rise::after).orElse(null),
        rise.map(r -> Math.min(1e9, r.odds())).orElse(null),
        found.suspects().stream().map(ObjectiveHistory::suspect).toList(),
        standing.map(SpentLabels.StandingOut::label).orElse(""),
        standing.map(SpentLabels.StandingOut::value).orElse(""),
        standing.map(SpentLabels.StandingOut::share).orElse(null),
        AttributionText.of(found));
  }

  private static SloViews.Suspect suspect(Attribution.Suspect suspect) {
    var merge = suspect.merge();
    return new SloViews.Suspect(
        merge.change(),
        merge.number(),
        merge.title(),
        merge.agent(),
        merge.at(),
        suspect.before().toSeconds(),
        suspect.chance());
  }

  /**
   * What an objective would have done.
   *
   * @param changed as it would be
   */
  public ReplayViews.Replay replay(Query.ObjectiveReplay query, Objective changed) {
    var range = range(changed, query.from(), query.until());
    var present = find(changed.name());
    var events = past(changed, present, range);
    return new ReplayViews.Replay(
        changed.name(),
        range.from(),
        range.until(),
        known(events),
        present.map(o -> outcome(o, events(o.name()), range)).orElse(null),
        outcome(changed, events, range));
  }

  private EventLog past(Objective changed, Optional<Objective> present, Range range) {
    if (present
        .filter(
            o ->
                o.indicator().equals(changed.indicator())
                    && o.budgeting().equals(changed.budgeting()))
        .isPresent()) {
      return events(changed.name());
    }
    var kept = watch.kept(changed);
    if (kept.size() > 0) {
      return kept;
    }
    var start = changed.window().start(range.from());
    return budgeted(
        changed, new PastEvents(metrics, start, range.until()).of(changed, this::events));
  }

  private static EventLog budgeted(Objective objective, TreeMap<Long, Counts> events) {
    var log = new EventLog();
    switch (objective.budgeting()) {
      case Budgeting.Occurrences _ -> events.forEach(log::add);
      case Budgeting.TimeSlices t -> events.forEach(new Slices(t, log)::add);
      case Budgeting.RatioTimeSlices r -> events.forEach(new Slices(r, log)::add);
    }
    return log;
  }

  private static ReplayViews.Outcome outcome(Objective objective, EventLog events, Range range) {
    var assessment = Assessment.of(objective, events, range.until());
    var episodes = Replay.over(objective, events, range.from(), range.until());
    var counts = assessment.counts();
    return new ReplayViews.Outcome(
        objective.target().percent(),
        SloAnswers.window(objective.window()),
        SloAnswers.number(counts.goodRatio()),
        counts.bad(),
        counts.total(),
        assessment.budget().allowed().doubleValue(),
        SloAnswers.number(assessment.budget().left()),
        Word.kebab(assessment.state()),
        number(episodes, Severity.PAGE),
        number(episodes, Severity.TICKET),
        episodes.stream().map(ObjectiveHistory::episode).toList());
  }

  private static int number(List<Replay.Episode> episodes, Severity severity) {
    return (int) episodes.stream().filter(e -> e.severity() == severity).count();
  }

  private static ReplayViews.Episode episode(Replay.Episode episode) {
    return new ReplayViews.Episode(
        Word.kebab(episode.severity()),
        episode.start(),
        episode.end(),
        episode.burn().window().length().toSeconds(),
        episode.burn().factor().doubleValue(),
        SloAnswers.number(episode.burn().longRate()));
  }
}
