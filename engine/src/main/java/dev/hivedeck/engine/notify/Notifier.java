package dev.hivedeck.engine.notify;

import dev.hivedeck.engine.config.notify.ChannelConfig;
import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.notify.channel.Message;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.view.Muted;
import dev.hivedeck.engine.slo.alert.AlertStore;
import dev.hivedeck.engine.slo.alert.Muting;
import dev.hivedeck.engine.slo.watch.SloFeed;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Takes alerts of all sources, and puts what is to be told of them into the outbox and the inbox:
 * in the transaction in which an alert changes, and again as time passes. What is in the outbox is
 * sent by {@link Delivery}.
 */
public final class Notifier {
  /** How long alerts that are kept are not told after a start, where nobody evaluates them. */
  private static final Duration HELD = Duration.ofMinutes(1);

  /** How long messages that are over are kept. */
  private static final Duration KEPT = Duration.ofDays(30);

  private static final Duration TIDY = Duration.ofHours(1);

  private final Store store;
  private final Supplier<NotifyConfig> config;
  private final List<AlertSource> sources;
  private final Clock clock;
  private final Supplier<String> ids;
  private volatile Instant began = Instant.MIN;
  private volatile Instant heldUntil = Instant.MIN;
  private Instant tidied = Instant.MIN;

  public Notifier(
      Store store,
      Supplier<NotifyConfig> config,
      List<AlertSource> sources,
      Clock clock,
      Supplier<String> ids) {
    this.store = store;
    this.config = config;
    var all = new ArrayList<>(sources);
    all.add(new ChannelTrouble.Failing());
    all.add(new ChannelTrouble.Dead());
    all.add(new ChannelTrouble.Broken(config));
    this.sources = List.copyOf(all);
    this.clock = clock;
    this.ids = ids;
  }

  /**
   * Tells nothing until {@link #release}, or for a minute: what is kept of alerts is as old as the
   * end of the engine before. Those of other systems do not run out before these could say that
   * they go on.
   */
  public void hold() {
    began = clock.instant();
    heldUntil = began.plus(HELD);
  }

  /** All was evaluated, and is known. */
  public void release() {
    heldUntil = Instant.MIN;
  }

  private boolean isHeld(Instant now) {
    var until = heldUntil;
    return now.isBefore(until) && !now.plus(HELD).isBefore(until); // else the clock was set back
  }

  /** Alerts that have changed, in the transaction in which they do. */
  public void changed(Tx tx, List<RoutedAlert> alerts) throws SQLException {
    for (var alert : alerts) {
      NotifyStore.put(tx.sql(), alert);
    }
    route(tx);
  }

  /** What keeps alerts from being told now. */
  public Muting muting(Sql sql, Instant now) throws SQLException {
    return muting(sql, config.get(), now);
  }

  /** The same with this configuration, also while no engine runs. */
  public static Muting muting(Sql sql, NotifyConfig config, Instant now) throws SQLException {
    var firing =
        NotifyStore.alerts(sql).values().stream()
            .filter(RoutedAlert::isFiring)
            .map(RoutedAlert::labels)
            .toList();
    var routes = new Routes(config);
    return new Muting(
        AlertStore.silences(sql, now),
        routes.inhibitions(),
        firing,
        Acknowledgement.of(sql, routes, firing),
        now);
  }

  /** Those of the engine's own whose objectives and rules are no more have ended. */
  public void retain(Tx tx, List<String> watched) throws SQLException {
    for (var alert : NotifyStore.alerts(tx.sql()).values()) {
      if (alert.isFiring() && alert.isWatched() && !watched.contains(alert.target())) {
        NotifyStore.put(tx.sql(), alert.ended(tx.now()));
      }
    }
    route(tx);
  }

  /**
   * Takes alerts of another system in.
   *
   * @throws HiveException {@code alerts-invalid}; then none is taken
   */
  public int receive(Tx tx, Command.ReceiveAlerts command) throws SQLException {
    int taken = ForeignAlerts.receive(tx, command, this::muting);
    route(tx);
    return taken;
  }

  /**
   * Sends a message again that failed or is dead.
   *
   * @throws HiveException {@code no-notification}, {@code not-now}
   */
  public void retry(Tx tx, long id) throws SQLException {
    Outbox.retry(tx.sql(), id, tx.now());
    route(tx);
  }

  /**
   * Lets go of a message that is dead.
   *
   * @throws HiveException {@code no-notification}, {@code not-now}
   */
  public void drop(Tx tx, long id) throws SQLException {
    Outbox.drop(tx.sql(), id);
    route(tx);
  }

  /**
   * A person has read a notice.
   *
   * @throws HiveException {@code no-notice}
   */
  public void read(Tx tx, String id) throws SQLException {
    Inbox.read(tx, id);
    SloFeed.tellMuted(tx, muting(tx.sql(), tx.now()));
  }

  /**
   * A person takes care of an alert: the notices that tell of it are read.
   *
   * @return how many were not read before
   * @throws HiveException {@code no-alert}; {@code not-now} where it fires no more, or nobody was
   *     told of it yet
   */
  public int acknowledge(Tx tx, String alert) throws SQLException {
    int read = Acknowledgement.of(tx, alert, new Routes(config.get()));
    SloFeed.tellMuted(tx, muting(tx.sql(), tx.now()));
    return read;
  }

