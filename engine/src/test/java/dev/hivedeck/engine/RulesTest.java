package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.ConfigSnapshot;
import dev.hivedeck.engine.config.SloConfig;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.engine.slo.alert.Muting;
import dev.hivedeck.engine.slo.watch.RuleFiles;
import dev.hivedeck.engine.slo.watch.SloWatch;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules with thresholds, of hive.yaml and of Prometheus' files, evaluated here as there. */
class RulesTest {
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime(START);
  private Store store;
  private Objectives objectives;
  private SloConfig config = SloConfig.NONE;

  /** What is said, where it is not what is in force. */
  private SloConfig said;

  private SloWatch.Listener listener = (tx, rule, transitions) -> {};

  @BeforeEach
  void open() {
    store = Store.open(folder.resolve("hive.db"), time.clock());
    objectives =
        Objectives.of(store, new MetricRegistry(), listener, Muting::silences, time.clock());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void restart() {
    store.close();
    open();
    refresh();
  }

  private void refresh() {
    objectives.refresh(new RuleFiles.Source(config, said == null ? config : said));
  }

  /** What hive.yaml and the rule files say now. */
  private SloConfig read() throws IOException {
    Path hive = folder.resolve(".hivedeck/hive.yaml");
    Files.createDirectories(hive.getParent());
    Files.writeString(hive, "version: 1\nrules: [ rules.yml, none.yml ]\n");
    return ConfigSnapshot.read(folder, null).config().slo();
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
    refresh();
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
        .map(event -> event.type().word())
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
            List.of(),
            Map.of());
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
    assertThat(alerts()).singleElement().matches(a -> a.state() == AlertState.RESOLVED);
    minutes(15, 1);
    assertThat(told()).last().isEqualTo("alert.removed");
  }

  /** Away for so long; the lag that is pushed again, none for nothing; minutes until that comes. */
  static Stream<Arguments> absences() {
    return Stream.of("PT1M", "PT4M50S", "PT6M", "PT2H", "P3D")
        .map(Duration::parse)
        .flatMap(
            away ->
                Stream.of(
                    Arguments.of(away, 9.0, 0, "firing"),
                    Arguments.of(away, 9.0, 8, "firing"),
                    Arguments.of(away, 1.0, 0, "inactive"),
                    Arguments.of(away, 1.0, 8, "inactive"),
                    Arguments.of(away, null, 8, "inactive")));
  }

  @ParameterizedTest(name = "away {0}, then {1} after {2} minutes")
  @MethodSource("absences")
  void anAlertOfAnAbsentEngineWaitsForItsSeriesToComeBack(
      Duration away, Double lag, int minutes, String then) {
    config = rule("{\"expr\": \"max by (queue) (lag_seconds) > 5\", \"for\": \"1m\"}");
    minutes(2, 9);
    assertThat(state()).isEqualTo("firing");
    time.advance(away);
    restart();
    for (int i = 0; i < 6 * minutes; i++) {
      idle();
      assertThat(state()).as("after " + (i + 1) * 10 + " s without a push").isEqualTo("firing");
    }
    if (lag != null) {
      look(lag);
    }
    boolean back = lag != null;
    assertThat(state()).isEqualTo(back ? then : "firing");
    if (back) {
      minutes(11, lag);
    } else {
      idle(11 - minutes);
    }
    assertThat(state()).isEqualTo(then);
    assertThat(told())
        .isEqualTo(
            then.equals("firing")
                ? List.of("alert.pending", "alert.firing")
                : List.of("alert.pending", "alert.firing", "alert.resolved"));
  }

  @Test
  void anAlertOfASumWaitsForAllItsSeriesAndNotForThoseOfOthers() {
    config = rule("{\"expr\": \"sum by (team) (jobs) > 5\"}");
    for (int i = 0; i < 6; i++) {
      jobs("a", "1", 4);
      jobs("a", "2", 4);
      jobs("b", "3", 9);
      idle();
    }
    assertThat(firing()).containsExactlyInAnyOrder("a", "b");
    time.advance(Duration.ofMinutes(6));
    restart();
    jobs("a", "1", 4);
    jobs("b", "3", 1);
    idle();
    assertThat(firing()).as("the other half of a is not there yet").containsExactly("a");
    jobs("a", "1", 4);
    jobs("a", "2", 0);
    idle();
    assertThat(firing()).isEmpty();
  }

