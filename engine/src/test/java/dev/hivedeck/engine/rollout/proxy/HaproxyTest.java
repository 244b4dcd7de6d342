package dev.hivedeck.engine.rollout.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.rollout.RolloutConfig;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.rollout.traffic.Traffic.Counts;
import dev.hivedeck.engine.rollout.traffic.TrafficAwayException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HAProxy as what carries the traffic of a service, by its runtime API. */
class HaproxyTest {
  private static final Duration SLOW = Duration.ofMillis(400);

  @TempDir Path folder;
  private FakeHaproxy haproxy;
  private ProxyTraffic traffic;
  private Collection<RolloutConfig> plans;

  @BeforeEach
  void open() throws IOException {
    haproxy = new FakeHaproxy(folder.resolve("s"));
    plans = plans("v1: [a], v2: [b]");
    traffic = new ProxyTraffic(() -> plans, Runnable::run, check -> Optional.empty());
  }

  @AfterEach
  void close() throws IOException {
    haproxy.close();
  }

  private Collection<RolloutConfig> plans(String versions) {
    return HiveConfig.parse(
            "hive.yaml",
            """
            version: 1
            rollouts:
              orders:
                traffic: { haproxy: { socket: '%s', backend: orders, versions: { %s } } }
                steps: [5%%]
            """
                .formatted(folder.resolve("s"), versions))
        .rollouts()
        .values();
  }

  private Counts counts(String version) {
    return traffic.counts("orders", version, SLOW);
  }

  @Test
  void aShareIsTheRatioOfWeightsAndNoneIsMaintenance() {
    assertThat(traffic.services()).containsExactly("orders");
    assertThat(traffic.split("orders").orElseThrow().weight("v1")).isEqualTo(100_000);

    traffic.weigh("orders", Map.of("v2", 5_000));
    assertThat(haproxy.weight("b") / (double) (haproxy.weight("a") + haproxy.weight("b")))
        .isEqualTo(0.05);
    assertThat(haproxy.orders()).contains("b state ready").doesNotContain("a state maint");

    traffic.weigh("orders", Map.of("v2", 0));
    assertThat(haproxy.weight("b")).isZero();
    assertThat(haproxy.orders()).last().isEqualTo("b state maint");
  }

  @Test
  void whoeverGetsMoreGoesFirstSoThatNobodyIsWithoutAServer() {
    traffic.weigh("orders", Map.of("v2", 100_000));
    assertThat(haproxy.orders()).last().isEqualTo("a state maint");
    assertThat(haproxy.weight("b")).isPositive();
    assertThat(haproxy.weight("a")).isZero();
  }

  @Test
  void whatAReloadForgetsIsGivenAgain() {
    traffic.weigh("orders", Map.of("v2", 50_000));
    haproxy.reload();
    assertThat(haproxy.weight("b")).isZero();
    traffic.look();
    assertThat(haproxy.weight("b")).isEqualTo(haproxy.weight("a"));
  }

  @Test
  void aVersionThatWasTakenBackStaysWithoutAnythingOverAReload() {
    traffic.weigh("orders", Map.of("v2", 50_000));
    traffic.weigh("orders", Map.of("v2", 0));
    haproxy.reload();
    haproxy.state("b", "UP"); // as its file may have it
    traffic.look();
    assertThat(haproxy.weight("b")).isZero();
  }

  @Test
  void onlyWhatCameSinceItLooksIsCountedAndNoNumberEverFalls() {
    haproxy.answered("a", 1_000, 500, 0);
    traffic.look();
    assertThat(counts("v1")).isEqualTo(new Counts(0, 0, 0, 0, 0));

    haproxy.answered("a", 90, 10, 3);
    haproxy.unreachable("a", 2);
    traffic.look();
    assertThat(counts("v1")).isEqualTo(new Counts(102, 12, 0, 3, 102));

    haproxy.reload();
    haproxy.answered("a", 1_500, 1, 0);
    traffic.look();
    assertThat(counts("v1").requests()).isEqualTo(1_603);
    assertThat(counts("v1").errors()).isEqualTo(13);
    assertThat(counts("v2").requests()).isZero();
  }

  @Test
  void aVersionWhoseServersAreDownIsNotThere() {
    assertThat(traffic.present("orders")).containsExactly("v1", "v2");
    traffic.weigh("orders", Map.of("v2", 50_000));
    haproxy.state("b", "DOWN");
    traffic.look();
    assertThat(traffic.present("orders")).containsExactly("v1");
    assertThat(traffic.gone("orders", "v2")).contains("no server of v2 is up");
  }

