package dev.hivedeck.engine;

import dev.hivedeck.engine.api.feed.FeedServer;
import dev.hivedeck.engine.config.notify.ChannelConfig;
import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.notify.Delivery;
import dev.hivedeck.engine.notify.Notifier;
import dev.hivedeck.engine.notify.RoutedAlert;
import dev.hivedeck.engine.notify.WaitingAlerts;
import dev.hivedeck.engine.notify.channel.ChannelSender;
import dev.hivedeck.engine.notify.channel.Outcome;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.engine.security.SecretLookup;
import dev.hivedeck.engine.slo.alert.AlertMachine.Transition;
import dev.hivedeck.engine.slo.alert.Muting;
import dev.hivedeck.engine.slo.watch.RuleFiles;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Whom the engine tells of what: alerts go in, messages go out. */
final class Notifications implements AutoCloseable {
  private final Store store;
  private final Supplier<NotifyConfig> config;
  private final Notifier notifier;
  private final Delivery delivery;
  private final ChannelSender sender;
  private final Supplier<String> ids;
  private final Clock clock;

  /** Whether it is known which objectives and rules this engine has. */
  private boolean retained;

  private final Supplier<FeedServer.Desktops> desktops;

  /**
   * @param secrets that channels are sent with
   * @param background runs something of a name beside the caller
   * @param desktops those that hear the engine now
   */
  Notifications(
      Store store,
      Supplier<NotifyConfig> config,
      SecretLookup secrets,
      Clock clock,
      Supplier<String> ids,
      RandomGenerator random,
      BiConsumer<String, Runnable> background,
      Supplier<FeedServer.Desktops> desktops) {
    this.store = store;
    this.config = config;
    this.ids = ids;
    this.desktops = desktops;
    this.clock = clock;
    this.sender = new ChannelSender(secrets::value, secrets.redactor(), clock);
    this.notifier =
        new Notifier(
            store,
            config,
            List.of(
                new WaitingAlerts.DeadTasks(),
                new WaitingAlerts.HeldRollouts(),
                new WaitingAlerts.RolledBack(),
                new WaitingAlerts.Decisions(() -> config.get().decisions())),
            clock,
            ids);
    notifier.hold();
    this.delivery = new Delivery(store, config, sender::send, clock, random, background);
  }

  /** Alerts of an objective or a rule changed, in the transaction that keeps them. */
  void changed(Tx tx, String name, List<Transition> transitions) throws SQLException {
    var alerts = new ArrayList<RoutedAlert>();
    for (var t : transitions) {
      var alert = t.alert();
      boolean fires = t.to() == AlertState.FIRING;
      if (fires || t.from() == AlertState.FIRING) {
        var ended = alert.resolvedAt() == null ? tx.now() : alert.resolvedAt();
        alerts.add(
            new RoutedAlert(
                alert.labels().without(Labels.NAME),
                alert.annotations(),
                RoutedAlert.OWN,
                alert.firedAt() == null ? tx.now() : alert.firedAt(),
                fires ? null : ended,
                null,
                RuleFiles.isRule(name) ? RoutedAlert.RULE : RoutedAlert.OBJECTIVE,
                name));
      }
    }
    if (!alerts.isEmpty()) {
      notifier.changed(tx, alerts);
    }
  }

  /** What keeps alerts from being told. */
  Muting muting(Sql sql, Instant now) throws SQLException {
    return notifier.muting(sql, now);
  }

  /**
   * Objectives and rules were looked at: alerts of others are over, and all may be told now.
   *
   * @param changed whether there are others than before
   */
  synchronized void looked(boolean changed, Objectives objectives) {
    if (changed || !retained) {
      var watched = objectives.watched(); // before the write, which must wait for nobody
      store.update("notify", tx -> notifier.retain(tx, watched));
      retained = true;
    }
    if (!objectives.isAwaiting()) {
      notifier.release();
    }
  }

  /** Looks at what time has brought, and sends what is due. */
  void look() {
    notifier.look();
    delivery.look();
  }

  NotifyViews.Received receive(Tx tx, Command.ReceiveAlerts command) throws SQLException {
    int taken = notifier.receive(tx, command);
    tx.after(delivery::look);
    return new NotifyViews.Received(taken);
  }

  void retry(Tx tx, long id) throws SQLException {
    notifier.retry(tx, id);
    tx.after(delivery::hurry);
  }

  void drop(Tx tx, long id) throws SQLException {
    notifier.drop(tx, id);
  }

  void read(Tx tx, String id) throws SQLException {
    notifier.read(tx, id);
  }

  NotifyViews.Read acknowledge(Tx tx, String alert) throws SQLException {
    return new NotifyViews.Read(notifier.acknowledge(tx, alert));
  }

  NotifyViews.Read readAll(Tx tx) throws SQLException {
    return new NotifyViews.Read(notifier.readAll(tx));
  }

  /** Sends a test message past routes and quiet hours, and says what the other side said. */
  NotifyViews.Tested test(String name) {
    var channel = config.get().channels().get(name);
    if (channel == null) {
      throw new HiveException(
          ErrorCode.NO_CHANNEL,
          "There is no channel " + name + ".",
          "There are "
              + String.join(", ", config.get().channels().keySet())
              + "; others are declared in hive.yaml under notify.channels, and trusted.");
    }
    var began = clock.instant();
    var message = Notifier.test(name, began);
    if (channel.isOwn()) {
      store.update(
          "notify", tx -> notifier.tellTest(tx, message, channel instanceof ChannelConfig.Desktop));
      return channel instanceof ChannelConfig.Desktop
          ? shown(desktops.get())
          : new NotifyViews.Tested(name, true, "It is in the inbox.", 0);
    }
    try {
      var outcome = sender.send(channel, message, ids.get());
      return new NotifyViews.Tested(
          name,
          outcome instanceof Outcome.Sent,
          outcome.answer(),
          Duration.between(began, clock.instant()).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new NotifyViews.Tested(name, false, "It was cut off.", 0);
    }
  }

  private static NotifyViews.Tested shown(FeedServer.Desktops desktops) {
    String answer =
        desktops.open() == 0
            ? "No desktop runs for this workspace, so nothing was shown; it is in the inbox. Open"
                + " one with hivedeck."
            : desktops.showing() == 0
                ? "The desktop runs, but its system has no notifications, so nothing was shown; it"
                    + " is in the inbox. On Linux install notify-send, in Debian's libnotify-bin."
                : "The desktop shows it, unless its window is in front; it is in the inbox too.";
    return new NotifyViews.Tested(ChannelConfig.DESKTOP, desktops.showing() > 0, answer, 0);
  }

  @Override
  public void close() {
    sender.close();
  }
}
