package dev.hivedeck.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.change.MergeLedger;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.collect.SecretMask;
import dev.hivedeck.engine.metric.exchange.PushReader;
import dev.hivedeck.engine.metric.intake.ForeignSamples;
import dev.hivedeck.engine.metric.intake.Refused;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Results;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ReplayViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.security.SecretLookup;
import dev.hivedeck.engine.slo.BudgetPolicy;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.alert.Alert;
import dev.hivedeck.engine.slo.alert.AlertMachine.Transition;
import dev.hivedeck.engine.slo.alert.AlertStore;
import dev.hivedeck.engine.slo.alert.Muting;
import dev.hivedeck.engine.slo.alert.SilenceLedger;
import dev.hivedeck.engine.slo.history.Merge;
import dev.hivedeck.engine.slo.policy.PolicyLedger;
import dev.hivedeck.engine.slo.policy.PolicyReader;
import dev.hivedeck.engine.slo.watch.ObjectiveExport;
import dev.hivedeck.engine.slo.watch.ObjectiveHistory;
import dev.hivedeck.engine.slo.watch.ObjectiveReader;
import dev.hivedeck.engine.slo.watch.RuleFiles;
import dev.hivedeck.engine.slo.watch.RuleWatch;
import dev.hivedeck.engine.slo.watch.SloAnswers;
import dev.hivedeck.engine.slo.watch.SloFeed;
import dev.hivedeck.engine.slo.watch.SloWatch;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.TimeScale;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The objectives of {@code hive.yaml} under watch, for as long as there are some. Those that cannot
 * be read are told with the reason; the others go on.
 *
 * <p>Long because objectives and rules are looked at together, and are told of in one transaction.
 */
class Objectives {
  /** Between samples where nothing is watched, and nobody sends any. */
  private static final Duration UNWATCHED = Duration.ofMinutes(1);

  /** However fast a demo is. */
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private static final String SECRET_IN_A_NAME =
      "a secret stands in its name, or it is the same as another once secrets are masked";

  private final Ledger ledger;
  private final Muting.Source muting;
  private final MetricRegistry registry;
  private final SecretMask mask;
  private final Clock clock;
  private final SloWatch watch;
  private final RuleWatch ruleWatch;
  private final Store store;
  private RuleFiles rules = RuleFiles.NONE;

  /** Alerts of rules as they were evaluated last. */
  private volatile Map<String, List<Alert>> ruled = Map.of();

  private Map<String, BudgetPolicy> policies = Map.of();
  private Unwatched unwatched = Unwatched.NONE;
  private Instant looked = Instant.MIN;
  private volatile boolean stale;

  /** Whether others have sent samples. */
  private volatile boolean fed;

  /** Between looks while something is watched. */
  private final Duration interval;

  private Objectives(
      Store store,
      MetricRegistry registry,
      SloWatch.Listener alerts,
      Muting.Source muting,
      SecretMask mask,
      Clock clock,
      Duration interval) {
    this.mask = mask;
    this.muting = muting;
    this.interval = interval;
    this.ledger = store;
    this.registry = registry;
    var told = new Told(alerts);
    this.watch = new SloWatch(store, registry, told);
    this.ruleWatch = new RuleWatch(store, told);
    this.clock = clock;
    this.store = store;
  }

  /** Of what is kept. */
  private Objectives(Ledger ledger, Muting.Source muting, Clock clock) {
    this.muting = muting;
    this.interval = SloWatch.INTERVAL;
    this.ledger = ledger;
    this.registry = null;
    this.mask = null;
    this.watch = null;
    this.ruleWatch = null;
    this.clock = clock;
    this.store = null;
  }

  /** Tells channels and the feed, in the transaction of each look. */
  private final class Told implements SloWatch.Listener {
    private final SloWatch.Listener alerts;

    Told(SloWatch.Listener alerts) {
      this.alerts = alerts;
    }

