package dev.hivedeck.engine.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.config.gateway.GatewayConfig;
import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.rollout.traffic.Traffic.Counts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Traffic that code rules, between real clients and real services. */
class TrafficTest extends GatewayBench {
  private static final Duration SLOW = Duration.ofMillis(50);

  private Map<String, Integer> shares(int requests) throws Exception {
    return shares(requests, to("/api/v1/shop/"));
  }

  @Test
  void whereNobodyOfAVersionAnswersAnotherWithTrafficDoesAndNeverOneThatWasTakenBack()
      throws Exception {
    follow(
        "versions: { v1: %s, v2: %s, v3: %s }, base: v1"
            .formatted(at(freePort()), at(saying("v2")), at(saying("v3"))));
    var traffic = gateway.traffic();
    traffic.weigh("shop", Map.of("v2", 50_000, "v3", 0));
    for (int i = 0; i < 20; i++) {
      assertThat(get("/api/v1/shop/").body()).isEqualTo("v2");
    }
    traffic.weigh("shop", Map.of("v2", 0, "v3", 0));
    assertThat(get("/api/v1/shop/").statusCode()).isIn(502, 503);
  }

  @Test
  void aSplitFromCodeHoldsAtOnceAndOverAChangeOfTheFileUntilItIsReleased() throws Exception {
    String versions = "versions: { v1: %s, v2: %s }".formatted(at(saying("v1")), at(saying("v2")));
    follow(versions + ", weights: { v2: 0% }");
    var traffic = gateway.traffic();
    assertThat(traffic.services()).containsExactly("shop");
    assertThat(traffic.versions("shop")).containsExactly("v1", "v2");
    assertThat(traffic.versions("cart")).isEmpty();
    assertThat(traffic.isRuled("shop")).isFalse();
    traffic.weigh("shop", Map.of("v2", 100_000));
    assertThat(traffic.isRuled("shop")).isTrue();
    assertThat(shares(20)).isEqualTo(Map.of("v2", 20));
    follow(versions + ", weights: { v2: 10% }, timeout: 9s");
    assertThat(shares(20)).isEqualTo(Map.of("v2", 20));
    assertThat(gateway.status().services().getFirst().versions())
        .extracting("weight")
        .containsExactly(0.0, 1.0);
    gateway.follow(new GatewayConfig(port, Map.of()));
    assertThat(traffic.split("shop")).isEmpty();
    follow(versions + ", weights: { v2: 0% }");
    assertThat(shares(20)).isEqualTo(Map.of("v2", 20));
    traffic.release("shop");
    assertThat(shares(20)).isEqualTo(Map.of("v1", 20));
  }

  @Test
  void aVersionThatTheFileDropsIsPresentNoMoreAlsoWhileItHasAShare() throws Exception {
    follow("versions: { v1: %s, v2: %s }, base: v1".formatted(at(saying("v1")), at(freePort())));
    var traffic = gateway.traffic();
    assertThat(traffic.present("shop")).containsExactly("v1", "v2");
    traffic.weigh("shop", Map.of("v2", 5_000));
    follow("versions: { v1: %s }".formatted(at(saying("v1"))));
    assertThat(traffic.versions("shop")).containsExactly("v1", "v2");
    assertThat(traffic.present("shop")).containsExactly("v1");
    gateway.follow(new GatewayConfig(port, Map.of()));
    assertThat(traffic.present("shop")).isEmpty();
  }

  @Test
  void theBucketsThatWereWrittenDownAreThoseThatHoldAfterARestart() throws Exception {
    var split = Split.of("v1", Map.of("v2", 30_000, "v3", 20_000)).to(Map.of("v3", 20_000));
    gateway.traffic().restore("shop", split);
    assertThat(gateway.traffic().split("shop")).isEmpty();
    follow("versions: { v1: %s, v2: %s }, base: v1".formatted(at(1), at(2)));
    assertThat(gateway.traffic().split("shop").orElseThrow().parts()).isEqualTo(split.parts());
    // A release moves nobody but those who have to move.
    gateway.traffic().restore("shop", Split.of("v1", Map.of("v2", 5_000)));
    follow("versions: { v1: %s, v2: %s }, weights: { v2: 4%% }".formatted(at(1), at(2)));
    gateway.traffic().release("shop");
    assertThat(gateway.traffic().split("shop").orElseThrow().weight("v2")).isEqualTo(4_000);
  }

