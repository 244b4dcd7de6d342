package dev.hivedeck.engine.slo.watch;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.AlertEvent;
import dev.hivedeck.engine.protocol.event.ObjectiveEvent;
import dev.hivedeck.engine.protocol.view.Muted;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.slo.alert.AlertStore;
import dev.hivedeck.engine.slo.alert.Muting;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells the feed how objectives and alerts stand. What a person sees as changed is told at once;
 * counts that merely grow are told once a minute, so that a quiet day is not a long history. A
 * snapshot shows what was told last: the two never differ.
 */
public final class SloFeed {
  private static final Duration AGAIN = Duration.ofMinutes(1);
  private static final double THOUSANDTHS = 1e3;
  private static final double TENTHS = 10;

  private SloFeed() {}

  private record Told<V>(V view, Instant at) {}

  /** All of a topic as it was told last. */
  public static <V extends View> List<V> told(Sql sql, Topic topic, Class<V> type)
      throws SQLException {
    return sql.list(
        "SELECT view FROM slo_view WHERE topic = ? ORDER BY id",
        row -> Json.read(row.text("view"), type),
        topic);
  }

  /**
   * Tells of objectives what has changed since the last time, in the transaction of what changed
   * it.
   *
   * @param objectives all that there are
   */
  public static void tell(Tx tx, List<SloViews.Objective> objectives) throws SQLException {
    var told = known(tx.sql(), Topic.OBJECTIVE, SloViews.Objective.class);
    for (var objective : objectives) {
      var last = told.remove(objective.id());
      if (last == null) {
        put(tx, ObjectiveEvent.WATCHED, null, objective);
      } else if (!rounded(objective).equals(rounded(last.view()))
          || isDue(tx, last) && !timeless(objective).equals(timeless(last.view()))) {
        put(tx, ObjectiveEvent.CHANGED, null, objective);
      }
    }
    for (String gone : told.keySet()) {
      remove(tx, ObjectiveEvent.REMOVED, gone);
      AlertStore.forget(tx.sql(), gone, tx.now());
    }
  }

  /**
   * The same of alerts.
   *
   * @param alerts all of the engine's own that are pending, firing or resolved a short while ago
   * @param muting what keeps those of other systems back
   */
  public static void tellAlerts(Tx tx, List<SloViews.Alert> alerts, Muting muting)
      throws SQLException {
    var toldAlerts = known(tx.sql(), Topic.ALERT, SloViews.Alert.class);
    for (var alert : alerts) {
      var last = toldAlerts.remove(alert.id());
      if (last == null || last.view().state() != alert.state()) {
        put(tx, told(alert.state()), words(alert), alert);
      } else if (alert.muted() != last.view().muted()
          || isDue(tx, last) && !alert.equals(last.view())) {
        put(tx, AlertEvent.CHANGED, null, alert);
      }
    }
    for (var gone : toldAlerts.values()) {
      var alert = gone.view();
      if (alert.isOwn()) {
        remove(tx, AlertEvent.REMOVED, alert.id());
        continue;
      }
      tellMuted(tx, alert, muting);
    }
  }

  /** Tells of alerts that are muted, or no more, since they were told. */
  public static void tellMuted(Tx tx, Muting muting) throws SQLException {
    for (var alert : told(tx.sql(), Topic.ALERT, SloViews.Alert.class)) {
      tellMuted(tx, alert, muting);
    }
  }

  private static void tellMuted(Tx tx, SloViews.Alert alert, Muting muting) throws SQLException {
    Muted muted = muting.of(Labels.of(alert.labels()));
    if (alert.ended() == null && muted != alert.muted()) {
      put(tx, AlertEvent.CHANGED, null, alert.withMuted(muted));
    }
  }

  /** Tells of an alert of another system, as of the engine's own. */
  public static void tellForeign(Tx tx, SloViews.Alert alert) throws SQLException {
    put(tx, told(alert.state()), words(alert), alert);
  }

