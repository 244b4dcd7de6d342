package dev.hivedeck.engine.slo.watch;

import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.intake.Refused;
import dev.hivedeck.engine.metric.promql.Evaluator;
import dev.hivedeck.engine.metric.store.Admission;
import dev.hivedeck.engine.metric.store.MetricStore;
import dev.hivedeck.engine.metric.store.SampleRetention;
import dev.hivedeck.engine.metric.store.SeriesQuota;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.Assessment;
import dev.hivedeck.engine.slo.Counts;
import dev.hivedeck.engine.slo.EventLog;
import dev.hivedeck.engine.slo.Forecast;
import dev.hivedeck.engine.slo.Indicator;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.alert.Alert;
import dev.hivedeck.engine.slo.alert.AlertMachine;
import dev.hivedeck.engine.slo.alert.AlertMachine.Transition;
import dev.hivedeck.engine.slo.alert.AlertStore;
import dev.hivedeck.engine.slo.alert.ObjectiveAlerts;
import dev.hivedeck.engine.slo.exchange.Selectors;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Samples and evaluates all objectives at one time after the other. Samples, events and alerts of
 * one time are one transaction: what was told is what a new engine begins with.
 */
public final class SloWatch {
  /** Between samples. */
  public static final Duration INTERVAL = Duration.ofSeconds(10);

  /** Longer without a look and nobody knows what was meanwhile. */
  private static final Duration BREAK = INTERVAL.multipliedBy(3);

  /** What was not sampled for longer begins anew when it comes back. */
  private static final Duration KNOWN = Duration.ofHours(2);

  private static final Duration RECENT = Duration.ofHours(6);
  private static final Duration COMPACTED = Duration.ofHours(1);

  private final Ledger store;
  private final Consumer<Store.Work<Void>> writer;
  private final MetricRegistry registry;
  private final MetricStore metrics;
  private final Evaluator evaluator;
  private final Listener listener;
  private final EventCounter.Levels own = new EventCounter.Levels();
  private final EventCounter.Levels others = new EventCounter.Levels();
  private final Admission admission;
  private final AtomicInteger turnedAway = new AtomicInteger();
  private final Map<Labels, Arrived> arrived = new ConcurrentHashMap<>();
  private final Map<String, ObjectiveState> states = new LinkedHashMap<>();
  private volatile Map<String, List<Alert>> held = Map.of(); // listeners ask amid a look
  private final KeptEvents events;
  private boolean begun;
  private Instant watching;
  private Instant last;
  private Instant compacted = Instant.MIN;

  private record Arrived(String source, Reading reading) {}

  /** Hears of alerts and of how objectives stand, in the transaction that keeps them. */
  @FunctionalInterface
  public interface Listener {
    /**
     * @param rule the objective's name
     */
    void changed(Tx tx, String rule, List<Transition> transitions) throws SQLException;

    /** All objectives were looked at. */
    default void looked(Tx tx, List<Standing> standings) throws SQLException {}
  }

  public SloWatch(Store store, MetricRegistry registry, Listener listener) {
    this(store, work -> store.write("slo", work), registry, listener);
  }

  /** Of what was kept, while no engine runs: it takes nothing in. */
  public static SloWatch ofKept(
      Ledger ledger, List<Objective> objectives, Set<String> held, Instant now) {
    var watch =
        new SloWatch(
            ledger,
            work -> {
              throw new IllegalStateException("nothing is kept here");
            },
            new MetricRegistry(),
            (tx, rule, transitions) -> {});
    watch.watch(objectives, held);
    watch.assess(now);
    return watch;
  }

  private SloWatch(
      Ledger store, Consumer<Store.Work<Void>> writer, MetricRegistry registry, Listener listener) {
    this.store = store;
    this.writer = writer;
    this.registry = registry;
    this.metrics = new MetricStore(store, SampleRetention.DEFAULT);
    this.admission = new Admission(store);
    this.events = new KeptEvents(metrics);
    this.evaluator = new Evaluator(metrics);
    this.listener = listener;
  }

  /**
   * Takes samples of others in, pushed or scraped; they count at the next time.
   *
   * @param source who gives them
   * @return those that are refused because there are too many series
   */
  public Refused arrive(String source, List<Reading> readings) {
    var outcome = admission.admit(source, readings);
    outcome.taken().forEach(r -> arrived.put(r.labels(), new Arrived(source, r)));
    turnedAway.addAndGet(outcome.refused().count());
    return outcome.refused();
  }

