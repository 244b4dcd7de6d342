package dev.hivedeck.engine.notify;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.Muted;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.slo.alert.AlertStore;
import dev.hivedeck.engine.slo.alert.Muting;
import dev.hivedeck.engine.slo.watch.SloFeed;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;

/** Alerts of other systems, which are listed and routed as the engine's own. */
final class ForeignAlerts {
  /** How long such an alert goes on without news of it, as Alertmanager has it. */
  static final Duration RESOLVE_TIMEOUT = Duration.ofMinutes(5);

  /** More alerts a system does not have, unless something is wrong with it. */
  private static final int MOST = 10_000;

  private ForeignAlerts() {}

  /**
   * Takes alerts of another system in.
   *
   * @param muting what keeps alerts from being told, once these are among them
   * @throws HiveException {@code alerts-invalid}; then none is taken
   */
  static int receive(Tx tx, Command.ReceiveAlerts command, Muting.Source muting)
      throws SQLException {
    String source = command.source().strip();
    if (source.isEmpty() || source.equals(RoutedAlert.OWN)) {
      throw invalid("The source of the alerts is \"" + source + "\"", "Name what sends them.");
    }
    var known = NotifyStore.alerts(tx.sql());
    if (known.size() + command.alerts().size() > MOST) {
      throw invalid("There would be more than " + MOST + " alerts", "Send fewer of them here.");
    }
    int i = 0;
    var changed = new ArrayList<RoutedAlert>();
    for (var received : command.alerts()) {
      var labels = Labels.of(received.labels());
      if (!labels.has("alertname")) {
        throw invalid(
            "Alert " + i + " has no label alertname", "Each alert is known by that at least.");
      }
      i++;
      take(tx, source, labels, received, known).ifPresent(changed::add);
    }
    var mute = muting.at(tx.sql(), tx.now());
    for (var alert : changed) {
      record(tx, alert, alert.isFiring() ? mute.of(alert.labels()) : Muted.NONE);
    }
    return command.alerts().size();
  }

  private static HiveException invalid(String what, String remedy) {
    return new HiveException(ErrorCode.ALERTS_INVALID, what + "; none was taken.", remedy);
  }

  /** Returns the alert where it began or ended by this. */
  private static Optional<RoutedAlert> take(
      Tx tx,
      String source,
      Labels labels,
      Command.ReceivedAlert received,
      Map<Labels, RoutedAlert> known)
      throws SQLException {
    var before = known.get(labels);
    if (before != null && before.source().equals(RoutedAlert.OWN)) {
      return Optional.empty(); // told by the engine itself; an Alertmanager sends it back
    }
    boolean fired = before != null && before.isFiring();
    var end =
        received.ended() != null && received.ended().equals(Instant.EPOCH)
            ? tx.now() // it ended, nobody says when
            : received.ended();
    boolean ends = end != null && !end.isAfter(tx.now());
    var began = received.began() == null ? tx.now() : received.began();
    if (ends && !fired) {
      return Optional.empty(); // nobody knew of it
    }
    var expires = end != null || received.lasting() ? end : tx.now().plus(RESOLVE_TIMEOUT);
    var alert =
        new RoutedAlert(
            labels,
            received.annotations(),
            source,
            fired ? before.began() : began,
            ends ? end : null,
            ends ? null : expires,
            "alert",
            labels.get("alertname"));
    NotifyStore.put(tx.sql(), alert);
    known.put(labels, alert);
    return !fired || ends ? Optional.of(alert) : Optional.empty();
  }

  /** A foreign alert began or ended: it is listed with the engine's own. */
  static void record(Tx tx, RoutedAlert alert, Muted muted) throws SQLException {
    String rule = alert.labels().get("alertname");
    AlertStore.record(
        tx.sql(), alert.source(), alert.labels(), alert.summary(), alert.began(), alert.ended());
    SloFeed.tellForeign(
        tx,
        new SloViews.Alert(
            id(alert),
            rule,
            alert.labels().toMap(),
            alert.annotations(),
            alert.isFiring() ? SloViews.AlertState.FIRING : SloViews.AlertState.RESOLVED,
            alert.began(),
            alert.ended(),
            muted,
            alert.source()));
  }

  /** It ended long ago. */
  static void forget(Tx tx, RoutedAlert alert) throws SQLException {
    SloFeed.forgetForeign(tx, id(alert));
  }

  private static String id(RoutedAlert alert) {
    return AlertStore.id(alert.source() + '/' + alert.labels().get("alertname"), alert.labels());
  }
}
