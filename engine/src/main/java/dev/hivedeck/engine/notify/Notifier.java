package dev.hivedeck.engine.notify;

import dev.hivedeck.engine.config.notify.ChannelConfig;
import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.notify.Forwarding.Sent;
import dev.hivedeck.engine.notify.channel.Message;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.slo.alert.AlertStore;
import dev.hivedeck.engine.slo.alert.Inhibition;
import dev.hivedeck.engine.slo.alert.Muting;
import dev.hivedeck.engine.slo.alert.Silence;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Takes alerts of all sources, and puts what is to be told of them into the outbox and the inbox:
 * in the transaction in which an alert changes, and again as time passes. What is in the outbox is
 * sent by {@link Delivery}.
 */
public final class Notifier {
  /** How long an alert that ended is remembered, and its end told to those who ask again. */
  static final Duration RETENTION = Forwarding.ENDED;

  /** How long messages that are over are kept. */
  private static final Duration KEPT = Duration.ofDays(30);

  private static final Duration TIDY = Duration.ofHours(1);

  private final Store store;
  private final Supplier<NotifyConfig> config;
  private final List<AlertSource> sources;
  private final Clock clock;
  private final Supplier<String> ids;
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
    this.sources = List.copyOf(all);
    this.clock = clock;
    this.ids = ids;
  }

  /** What is to be written. */
  private record Changes(
      List<RoutedAlert> put,
      List<RoutedAlert> removed,
      List<AlertGroup> groups,
      List<String> gone,
      List<Grouping.Send> sends,
      Map<String, Forwarding.Step> forwards,
      boolean local) {
    boolean isEmpty() {
      return put.isEmpty()
          && removed.isEmpty()
          && groups.isEmpty()
          && gone.isEmpty()
          && sends.isEmpty()
          && forwards.isEmpty()
          && !local;
    }
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
    return new Muting(AlertStore.silences(sql, now), Inhibition.all(config), firing, now);
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
  }

  /**
   * A person takes care of an alert: the notices that tell of it are read.
   *
   * @return how many were not read before
   * @throws HiveException {@code no-alert}; {@code not-now} where it fires no more, or nobody was
   *     told of it yet
   */
  public int acknowledge(Tx tx, String alert) throws SQLException {
    return Acknowledgement.of(tx, alert, new Routes(config.get()));
  }

  /** Returns how many were not read before. */
  public int readAll(Tx tx) throws SQLException {
    return Inbox.readAll(tx);
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
    return MessageText.of(1, "test/" + channel, alert.labels(), "test", List.of(alert), List.of());
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
    if (!store.read(sql -> changes(sql, now)).isEmpty()) {
      store.write(
          "notify",
          tx -> {
            route(tx);
            return null;
          });
    }
    if (tidied.isAfter(now) || !tidied.plus(TIDY).isAfter(now)) {
      tidied = now;
      store.write(
          "notify",
          tx -> {
            Outbox.tidy(tx.sql(), tx.now().minus(KEPT));
            Inbox.tidy(tx, tx.now().minus(KEPT));
            return null;
          });
    }
  }

  private void route(Tx tx) throws SQLException {
    var changes = changes(tx.sql(), tx.now());
    for (var alert : changes.put()) {
      NotifyStore.put(tx.sql(), alert);
      if (!alert.isFiring() && !alert.source().equals(RoutedAlert.OWN)) {
        ForeignAlerts.record(tx, alert, "");
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

  // ── what time brings ────────────────────────────────────────────────────────────────────────

  private Changes changes(Sql sql, Instant now) throws SQLException {
    var wanted = config.get();
    var routes = new Routes(wanted);
    var stored = NotifyStore.alerts(sql);
    var alerts = new TreeMap<>(stored);
    raise(sql, now, alerts);
    alerts.replaceAll(
        (labels, alert) ->
            alert.isFiring() && alert.expires() != null && !alert.expires().isAfter(now)
                ? alert.ended(now)
                : alert);
    var silences = alerts.isEmpty() ? List.<Silence>of() : AlertStore.silences(sql, now);
    var before = NotifyStore.groups(sql);
    var read = new HashSet<String>();
    for (var group : before.values()) {
      if (group.episode() != null && Inbox.isRead(sql, group.name(), group.episode())) {
        read.add(group.name());
      }
    }
    Predicate<RoutedAlert> silenced =
        a -> silences.stream().anyMatch(s -> s.covers(a.labels(), now));
    var step =
        Grouping.step(routes, alerts.values(), before, silenced, g -> read.contains(g.name()), now);
    var forwards = new HashMap<String, Forwarding.Step>();
    for (var channel : wanted.channels().values()) {
      if (channel instanceof ChannelConfig.Alertmanager) {
        Map<Labels, Sent> sent = NotifyStore.forwarded(sql, channel.name());
        var forward = Forwarding.step(routes, channel.name(), alerts.values(), sent, silenced, now);
        if (!forward.sent().equals(sent)) {
          forwards.put(channel.name(), forward);
        }
      }
    }
    var removed = new ArrayList<RoutedAlert>();
    for (var alert : alerts.values()) {
      if (!alert.isFiring()
          && alert.ended().plus(RETENTION).isBefore(now)
          && isSettled(alert, routes, step.groups())) {
        removed.add(alert);
      }
    }
    return new Changes(
        alerts.values().stream()
            .filter(a -> !a.equals(stored.get(a.labels())) && !removed.contains(a))
            .toList(),
        removed.stream().filter(a -> stored.containsKey(a.labels())).toList(),
        step.groups().values().stream().filter(g -> !g.equals(before.get(g.name()))).toList(),
        before.keySet().stream().filter(name -> !step.groups().containsKey(name)).toList(),
        step.sends(),
        forwards,
        Outbox.due(sql, now).contains(ChannelConfig.DESKTOP));
  }

  private void raise(Sql sql, Instant now, Map<Labels, RoutedAlert> alerts) throws SQLException {
    for (var source : sources) {
      var firing = new HashMap<Labels, RoutedAlert>();
      source.firing(sql, now).forEach(a -> firing.put(a.labels(), a));
      alerts.replaceAll(
          (labels, alert) ->
              alert.isFiring()
                      && alert.source().equals(RoutedAlert.OWN)
                      && !alert.isWatched() // a rule may have the name of a source
                      && labels.get("alertname").equals(source.name())
                      && !firing.containsKey(labels)
                  ? alert.ended(now)
                  : alert);
      firing.forEach(
          (labels, alert) -> {
            var known = alerts.get(labels);
            if (known == null || !known.isFiring()) {
              alerts.put(labels, alert);
            }
          });
    }
  }

  private static boolean isSettled(
      RoutedAlert alert, Routes routes, Map<String, AlertGroup> groups) {
    return routes.of(alert.labels()).stream()
        .map(route -> groups.get(route.name() + route.group(alert.labels())))
        .allMatch(
            group -> group == null || alert.ended().equals(group.settled().get(alert.labels())));
  }
}
