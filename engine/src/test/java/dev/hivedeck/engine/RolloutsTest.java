package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.gateway.GatewayQuery;
import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutCommand;
import dev.hivedeck.engine.protocol.rollout.RolloutQuery;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rollouts over real requests: two servers, the gateway in front of them, and a canary. */
class RolloutsTest {
  @TempDir Path folder;
  private TestRepository repository;
  private final AtomicInteger canaryStatus = new AtomicInteger(200);
  private HttpServer stable;
  private HttpServer canary;
  private int port;
  private Engine engine;
  private final HttpClient client = HttpClient.newHttpClient();
  private volatile boolean load = true;
  private Thread sender;
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger bad = new AtomicInteger();

  /** Those that the gateway had nobody for: the versions answer 200 and 500 here. */
  private final AtomicInteger lost = new AtomicInteger();

  @BeforeEach
  void open() throws IOException {
    stable = server(new AtomicInteger(200));
    canary = server(canaryStatus);
    port = freePort();
    repository =
        with(
            """
            version: 1
            gateway:
              port: %1$d
              services:
                orders:
                  versions:
                    v1: ["127.0.0.1:%2$d"]
                    v2: ["127.0.0.1:%3$d"]
                    dead: ["127.0.0.1:%4$d"]
                  weights: { v2: 0%%, dead: 0%% }
                checked:
                  versions: { v1: ["127.0.0.1:%2$d"], v2: ["127.0.0.1:%3$d"] }
                  weights: { v2: 0%% }
                  health: /health
            rollouts:
              checked:
                steps: [30%%]
              checked-at-once:
                subject: { service: checked }
                blueGreen: { autoPromotion: false }
              orders-by-itself:
                subject: { service: orders }
                blueGreen: {}
                patience: 3s
              orders:
                steps: [30%%, 100%%]
                hold: 2s
                rollback: [error-rate > 30%%]
              orders-at-once:
                subject: { service: orders }
                blueGreen: { autoPromotion: false, scaleDownDelay: 2s }
                rollback: [error-rate > 30%%]
            """
                .formatted(
                    port,
                    stable.getAddress().getPort(),
                    canary.getAddress().getPort(),
                    freePort()));
    start();
    TestRepository.trust(engine);
    until(() -> gateway().contains("\"on\":true"));
    sender = Thread.ofVirtual().start(this::send);
  }