  @Test
  void whileItDoesNotAnswerNothingIsSaidToBeDone() throws IOException {
    traffic.weigh("orders", Map.of("v2", 50_000));
    haproxy.close();
    assertThatThrownBy(() -> traffic.weigh("orders", Map.of("v2", 0)))
        .isInstanceOf(TrafficAwayException.class)
        .hasMessageContaining("cannot be asked");
    assertThat(traffic.isRuled("orders")).isFalse();
    assertThat(traffic.services()).isEmpty();
    assertThat(traffic.away("orders")).isPresent();

    haproxy.open();
    traffic.look();
    assertThat(haproxy.weight("b")).isZero();
    assertThat(traffic.isRuled("orders")).isTrue();
    assertThat(traffic.away("orders")).isEmpty();
  }

  @Test
  void oneThatSaysNothingHoldsNobodyUp() {
    haproxy.silent(true);
    traffic.look();
    assertThat(traffic.away("orders").orElseThrow()).contains("does not answer within 2 s");
    haproxy.silent(false);
    traffic.look();
    assertThat(traffic.services()).containsExactly("orders");
  }

  @Test
  void whatItRefusesIsSaid() {
    traffic.look();
    haproxy.refuse("Permission denied");
    assertThatThrownBy(() -> traffic.weigh("orders", Map.of("v2", 5_000)))
        .hasMessageContaining("Permission denied");
  }

  @Test
  void aServerThatIsNotThereIsNamedWithThoseThatAre() {
    plans = plans("v1: [a], v2: [c]");
    traffic.look();
    assertThat(traffic.away("orders").orElseThrow()).contains("no server c; it has a, b");
  }

  @Test
  void versionsThatAreRenamedLeaveServersAsTheyAre() {
    traffic.weigh("orders", Map.of("v2", 50_000));
    int before = haproxy.orders().size();
    plans = plans("old: [a], new: [b]");
    traffic.look();
    traffic.look();
    assertThat(haproxy.orders()).hasSize(before);
    assertThat(haproxy.weight("a")).isPositive().isEqualTo(haproxy.weight("b"));
    assertThat(traffic.split("orders").orElseThrow().weight("new")).isEqualTo(50_000);

    traffic.restore("orders", Split.of("v1", Map.of("v2", 50_000)));
    traffic.look();
    assertThatThrownBy(() -> traffic.weigh("orders", Map.of("v2", 100_000)))
        .isInstanceOf(TrafficAwayException.class)
        .hasMessageContaining("has no version v2");
    assertThat(haproxy.weight("a")).isPositive();
    assertThat(haproxy.weight("b")).isPositive();

    traffic.weigh("orders", Map.of("new", 0));
    assertThat(haproxy.weight("b")).isZero();
    assertThat(haproxy.weight("a")).isPositive();
  }

  @Test
  void aVersionMoreKeepsTheShares() {
    haproxy.add("c", 1, "MAINT");
    traffic.weigh("orders", Map.of("v2", 50_000));
    plans = plans("v1: [a], v2: [b], v3: [c]");
    traffic.look();
    assertThat(traffic.split("orders").orElseThrow().weight("v2")).isEqualTo(50_000);
    haproxy.reload();
    haproxy.add("c", 1, "MAINT");
    traffic.look();
    assertThat(haproxy.weight("b")).isPositive().isEqualTo(haproxy.weight("a"));
  }

  @Test
  void aServerThatSomebodyHasInMaintenanceStaysThereUntilItsVersionBeginsAnew() {
    haproxy.add("c", 1, "MAINT");
    plans = plans("v1: [a], v2: [b, c]");
    traffic.weigh("orders", Map.of("v2", 50_000));
    assertThat(haproxy.weight("c")).as("it begins").isPositive();
    haproxy.state("c", "MAINT");
    traffic.look();
    traffic.look();
    assertThat(haproxy.weight("c")).isZero();
    assertThat(haproxy.weight("b")).as("alone, it has all of it").isEqualTo(haproxy.weight("a"));
    haproxy.state("c", "DRAIN");
    traffic.weigh("orders", Map.of("v2", 20_000));
    assertThat(haproxy.orders()).filteredOn("c state ready"::equals).hasSize(1);
    assertThat(traffic.present("orders")).contains("v2");

    haproxy.state("b", "MAINT");
    traffic.look();
    assertThat(traffic.present("orders")).containsExactly("v1");

    traffic.weigh("orders", Map.of("v2", 0));
    traffic.weigh("orders", Map.of("v2", 50_000));
    assertThat(haproxy.weight("b")).isPositive();
    assertThat(haproxy.weight("c")).isPositive();
    haproxy.reload();
    haproxy.add("c", 1, "MAINT");
    traffic.look();
    assertThat(haproxy.weight("c")).as("its file says so of all").isPositive();
  }