  /** Returns how many were not read before. */
  public int readAll(Tx tx) throws SQLException {
    int read = Inbox.readAll(tx);
    SloFeed.tellMuted(tx, muting(tx.sql(), tx.now()));
    return read;
  }

  /** What a test of a channel says. */
  public static Message test(String channel, Instant now) {
    var alert =
        new RoutedAlert(
            Labels.of("alertname", "Test", "channel", channel),
            Map.of("summary", "A test of the channel " + channel + ": it works."),
            RoutedAlert.OWN,
            now,
            null,
            null,
            "channel",
            channel);
    return MessageText.of(1, "test/" + channel, alert.labels(), "test", List.of(alert), List.of())
        .until(now.plus(Forwarding.VALID));
  }

  /** Tells a test by the engine's own channels. */
  public void tellTest(Tx tx, Message message, boolean desktop) throws SQLException {
    Inbox.tell(tx, message, tx.now());
    if (desktop) {
      Inbox.show(tx, message);
    }
  }

  /** Looks at what time has brought. */
  public synchronized void look() {
    var now = clock.instant();
    if (!isHeld(now) && !store.read(sql -> changes(sql, now)).isEmpty()) {
      store.update("notify", this::route);
    }
    if (tidied.isAfter(now) || !tidied.plus(TIDY).isAfter(now)) {
      tidied = now;
      store.update(
          "notify",
          tx -> {
            Outbox.tidy(tx.sql(), tx.now().minus(KEPT));
            Inbox.tidy(tx, tx.now().minus(KEPT));
          });
    }
  }

  private Changes changes(Sql sql, Instant now) throws SQLException {
    return Changes.of(sql, config.get(), sources, began, now);
  }

  private void route(Tx tx) throws SQLException {
    if (isHeld(tx.now())) {
      return;
    }
    var changes = changes(tx.sql(), tx.now());
    for (var alert : changes.put()) {
      NotifyStore.put(tx.sql(), alert);
      if (!alert.isFiring() && !alert.source().equals(RoutedAlert.OWN)) {
        ForeignAlerts.record(tx, alert, Muted.NONE);
      }
    }
    for (var alert : changes.removed()) {
      NotifyStore.remove(tx.sql(), alert.labels());
      if (!alert.source().equals(RoutedAlert.OWN)) {
        ForeignAlerts.forget(tx, alert);
      }
    }
    for (var group : changes.groups()) {
      NotifyStore.put(tx.sql(), group);
    }
    for (String group : changes.gone()) {
      NotifyStore.remove(tx.sql(), group);
    }
    Inbox.settle(tx, changes.notices());
    for (var send : changes.sends()) {
      send(tx, send);
    }
    for (var forward : changes.forwards().entrySet()) {
      forward(tx, forward.getKey(), forward.getValue());
    }
    deliverOwn(tx);
  }

  private void send(Tx tx, Grouping.Send send) throws SQLException {
    var message =
        MessageText.of(
            MessageText.MOST,
            send.group(),
            send.labels(),
            send.reason().name().toLowerCase(Locale.ROOT),
            send.firing(),
            resolved(tx.sql(), send));
    var quiet = config.get().quiet();
    boolean waits =
        quiet != null
            && !message.severity().equals("page")
            && !send.channel().equals(ChannelConfig.INBOX);
    Outbox.add(
        tx.sql(),
        ids.get(),
        send.channel(),
        message,
        waits ? quiet.next(tx.now()) : tx.now(),
        tx.now());
    if (send.channel().equals(ChannelConfig.INBOX)) {
      Inbox.tell(tx, message, send.episode());
    }
  }

  /** What ended, also what a message was to tell of whose place this one takes. */
  private static List<RoutedAlert> resolved(Sql sql, Grouping.Send send) throws SQLException {
    var all = new LinkedHashMap<Labels, RoutedAlert>();
    send.resolved().forEach(a -> all.put(a.labels(), a));
    for (var alert : Outbox.endings(sql, send.channel(), send.group())) {
      all.putIfAbsent(alert.labels(), alert);
    }
    send.firing().forEach(a -> all.remove(a.labels()));
    return List.copyOf(all.values());
  }

  private void forward(Tx tx, String channel, Forwarding.Step step) throws SQLException {
    NotifyStore.forwarded(tx.sql(), channel, step.sent());
    if (!step.alerts().isEmpty()) {
      var messages = Forwarding.messages(channel, step.alerts(), tx.now());
      Outbox.replace(tx.sql(), ids, channel, messages, tx.now());
    }
  }

  /** The engine's own channels take a message in the transaction that marks it as sent. */
  private static void deliverOwn(Tx tx) throws SQLException {
    for (String channel : ChannelConfig.OWN) {
      for (var row = Outbox.claim(tx.sql(), channel, tx.now());
          row.isPresent();
          row = Outbox.claim(tx.sql(), channel, tx.now())) {
        Outbox.sent(tx.sql(), row.get().id(), "", tx.now());
        if (channel.equals(ChannelConfig.DESKTOP)) {
          Inbox.show(tx, row.get().message());
        }
      }
    }
  }
}