  @Test
  void aSplitThatIsNoneIsRefusedAndChangesNothing() throws Exception {
    follow("versions: { v1: %s, v2: %s }, base: v1".formatted(at(1), at(2)));
    var traffic = gateway.traffic();
    assertThatThrownBy(() -> traffic.weigh("shop", Map.of("v2", 100_001)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> traffic.weigh("shop", Map.of("v1", 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> traffic.weigh("cart", Map.of("v2", 1)))
        .hasMessage("The gateway leads to no service cart.");
    assertThat(traffic.isRuled("shop")).isFalse();
    assertThat(traffic.isRuled("cart")).isFalse();
  }

  @Test
  void whatAVersionAnswersIsCountedAlsoSlowlyAndByAnother() throws Exception {
    var never = new CountDownLatch(1);
    open.add(never::countDown);
    int slow =
        service(
            x -> {
              never.await(3 * SLOW.toMillis(), TimeUnit.MILLISECONDS);
              say(x, 500, "late");
            });
    follow("versions: { v1: %s, v2: %s }, base: v1".formatted(at(saying("v1")), at(slow)));
    var traffic = gateway.traffic();
    assertThat(traffic.counts("shop", "v2", SLOW)).isEqualTo(new Counts(0, 0, 0, 0));
    assertThat(traffic.counts("nobody", "v2", SLOW)).isEqualTo(new Counts(0, 0, 0, 0));
    traffic.weigh("shop", Map.of("v2", 100_000));
    shares(3);
    assertThat(traffic.counts("shop", "v2", SLOW)).isEqualTo(new Counts(3, 3, 3, 0));
    follow("versions: { v1: %s, v2: %s }, base: v1".formatted(at(saying("v1")), at(freePort())));
    traffic.weigh("shop", Map.of("v2", 100_000));
    traffic.restore("shop", Split.of("v1", Map.of("v2", 100_000)));
    assertThat(shares(4)).isEqualTo(Map.of("v1", 4));
    assertThat(traffic.counts("shop", "v2", SLOW)).isEqualTo(new Counts(3, 3, 3, 4));
    assertThat(traffic.counts("shop", "v1", Duration.ofHours(1)).requests()).isEqualTo(4);
  }

  @Test
  void whatAHeaderForcesIsCountedByTheGatewayAndSaysNothingOfARollout() throws Exception {
    int broken = service(x -> say(x, 500, "broken"));
    follow("versions: { v1: %s, v2: %s }, base: v1".formatted(at(saying("v1")), at(broken)));
    var traffic = gateway.traffic();
    traffic.counts("shop", "v2", Duration.ZERO);
    shares(5, to("/api/v1/shop/").header("X-Hivedeck-Version", "v2"));
    assertThat(traffic.counts("shop", "v2", Duration.ZERO)).isEqualTo(new Counts(0, 0, 0, 0));
    var seen = gateway.status().services().getFirst().versions().getLast();
    assertThat(seen.name()).isEqualTo("v2");
    assertThat(seen.requests()).isEqualTo(5);
    assertThat(seen.errors()).isEqualTo(5);
    assertThat(
            registry.counter(EngineMetric.GATEWAY_REQUESTS.of("shop", "v2", "500")).read(0).value())
        .isEqualTo(5);
    traffic.weigh("shop", Map.of("v2", 100_000));
    shares(2);
    assertThat(traffic.counts("shop", "v2", Duration.ZERO)).isEqualTo(new Counts(2, 2, 2, 0));
  }

  /** Counted by clients on other threads while weights change: each request has an answer. */
  @Test
  void noRequestIsLostWhileWeightsChange() throws Exception {
    follow(
        "versions: { v1: %s, v2: %s }, base: v1, retries: 0"
            .formatted(at(saying("v1")), at(saying("v2"))));
    var answers = new ArrayList<Map<String, Integer>>();
    var clients = new ArrayList<Thread>();
    for (int i = 0; i < 4; i++) {
      clients.add(
          Thread.startVirtualThread(
              () -> {
                try {
                  var mine = shares(250);
                  synchronized (answers) {
                    answers.add(mine);
                  }
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              }));
    }
    for (int weight = 0; weight <= 100_000; weight += 1_000) {
      gateway.traffic().weigh("shop", Map.of("v2", weight));
      Thread.onSpinWait();
    }
    for (var client : clients) {
      client.join();
    }
    int answered = 0;
    for (var mine : answers) {
      assertThat(mine.keySet()).isSubsetOf("v1", "v2");
      answered += mine.values().stream().mapToInt(i -> i).sum();
    }
    assertThat(answered).isEqualTo(1_000);
    var one = gateway.traffic().counts("shop", "v1", SLOW);
    var two = gateway.traffic().counts("shop", "v2", SLOW);
    assertThat(one.requests() + two.requests()).isEqualTo(1_000);
    assertThat(one.missed() + two.missed()).isZero();
  }
}