  /** What is bad is better than nothing at all. */
  @Test
  void theLastThatServesIsNotTakenOut() {
    traffic.weigh("orders", Map.of("v2", 10_000));
    haproxy.state("a", "MAINT");
    try {
      traffic.weigh("orders", Map.of("v2", 0));
      traffic.look();
    } catch (TrafficAwayException e) {
      assertThat(e).hasMessageContaining("are out");
    }
    assertThat(haproxy.weight("b")).isPositive();
    haproxy.state("a", "UP");
    traffic.look();
    assertThat(haproxy.weight("b")).isZero();
    assertThat(haproxy.weight("a")).isPositive();
  }

  @Test
  void aServerWithoutAnAddressHoldsNothingUp() {
    haproxy.add("c", 1, "MAINT (resolution)");
    plans = plans("v1: [a], v2: [b, c]");
    traffic.weigh("orders", Map.of("v2", 50_000));
    assertThat(haproxy.weight("b")).isPositive().isEqualTo(haproxy.weight("a"));
    assertThat(traffic.isRuled("orders")).isTrue();
    assertThat(traffic.present("orders")).contains("v2");
    assertThat(haproxy.orders()).noneMatch(order -> order.startsWith("c "));
    haproxy.state("b", "MAINT (via x/y)");
    traffic.look();
    assertThat(traffic.away("orders")).isEmpty();
    assertThat(traffic.present("orders")).containsExactly("v1");
  }

  @Test
  void countersOfOneServerThatBeginAnewChangeNoOthers() {
    traffic.look();
    haproxy.answered("a", 100, 0, 0);
    haproxy.answered("b", 100, 50, 0);
    traffic.look();
    haproxy.cleared("b");
    haproxy.answered("a", 10, 0, 0);
    haproxy.answered("b", 3, 1, 0);
    traffic.look();
    assertThat(counts("v1").requests()).isEqualTo(110);
    assertThat(counts("v2").requests()).isEqualTo(154);
    assertThat(counts("v2").errors()).isEqualTo(51);
  }

  @Test
  void aBackendThatCountsNoAnswersIsRefused() {
    haproxy.tcp();
    traffic.look();
    assertThat(traffic.away("orders").orElseThrow()).contains("write mode http");
  }

  @Test
  void oneWhoseQueueIsFullHoldsNobodyUp() throws IOException {
    Path socket = folder.resolve("full");
    var waiting = new ArrayList<SocketChannel>();
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket), 1);
      boolean full = false;
      while (!full && waiting.size() < 100) {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        waiting.add(channel);
        channel.configureBlocking(false);
        try {
          full = !channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
          full = true;
        }
      }
      assumeThat(full).isTrue();
      assertTimeoutPreemptively(
          Duration.ofMinutes(1),
          () ->
              assertThatThrownBy(() -> new HaproxySocket(socket).ask("show info"))
                  .hasMessageContaining("cannot be asked"));
    } finally {
      for (var channel : waiting) {
        channel.close();
      }
    }
  }

  @Test
  void whatTheFileDoesNotNameIsLeftToOthers() {
    traffic.weigh("orders", Map.of("v2", 50_000));
    traffic.leave("orders");
    haproxy.reload();
    traffic.look();
    assertThat(haproxy.weight("b")).as("it is still named").isPositive();
    plans = List.of();
    traffic.leave("orders");
    haproxy.reload();
    traffic.look();
    assertThat(haproxy.weight("b")).isZero();
    assertThat(traffic.carries("orders")).isFalse();
  }

  @Test
  void onceTheFileDoesNotNameItAnyMoreItIsStillTakenBack() {
    traffic.weigh("orders", Map.of("v2", 50_000));
    plans = List.of();
    assertThat(traffic.carries("orders")).isTrue();
    assertThat(traffic.services()).isEmpty();
    traffic.weigh("orders", Map.of("v2", 0));
    assertThat(haproxy.weight("b")).isZero();
    traffic.release("orders");
    traffic.look();
    assertThat(traffic.carries("orders")).isFalse();
  }

  @Test
  void weightsSayEachShareThatAStepMayHave() {
    for (int share = 1_200; share <= 98_800; share += 100) {
      for (int more : List.of(1, 3)) {
        var split = Split.of("v1", Map.of("v2", share));
        var weights = ServerWeights.of(split, Map.of("v1", more, "v2", 1));
        double got = weights.get("v2") / (double) (weights.get("v2") + more * weights.get("v1"));
        assertThat(weights.values()).allMatch(w -> w >= 1 && w <= 256);
        assertThat(Math.abs(got - share / 1e5)).isLessThan(0.005);
      }
    }
  }
}