  /**
   * Watches these objectives from now on. Those that were watched before go on, with their events.
   *
   * @param held objectives that cannot be evaluated for now: their alerts stay as they are
   * @throws HiveException {@code objectives-alike} when two have one name
   */
  public synchronized void watch(List<Objective> objectives, Set<String> held) {
    var names = new HashMap<String, Objective>();
    for (var objective : objectives) {
      if (names.put(objective.name(), objective) != null) {
        throw new HiveException(
            ErrorCode.OBJECTIVES_ALIKE,
            "Two objectives are named \"" + objective.name() + "\".",
            "Give one of them another name; their budgets would be mixed up.");
      }
    }
    boolean late = begun;
    if (!begun) {
      begun = true;
      levels();
    }
    var kept = store.<Map<String, Map<Labels, Alert>>>read(AlertStore::load);
    var alerts = new HashMap<String, List<Alert>>();
    for (String name : held) {
      alerts.put(name, List.copyOf(kept.getOrDefault(name, Map.of()).values()));
    }
    this.held = Map.copyOf(alerts);
    states.keySet().retainAll(names.keySet());
    for (var objective : objectives) {
      var known = states.get(objective.name());
      if (known == null || !known.objective.equals(objective)) {
        states.put(objective.name(), begun(objective, kept, late));
      }
      if (objective.indicator() instanceof Indicator.Latency l) {
        registry.countUpTo(Selectors.name(Selectors.parse(l.histogram())), l.seconds());
      }
    }
  }

  /** Where series of others stood when they were last sampled, if that is not long ago. */
  private void levels() {
    long newest = metrics.newest();
    if (newest == Long.MIN_VALUE) {
      return;
    }
    for (var series :
        metrics.select(
            List.of(new LabelMatcher(Labels.NAME, LabelMatcher.Type.NOT_EQUAL, "")),
            newest - KNOWN.toMillis(),
            Long.MAX_VALUE)) {
      var point = series.points().getLast();
      if (!point.stale() && !point.isHistogram()) {
        others.know(series.labels(), point.value());
      }
      last = later(last, Instant.ofEpochMilli(point.time()));
    }
  }

  private static Instant later(Instant a, Instant b) {
    return a == null || b.isAfter(a) ? b : a;
  }

  private ObjectiveState begun(
      Objective objective, Map<String, Map<Labels, Alert>> kept, boolean late) {
    var former = states.get(objective.name());
    var alerts = former != null ? former.alerts : kept.getOrDefault(objective.name(), Map.of());
    var state = events.state(objective, alerts);
    if (former != null && former.definition().equals(state.definition())) {
      state.since = former.since;
    } else if (late) {
      state.since = null; // nobody counted for it until now
    }
    return state;
  }

  /** Samples and evaluates; all of it is durable when this returns. */
  public synchronized void look(Instant now) {
    if (!begun) {
      watch(List.of(), Set.of());
    }
    if (last == null || Duration.between(last, now).abs().compareTo(BREAK) > 0) {
      watching = now; // also with a clock that was set back: what is recent now nobody knows
    } else if (watching == null) {
      watching = Instant.MIN; // hardly any time has passed since the former engine looked
    }
    last = now;
    long time = now.toEpochMilli();
    var own = registry.read(time);
    var others = new ArrayList<Reading>();
    var bySource = new HashMap<String, List<Reading>>();
    var taken = List.copyOf(arrived.values());
    for (var one : taken) {
      arrived.remove(one.reading().labels(), one);
      others.add(one.reading());
      bySource.computeIfAbsent(one.source(), _ -> new ArrayList<>()).add(one.reading());
    }
    var rises = this.own.rise(own, true);
    rises.putAll(this.others.rise(others, false));
    var readings = new ArrayList<>(own);
    var deltas = new HashMap<String, Counts>();
    count(
        state -> !(state.objective.indicator() instanceof Indicator.Composite), rises, deltas, now);
    count(state -> state.objective.indicator() instanceof Indicator.Composite, rises, deltas, now);
    var steps = new HashMap<String, AlertMachine.Step>();
    for (var state : states.values()) {
      readings.addAll(state.readings(time));
      state.assessment = Assessment.of(state.objective, state.budgeted, now);
      if (state.since == null || state.since.isAfter(now)) {
        state.since = now;
      }
      steps.put(
          state.objective.name(),
          ObjectiveAlerts.next(state.assessment, state.alerts, later(watching, state.since)));
    }
    bySource.put(SeriesQuota.OWN, readings);
    try {
      keep(bySource, steps, now);
    } catch (HiveException e) {
      taken.forEach(one -> arrived.putIfAbsent(one.reading().labels(), one)); // kept later
      throw e;
    }
    steps.forEach((name, step) -> states.get(name).alerts = step.alerts());
    states.values().forEach(ObjectiveState::kept);
  }

