package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.SloConfig;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.ReplayViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.slo.alert.Muting;
import dev.hivedeck.engine.slo.watch.RuleFiles;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told of an objective's past: its history, what spent its budget, what would alert. */
class ObjectiveHistoryTest {
  private static final String ORDERS =
      """
      {"service": "orders", "bad": "requests_total{code=~\\"5..\\"}", "total": "requests_total"}\
      """;

  private static final Map<String, JsonNode> DECLARED =
      Map.of("orders", node("{\"indicator\": " + ORDERS + ", \"target\": \"99.9%\"}"));

  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime(Instant.parse("2026-11-18T14:00:00Z"));
  private Duration setBack = Duration.ZERO;
  private Store store;
  private Objectives objectives;

  @BeforeEach
  void open() {
    store = Store.open(folder.resolve("hive.db"), time.clock());
    objectives =
        Objectives.of(
            store,
            new MetricRegistry(),
            (tx, rule, transitions) -> {},
            Muting::silences,
            new ShiftedClock());
    push(0, 0);
    look();
    push(900, 100);
    look();
  }

  /** One that can be set back. */
  private final class ShiftedClock extends Clock {
    @Override
    public Instant instant() {
      return time.clock().instant().minus(setBack);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void look() {
    time.advance(Duration.ofSeconds(10));
    var slo = new SloConfig(DECLARED, Map.of(), Map.of(), List.of(), Map.of());
    objectives.refresh(new RuleFiles.Source(slo, slo));
  }

  private static JsonNode node(String json) {
    return Json.read(json, JsonNode.class);
  }

  private void push(long good, long bad) {
    objectives.push(
        node(
            """
            [{"metric_id": "requests_total", "metric_type": "counter", "value": %d,
              "labels": {"code": "200", "path": "/orders"}},
             {"metric_id": "requests_total", "metric_type": "counter", "value": %d,
              "labels": {"code": "503", "path": "/orders"}},
             {"metric_id": "requests_total", "metric_type": "counter", "value": 0,
              "labels": {"code": "200", "path": "/carts"}}]
            """
                .formatted(good, bad)));
  }

  private SloViews.Spent spent(String by) {
    return objectives.history().spent(new Query.ObjectiveSpent("orders", by, null, null));
  }

  private ReplayViews.Replay replay(String changes) {
    return replay("orders", changes);
  }

  private ReplayViews.Replay replay(String name, String changes) {
    return objectives.replay(
        new Query.ObjectiveReplay(name, changes == null ? null : node(changes), "1d", null));
  }

  private static String code(ThrowingCallable call) {
    var thrown = catchThrowable(call);
    return thrown instanceof HiveException e ? e.code() : String.valueOf(thrown);
  }

  @ParameterizedTest(name = "by {0} seconds")
  @ValueSource(ints = {600, 603})
  void whatSpentItIsCountedOnceAlsoWhereTheClockWasSetBack(int seconds) {
    for (int i = 1; i <= 60; i++) {
      push(900 + 9 * i, 100 + i);
      look();
    }
    setBack = Duration.ofSeconds(seconds);
    for (int i = 61; i <= 180; i++) {
      push(900 + 9 * i, 100 + i);
      look();
      if (i == 90 || i == 119 || i == 120) {
        assertThat(spent("error").parts())
            .as("among those that were kept before, at " + i)
            .extracting(SloViews.Part::bad)
            .containsExactly(100L + i);
      }
    }
    assertThat(spent("error").parts()).containsExactly(new SloViews.Part("503", 280, 280, 1.0));
    assertThat(spent("error").bad()).isEqualTo(280);
  }

  @Test
  void itIsToldHowItWentAndWhatSpentIt() {
    var history =
        objectives.history().timeline(new Query.ObjectiveHistory("orders", "1h", null, "1m"));
    assertThat(history.points()).hasSize(60);
    assertThat(history.points().stream().mapToLong(SloViews.HistoryPoint::bad).sum())
        .isEqualTo(100);
    assertThat(history.points().getLast().left()).isLessThan(0);
    assertThat(history.points().getFirst().left()).isNull();
    assertThat(history.known()).isNotNull();
    assertThat(history.marks()).extracting(SloViews.Mark::label).contains("page", "ticket");
    assertThat(spent("error").parts()).containsExactly(new SloViews.Part("503", 100, 100, 1.0));
    assertThat(spent("endpoint").by()).isEqualTo("path");
    assertThat(spent(null).labels()).containsExactly("code", "path");
    assertThat(code(() -> spent("colour"))).isEqualTo("no-label");
    assertThat(
            code(
                () ->
                    objectives.history().spent(new Query.ObjectiveSpent("none", null, null, null))))
        .isEqualTo("no-objective");
    assertThat(
            code(
                () ->
                    objectives
                        .history()
                        .timeline(new Query.ObjectiveHistory("orders", "soon", null, null))))
        .isEqualTo("bad-time");
    assertThat(
            code(
                () ->
                    objectives
                        .history()
                        .timeline(new Query.ObjectiveHistory("orders", "1h", "2h", null))))
        .isEqualTo("range-invalid");
    var explained =
        objectives.history().explain(new Query.ObjectiveExplanation("orders", null, null));
    assertThat(explained.verdict()).isEqualTo("no-rise");
    assertThat(explained.summary()).startsWith("No single cause");
  }

  @Test
  void whatWouldHaveAlertedIsToldAndNothingIsChanged() {
    assertThat(replay(null).then().pages()).isEqualTo(1);
    var loose = replay("{\"target\": \"80%\"}");
    assertThat(loose.now().pages()).isEqualTo(1);
    assertThat(loose.then().pages()).isZero();
    assertThat(loose.then().left()).isEqualTo(0.5);
    var another =
        replay(
            "another",
            "{\"indicator\": {\"bad\": \"requests_total{code=~\\\"5..\\\"}\", \"total\":"
                + " \"requests_total{path=\\\"/orders\\\"}\"}, \"target\": \"99%\"}");
    assertThat(another.now()).isNull();
    assertThat(another.then().bad()).as("from the samples that were kept").isEqualTo(100);
    assertThat(another.then().total()).isEqualTo(1_000);
    assertThat(objectives.views()).hasSize(1);
    assertThatThrownBy(() -> replay("{\"target\": \"100%\"}"))
        .hasMessageContaining("no error budget");
    assertThatThrownBy(() -> replay("{\"targett\": \"99%\"}"))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("targett");
    assertThat(code(() -> replay("none", null))).isEqualTo("no-objective");
  }
}
