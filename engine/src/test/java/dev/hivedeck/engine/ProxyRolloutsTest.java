package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutCommand;
import dev.hivedeck.engine.protocol.rollout.RolloutQuery;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.rollout.proxy.FakeHaproxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rollouts whose traffic HAProxy has: its runtime API is asked, and judged by its counters. */
class ProxyRolloutsTest {
  @TempDir Path folder;
  private FakeHaproxy haproxy;
  private HttpServer checked;
  private final AtomicInteger health = new AtomicInteger(200);
  private TestRepository repository;
  private Engine engine;
  private volatile int failing;
  private volatile boolean load = true;
  private Thread sender;

  @BeforeEach
  void open() throws IOException {
    haproxy = new FakeHaproxy(folder.resolve("s"));
    checked = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    checked.createContext(
        "/health",
        exchange -> {
          exchange.sendResponseHeaders(health.get(), -1);
          exchange.close();
        });
    checked.start();
    repository = new TestRepository(folder.resolve("w"));
    repository.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        rollouts:
          orders:
            traffic: { %1$s }
            steps: [30%%, 100%%]
            hold: 2s
            rollback: [error-rate > 30%%]
          at-once:
            subject: { service: orders }
            traffic: { %1$s }
            blueGreen: { autoPromotion: false, scaleDownDelay: 2s }
            rollback: [error-rate > 30%%]
        """
            .formatted(traffic()));
    repository.commit("Set up");
    engine = repository.open(1, false);
    TestRepository.trust(engine);
    until(() -> offers().contains("v2") && !offers().contains("\"problem\":\""));
    sender = Thread.ofVirtual().start(this::send);
  }

  @AfterEach
  void close() throws Exception {
    load = false;
    sender.join();
    engine.close();
    haproxy.close();
    checked.stop(0);
  }

  /** As {@code hive.yaml} has it, with where versions are looked at. */
  private String traffic() {
    int port = checked.getAddress().getPort();
    return "haproxy: { socket: '%s', backend: orders, versions: { v1: [a], v2: [b] } }"
            .formatted(folder.resolve("s"))
        + ", health: { v1: ['127.0.0.1:%d'], v2: ['http://127.0.0.1:%d/health'] }"
            .formatted(port, port);
  }

  /** As HAProxy counts what it leads to servers by their weights. */
  private void send() {
    for (int i = 0; load; i++) {
      int a = haproxy.weight("a");
      int b = haproxy.weight("b");
      boolean canary = i * 7919L % (a + b) < b;
      boolean fails = canary && i % 100 < failing;
      haproxy.answered(canary ? "b" : "a", fails ? 0 : 1, fails ? 1 : 0, 0);
      try {
        Thread.sleep(3);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private Rollout now() {
    return now("R-1");
  }

  private Rollout now(String id) {
    return Json.as(engine.query(new RolloutQuery.OneRollout(id)), Rollout.class);
  }

  private static void until(BooleanSupplier is) {
    long end = System.nanoTime() + 120_000_000_000L;
    while (!is.getAsBoolean() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(is.getAsBoolean()).isTrue();
  }

  private void begin() {
    start();
  }

  private void start() {
    engine.execute(new RolloutCommand.StartRollout("orders", "v2", null), null, null);
  }

  @Test
  void aFineCanaryHasAllOfItAlsoOverAReload() {
    begin();
    until(() -> now().weight() == 30);
    until(() -> haproxy.weight("b") > 0);
    haproxy.reload();
    until(() -> haproxy.weight("b") > 0);
    until(() -> now().state() == RolloutState.PROMOTED);
    assertThat(haproxy.weight("a")).isZero();
    assertThat(haproxy.weight("b")).isPositive();
    engine.close();
    haproxy.reload();
    engine = repository.open(1, false);
    until(() -> haproxy.weight("a") == 0);
  }

  @Test
  void blueGreenSwitchesAtOnceToWhatIsWellAndBackToWhatWasBefore() {
    health.set(500);
    engine.execute(new RolloutCommand.StartRollout("at-once", "v2", null), null, null);
    until(() -> now().why().contains("v2 has no healthy instance: answers 500"));
    assertThat(haproxy.weight("b")).as("the preview has no traffic").isZero();
    assertThatThrownBy(
            () -> engine.execute(new RolloutCommand.PromoteRollout("R-1", 0), null, null))
        .hasMessageContaining("v2 cannot have all traffic yet");
    health.set(200);
    until(() -> now().held() == HoldReason.MANUAL);
    engine.execute(new RolloutCommand.PromoteRollout("R-1", 0), null, null);
    until(() -> haproxy.weight("b") > 0 && haproxy.weight("a") == 0);
    failing = 90;
    until(() -> now().state() == RolloutState.ROLLED_BACK);
    assertThat(haproxy.weight("a")).isPositive();
    assertThat(haproxy.weight("b")).isZero();

    failing = 0;
    engine.execute(new RolloutCommand.StartRollout("at-once", "v2", null), null, null);
    until(() -> now("R-2").held() == HoldReason.MANUAL);
    engine.execute(new RolloutCommand.PromoteRollout("R-2", 0), null, null);
    until(() -> now("R-2").state() == RolloutState.PROMOTED);
    assertThat(haproxy.weight("a")).isZero();
  }

  @Test
  void aWeightByHandIsHeldToWhatTheProxyCanShare() {
    begin();
    until(() -> now().weight() == 30);
    assertThatThrownBy(
            () -> engine.execute(new RolloutCommand.WeighRollout("R-1", 0.1), null, null))
        .isInstanceOfSatisfying(
            HiveException.class,
            e -> {
              assertThat(e).hasMessage("HAProxy cannot share so finely.");
              assertThat(e.hint()).contains("Write between 0.4% and 99.6%, or 100%.");
            });
    assertThat(now().weight()).isEqualTo(30);
    engine.execute(new RolloutCommand.WeighRollout("R-1", 50), null, null);
    until(() -> haproxy.weight("b") == haproxy.weight("a"));
  }

  @Test
  void oneThatFailsIsTakenBackOnceTheProxyAnswers() throws IOException {
    begin();
    until(() -> haproxy.weight("b") > 0);
    haproxy.close();
    engine.execute(new RolloutCommand.AbortRollout("R-1", null), null, null);
    until(() -> now().state() == RolloutState.ROLLING_BACK);
    assertThat(haproxy.weight("b")).as("nobody told it yet").isPositive();
    haproxy.open();
    until(() -> now().state() == RolloutState.ABORTED);
    assertThat(haproxy.weight("b")).isZero();
  }

  @Test
  void oneThatFailsIsTakenBackByWhatTheProxyCounted() {
    failing = 90;
    begin();
    until(() -> now().state() == RolloutState.ROLLED_BACK);
    assertThat(now().why()).contains("failed");
    assertThat(haproxy.weight("b")).isZero();
  }

  @Test
  void whatIsDecidedIsWrittenDownWhileTheProxyTakesNoOrders() throws IOException {
    begin();
    until(() -> haproxy.weight("b") > 0);
    haproxy.refuse("Permission denied");
    failing = 90;
    until(() -> now().state() == RolloutState.ROLLING_BACK);
    assertThat(now().why()).contains("failed");
    assertThat(haproxy.weight("b")).as("it takes no orders").isPositive();
    haproxy.close();
    engine.close();
    failing = 0;
    engine = repository.open(1, false);
    assertThat(now().state()).isEqualTo(RolloutState.ROLLING_BACK);
    haproxy.refuse("");
    haproxy.open();
    until(() -> now().state() == RolloutState.ROLLED_BACK);
    assertThat(haproxy.weight("b")).isZero();
  }

  @Test
  void aServiceThatTheFileDoesNotNameAnyMoreIsLeftToOthers() throws IOException {
    begin();
    until(() -> now().state() == RolloutState.PROMOTED);
    repository.write(".hivedeck/hive.yaml", "version: 1\n");
    repository.commit("Without");
    TestRepository.trust(engine);
    until(
        () -> {
          haproxy.reload();
          LockSupport.parkNanos(2_500_000_000L); // two looks
          return haproxy.weight("a") > 0;
        });
  }

  @Test
  void whatCannotBeExposedIsRefusedWithAWayOut() throws IOException {
    assertThatThrownBy(
            () -> engine.execute(new RolloutCommand.StartRollout("orders", "v3", null), null, null))
        .hasMessageContaining("The proxy knows no version v3 of orders");
    assertThatThrownBy(
            () ->
                engine.execute(new RolloutCommand.StartRollout("orders", null, "C-1"), null, null))
        .hasMessageContaining("a proxy has the traffic of orders");
    haproxy.state("b", "DOWN");
    until(() -> !offers().contains("v2"));
    assertThatThrownBy(this::start).hasMessageContaining("no server of v2 is up");
    haproxy.close();
    until(() -> offers().contains("\"problem\":\""));
    assertThatThrownBy(this::start).hasMessageContaining("cannot be asked");
  }

  private String offers() {
    return engine.query(new RolloutQuery.Offers()).toString();
  }
}