  private TestRepository with(String yaml) {
    var sandbox = new TestRepository(folder);
    sandbox.write(".hivedeck/hive.yaml", yaml);
    sandbox.commit("Set up");
    return sandbox;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static HttpServer server(AtomicInteger status) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "here".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status.get(), body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  private void start() {
    engine = repository.open(1, false);
  }

  @AfterEach
  void close() throws InterruptedException {
    load = false;
    if (sender != null) {
      sender.join();
    }
    engine.close();
    stable.stop(0);
    canary.stop(0);
    client.close();
  }

  /** Each request is counted, and what becomes of it. */
  private void send() {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/orders/1")).build();
    while (load) {
      sent.incrementAndGet();
      try {
        int status = client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
        answered.incrementAndGet();
        if (status >= 500) {
          bad.incrementAndGet();
        }
        if (status > 500) {
          lost.incrementAndGet();
        }
        Thread.sleep(3);
      } catch (IOException e) {
        // the engine is away: not counted as answered
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private String gateway() {
    return engine.query(new GatewayQuery.Status()).toString();
  }

  private Rollout now() {
    return now("R-1");
  }

  private Rollout now(String id) {
    return Json.as(engine.query(new RolloutQuery.OneRollout(id)), Rollout.class);
  }

  private static void until(BooleanSupplier is) {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!is.getAsBoolean() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(is.getAsBoolean()).isTrue();
  }

  private void begin() {
    engine.execute(new RolloutCommand.StartRollout("orders", "v2", null), null, null);
  }

  @Test
  void aFineCanaryIsPromotedAndNoRequestIsLost() {
    begin();
    until(() -> now().state() == RolloutState.PROMOTED);
    assertThat(gateway()).contains("{\"name\":\"v2\",\"weight\":1.0");
    assertThat(now().why()).contains("requests fail");
    load = false;
    until(() -> !sender.isAlive());
    assertThat(answered.get()).isEqualTo(sent.get()).isPositive();
    assertThatThrownBy(this::begin)
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("v2 has the traffic of orders already");
  }

  @Test
  void blueGreenIsTriedByAHeaderSwitchedAtOnceAndSwitchedBackWithoutALostRequest()
      throws Exception {
    canaryStatus.set(500);
    engine.execute(new RolloutCommand.StartRollout("orders-at-once", "v2", null), null, null);
    until(() -> now().held() == HoldReason.MANUAL);
    assertThat(forced()).as("who names it gets it").isEqualTo(500);
    assertThat(bad.get()).as("nobody else does").isZero();
    canaryStatus.set(200);
    engine.execute(new RolloutCommand.PromoteRollout("R-1", 0), null, null);
    until(() -> now().weight() == 100);
    canaryStatus.set(500);
    until(() -> now().state() == RolloutState.ROLLED_BACK);
    assertThat(gateway()).contains("{\"name\":\"v1\",\"weight\":1.0");
    canaryStatus.set(200);
    engine.execute(new RolloutCommand.StartRollout("orders-at-once", "v2", null), null, null);
    until(() -> now("R-2").held() == HoldReason.MANUAL);
    engine.execute(new RolloutCommand.PromoteRollout("R-2", 0), null, null);
    until(() -> now("R-2").state() == RolloutState.PROMOTED);
    assertThat(gateway()).contains("{\"name\":\"v2\",\"weight\":1.0");
    load = false;
    until(() -> !sender.isAlive());
    assertThat(answered.get()).isEqualTo(sent.get()).isPositive();
    assertThat(lost.get()).as("over the switch, and back").isZero();
  }

  @Test
  void whereNothingListensAtItsAddressNothingIsSwitchedAndAPersonIsAsked() {
    engine.execute(new RolloutCommand.StartRollout("orders-by-itself", "dead", null), null, null);
    until(() -> now().held() == HoldReason.UNCLEAR);
    assertThat(now().why()).contains("dead has no healthy instance: port", "is closed");
    assertThat(now().weight()).isZero();
    assertThat(gateway()).contains("{\"name\":\"dead\",\"weight\":0.0");
    assertThatThrownBy(
            () -> engine.execute(new RolloutCommand.PromoteRollout("R-1", 0), null, null))
        .hasMessageContaining("dead cannot have all traffic yet");
    assertThat(lost.get()).isZero();
  }

  @Test
  void aVersionWhoseHealthCheckAnswers500GetsNothingUntilItIsWell() {
    canaryStatus.set(500);
    engine.execute(new RolloutCommand.StartRollout("checked", "v2", null), null, null);
    until(() -> now().why().contains("v2 has no healthy instance: answers 500"));
    assertThat(now().state()).isEqualTo(RolloutState.STARTING);
    assertThat(now().weight()).isZero();
    canaryStatus.set(200);
    until(() -> now().weight() == 30);
    engine.execute(new RolloutCommand.AbortRollout("R-1", null), null, null);
    until(() -> now().state() == RolloutState.ABORTED);

    canaryStatus.set(500);
    engine.execute(new RolloutCommand.StartRollout("checked-at-once", "v2", null), null, null);
    until(() -> now("R-2").why().contains("answers 500"));
    assertThatThrownBy(
            () -> engine.execute(new RolloutCommand.PromoteRollout("R-2", 0), null, null))
        .hasMessageContaining("v2 cannot have all traffic yet");
    canaryStatus.set(200);
    until(() -> now("R-2").held() == HoldReason.MANUAL);
  }

  private int forced() throws IOException, InterruptedException {
    return client
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/orders/1"))
                .header("X-Hivedeck-Version", "v2")
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .statusCode();
  }

  @Test
  void oneThatFailsIsTakenBackAndTheNextEngineKnows() {
    canaryStatus.set(503);
    begin();
    until(() -> now().state() == RolloutState.ROLLED_BACK);
    assertThat(gateway()).contains("{\"name\":\"v2\",\"weight\":0.0");
    engine.close();
    start();
    until(() -> gateway().contains("\"on\":true"));
    assertThat(now().state()).isEqualTo(RolloutState.ROLLED_BACK);
    assertThat(gateway()).contains("{\"name\":\"v2\",\"weight\":0.0");
  }

  @Test
  void whatCannotBeStartedIsRefusedWithAWayOut() {
    assertThatThrownBy(
            () -> engine.execute(new RolloutCommand.StartRollout("orders", "v3", null), null, null))
        .isInstanceOfSatisfying(HiveException.class, e -> assertThat(e.hint()).contains("v1, v2"));
    assertThatThrownBy(
            () -> engine.execute(new RolloutCommand.StartRollout("order", "v2", null), null, null))
        .hasMessageContaining("did you mean orders?");
    begin();
    assertThatThrownBy(this::begin).hasMessageContaining("R-1 exposes a version of orders already");
    engine.execute(new RolloutCommand.AbortRollout("R-1", null), null, null);
    until(() -> now().state() == RolloutState.ABORTED);
    var figures = Json.as(engine.query(new RolloutQuery.Figures("R-1")), RolloutFigures.class);
    assertThat(figures.says()).isEqualTo("you aborted it");
    assertThatThrownBy(
            () -> engine.execute(new RolloutCommand.PromoteRollout("R-1", null), null, null))
        .hasMessageContaining("The rollout R-1 is aborted");
  }
}