    @Override
    public void changed(Tx tx, String rule, List<Transition> transitions) throws SQLException {
      alerts.changed(tx, rule, transitions); // the feed follows, once all were looked at
    }

    @Override
    public void looked(Tx tx, List<SloWatch.Standing> standings) throws SQLException {
      var now = clock.instant();
      var mute = muting.at(tx.sql(), now);
      var views = views(policies, unwatched, watch.held(), standings, mute);
      PolicyLedger.apply(
          tx,
          policies,
          standings.stream().map(SloWatch.Standing::assessment).toList(),
          unwatched.names());
      SloFeed.tell(tx, views);
      SloFeed.tellAlerts(tx, alerts(views, mute), mute);
    }
  }

  private List<SloViews.Alert> alerts(List<SloViews.Objective> views, Muting mute) {
    var alerts = new ArrayList<SloViews.Alert>();
    views.forEach(o -> alerts.addAll(o.alerts()));
    alerts.addAll(SloAnswers.alerts(ruled, mute));
    return alerts;
  }

  /**
   * Of an engine that works.
   *
   * @param listener who else hears of alerts
   * @param muting what keeps alerts from being told
   */
  static Objectives of(
      Store store,
      MetricRegistry registry,
      SloWatch.Listener listener,
      Muting.Source muting,
      Clock clock) {
    return new Objectives(
        store,
        registry,
        listener,
        muting,
        new SecretMask(UnaryOperator.identity()),
        clock,
        SloWatch.INTERVAL);
  }

  /**
   * At the pace of a demo.
   *
   * @param told of alerts
   * @param secrets that are masked in what is pushed
   * @param speed 1 is real
   */
  static Objectives of(
      Store store,
      MetricRegistry registry,
      Notifications told,
      SecretLookup secrets,
      Clock clock,
      double speed) {
    var interval = TimeScale.shorten(SloWatch.INTERVAL, speed);
    return new Objectives(
        store,
        registry,
        told::changed,
        told::muting,
        new SecretMask(secrets.redactor()::redact),
        clock,
        interval.compareTo(SHORTEST) < 0 ? SHORTEST : interval);
  }

  /** As they were when an engine ran last; nothing is read before it is asked for. */
  static Objectives ofKept(
      Ledger ledger, Supplier<RuleFiles.Source> configured, Muting.Source muting, Clock clock) {
    return new Objectives(ledger, muting, clock) {
      @Override
      synchronized List<SloViews.Objective> views() {
        var source = configured.get();
        var objectives = new ArrayList<Objective>();
        var unwatched = Unwatched.read(source, objectives);
        var now = clock.instant();
        var watch = SloWatch.ofKept(ledger, objectives, unwatched.names(), now);
        return views(Map.of(), unwatched, watch.held(), watch.standings(), muting());
      }

      @Override
      synchronized ObjectiveHistory history() {
        var objectives = new ArrayList<Objective>();
        var unwatched = Unwatched.read(configured.get(), objectives);
        var now = clock.instant();
        return history(SloWatch.ofKept(ledger, objectives, unwatched.names(), now), now);
      }

      @Override
      synchronized List<SloViews.Rule> rules() {
        throw new HiveException(
            ErrorCode.NO_ENGINE,
            "Rules are evaluated by an engine, and none runs for this workspace.",
            "Start one with hivedeck serve.");
      }

      @Override
      synchronized RuleFiles.Source source() {
        return configured.get();
      }
    };
  }

  /**
   * Objectives that are declared and not evaluated; their alerts and what follows from them stay as
   * they are.
   *
   * @param unreadable why some are not understood
   * @param waiting those that nobody has consented to yet
   */
  record Unwatched(Map<String, HiveException> unreadable, List<Objective> waiting) {
    static final Unwatched NONE = new Unwatched(Map.of(), List.of());

