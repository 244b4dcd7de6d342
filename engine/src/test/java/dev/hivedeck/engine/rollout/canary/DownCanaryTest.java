package dev.hivedeck.engine.rollout.canary;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.gateway.Gateway;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.VirtualTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A canary that never was well, behind a real gateway. */
class DownCanaryTest {
  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime();
  private final Gateway gateway =
      new Gateway(new MetricRegistry(), Clock.systemUTC(), () -> String.valueOf(UUID.randomUUID()));
  private Store store;
  private HttpServer bad;
  private CanaryProgress plan;

  @BeforeEach
  void open() throws IOException {
    store = Store.open(folder.resolve("hive.db"), time.clock());
    bad = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    bad.createContext(
        "/",
        x -> {
          x.sendResponseHeaders(500, -1);
          x.close();
        });
    bad.start();
    String config =
        """
        version: 1
        gateway:
          port: %d
          services:
            orders:
              versions: { v1: ["127.0.0.1:%d"], dead: ["127.0.0.1:%d"], bad: ["127.0.0.1:%d"] }
              weights: { dead: 0%%, bad: 0%% }
              health: /health
        rollouts: { orders: { steps: [5%%, 100%%] } }
        """
            .formatted(freePort(), freePort(), freePort(), bad.getAddress().getPort());
    var read = HiveConfig.parse("hive.yaml", config);
    gateway.follow(read.gateway());
    plan = CanaryProgress.begun(read.rollouts().get("orders"), "");
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @AfterEach
  void close() {
    gateway.close();
    bad.stop(0);
    store.close();
  }

  private Rollout now() {
    return store.read(RolloutLedger::all).getFirst();
  }

  @ParameterizedTest
  @CsvSource({"dead, is closed", "bad, answers 500"})
  void itIsTakenBackAfterAMinuteWhateverIsWrongWithIt(String version, String why)
      throws InterruptedException {
    var controller =
        new CanaryController(
            store,
            gateway.traffic(),
            service -> Optional.of(""),
            new SimulatedChanges(),
            () -> UUID.randomUUID().toString(),
            time);
    store.write("test", tx -> CanaryTransitions.start(tx, plan, "v1", version, null));
    controller.wake();
    long end = System.nanoTime() + 60_000_000_000L;
    while (!now().why().contains(why) && System.nanoTime() < end) {
      controller.look(); // until it was asked
      Thread.sleep(10);
    }
    assertThat(now()).returns(RolloutState.STARTING, Rollout::state).returns(0.0, Rollout::weight);
    for (int second = 0; second < 59; second++) {
      time.advance(Duration.ofSeconds(1));
      controller.look();
    }
    assertThat(now().state()).isEqualTo(RolloutState.STARTING);
    time.advance(Duration.ofSeconds(1));
    controller.look();
    assertThat(now()).returns(RolloutState.ROLLED_BACK, Rollout::state);
    assertThat(now().why()).contains(version + " has no healthy instance", why);
    assertThat(gateway.traffic().split("orders").orElseThrow().weight(version)).isZero();
  }
}
