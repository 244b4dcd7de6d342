package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.SloConfig;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules with thresholds, of hive.yaml and of Prometheus' files, evaluated here as there. */
class RulesTest {
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime(START);
  private Store store;
  private Objectives objectives;
  private SloConfig config = SloConfig.NONE;

  @BeforeEach
  void open() {
    store = Store.open(folder.resolve("hive.db"), time.clock());
    objectives =
        Objectives.of(
            store, new MetricRegistry(), (tx, rule, transitions) -> {}, time.clock(), folder);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void restart() {
    store.close();
    open();
    objectives.refresh(config);
  }

  private static Map<String, JsonNode> alert(String json) {
    return Map.of("LagHigh", Json.read(json, JsonNode.class));
  }

  private void lag(double seconds) {
    objectives.push(
        Json.read(
            "[{\"metric_id\": \"lag_seconds\", \"metric_type\": \"gauge\", \"value\": "
                + seconds
                + ", \"labels\": {\"queue\": \"outbox\"}}]",
            JsonNode.class));
  }

  /** Ten seconds with this lag, then a look. */
  private void look(double seconds) {
    time.advance(Duration.ofSeconds(10));
    lag(seconds);
    objectives.refresh(config);
  }

  private void minutes(int minutes, double seconds) {
    for (int i = 0; i < 6 * minutes; i++) {
      look(seconds);
    }
  }

  private String state() {
    return objectives.rules().getLast().state();
  }

  private List<String> told() {
    return store.events(0, 5_000).stream()
        .filter(e -> e.topic() == Topic.ALERT)
        .map(Event::type)
        .filter(type -> !type.equals("alert.changed"))
        .toList();
  }

  private List<SloViews.Alert> alerts() {
    return objectives.alerts(10);
  }

  @Test
  void aThresholdIsPendingThenFiresAndIsTakenBackAlsoOverRestarts() {
    config =
        new SloConfig(
            Map.of(),
            Map.of(),
            alert(
                """
                {"expr": "lag_seconds > 5", "for": "2m", "keep_firing_for": "1m",
                 "labels": {"severity": "page", "team": "{{ $labels.queue }}-team"},
                 "annotations": {"summary": "lag of {{ $labels.queue }} is {{ $value }} s"}}
                """),
            List.of());
    look(1);
    assertThat(state()).isEqualTo("inactive");
    look(9);
    assertThat(state()).isEqualTo("pending");
    minutes(1, 9);
    restart();
    assertThat(state()).as("restarted while pending").isEqualTo("pending");
    minutes(1, 9);
    assertThat(state()).isEqualTo("firing");
    assertThat(alerts()).hasSize(1);
    var firing = alerts().getFirst();
    assertThat(firing.labels())
        .containsEntry("team", "outbox-team")
        .containsEntry("alertname", "LagHigh");
    assertThat(firing.texts()).containsEntry("summary", "lag of outbox is 9 s");
    restart();
    look(9);
    assertThat(alerts()).as("restarted while it fires").hasSize(1);
    assertThat(alerts().getFirst().labels()).isEqualTo(firing.labels());
    assertThat(alerts().getFirst().began()).isEqualTo(firing.began());
    look(1);
    assertThat(state()).as("it is kept for a minute").isEqualTo("firing");
    restart();
    minutes(1, 1);
    assertThat(state()).isEqualTo("inactive");
    restart();
    minutes(1, 1);
    assertThat(told()).containsExactly("alert.pending", "alert.firing", "alert.resolved");
    assertThat(alerts()).singleElement().matches(a -> a.state().equals("resolved"));
    minutes(15, 1);
    assertThat(told()).last().isEqualTo("alert.removed");
  }

  @Test
  void oneMissDropsWhatIsPending() {
    config =
        new SloConfig(
            Map.of(),
            Map.of(),
            alert("{\"expr\": \"lag_seconds > 5\", \"for\": \"5m\"}"),
            List.of());
    minutes(4, 9);
    look(1);
    assertThat(told()).containsExactly("alert.pending", "alert.removed");
    minutes(4, 9);
    assertThat(state()).isEqualTo("pending");
    assertThat(alerts()).hasSize(1);
  }

  @Test
  void filesOfPrometheusRecordAndAlertAndAreReadAgainWhenTheyChange() throws IOException {
    Path file = folder.resolve("lag.rules.yml");
    Files.writeString(
        file,
        """
        groups:
          - name: lag
            interval: 10s
            rules:
              - record: queue:lag:max
                expr: max by (queue) (lag_seconds)
              - alert: LagHigh
                expr: queue:lag:max > 5
                labels: { severity: ticket }
        """);
    config = new SloConfig(Map.of(), Map.of(), Map.of(), List.of("lag.rules.yml", "none.yml"));
    look(9);
    assertThat(objectives.rules())
        .extracting(SloViews.Rule::name, SloViews.Rule::state)
        .containsExactly(
            tuple("rule:none.yml", "broken"),
            tuple("rule:lag.rules.yml/lag/queue:lag:max", "inactive"),
            tuple("rule:lag.rules.yml/lag/LagHigh", "firing"));
    assertThat(alerts()).hasSize(1);
    Files.writeString(
        file, "groups: [ { name: lag, rules: [ { alert: A, expr: 'lag_seconds >' } ] } ]");
    look(9);
    assertThat(objectives.rules())
        .extracting(SloViews.Rule::state)
        .containsExactlyInAnyOrder("broken", "broken");
    assertThat(alerts()).singleElement().matches(a -> a.state().equals("removed"));
    assertThat(told()).contains("alert.firing").last().isEqualTo("alert.removed");
  }

  @Test
  void aRuleThatFailsLeavesTheOthers() throws IOException {
    Files.writeString(
        folder.resolve("r.yml"),
        """
        groups:
          - name: g
            interval: 10s
            rules:
              - alert: Alike
                expr: lag_seconds or label_replace(lag_seconds, "queue", "other", "queue", ".*")
                labels: { queue: same }
              - alert: LagHigh
                expr: lag_seconds > 5
        """);
    config = new SloConfig(Map.of(), Map.of(), Map.of(), List.of("r.yml"));
    look(9);
    look(9);
    assertThat(objectives.rules().getFirst().problem()).contains("the same labels");
    assertThat(objectives.rules().getLast().state()).isEqualTo("firing");
  }

  @Test
  void aFileOutsideOfTheRepositoryIsNotRead() throws IOException {
    Path inside = Files.createDirectories(folder.resolve("repository"));
    Files.writeString(folder.resolve("secret.yml"), "groups: []");
    Files.createSymbolicLink(inside.resolve("link.yml"), folder.resolve("secret.yml"));
    objectives =
        Objectives.of(
            store, new MetricRegistry(), (tx, rule, transitions) -> {}, time.clock(), inside);
    config = new SloConfig(Map.of(), Map.of(), Map.of(), List.of("link.yml"));
    look(1);
    assertThat(objectives.rules())
        .singleElement()
        .matches(r -> r.problem().contains("lies outside of the repository"));
  }
}