  @Test
  void aComputerThatSleptEndsNoAlertEither() {
    config = rule("{\"expr\": \"lag_seconds > 5\"}");
    minutes(1, 9);
    time.advance(Duration.ofHours(8));
    refresh();
    idle(1);
    assertThat(state()).isEqualTo("firing");
    look(1);
    assertThat(state()).isEqualTo("inactive");
  }

  @Test
  void aPendingAlertGoesOnWhereItWas() {
    config = rule("{\"expr\": \"lag_seconds > 5\", \"for\": \"5m\"}");
    minutes(3, 9);
    assertThat(state()).isEqualTo("pending");
    time.advance(Duration.ofMinutes(6));
    restart();
    idle(3);
    assertThat(state()).isEqualTo("pending");
    minutes(1, 9);
    assertThat(state()).as("it has held for four minutes").isEqualTo("pending");
    minutes(2, 9);
    assertThat(state()).isEqualTo("firing");
  }

  private static SloConfig rule(String json) {
    return new SloConfig(Map.of(), Map.of(), alert(json), List.of(), Map.of());
  }

  private void idle() {
    time.advance(Duration.ofSeconds(10));
    refresh();
  }

  private void idle(int minutes) {
    for (int i = 0; i < 6 * minutes; i++) {
      idle();
    }
  }

  private void jobs(String team, String instance, int count) {
    objectives.push(
        Json.tree(
            Map.of(
                "metric_id",
                "jobs",
                "metric_type",
                "gauge",
                "value",
                count,
                "labels",
                Map.of("team", team, "instance", instance))));
  }

  private List<String> firing() {
    return alerts().stream()
        .filter(a -> a.ended() == null)
        .map(a -> a.labels().get("team"))
        .toList();
  }

  @Test
  void oneMissDropsWhatIsPending() {
    config =
        new SloConfig(
            Map.of(),
            Map.of(),
            alert("{\"expr\": \"lag_seconds > 5\", \"for\": \"5m\"}"),
            List.of(),
            Map.of());
    minutes(4, 9);
    look(1);
    assertThat(told()).containsExactly("alert.pending", "alert.removed");
    minutes(4, 9);
    assertThat(state()).isEqualTo("pending");
    assertThat(alerts()).hasSize(1);
  }