    /**
     * @param objectives takes those that can be evaluated
     */
    static Unwatched read(RuleFiles.Source source, List<Objective> objectives) {
      var unreadable = new LinkedHashMap<String, HiveException>();
      var waiting = new ArrayList<Objective>();
      var inForce = source.inForce().objectives();
      inForce.forEach((name, node) -> read(name, node, objectives, unreadable));
      source
          .said()
          .objectives()
          .forEach(
              (name, node) -> {
                if (!inForce.containsKey(name)) {
                  read(name, node, waiting, unreadable);
                }
              });
      return new Unwatched(unreadable, waiting);
    }

    static void read(
        String name,
        JsonNode node,
        List<Objective> objectives,
        Map<String, HiveException> unreadable) {
      try {
        objectives.add(ObjectiveReader.read(name, node));
      } catch (HiveException e) {
        unreadable.put(name, e);
      }
    }

    Set<String> names() {
      var names = new HashSet<>(unreadable.keySet());
      waiting.forEach(o -> names.add(o.name()));
      return names;
    }
  }

  /**
   * Follows the configuration, and looks when it is time to.
   *
   * @param source what is in force, which is evaluated, and what else is said, which waits
   * @return whether the configuration has changed
   */
  synchronized boolean refresh(RuleFiles.Source source) {
    boolean changed = !source.equals(rules.of());
    var time = clock.instant().truncatedTo(ChronoUnit.MILLIS); // as samples are kept
    if (changed) {
      var objectives = new ArrayList<Objective>();
      unwatched = Unwatched.read(source, objectives);
      policies = PolicyReader.all(source.inForce(), unwatched.unreadable());
      watch.watch(objectives, unwatched.names());
      rules = RuleFiles.read(source, rules);
      ruleWatch.watch(rules, time);
      ruled = ruleWatch.alerts();
    }
    boolean idle = watched().isEmpty() && !fed;
    var every = idle ? UNWATCHED : interval;
    if (changed || stale || looked.isAfter(time) || !looked.plus(every).isAfter(time)) {
      // At a fixed rate, whatever a look takes; what was missed is not caught up with.
      boolean late = !changed && !stale && !looked.isAfter(time) && looked != Instant.MIN;
      looked =
          late
              ? looked.plus(every.multipliedBy(Duration.between(looked, time).dividedBy(every)))
              : time;
      stale = false;
      watch.look(time);
      look(time);
    }
    return changed;
  }

  /** Rules see what was sampled now; what has changed is told at once. */
  private void look(Instant time) {
    var before = ruled;
    ruleWatch.look(time);
    ruled = ruleWatch.alerts();
    if (!ruled.equals(before)) {
      store.update(
          "rules",
          tx -> {
            var mute = muting.at(tx.sql(), clock.instant());
            var views = views(policies, unwatched, watch.held(), watch.standings(), mute);
            SloFeed.tellAlerts(tx, alerts(views, mute), mute);
          });
    }
  }

  /** Whether alerts of rules wait for their series to come again, after the engine was away. */
  synchronized boolean isAwaiting() {
    return ruleWatch.isAwaiting();
  }

  /** What may have alerts: objectives that are declared, and rules. */
  synchronized List<String> watched() {
    var names = new ArrayList<>(rules.of().inForce().objectives().keySet());
    names.addAll(unwatched.names());
    names.addAll(ruleWatch.names());
    return names;
  }

  /** How rules stand; those that cannot be read come first. */
  synchronized List<SloViews.Rule> rules() {
    var all = new ArrayList<SloViews.Rule>();
    rules
        .problems()
        .forEach(
            (name, why) ->
                all.add(
                    new SloViews.Rule(
                        name,
                        "",
                        "",
                        SloAnswers.BROKEN,
                        null,
                        why.getMessage() + " " + why.hint())));
    rules
        .waiting()
        .forEach(
            name ->
                all.add(
                    new SloViews.Rule(
                        name, "", "", SloAnswers.AWAITING_CONSENT, null, SloAnswers.WAITS)));
    all.addAll(ruleWatch.rules());
    return all;
  }

