package dev.hivedeck.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.hivedeck.app.Shop;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.EngineOptions;
import dev.hivedeck.engine.time.SystemTimers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rollouts are planned, started, steered and taken back at the command line. */
class RolloutCliTest {
  @TempDir Path folder;
  private Path repository;

  private CliRunner hd(String... arguments) {
    return CliRunner.in(repository, arguments);
  }

  private void configure(String yaml) throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    repository = new Shop(folder).configure("version: 1\n" + yaml).commit().path();
  }

  private static void until(BooleanSupplier is) {
    long end = System.nanoTime() + 30_000_000_000L;
    while (!is.getAsBoolean() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(is.getAsBoolean()).isTrue();
  }

  @Test
  void withoutOneItIsSaidHowToHaveOneAndWhatIsWrongIsRefusedAtItsLine() throws IOException {
    configure("");
    assertThat(hd("rollouts").out()).contains("rollouts: in .hivedeck/hive.yaml");
    assertThat(hd("rollout", "show", "R-1").err()).contains("no rollout R-1");
    configure(
        """
        services: { orders: { run: serve } }
        rollouts:
          order: { steps: [5%] }
          orders:
            steps: [20%, 5%, much]
            hold: soon
            rollback: [it is bad, p10 > 1s, p95 > 1s, p99 > 2s]
        """);
    assertThat(hd("rollouts").err())
        .contains("order is no service", "did you mean orders", "larger weight than the one before")
        .contains("\"much\" is no share", "\"soon\" is no time", "\"it is bad\" is no rule")
        .contains("p50 to p99.99", "a rule about another");
  }

  private void faults() {
    assertThat(hd("gateway", "fault", "none", "--errors", "3%").err()).contains("no service none");
    assertThat(hd("gateway", "fault", "orders").err()).contains("nothing is to go wrong");
    assertThat(hd("gateway", "fault", "orders", "--errors", "much").err()).contains("no share");
    assertThat(hd("gateway", "fault", "orders", "--delay", "9h").err()).contains("no time up to");
    assertThat(hd("gateway", "fault", "orders", "--version-of", "v9", "--abort", "1%").err())
        .contains("no version v9", "v1, v2");
    hd("gateway", "fault", "orders", "--version-of", "v2", "--errors", "3%", "--delay", "20ms");
    assertThat(hd("gateway").out()).contains("orders v2 goes wrong until", "3.0% errors", "20 ms");
    assertThat(hd("gateway", "fault", "orders", "--clear").status()).isZero();
    assertThat(hd("gateway").out()).doesNotContain("goes wrong");
  }

  @Test
  void oneIsPlannedStartedSteeredAndTakenBack() throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    configure(
        """
        gateway:
          port: %d
          services:
            orders:
              versions: { v1: ["127.0.0.1:%d"], v2: ["127.0.0.1:%d"] }
              weights: { v2: 0%% }
        rollouts:
          orders: { steps: [5%%, 50%%, 100%%], rollback: [error-rate > 2%%, p95 > 400ms] }
        """
            .formatted(port, server.getAddress().getPort(), server.getAddress().getPort()));
    hd("trust", "--yes");
    assertThat(hd("rollouts").out()).contains("5% → 50% → 100%", "does not lead to orders now");
    assertThat(hd("rollout", "plan", "orders", "--rate", "6000").out())
        .contains("300.0", "3% errors", "POWER");
    assertThat(hd("rollout", "plan", "orders").err()).contains("--rate 20");
    assertThat(hd("rollout", "plan", "orders", "--rate", "9", "--finds", "0.5").err())
        .contains("Nothing can be planned");
    try (var engine =
        Engine.open(
            new EngineOptions(
                repository,
                folder.resolve("home"),
                10,
                true,
                0,
                0,
                new SystemTimers(),
                () -> UUID.randomUUID().toString(),
                new Random(1)))) {
      assertThat(engine.closing()).isFalse();
      until(() -> hd("gateway").out().contains("listens"));
      assertThat(hd("rollout", "offers").out()).contains("v1", "v2", "rollout start orders");
      assertThat(hd("rollout", "start", "orders", "--canary", "v2").status()).isZero();
      until(() -> hd("rollouts").out().contains("step 1 of 3"));
      assertThat(hd("rollout", "hold", "R-1").out()).contains("is held");
      assertThat(hd("rollout", "hold", "R-1").err()).contains("already");
      assertThat(hd("rollouts").out()).contains("held at step 1 of 3");
      assertThat(hd("rollout", "resume", "R-1").status()).isZero();
      assertThat(hd("rollout", "weight", "R-1", "12.5%").status()).isZero();
      assertThat(hd("rollout", "weight", "R-1", "much").err()).contains("no share of traffic");
      assertThat(hd("rollout", "weight", "R-1", "-5%").err())
          .contains("-5.0% is no share of traffic", "from 0 to 100");
      assertThat(hd("rollout", "show", "R-1").out())
          .contains("orders v1 → v2", "12.5%", "errors", "slower than 400 ms", "1.0 : 1");
      faults();
      assertThat(hd("rollout", "promote", "R-1").status()).isZero();
      assertThat(hd("rollout", "show", "R-1", "--json").json().at("/rollout/step").asInt())
          .isEqualTo(1);
      assertThat(hd("rollout", "abort", "R-1", "--because", "enough").status()).isZero();
      until(() -> hd("rollouts").out().contains("aborted"));
      assertThat(hd("rollouts").out()).contains("enough");
      assertThat(hd("rollouts", "--json").json().at("/0/weight").asDouble()).isZero();
      Files.writeString(repository.resolve(".hivedeck/hive.yaml"), "version: 1\nnonsense: 1\n");
      assertThat(hd("trust", "--yes").err())
          .as("what an engine goes on with hides nothing")
          .contains("nonsense");
    } finally {
      server.stop(0);
    }
  }
}