  private static final String LAG =
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
      """;

  private static final String BROKEN = "groups: [ { name: lag, rules: [ {";

  private void rules(String text) throws IOException {
    Files.writeString(folder.resolve("rules.yml"), text);
  }

  private List<String> states() {
    return objectives.rules().stream().map(r -> r.name() + " " + r.state()).toList();
  }

  @Test
  void filesOfPrometheusRecordAndAlertAndFollowTheirText() throws IOException {
    rules(LAG);
    config = read();
    look(9);
    assertThat(states())
        .containsExactly(
            "rule:none.yml broken",
            "rule:rules.yml/lag/queue:lag:max inactive",
            "rule:rules.yml/lag/LagHigh firing");
    assertThat(alerts()).hasSize(1);
    rules("groups: []");
    config = read();
    look(9);
    assertThat(states()).containsExactly("rule:none.yml broken");
    assertThat(alerts()).singleElement().matches(a -> a.state() == AlertState.REMOVED);
    assertThat(told()).contains("alert.firing").last().isEqualTo("alert.removed");
  }

  @Test
  void aFileThatIsBrokenForAMomentKeepsItsAlertsAlsoOverARestart() throws IOException {
    rules(LAG);
    config = read();
    look(9);
    var began = alerts().getFirst().began();
    rules(BROKEN);
    config = read();
    look(9);
    assertThat(states())
        .as("it goes on as it was understood, and says that it is broken")
        .contains("rule:rules.yml broken", "rule:rules.yml/lag/LagHigh firing");
    restart();
    look(9);
    assertThat(states()).contains("rule:rules.yml broken").noneMatch(s -> s.contains("LagHigh"));
    assertThat(alerts()).singleElement().matches(a -> a.state() == AlertState.FIRING);
    assertThat(objectives.watched()).contains("rule:rules.yml/lag/LagHigh");
    rules(LAG);
    config = read();
    look(9);
    assertThat(alerts())
        .singleElement()
        .matches(a -> a.state() == AlertState.FIRING && a.began().equals(began));
    assertThat(told()).containsExactly("alert.firing");
    look(1);
    assertThat(told()).containsExactly("alert.firing", "alert.resolved");
  }

  @Test
  void aBrokenRuleIsNamedWithItsLineAndLeavesTheOthersOfItsFile() throws IOException {
    String broken = LAG + "      - { alert: Odd, expr: 'lag_seconds >' }\n";
    rules(broken);
    config = read();
    look(9);
    assertThat(states())
        .containsExactly(
            "rule:rules.yml/lag/Odd broken",
            "rule:none.yml broken",
            "rule:rules.yml/lag/queue:lag:max inactive",
            "rule:rules.yml/lag/LagHigh firing");
    assertThat(objectives.rules().getFirst().problem()).contains("lag/Odd", "line 10", "column");
    rules(LAG.replace("queue:lag:max > 5", "queue:lag:max >"));
    config = read();
    look(9);
    assertThat(states())
        .as("it goes on as it was understood last")
        .contains("rule:rules.yml/lag/LagHigh broken", "rule:rules.yml/lag/LagHigh firing");
  }

  @Test
  void aFileThatChangedWaitsForConsentAndTheFormerOneIsEvaluated() throws IOException {
    rules(LAG);
    config = read();
    look(9);
    rules(LAG.replace("> 5", "> 50"));
    said = read();
    look(9);
    assertThat(states())
        .contains("rule:rules.yml awaiting-consent", "rule:rules.yml/lag/LagHigh firing");
    config = said;
    look(9);
    assertThat(states()).contains("rule:rules.yml/lag/LagHigh inactive");
    assertThat(told()).containsExactly("alert.firing", "alert.resolved");
  }

  @Test
  void whatCouldNotBeKeptIsToldTheNextTime() {
    config =
        new SloConfig(
            Map.of(), Map.of(), alert("{\"expr\": \"lag_seconds > 5\"}"), List.of(), Map.of());
    var heard = new ArrayList<String>();
    var full = new AtomicBoolean(true);
    listener =
        (tx, rule, transitions) -> {
          if (full.get()) {
            throw new SQLException("the disk is full");
          }
          transitions.forEach(t -> heard.add(rule + " " + t.to()));
        };
    objectives =
        Objectives.of(store, new MetricRegistry(), listener, Muting::silences, time.clock());
    assertThatThrownBy(() -> look(9)).hasStackTraceContaining("the disk is full");
    assertThat(state()).isEqualTo("inactive");
    full.set(false);
    look(9);
    assertThat(heard).containsExactly("rule:hive.yaml/LagHigh FIRING");
    assertThat(told()).containsExactly("alert.firing");
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void aHostileFileIsListedWithItsReasonAndTheOthersGoOn(String text, String why)
      throws IOException {
    rules(text);
    config = read();
    config =
        new SloConfig(
            Map.of(),
            Map.of(),
            alert("{\"expr\": \"lag_seconds > 5\"}"),
            config.rules(),
            config.files());
    look(9);
    assertThat(objectives.rules())
        .anyMatch(
            r ->
                r.name().equals("rule:rules.yml")
                    && r.state().equals("broken")
                    && r.problem().contains(why));
    assertThat(states()).contains("rule:hive.yaml/LagHigh firing");
  }

  static Stream<Arguments> hostile() {
    return Stream.of(
        Arguments.of("[".repeat(100_000), "rules:1: not valid YAML: nested deeper than 50 levels"),
        Arguments.of("groups:\n" + "- ".repeat(60) + "a", "rules:2: not valid YAML: nested deeper"),
        Arguments.of("a: &a [x, x]\nb: &b [*a, *a]\ngroups: *b\n", "aliases (*name)"),
        Arguments.of("groups: text", "a list of groups is expected"),
        Arguments.of("group: []", "the key group is not known"),
        Arguments.of("[groups]", "they begin with groups:"));
  }

  @Test
  void aRuleThatFailsLeavesTheOthers() throws IOException {
    rules(
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
    config = read();
    look(9);
    look(9);
    assertThat(objectives.rules().get(1).problem()).contains("the same labels");
    assertThat(objectives.rules().getLast().state()).isEqualTo("firing");
  }

  @Test
  void aFileOutsideOfTheRepositoryIsNotRead(@TempDir Path outside) throws IOException {
    Files.writeString(outside.resolve("secret.yml"), "groups: []");
    Files.createSymbolicLink(folder.resolve("rules.yml"), outside.resolve("secret.yml"));
    config = read();
    look(1);
    assertThat(objectives.rules())
        .anyMatch(r -> r.problem().contains("lies outside of the repository"));
  }
}