  /** Looks at the next time, whenever it last did: what mutes alerts has changed. */
  private void again() {
    stale = true;
  }

  /** Looks once more: what happened since the last look is not lost with the engine. */
  synchronized void close() {
    if (!rules.of().inForce().objectives().isEmpty() || fed) {
      watch.look(clock.instant());
    }
  }

  /** Takes samples of a service in. */
  Results.SamplesTaken push(JsonNode samples) {
    var readings = PushReader.read(samples, clock.millis());
    var refused = pushed("push", readings);
    return new Results.SamplesTaken(
        readings.size() - refused.count(),
        refused.reasons().stream()
            .map(r -> new Results.SamplesRefused(r.why(), r.count(), r.example()))
            .toList());
  }

  /** Takes samples in that somebody sent; secrets in them are masked, whoever it was. */
  Refused pushed(String source, List<Reading> readings) {
    var masked = mask.of(readings);
    int left = readings.size() - masked.size();
    var refused =
        left == 0
            ? Refused.NONE
            : new Refused(List.of(new Refused.Reason(SECRET_IN_A_NAME, left, "")));
    registry.counter(EngineMetric.SAMPLES_REFUSED.of()).add(left);
    return refused.plus(arrive(source, masked));
  }

  /** Takes samples of others in; they count at the next look. */
  Refused arrive(String source, List<Reading> readings) {
    var sifted = ForeignSamples.sift(readings, clock.millis());
    var beyond = watch.arrive(source, sifted.taken());
    fed = true;
    registry.counter(EngineMetric.SAMPLES_REFUSED.of()).add(sifted.refused().count());
    return sifted.refused().plus(beyond);
  }

  synchronized List<SloViews.Objective> views() {
    var now = clock.instant();
    return views(policies, unwatched, watch.held(), watch.standings(), muting());
  }

  static List<SloViews.Objective> views(
      Map<String, BudgetPolicy> policies,
      Unwatched unwatched,
      Map<String, List<Alert>> held,
      List<SloWatch.Standing> standings,
      Muting mute) {
    var views = new ArrayList<SloViews.Objective>();
    var watched = standings.stream().map(s -> s.assessment().objective().name()).toList();
    unwatched
        .unreadable()
        .forEach(
            (name, why) -> {
              if (!watched.contains(name)) {
                views.add(
                    SloAnswers.unreadable(
                        name, why.getMessage() + " " + why.hint(), alerts(held, name, mute)));
              }
            });
    for (var objective : unwatched.waiting()) {
      views.add(SloAnswers.waiting(objective, alerts(held, objective.name(), mute)));
    }
    views.addAll(SloAnswers.objectives(standings, mute));
    views.replaceAll(
        o ->
            policies.containsKey(o.name())
                ? o.with(PolicyReader.steps(policies.get(o.name())))
                : o);
    return views;
  }

  private static List<SloViews.Alert> alerts(
      Map<String, List<Alert>> held, String name, Muting mute) {
    return SloAnswers.alerts(Map.of(name, held.getOrDefault(name, List.of())), mute);
  }

  /** What answers questions about the past. */
  synchronized ObjectiveHistory history() {
    return history(watch, clock.instant());
  }

  final ObjectiveHistory history(SloWatch watch, Instant now) {
    return new ObjectiveHistory(
        watch,
        ledger,
        (after, until) ->
            ledger.read(sql -> MergeLedger.between(sql, after, until)).stream()
                .map(m -> new Merge(m.id(), m.number(), m.title(), m.agent(), m.at()))
                .toList(),
        now);
  }

  /** The configuration that was read last. */
  synchronized RuleFiles.Source source() {
    return rules.of();
  }

  /** Those in force, and others that wait for consent. */
  static Map<String, JsonNode> declared(RuleFiles.Source source) {
    var declared = new LinkedHashMap<>(source.inForce().objectives());
    source.said().objectives().forEach(declared::putIfAbsent);
    return declared;
  }

