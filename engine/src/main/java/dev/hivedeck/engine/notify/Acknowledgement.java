package dev.hivedeck.engine.notify;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.AlertEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.slo.watch.SloFeed;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;

/** Finds the notices that tell of an alert, and has them read: by that it goes to nobody else. */
final class Acknowledgement {
  private Acknowledgement() {}

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
    if (!alert.state().equals("firing")) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "The alert " + id + " does not fire: it is " + alert.state() + ".",
          "Only an alert that fires is acknowledged.");
    }
    var labels = Labels.of(alert.labels()).without(Labels.NAME);
    var groups = NotifyStore.groups(tx.sql());
    int read = 0;
    boolean told = false;
    for (var route : routes.of(labels)) {
      var group = groups.get(route.name() + route.group(labels));
      if (group != null && group.episode() != null) {
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
