package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.api.feed.FeedServer;
import dev.hivedeck.engine.config.SloConfig;
import dev.hivedeck.engine.config.notify.Matcher;
import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.Muted;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.security.SecretLookup;
import dev.hivedeck.engine.security.SecretValues;
import dev.hivedeck.engine.slo.watch.RuleFiles;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An alert is shown as kept back exactly when nobody is told of it. */
class MutedAlertsTest {
  private static final SloConfig RULES =
      new SloConfig(
          Map.of(),
          Map.of(),
          Map.of(
              "LagHigh",
              Json.read(
                  """
                  {"expr": "lag_seconds > 5", "labels": {"severity": "ticket", "zone": "a"}}
                  """,
                  JsonNode.class)),
          List.of(),
          Map.of());

  /** While a zone is down, nobody wants to hear what else is wrong there. */
  private static final NotifyConfig INHIBITING =
      new NotifyConfig(
          NotifyConfig.STANDARD.channels(),
          NotifyConfig.STANDARD.routes(),
          null,
          List.of(
              new NotifyConfig.Inhibit(
                  List.of(new Matcher("alertname", "=", "ZoneDown")),
                  List.of(new Matcher("severity", "=", "ticket")),
                  List.of("zone"))),
          NotifyConfig.STANDARD.decisions());

  private final VirtualTime time = new VirtualTime(Instant.parse("2026-03-01T00:00:00Z"));
  private final AtomicLong ids = new AtomicLong();
  private NotifyConfig config = INHIBITING;
  private Store store;
  private Notifications notifications;
  private Objectives objectives;

  @BeforeEach
  void open(@TempDir Path folder) {
    store = Store.open(folder.resolve("hive.db"), time.clock());
    notifications =
        new Notifications(
            store,
            () -> config,
            SecretLookup.of(folder, Map.of(), new SecretValues()),
            time.clock(),
            () -> "id-" + ids.incrementAndGet(),
            new Random(1),
            (name, work) -> work.run(),
            () -> FeedServer.Desktops.NONE);
    objectives =
        Objectives.of(
            store,
            new MetricRegistry(),
            notifications::changed,
            notifications::muting,
            time.clock());
  }

  @AfterEach
  void close() {
    notifications.close();
    store.close();
  }

  private void look() {
    time.advance(Duration.ofSeconds(10));
    objectives.push(
        Json.read(
            "[{\"metric_id\": \"lag_seconds\", \"metric_type\": \"gauge\", \"value\": 9}]",
            JsonNode.class));
    notifications.looked(objectives.refresh(new RuleFiles.Source(RULES, RULES)), objectives);
    notifications.look();
  }

  private void pass(Duration span) {
    for (var end = time.clock().instant().plus(span); time.clock().instant().isBefore(end); ) {
      look();
    }
  }

  private void receive(String name, String severity, boolean fires) {
    var now = time.clock().instant();
    var alert =
        new Command.ReceivedAlert(
            Map.of("alertname", name, "zone", "a", "severity", severity),
            Map.of(),
            now,
            fires ? null : now,
            true);
    store.write(
        "test",
        tx -> notifications.receive(tx, new Command.ReceiveAlerts("prometheus", List.of(alert))));
  }

  private SloViews.Alert shown(String name) {
    return objectives.alerts(100).stream()
        .filter(a -> name.equals(a.labels().get("alertname")))
        .findFirst()
        .orElseThrow();
  }

  private List<String> notices() {
    return store.read(
        sql -> sql.list("SELECT grouped FROM notification ORDER BY id", r -> r.text("grouped")));
  }

  @Test
  void anAlertOfAnotherSystemKeepsOneOfARuleBack() {
    receive("ZoneDown", "page", true);
    pass(Duration.ofMinutes(2));
    assertThat(shown("LagHigh").muted()).isEqualTo(Muted.INHIBITED);
    assertThat(shown("ZoneDown").muted()).isEqualTo(Muted.NONE);
    assertThat(notices()).isNotEmpty().noneMatch(n -> n.contains("LagHigh"));

    receive("ZoneDown", "page", false);
    pass(Duration.ofMinutes(10));
    assertThat(shown("LagHigh").muted()).isEqualTo(Muted.NONE);
    assertThat(notices()).anyMatch(n -> n.contains("LagHigh"));
  }

  @Test
  void anAlertOfAnotherSystemIsKeptBackFromWhenItCameAndAsLongAsItIs() {
    receive("ZoneDown", "page", true);
    receive("DiskFull", "ticket", true);
    assertThat(shown("DiskFull").muted()).isEqualTo(Muted.INHIBITED);
    receive("ZoneDown", "page", false);
    look();
    assertThat(shown("DiskFull").muted()).isEqualTo(Muted.NONE);
    var told = new ArrayList<String>();
    store.events(0, 1_000).stream()
        .filter(e -> e.topic() == Topic.ALERT && e.data() != null)
        .filter(e -> e.data().path("labels").path("alertname").asText().equals("DiskFull"))
        .forEach(e -> told.add(e.type().word() + " " + e.data().path("muted").asText()));
    assertThat(told).containsExactly("alert.firing inhibited", "alert.changed ");
  }

  @Test
  void whatHoldsIsTheConfigurationInForce() {
    receive("ZoneDown", "page", true);
    look();
    assertThat(shown("LagHigh").muted()).isEqualTo(Muted.INHIBITED);
    config = NotifyConfig.STANDARD;
    look();
    assertThat(shown("LagHigh").muted()).isEqualTo(Muted.NONE);
  }
}
