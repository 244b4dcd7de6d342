package dev.hivedeck.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.metric.exchange.PushReader;
import dev.hivedeck.engine.metric.promql.Expr;
import dev.hivedeck.engine.metric.promql.Parser;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.SloViews;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.alert.Alert;
import dev.hivedeck.engine.slo.alert.AlertMachine.Transition;
import dev.hivedeck.engine.slo.alert.AlertStore;
import dev.hivedeck.engine.slo.alert.Silence;
import dev.hivedeck.engine.slo.watch.ObjectiveReader;
import dev.hivedeck.engine.slo.watch.SloAnswers;
import dev.hivedeck.engine.slo.watch.SloWatch;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The objectives of {@code hive.yaml} under watch, for as long as there are some. Those that cannot
 * be read are told with the reason; the others go on.
 */
class Objectives {
  private static final Duration LONGEST = Duration.ofDays(30);

  private final Ledger ledger;
  private final Clock clock;
  private final SloWatch watch;
  private Map<String, JsonNode> configured = Map.of();
  private Map<String, HiveException> unreadable = Map.of();
  private Instant looked = Instant.MIN;

  private Objectives(Ledger ledger, SloWatch watch, Clock clock) {
    this.ledger = ledger;
    this.watch = watch;
    this.clock = clock;
  }

  /** Of an engine that works. */
  static Objectives of(Store store, MetricRegistry registry, Clock clock) {
    return new Objectives(store, new SloWatch(store, registry, Objectives::tell), clock);
  }

  /** As they were when an engine ran last; nothing is read before it is asked for. */
  static Objectives ofKept(Ledger ledger, Supplier<Map<String, JsonNode>> configured, Clock clock) {
    return new Objectives(ledger, null, clock) {
      @Override
      synchronized List<SloViews.Objective> views() {
        var objectives = new ArrayList<Objective>();
        var unreadable = read(configured.get(), objectives);
        var now = clock.instant();
        return views(unreadable, SloWatch.ofKept(ledger, objectives, now), now);
      }
    };
  }

  private static Map<String, HiveException> read(
      Map<String, JsonNode> configured, List<Objective> objectives) {
    var unreadable = new LinkedHashMap<String, HiveException>();
    configured.forEach(
        (name, node) -> {
          try {
            objectives.add(ObjectiveReader.read(name, node));
          } catch (HiveException e) {
            unreadable.put(name, e);
          }
        });
    return unreadable;
  }

  private static void tell(Tx tx, Objective objective, List<Transition> transitions)
      throws SQLException {
    for (var transition : transitions) {
      String severity = transition.alert().labels().get("severity");
      if (transition.to() == Alert.State.FIRING) {
        tx.emit(
            "alert.firing",
            Topic.WORKSPACE,
            Views.Workspace.ID,
            severity + ": " + transition.alert().annotations().get("summary"),
            null);
      } else if (transition.from() == Alert.State.FIRING) {
        tx.emit(
            "alert.resolved",
            Topic.WORKSPACE,
            Views.Workspace.ID,
            severity + ": " + objective.name() + " burns no more",
            null);
      }
    }
  }

  /** Follows the configuration, and looks when it is time to. */
  synchronized void refresh(Map<String, JsonNode> now) {
    if (!now.equals(configured)) {
      var objectives = new ArrayList<Objective>();
      unreadable = read(now, objectives);
      watch.watch(objectives);
      configured = now;
    }
    var time = clock.instant();
    if (!configured.isEmpty()
        && (looked.isAfter(time) || !looked.plus(SloWatch.INTERVAL).isAfter(time))) {
      looked = time;
      watch.look(time);
    }
  }

  /** Looks once more: what happened since the last look is not lost with the engine. */
  synchronized void close() {
    if (!configured.isEmpty()) {
      watch.look(clock.instant());
    }
  }

  /** Takes samples of a service in. */
  int push(JsonNode samples) {
    var readings = PushReader.read(samples, clock.millis());
    watch.arrive(readings);
    return readings.size();
  }

  synchronized List<SloViews.Objective> views() {
    return views(unreadable, watch, clock.instant());
  }

  final List<SloViews.Objective> views(
      Map<String, HiveException> unreadable, SloWatch watch, Instant now) {
    var views = new ArrayList<SloViews.Objective>();
    unreadable.forEach(
        (name, why) -> views.add(SloAnswers.unreadable(name, why.getMessage() + " " + why.hint())));
    views.addAll(SloAnswers.objectives(watch.standings(), silences(now), now));
    return views;
  }

  private List<Silence> silences(Instant now) {
    return ledger.read(sql -> AlertStore.silences(sql, now));
  }

  List<SloViews.Silence> silences() {
    return silences(clock.instant()).stream().map(SloAnswers::silence).toList();
  }

  /** Tells nobody of some alerts for a while. */
  static SloViews.Silence silence(Tx tx, Command.Silence command) throws SQLException {
    if (command.seconds() < 1 || command.seconds() > LONGEST.toSeconds()) {
      throw new HiveException(
          "silence-length",
          "A silence lasts between a second and " + LONGEST.toDays() + " days.",
          "Mend the objective instead, or take it out of hive.yaml.");
    }
    if (!(Parser.parse("{" + command.matchers() + "}") instanceof Expr.Selector selector)) {
      throw new HiveException(
          "silence-invalid",
          "\"" + command.matchers() + "\" are no conditions on labels.",
          "Write them as in objective=\"api\", severity=\"ticket\"");
    }
    var silence =
        new Silence(
            0,
            selector.matchers(),
            tx.now(),
            tx.now().plusSeconds(command.seconds()),
            Views.YOU,
            command.comment() == null ? "" : command.comment());
    long id = AlertStore.silence(tx.sql(), silence);
    tx.emit(
        "alert.silenced",
        Topic.WORKSPACE,
        Views.Workspace.ID,
        "alerts with " + command.matchers() + " are silenced",
        null);
    return new SloViews.Silence(
        id,
        command.matchers(),
        silence.starts(),
        silence.ends(),
        silence.author(),
        silence.comment());
  }

  static boolean unsilence(Tx tx, long id) throws SQLException {
    if (!AlertStore.expire(tx.sql(), id, tx.now())) {
      throw new HiveException(
          "no-silence", "There is no silence " + id + ".", "hivedeck silence lists them.");
    }
    tx.emit(
        "alert.unsilenced", Topic.WORKSPACE, Views.Workspace.ID, "silence " + id + " ends", null);
    return true;
  }

  List<SloViews.Alert> alerts(int limit) {
    return SloAnswers.history(ledger.read(sql -> AlertStore.history(sql, null, limit)));
  }
}