  /**
   * What an objective would have done with other values.
   *
   * @throws HiveException {@code config-invalid} where hive.yaml would be refused with them
   */
  ReplayViews.Replay replay(Query.ObjectiveReplay query) {
    var source = source();
    var declared = new LinkedHashMap<>(declared(source));
    var known = declared.get(query.objective());
    var changes = query.changes();
    if (changes != null && !changes.isNull() && !changes.isObject()) {
      throw new HiveException(
          ErrorCode.BAD_REQUEST,
          "changes is no object.",
          "Send {\"target\": \"99.5%\"}, for example.");
    }
    boolean changed = changes != null && !changes.isEmpty();
    if (known == null && !changed) {
      throw new HiveException(
          ErrorCode.NO_OBJECTIVE,
          "There is no objective " + query.objective() + " in hive.yaml.",
          declared.isEmpty()
              ? "Send the whole of it as changes."
              : "There are: " + String.join(", ", declared.keySet()) + ".");
    }
    ObjectNode node = known instanceof ObjectNode there ? there.deepCopy() : Json.object();
    if (changed) {
      changes
          .properties()
          .forEach(
              e -> {
                if (e.getValue().isNull()) {
                  node.remove(e.getKey());
                } else {
                  node.set(e.getKey(), e.getValue());
                }
              });
    }
    declared.put(query.objective(), node);
    var policies = new LinkedHashMap<>(source.inForce().policies());
    source.said().policies().forEach(policies::putIfAbsent);
    var whole = Map.of("version", 1, "objectives", declared, "policies", policies);
    HiveConfig.parse("objective " + query.objective(), Json.write(whole));
    return history().replay(query, ObjectiveReader.read(query.objective(), node));
  }

  /** What a configuration declares, in a format of others. */
  Query.Exported export(Query.ObjectiveExport query, RuleFiles.Source source) {
    return ObjectiveExport.write(query, declared(source), clock.instant());
  }

  final Muting muting() {
    var now = clock.instant();
    return ledger.read(sql -> muting.at(sql, now));
  }

  List<SloViews.Silence> silences() {
    var now = clock.instant();
    return ledger.read(sql -> AlertStore.silences(sql, now)).stream()
        .map(SloAnswers::silence)
        .toList();
  }

  /** Tells nobody of some alerts for a while. */
  SloViews.Silence silence(Tx tx, Command.Silence command) throws SQLException {
    var silence = SilenceLedger.begin(tx, command);
    tx.after(this::again);
    return SloAnswers.silence(silence);
  }

  boolean unsilence(Tx tx, long id) throws SQLException {
    SilenceLedger.end(tx, id);
    tx.after(this::again);
    return true;
  }

  List<SloViews.PolicyAct> lift(Tx tx, Command.LiftPolicy command) throws SQLException {
    return PolicyLedger.lift(tx, command.objective(), command.seconds(), command.comment());
  }

  List<SloViews.PolicyAct> resume(Tx tx, Command.ResumePolicy command) throws SQLException {
    return PolicyLedger.resume(tx, command.objective());
  }

  /** Those that are, as the feed tells of them, then those that were, the newest first. */
  List<SloViews.Alert> alerts(int limit) {
    return ledger.read(
        sql -> {
          var alerts = new ArrayList<>(SloFeed.told(sql, Topic.ALERT, SloViews.Alert.class));
          alerts.removeIf(a -> a.ended() != null);
          alerts.sort(Comparator.comparing(SloViews.Alert::began).reversed());
          SloAnswers.history(AlertStore.history(sql, null, limit)).stream()
              .filter(a -> a.ended() != null)
              .forEach(alerts::add);
          return alerts.size() > limit ? List.copyOf(alerts.subList(0, limit)) : alerts;
        });
  }
}
