package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Results;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.Muted;
import dev.hivedeck.engine.protocol.view.SloViews;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objectives of hive.yaml are watched on the engine's own events, and told. */
class ObjectivesTest {
  @TempDir Path folder;

  private static List<SloViews.Objective> objectives(Engine engine) {
    var all = new ArrayList<SloViews.Objective>();
    engine
        .query(new Query.Objectives())
        .forEach(o -> all.add(Json.as(o, SloViews.Objective.class)));
    return all;
  }

  @Test
  void whatTheEngineDoesIsCountedAndAnObjectiveThatIsNotUnderstoodSaysWhy() {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        objectives:
          events:
            description: Nothing is told in vain
            indicator:
              bad: hivedeck_events_total{type="task.dead"}
              total: hivedeck_events_total
            target: 99%
            window: 7d
          odd: { indicator: { good: "a{", total: a }, target: 99% }
        """);
    sandbox.commit("Objectives");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      engine.execute(
          new Command.ImportPlan("plan.yaml", "plan: P\ntasks:\n  - { id: T-1, title: First }\n"),
          null);
      TestRepository.await(
          "events are counted",
          engine,
          () -> objectives(engine).stream().anyMatch(o -> o.total() > 0));
      var all = objectives(engine);
      assertThat(all).extracting(SloViews.Objective::name).containsExactly("odd", "events");
      assertThat(all.getFirst().state()).isEqualTo("broken");
      assertThat(all.getFirst().problem()).contains("a{");
      assertThat(all.getLast().bad()).isZero();
      assertThat(all.getLast().state()).isEqualTo("not-enough-data");
      assertThat(all.getLast().burns()).hasSize(2);
      assertThat(all.getLast().target()).isEqualTo("99%");
      assertThat(engine.query(new Query.Alerts(10))).isEmpty();
    }
  }

  @Test
  void aSecretInWhatIsPushedIsNotKept() {
    var sandbox = new TestRepository(folder);
    sandbox.write(".hivedeck/hive.yaml", "version: 1\n");
    sandbox.commit("Nothing");
    try (Engine engine = sandbox.open()) {
      String secret = engine.endpoint().token();
      var body = Json.MAPPER.createArrayNode();
      sample(body, "said_back").putObject("labels").put("key", secret).put("code", "200");
      sample(body, "ghp_0123456789abcdefghij0123456789abcdef");
      var taken = engine.push(body);
      assertThat(taken.taken()).isOne();
      assertThat(taken.refused())
          .extracting(Results.SamplesRefused::reason, Results.SamplesRefused::count)
          .containsExactly(
              tuple(
                  "a secret stands in its name, or it is the same as another once secrets are"
                      + " masked",
                  1));
      TestRepository.await(
          "it is kept", engine, () -> !engine.query(new Query.Metrics("said_back")).isEmpty());
      assertThat(Json.write(engine.query(new Query.Metrics(null))))
          .contains("•••")
          .doesNotContain(secret, "ghp_");
    }
  }

  private static ObjectNode sample(ArrayNode into, String metric) {
    return into.addObject().put("metric_id", metric).put("metric_type", "gauge").put("value", 1);
  }

  @Test
  void whatNobodyHasConsentedToIsNotEvaluatedAndSaysSo() {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        objectives:
          events:
            indicator:
              bad: hivedeck_events_total
              total: hivedeck_events_total
            target: 99%
            policy: default
        alerts:
          Always: { expr: vector(1) }
        rules: [monitoring/own.rules.yml]
        """);
    sandbox.write(
        "monitoring/own.rules.yml",
        "groups: [ { name: g, rules: [ { alert: Also, expr: vector(1) }, { alert: Odd, expr: '1 +'"
            + " } ] } ]\n");
    sandbox.commit("Objectives");
    try (Engine engine = sandbox.open()) {
      engine.execute(
          new Command.ImportPlan("plan.yaml", "plan: P\ntasks:\n  - { id: T-1, title: First }\n"),
          null);
      TestRepository.await(
          "it is told that it waits",
          engine,
          () ->
              objectives(engine).stream()
                  .anyMatch(o -> o.state().equals("awaiting-consent") && o.target().equals("99%")));
      assertThat(objectives(engine).getFirst().problem()).contains("hivedeck trust");
      assertThat(rules(engine))
          .containsExactly(
              "rule:hive.yaml/Always awaiting-consent",
              "rule:monitoring/own.rules.yml awaiting-consent");
      assertThat(engine.query(new Query.Alerts(10))).isEmpty();
      assertThat(engine.query(new Query.PolicyActs())).isEmpty();
      assertThat(Json.write(engine.consent())).contains("\"g/Also.expr\"", "vector(1)");
      assertThat(Json.write(engine.consent()))
          .contains("\"g/Odd.broken\"", "line 1", "not understood at column");
      TestRepository.trust(engine);
      TestRepository.await(
          "it is evaluated",
          engine,
          () ->
              rules(engine)
                      .containsAll(
                          List.of(
                              "rule:hive.yaml/Always firing",
                              "rule:monitoring/own.rules.yml/g/Also firing"))
                  && objectives(engine).getFirst().at() != null);
      sandbox.write("monitoring/own.rules.yml", "groups: []\n");
      TestRepository.await(
          "a rule file that changed waits",
          engine,
          () -> rules(engine).contains("rule:monitoring/own.rules.yml awaiting-consent"));
      assertThat(engine.consent().why()).contains("monitoring/own.rules.yml");
      assertThat(rules(engine)).contains("rule:monitoring/own.rules.yml/g/Also firing");
    }
  }

  private static List<String> rules(Engine engine) {
    var all = new ArrayList<String>();
    engine
        .query(new Query.Rules())
        .forEach(r -> all.add(r.path("name").asText() + " " + r.path("state").asText()));
    return all;
  }

  @Test
  void whatHappenedJustBeforeTheEngineEndedIsCounted() {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        objectives:
          imports:
            indicator:
              bad: hivedeck_events_total{type="task.dead"}
              total: hivedeck_events_total{type="plan.imported"}
            target: 99%
        """);
    sandbox.commit("Objectives");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      TestRepository.await(
          "it was looked at",
          engine,
          () -> objectives(engine).stream().anyMatch(o -> o.at() != null));
      engine.execute(
          new Command.ImportPlan("plan.yaml", "plan: P\ntasks:\n  - { id: T-1, title: First }\n"),
          null);
    }
    try (Engine engine = sandbox.open()) {
      TestRepository.await(
          "it is counted", engine, () -> objectives(engine).stream().anyMatch(o -> o.total() == 1));
    }
  }

  @Test
  void whatAServicePushesIsCountedAndAFailureOfItAlerts() {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        objectives:
          orders:
            indicator:
              service: orders
              bad: requests_total{code=~"5.."}
              total: requests_total
            target: 99.9%
        """);
    sandbox.commit("Objectives");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      var followed = new ConcurrentHashMap<String, JsonNode>();
      var subscription = engine.subscribe(0, events -> events.forEach(e -> follow(followed, e)));
      assertThat(engine.push(samples(0, 0)).taken()).isEqualTo(2);
      var pushed = Instant.now();
      TestRepository.await(
          "the service was looked at since",
          engine,
          () ->
              objectives(engine).stream().anyMatch(o -> o.at() != null && o.at().isAfter(pushed)));
      engine.push(samples(900, 100));
      TestRepository.await(
          "it alerts",
          engine,
          () -> objectives(engine).stream().anyMatch(o -> o.state().equals("page")));
      var orders = objectives(engine).getFirst();
      assertThat(orders.bad()).isEqualTo(100);
      assertThat(orders.total()).isEqualTo(1_000);
      assertThat(orders.alerts())
          .extracting(a -> a.labels().get("severity") + " " + a.state().word())
          .containsExactlyInAnyOrder("page firing", "ticket firing");
      assertThat(engine.query(new Query.Alerts(10))).hasSize(2);
      TestRepository.await(
          "the feed tells it",
          engine,
          () ->
              followed.containsKey("objective/orders")
                  && followed.get("objective/orders").path("state").asText().equals("page"));
      String first = "alert/" + orders.alerts().getFirst().id();
      TestRepository.await(
          "the feed tells of its alert",
          engine,
          () ->
              followed.containsKey(first)
                  && followed.get(first).path("state").asText().equals("firing"));
      var silence =
          engine.execute(
              new Command.Silence("objective=\"orders\"", 3_600, "move of the database"), null);
      assertThat(objectives(engine).getFirst().alerts()).allMatch(a -> a.muted() == Muted.SILENCED);
      assertThat(engine.query(new Query.Silences())).hasSize(1);
      TestRepository.await(
          "the feed tells that it is silenced",
          engine,
          () ->
              alerts(followed).size() == 2
                  && alerts(followed).stream()
                      .allMatch(a -> a.path("muted").asText().equals("silenced")));
      engine.execute(new Command.EndSilence(silence.path("id").asLong()), null);
      assertThat(engine.query(new Query.Silences())).isEmpty();
      assertThatThrownBy(() -> engine.execute(new Command.Silence("a=~\".*\"", 9, ""), null))
          .isInstanceOf(HiveException.class);
      assertThatThrownBy(() -> engine.push(Json.object()))
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.code()).isEqualTo("metrics-invalid"));
      sandbox.write(".hivedeck/hive.yaml", "version: 1\n");
      sandbox.commit("No objectives");
      TestRepository.await("consent is asked", engine, () -> engine.consent().why() != null);
      assertThat(objectives(engine)).as("what is in force stays").hasSize(1);
      TestRepository.trust(engine);
      TestRepository.await("the feed tells that all are gone", engine, followed::isEmpty);
      assertThat(engine.query(new Query.Alerts(10)))
          .hasSize(2)
          .allMatch(a -> a.path("state").asText().equals("removed"));
      subscription.close();
    }
  }

  private static List<JsonNode> alerts(Map<String, JsonNode> followed) {
    return followed.entrySet().stream()
        .filter(e -> e.getKey().startsWith("alert/"))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static void follow(Map<String, JsonNode> followed, Event event) {
    if (event.topic() == Topic.OBJECTIVE || event.topic() == Topic.ALERT) {
      String key = event.topic().word() + "/" + event.id();
      if (event.type().removes()) {
        followed.remove(key);
      } else if (event.data() != null) { // else it tells what was done, not how it stands
        followed.put(key, event.data());
      }
    }
  }

  private static JsonNode samples(long good, long bad) {
    return Json.read(
        """
        [{"metric_id": "requests_total", "metric_type": "counter", "value": %d, "labels": {"code": "200"}},
         {"metric_id": "requests_total", "metric_type": "counter", "value": %d, "labels": {"code": "503"}}]
        """
            .formatted(good, bad),
        JsonNode.class);
  }

  @Test
  void aTargetOf100PercentIsRefusedWithItsPlaceAndTheReason() {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        objectives:
          all: { indicator: { good: a, total: b }, target: 100% }
        """);
    assertThatThrownBy(() -> HiveConfig.load(sandbox.repository))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("3")
        .hasMessageContaining("no error budget");
  }
}