  /** An alert of another system is over for long. */
  public static void forgetForeign(Tx tx, String id) throws SQLException {
    remove(tx, AlertEvent.REMOVED, id);
  }

  private static <V extends View> Map<String, Told<V>> known(Sql sql, Topic topic, Class<V> type)
      throws SQLException {
    var known = new HashMap<String, Told<V>>();
    for (var told :
        sql.list(
            "SELECT view, told FROM slo_view WHERE topic = ?",
            row -> new Told<>(Json.read(row.text("view"), type), row.instant("told")),
            topic)) {
      known.put(told.view().id(), told);
    }
    return known;
  }

  private static boolean isDue(Tx tx, Told<?> last) {
    return last.at().isAfter(tx.now()) || !last.at().plus(AGAIN).isAfter(tx.now());
  }

  private static void put(Tx tx, EventType type, String text, View view) throws SQLException {
    tx.sql()
        .update(
            "INSERT OR REPLACE INTO slo_view(topic, id, told, view) VALUES (?, ?, ?, ?)",
            type.topic(),
            view.id(),
            tx.now(),
            Json.write(view));
    tx.emit(type, text, view);
  }

  private static void remove(Tx tx, EventType type, String id) throws SQLException {
    tx.sql().update("DELETE FROM slo_view WHERE topic = ? AND id = ?", type.topic(), id);
    tx.emit(type, id, null, null);
  }

  private static AlertEvent told(AlertState state) {
    return switch (state) {
      case PENDING -> AlertEvent.PENDING;
      case FIRING -> AlertEvent.FIRING;
      case RESOLVED, REMOVED -> AlertEvent.RESOLVED;
    };
  }

  private static String words(SloViews.Alert alert) {
    String severity = alert.labels().getOrDefault("severity", "alert");
    return switch (alert.state()) {
      case FIRING -> severity + ": " + alert.texts().getOrDefault("summary", alert.objective());
      case RESOLVED, REMOVED -> severity + ": " + alert.objective() + " is well again";
      case PENDING -> null;
    };
  }

  private static SloViews.Objective timeless(SloViews.Objective o) {
    return with(o, o.good(), o.bad(), o.total(), o.left(), o.burns(), o.forecast(), o.alerts());
  }

  /** As precise as a person sees it. */
  private static SloViews.Objective rounded(SloViews.Objective o) {
    return with(
        o,
        null,
        0,
        0,
        round(o.left(), THOUSANDTHS),
        o.burns().stream()
            .map(
                b ->
                    new SloViews.Burn(
                        b.severity(),
                        b.window(),
                        b.shortWindow(),
                        b.factor(),
                        round(b.longRate(), TENTHS),
                        round(b.shortRate(), TENTHS),
                        b.state(),
                        null))
            .toList(),
        null,
        o.alerts().stream()
            .map(
                a ->
                    new SloViews.Alert(
                        a.id(),
                        a.objective(),
                        a.labels(),
                        Map.of(),
                        a.state(),
                        a.began(),
                        a.ended(),
                        a.muted()))
            .toList());
  }

  private static Double round(Double value, double parts) {
    return value == null ? null : Math.round(value * parts) / parts;
  }

  private static SloViews.Objective with(
      SloViews.Objective o,
      Double good,
      long bad,
      long total,
      Double left,
      List<SloViews.Burn> burns,
      SloViews.Forecast forecast,
      List<SloViews.Alert> alerts) {
    return new SloViews.Objective(
        o.name(),
        o.description(),
        o.service(),
        o.kind(),
        o.target(),
        o.window(),
        null,
        good,
        bad,
        total,
        o.total() == total ? o.allowed() : 0,
        left,
        o.state(),
        o.enough(),
        burns,
        forecast,
        alerts,
        o.runbook(),
        o.problem(),
        o.parts(),
        o.policy());
  }
}
