package dev.hivedeck.engine.notify;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.AlertEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.slo.watch.SloFeed;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What tells of an alert and was read: by that it goes to nobody else. */
final class Acknowledgement {
  private Acknowledgement() {}

  /** Those that a person has read of, in one of the groups that they are told in. */
  static Set<Labels> of(Sql sql, Routes routes, List<Labels> firing) throws SQLException {
    var groups = NotifyStore.groups(sql);
    var read = new HashSet<Labels>();
    for (var labels : firing) {
      for (var group : routes.groups(labels, groups)) {
        if (group.episode() != null && Inbox.isRead(sql, group.name(), group.episode())) {
          read.add(labels);
        }
      }
    }
    return read;
  }

  /**
   * Has the notices of an alert read.
   *
   * @return how many were not read before
   */
  static int of(Tx tx, String id, Routes routes) throws SQLException {
    var alert =
        SloFeed.told(tx.sql(), Topic.ALERT, SloViews.Alert.class).stream()
            .filter(a -> a.id().equals(id))
            .findFirst()
            .orElseThrow(
                () ->
                    new HiveException(
                        ErrorCode.NO_ALERT,
                        "There is no alert " + id + ".",
                        "hivedeck alerts lists those there are."));
    if (alert.state() != SloViews.AlertState.FIRING) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "The alert " + id + " does not fire: it is " + alert.state().word() + ".",
          "Only an alert that fires is acknowledged.");
    }
    var labels = Labels.of(alert.labels()).without(Labels.NAME);
    var groups = NotifyStore.groups(tx.sql());
    int read = 0;
    boolean told = false;
    for (var group : routes.groups(labels, groups)) {
      if (group.episode() != null) {
        told = true;
        read += Inbox.read(tx, group.name(), group.episode()) ? 1 : 0;
      }
    }
    if (!told) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "Nobody was told of the alert " + id + " yet.",
          "It is silenced, or waits for others of its group. Try again when it is in the inbox.");
    }
    if (read > 0) {
      tx.emit(
          AlertEvent.ACKNOWLEDGED,
          WorkspaceViews.Workspace.ID,
          "the alert of " + alert.objective() + " is acknowledged",
          null);
    }
    return read;
  }
}