  private synchronized void assess(Instant now) {
    states.values().forEach(s -> s.assessment = Assessment.of(s.objective, s.budgeted, now));
  }

  private void count(
      Predicate<ObjectiveState> which,
      Map<Labels, Double> rises,
      Map<String, Counts> deltas,
      Instant now) {
    for (var state : states.values()) {
      if (which.test(state)) {
        var events = Counts.NONE;
        try {
          events = state.counter.count(rises, evaluator, deltas, now);
          state.problem = "";
        } catch (HiveException e) {
          state.problem = e.getMessage() + " " + e.hint();
        } catch (RuntimeException | StackOverflowError e) {
          state.problem = "It cannot be counted: " + e + ".";
        }
        deltas.put(state.objective.name(), events);
        state.add(now.toEpochMilli(), events);
      }
    }
  }

  private void keep(
      Map<String, List<Reading>> readings, Map<String, AlertMachine.Step> steps, Instant now) {
    boolean compact =
        compacted.isAfter(now) || Duration.between(compacted, now).compareTo(COMPACTED) > 0;
    writer.accept(
        tx -> {
          int refused = turnedAway.getAndSet(0);
          for (var of : readings.entrySet()) {
            refused += MetricStore.append(tx.sql(), of.getKey(), of.getValue());
          }
          registry.counter(EngineMetric.SAMPLES_REFUSED.of()).add(refused);
          for (var entry : steps.entrySet()) {
            String name = entry.getKey();
            keep(tx, listener, name, states.get(name).alerts, entry.getValue());
          }
          listener.looked(
              tx,
              states.values().stream()
                  .map(s -> standing(s, steps.get(s.objective.name()).alerts()))
                  .toList());
          if (compact) {
            metrics.compact(tx.sql(), now.toEpochMilli());
          }
          return null;
        });
    if (compact) {
      compacted = now;
      admission.recount();
      states.values().forEach(s -> s.age(now.toEpochMilli()));
    }
  }

  /** Keeps what an evaluation has changed of a rule's alerts, and tells of it. */
  static void keep(
      Tx tx, Listener listener, String rule, Map<Labels, Alert> before, AlertMachine.Step step)
      throws SQLException {
    if (!step.alerts().equals(before)) {
      AlertStore.save(tx.sql(), rule, step.alerts());
    }
    if (!step.transitions().isEmpty()) {
      AlertStore.record(tx.sql(), rule, step.transitions());
      listener.changed(tx, rule, step.transitions());
    }
  }

  /**
   * How an objective stands.
   *
   * @param forecast when its budget is gone, if that can be said
   * @param broken whether nothing that it counts was ever found
   * @param problem why it could not be counted at the last look; empty when it was
   */
  public record Standing(
      Assessment assessment,
      List<Alert> alerts,
      Optional<Forecast> forecast,
      boolean broken,
      String problem) {}

  /** All objectives, in the order of the configuration; those not yet looked at are left out. */
  public synchronized List<Standing> standings() {
    var standings = new ArrayList<Standing>();
    for (var state : states.values()) {
      if (state.assessment != null) {
        standings.add(standing(state, state.alerts));
      }
    }
    return standings;
  }

  private static Standing standing(ObjectiveState state, Map<Labels, Alert> alerts) {
    return new Standing(
        state.assessment,
        List.copyOf(alerts.values()),
        Forecast.of(state.objective, state.budgeted, RECENT, state.assessment.at()),
        !state.counter.found(),
        state.problem);
  }

  /** Alerts of objectives that cannot be evaluated for now, by the objective. */
  public Map<String, List<Alert>> held() {
    return held;
  }

  /** The objectives under watch. */
  public synchronized List<Objective> objectives() {
    return states.values().stream().map(s -> s.objective).toList();
  }

  /** What the budget of an objective is reckoned from, so far; a log of the caller's own. */
  synchronized Optional<EventLog> events(String objective) {
    return Optional.ofNullable(states.get(objective)).map(s -> s.budgeted.copy());
  }

  /** What was kept of an objective's events under this definition of what it counts. */
  synchronized EventLog kept(Objective objective) {
    return events.state(objective, Map.of()).budgeted;
  }
}
