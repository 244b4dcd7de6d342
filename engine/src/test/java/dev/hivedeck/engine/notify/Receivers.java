package dev.hivedeck.engine.notify;

import dev.hivedeck.engine.config.notify.ChannelConfig;
import dev.hivedeck.engine.config.notify.Matcher;
import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.config.notify.NotifyConfig.Route;
import dev.hivedeck.engine.config.notify.SecretRef;
import dev.hivedeck.engine.notify.channel.Message;
import dev.hivedeck.engine.notify.channel.Outcome;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Everything of notifications but the network, under a clock that is turned by hand. */
final class Receivers implements AutoCloseable {
  static final String HOOK = "hook";
  static final String CENTRAL = "central";

  /** What the other side does with a message. */
  @FunctionalInterface
  interface Network {
    Outcome take(String channel, Message message, String key) throws InterruptedException;
  }

  /** A message as the other side saw it. */
  record Taken(Instant at, String channel, Message message, String key) {}

  private final Path file;
  private final Clock clock = ((InstantSource) () -> this.now).withZone(ZoneOffset.UTC);
  private final Random random;
  private final NotifyConfig config;
  private int ids;
  final List<Taken> tries = new ArrayList<>();
  Network network = (channel, message, key) -> new Outcome.Sent("ok");
  Instant now = Instant.parse("2026-01-05T12:00:00Z");
  Store store;
  private Notifier notifier;
  private Delivery delivery;

  Receivers(Path folder, long seed) {
    this(folder, seed, List.of());
  }

  /**
   * @param before routes that come before the one of all channels
   */
  Receivers(Path folder, long seed, List<Route> before) {
    this.file = folder.resolve("hive.db");
    this.random = new Random(seed);
    var channels = new HashMap<>(NotifyConfig.STANDARD.channels());
    channels.put(HOOK, new ChannelConfig.Slack(HOOK, new SecretRef.Stored("x")));
    channels.put(CENTRAL, new ChannelConfig.Alertmanager(CENTRAL, new SecretRef.Stored("x"), null));
    var routes = new ArrayList<>(before);
    routes.add(route(List.of(), List.of(HOOK, CENTRAL, ChannelConfig.DESKTOP)));
    this.config = new NotifyConfig(channels, routes, null, List.of(), Duration.ofMinutes(15));
    start();
  }

  static Route route(List<Matcher> match, List<String> to) {
    return new Route(
        match,
        to,
        List.of("group"),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofHours(4),
        List.of(),
        false);
  }

  private void start() {
    store = Store.open(file, clock);
    notifier = new Notifier(store, () -> config, List.of(), clock, () -> "key-" + ids++);
    delivery =
        new Delivery(
            store,
            () -> config,
            this::send,
            clock,
            random,
            (name, work) -> {
              work.run();
              Thread.interrupted(); // one that was cut off says so
            });
  }

  private Outcome send(ChannelConfig channel, Message message, String key)
      throws InterruptedException {
    tries.add(new Taken(now, channel.name(), message, key));
    return network.take(channel.name(), message, key);
  }

  /** As after a kill: only what is on the disk is left. */
  void restart() {
    store.close();
    start();
  }

  void look() {
    notifier.look();
    delivery.look();
  }

  void pass(Duration time) {
    pass(time, Duration.ofSeconds(5));
  }

  /** Looks again and again. */
  void pass(Duration time, Duration every) {
    var end = now.plus(time);
    while (now.isBefore(end)) {
      now = now.plus(every);
      look();
    }
  }

  void alert(String group, String name, boolean fires) {
    alerts(List.of(Map.of("alertname", name, "group", group)), fires);
  }

  void alerts(List<Map<String, String>> labels, boolean fires) {
    var received =
        labels.stream()
            .map(
                l ->
                    new Command.ReceivedAlert(
                        new TreeMap<>(l),
                        Map.of("summary", "It is out"),
                        now,
                        fires ? null : now,
                        true))
            .toList();
    store.write("test", tx -> notifier.receive(tx, new Command.ReceiveAlerts("test", received)));
  }

  void retryDead() {
    for (long id :
        store.read(
            sql ->
                sql.list(
                    "SELECT id FROM notification WHERE state = 'dead'", r -> r.number("id")))) {
      store.write(
          "test",
          tx -> {
            notifier.retry(tx, id);
            return null;
          });
    }
  }

  /** Why messages were given up. */
  List<String> dead() {
    return store.read(
        sql ->
            sql.list(
                "SELECT answer FROM notification WHERE state = 'dead'", r -> r.text("answer")));
  }

  /** What the inbox has, the newest last: its state, and how often it was told. */
  List<String> notices() {
    return store.read(Inbox::views).stream().map(n -> n.state() + " " + n.count()).toList();
  }

  long count(String sql, Object... values) {
    return store.read(s -> s.number(sql, values));
  }

  List<Taken> tries(String channel) {
    return tries.stream().filter(t -> t.channel().equals(channel)).toList();
  }

  @Override
  public void close() {
    store.close();
  }
}
