package dev.hivedeck.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.EngineOptions;
import dev.hivedeck.engine.time.SystemTimers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Services are listed, steered and registered at the command line. */
@DisabledOnOs(OS.WINDOWS) // its service is a shell command
class ServiceCliTest {
  @TempDir Path folder;
  private Path repository;

  private CliRunner hd(String... arguments) {
    return CliRunner.in(repository, arguments);
  }

  private static void until(BooleanSupplier is) {
    long end = System.nanoTime() + 30_000_000_000L;
    while (!is.getAsBoolean() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(is.getAsBoolean()).isTrue();
  }

  private boolean says(String word) {
    return hd("services").out().contains(word);
  }

  @Test
  void aServiceIsSeenReadStoppedStartedAndAnotherRegistersItself() throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    repository =
        new Shop(folder)
            .configure(
                """
                version: 1
                services: { idle: { run: echo here; exec sleep 600 } }
                """)
            .commit()
            .path();
    assertThat(hd("services").out()).contains("No service");
    hd("trust", "--yes");
    assertThat(hd("service", "stop", "idle").status()).isZero();
    assertThat(hd("services").out()).contains("idle", "not wanted");
    assertThat(hd("service", "start", "idle").status()).isZero();
    assertThat(hd("service", "start", "none").err()).contains("no service none");
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
      until(() -> says("healthy"));
      assertThat(hd("services", "--json").json().at("/0/id").asText()).isEqualTo("idle");
      assertThat(hd("service", "show", "idle").out()).contains("idle-1", "echo here", "127.0.0.1:");
      until(() -> hd("service", "logs", "idle").out().contains("here"));
      assertThat(hd("service", "logs", "idle", "--instance", "idle-9").out()).contains("Nothing");
      assertThat(hd("service", "instance", "idle").out()).contains("127.0.0.1:");
      assertThat(hd("service", "restart", "idle").status()).isZero();
      assertThat(hd("service", "register", "cart", "7000", "--ttl", "1h").status()).isZero();
      assertThat(hd("service", "heartbeat", "cart", "127.0.0.1:7000").status()).isZero();
      assertThat(hd("service", "heartbeat", "cart", "x").err()).contains("register it again");
      assertThat(hd("service", "register", "cart", "7000", "--ttl", "soon").err())
          .contains("no time to live");
      assertThat(hd("services").out()).contains("cart", "7000");
      assertThat(hd("service", "stop", "cart").err()).contains("registered itself");
      assertThat(hd("service", "deregister", "cart").status()).isZero();
      assertThat(hd("service", "stop", "idle").status()).isZero();
      until(() -> says("stopped"));
      assertThat(engine.closing()).isFalse();
    }
    assertThat(hd("service", "logs", "idle", "--json").json().path("lines")).isNotEmpty();
  }
}
