package dev.hivedeck.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.api.feed.FeedServer;
import dev.hivedeck.engine.config.SloConfig;
import dev.hivedeck.engine.config.notify.ChannelConfig;
import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.config.notify.SecretRef;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.AlertEvent;
import dev.hivedeck.engine.security.SecretLookup;
import dev.hivedeck.engine.security.SecretValues;
import dev.hivedeck.engine.slo.watch.RuleFiles;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.VirtualTime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The part of an engine that watches objectives and rules and tells of their alerts, over a real
 * store, with a clock that is told the time. In a process of its own it is to be killed.
 */
final class CrashAlerts implements AutoCloseable {
  static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

  private static final SloConfig CONFIG =
      new SloConfig(
          Map.of(
              "orders",
              node(
                  """
                  {"indicator": {"service": "orders", "bad": "requests_total{code=\\"500\\"}",
                   "total": "requests_total"}, "target": "99.9%"}
                  """)),
          Map.of(),
          Map.of(
              "LagHigh",
              node(
                  """
                  {"expr": "lag_seconds > 5", "for": "1m", "keep_firing_for": "1m",
                   "labels": {"severity": "page", "team": "{{ $labels.queue }}-team"},
                   "annotations": {"summary": "{{ $labels.queue }} lags {{ $value }} s"}}
                  """)),
          List.of(),
          Map.of());

  private final VirtualTime time;
  private final Store store;
  private final Notifications notifications;
  private final Objectives objectives;

  /** What has happened until a step, ten seconds after the one before. */
  record Step(int number, int lag, long good, long bad) {
    static Step parse(String line) {
      String[] parts = line.split(" ");
      return new Step(
          Integer.parseInt(parts[0]),
          Integer.parseInt(parts[1]),
          Long.parseLong(parts[2]),
          Long.parseLong(parts[3]));
    }

    Instant at() {
      return START.plusSeconds(10L * number);
    }

    @Override
    public String toString() {
      return number + " " + lag + " " + good + " " + bad;
    }
  }

  /** The name of the channel by which others are told, where there is one. */
  static final String HOOK = "hook";

  CrashAlerts(Path folder, Instant now) {
    this(folder, now, null);
  }

  /**
   * @param hook an address that is told of all, besides the engine's own channels; null for none
   */
  CrashAlerts(Path folder, Instant now, String hook) {
    var config = hook == null ? NotifyConfig.STANDARD : telling(hook);
    this.time = new VirtualTime(now);
    this.store = Store.open(folder.resolve("hive.db"), time.clock());
    var ids = new AtomicLong(System.nanoTime());
    this.notifications =
        new Notifications(
            store,
            () -> config,
            SecretLookup.of(folder, Map.of(), new SecretValues()),
            time.clock(),
            () -> "id-" + ids.incrementAndGet(),
            new Random(1),
            (name, work) -> work.run(),
            () -> FeedServer.Desktops.NONE);
    this.objectives =
        Objectives.of(
            store,
            new MetricRegistry(),
            notifications::changed,
            notifications::muting,
            time.clock());
  }

  private static NotifyConfig telling(String hook) {
    var standard = NotifyConfig.STANDARD;
    var channels = new TreeMap<>(standard.channels());
    channels.put(HOOK, new ChannelConfig.Webhook(HOOK, new SecretRef.Plain(hook), null));
    var rest = standard.routes().getFirst();
    var route =
        new NotifyConfig.Route(
            rest.match(),
            List.of(ChannelConfig.INBOX, ChannelConfig.DESKTOP, HOOK),
            rest.groupBy(),
            rest.groupWait(),
            rest.groupInterval(),
            rest.repeatInterval(),
            rest.escalate(),
            rest.goesOn());
    return new NotifyConfig(
        channels, List.of(route), null, standard.inhibitions(), standard.decisions());
  }

  private static JsonNode node(String json) {
    return Json.read(json, JsonNode.class);
  }

  /** Looks as an engine does ten seconds after the last time; twice at one time changes nothing. */
  void look(Step step) {
    advance(step.at());
    objectives.push(
        node(
            """
            [{"metric_id": "requests_total", "metric_type": "counter", "value": %d,
              "labels": {"code": "200"}},
             {"metric_id": "requests_total", "metric_type": "counter", "value": %d,
              "labels": {"code": "500"}},
             {"metric_id": "lag_seconds", "metric_type": "gauge", "value": %d,
              "labels": {"queue": "outbox"}}]
            """
                .formatted(step.good(), step.bad(), step.lag())));
    evaluate();
  }

  /** The same where nothing was pushed. */
  void look(Instant at) {
    advance(at);
    evaluate();
  }

  private void advance(Instant at) {
    time.advance(Duration.between(time.clock().instant(), at));
  }

  private void evaluate() {
    notifications.looked(objectives.refresh(new RuleFiles.Source(CONFIG, CONFIG)), objectives);
    notifications.look();
  }

  /** Who is pending, fires, is kept, or has ended. */
  List<String> states() {
    return objectives.rules().stream().map(r -> r.name() + " " + r.state()).toList();
  }

  /** All that was told of alerts, to the feed and to people. */
  List<String> told() {
    var told = new ArrayList<String>();
    for (Event event : store.events(0, 100_000)) {
      if (event.topic() == Topic.ALERT && event.type() != AlertEvent.CHANGED) {
        String labels = event.data() == null ? "" : event.data().path("labels").toString();
        told.add(event.at() + " " + event.type().word() + " " + event.id() + " " + labels);
      }
    }
    told.addAll(
        store.read(
            sql ->
                sql.list(
                    "SELECT channel, grouped, firing, created FROM notification ORDER BY id",
                    row ->
                        row.instant("created")
                            + " "
                            + row.text("channel")
                            + " "
                            + row.text("grouped")
                            + " "
                            + row.number("firing"))));
    return told;
  }

  /** Keys of the messages to the hook, in their order, and how each stands. */
  List<String> sent() {
    return store.read(
        sql ->
            sql.list(
                "SELECT key, state FROM notification WHERE channel = ? ORDER BY id",
                row -> row.text("key") + " " + row.text("state"),
                HOOK));
  }

  /** What people were told in the workspace, notice by notice. */
  List<String> notices() {
    return store.events(0, 100_000).stream()
        .filter(e -> e.topic() == Topic.NOTICE)
        .map(e -> e.at() + " " + e.type() + " " + e.id())
        .toList();
  }

  @Override
  public void close() {
    notifications.close();
    store.close();
  }

  /**
   * @param arguments the folder, and an address that is to be told; what happens comes line by
   *     line, and each is answered once it is durable
   */
  public static void main(String[] arguments) throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    CrashAlerts alerts = null;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      var step = Step.parse(line);
      if (alerts == null) {
        alerts =
            new CrashAlerts(
                Path.of(arguments[0]), step.at(), arguments.length > 1 ? arguments[1] : null);
      }
      alerts.look(step);
      System.out.println("done " + step);
    }
  }
}
